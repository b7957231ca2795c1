"""A whole forecast: what is stored, three bills for each setup, what BOUGHT saves, if a laptop will do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from threesixty.neptune.cost import DAYS, GIB, Setup, Workload, assumed, setups, store_bytes
from threesixty.neptune.prices import LEVELS, Assumption, Prices
from threesixty.neptune.template import alarms
from threesixty.neptune.usage import Usage

VIEWS_PER_DAY = 1_000
QUESTIONS_PER_DAY = 100

# Measured on two cores, see benchmarks/results/scale.md and questions.md; a test holds them equal.
MEASURED_RECORDS = 1_000_000
MEASURED_SECONDS = 126
MEASURED_CARD_MS = 4.5
MEASURED_CUSTOMERS = 106_568


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure at the three levels of the assumptions."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class BoughtSaved:
    """What the digest BOUGHT costs and saves, counted in this project.

    `kept` are the statements it adds, `storage_cost` what they cost in a month. A card reads the products
    of a buyer from so many `edges_read` and `statements_read`; without BOUGHT it would read every purchase
    and every line in it.
    """

    edges: int
    purchases: int
    lines: int
    kept: int
    storage_cost: float
    edges_read: float
    edges_read_without: float
    statements_read: float
    statements_read_without: float


@dataclass(frozen=True, slots=True)
class Laptop:
    """Whether the embedded engine has been measured to bear this, and why; `never` is what it cannot do."""

    enough: bool
    reasons: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a project would cost on Amazon Neptune in a month. Bytes are bytes, money is `currency`."""

    usage: Usage
    workload: Workload
    region: str
    currency: str
    prices_read: date
    statements: int
    texts: int
    characters: int
    store_bytes: Spread
    setups: tuple[Setup, ...]
    bought: BoughtSaved | None
    laptop: Laptop
    assumptions: tuple[Assumption, ...]
    notices: tuple[str, ...]


def workload(
    usage: Usage,
    *,
    customers: int | None = None,
    views_per_day: float = VIEWS_PER_DAY,
    questions_per_day: float = QUESTIONS_PER_DAY,
    loads_per_day: float = 1,
    changes_per_load: float | None = None,
    replicas: int = 0,
    busy_hours: float = 10,
    backup_days: int = 1,
) -> Workload:
    """What to forecast: this project as it is, grown to `customers` where given.

    Without `changes_per_load`, as many as the sources date into a mean month of the last year.
    """
    wanted = customers or usage.customers
    if changes_per_load is None:
        monthly = sum(growth.a_month for growth in usage.growth) * wanted / usage.customers
        changes_per_load = monthly / DAYS / loads_per_day if loads_per_day else 0.0
    return Workload(
        wanted, views_per_day, questions_per_day, loads_per_day, changes_per_load, replicas, busy_hours,
        backup_days, alarms(),
    )  # fmt: skip


def forecast(usage: Usage, work: Workload, prices: Prices, instance: str = "") -> Forecast:
    """The forecast of a month. Raises NotFound when the price file does not know the instance."""
    scale = work.customers / usage.customers
    found = setups(usage, work, prices, instance)
    return Forecast(
        usage=usage,
        workload=work,
        region=prices.region,
        currency=prices.currency,
        prices_read=prices.oldest,
        statements=round(usage.statements * scale),
        texts=round(usage.texts * scale),
        characters=round(usage.characters * scale),
        store_bytes=Spread(*(store_bytes(usage, prices, level) * scale for level in LEVELS)),
        setups=found,
        bought=_bought(usage, work, prices),
        laptop=laptop(usage, work, prices),
        assumptions=assumed(usage, prices),
        notices=(*usage.notices, *_notices(usage, prices, found)),
    )


def _notices(usage: Usage, prices: Prices, found: tuple[Setup, ...]) -> tuple[str, ...]:
    told = []
    if usage.region and usage.region != prices.region:
        told.append(f"the cluster is in {usage.region}, but the prices are those of {prices.region}")
    missing = {name for setup in found for name in setup.likely.missing}
    told += [
        f"{name} has no price for {prices.region} in the file, so the bills lack it"
        for name in sorted(missing)
    ]
    if not any(setup.name in prices.instances for setup in found):
        told.append("no instance in the price file is large enough: add larger ones, or look at serverless")
    if not usage.changes:
        told.append("writing is counted as one I/O for each change: nothing could be rehearsed")
    return tuple(told)


# --- BOUGHT ------------------------------------------------------------------------------------------


def _bought(usage: Usage, work: Workload, prices: Prices) -> BoughtSaved | None:
    if usage.bought is None:
        return None
    bought = usage.bought
    kept = sum(drawn.found + drawn.values for drawn in usage.edges if drawn.name == "Customer-BOUGHT-Product")
    scale, fill = work.customers / usage.customers, prices.assumptions["page_fill"].likely
    stored = kept * scale * prices.facts["index_bytes"] / fill / GIB
    # Without it: MADE, then the purchase's date and currency, then each line's quantity and amount.
    without = 3 * bought.purchases + 3 * bought.lines
    return BoughtSaved(
        bought.edges,
        bought.purchases,
        bought.lines,
        kept,
        stored * _amount(prices, "storage_gb_month"),
        bought.edges / bought.buyers,
        (bought.purchases + bought.lines) / bought.buyers,
        kept / bought.buyers,
        without / bought.buyers,
    )


def _amount(prices: Prices, name: str) -> float:
    return float(prices.each[name].amount) if name in prices.each else 0.0


# --- a laptop ----------------------------------------------------------------------------------------


def laptop(usage: Usage, work: Workload, prices: Prices) -> Laptop:
    """Whether the embedded engine has been measured at this size and this pace."""
    records = round(usage.parties * work.customers / usage.customers)
    peak = prices.assumptions["peak"].likely
    a_second = work.views_per_day / (work.busy_hours * 3600) * peak
    sustained = 1000 / MEASURED_CARD_MS
    fits, keeps_up = records <= MEASURED_RECORDS, a_second <= sustained
    measured = f"{MEASURED_RECORDS:,} were loaded, resolved and drawn in {MEASURED_SECONDS} s"
    more = f"more than the {MEASURED_RECORDS:,} that were measured"
    size = f"{records:,} party records; {measured}" if fits else f"{records:,} party records, {more}"
    pace = (
        f"{a_second:,.2g} views a second at the peak, and one process answers about {sustained:,.0f} "
        f"({MEASURED_CARD_MS} ms each, measured with {MEASURED_CUSTOMERS:,} customers)"
    )
    never = (
        "one process at a time holds the embedded graph",
        "there are no replicas: when the machine is down, so is the graph",
        "nobody else can open it with a graph client",
    )
    return Laptop(fits and keeps_up, (size, pace), never)
