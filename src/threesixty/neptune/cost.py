"""What a project would cost on Amazon Neptune in a month: counted, priced, and honest about what is assumed.

Counts come from `usage`, prices and assumptions from `prices`; here they are multiplied. Where a factor is
unknown, it has three values, and the forecast has three bills: low, likely and high.
docs/explanation/what-neptune-costs.md tells it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from statistics import fmean
from typing import Literal

from threesixty.errors import NotFound
from threesixty.neptune.prices import LEVELS, UNITS, Assumption, Instance, Prices
from threesixty.neptune.usage import Asked, Usage

Level = Literal["low", "likely", "high"]
GIB = 1 << 30
HOURS = Decimal(730)  # of a month, as AWS counts them: 365 days of 24 hours in twelve months
DAYS = 365 / 12
CARD = "customer_360"
SERVERLESS = "serverless"
_CENT = Decimal("0.01")
_ROWS = 100  # that the adapter sends in one request to begin with
_KEPT_DAYS = 7  # for which the template keeps files of the bulk loader
_NAMES = {
    "ncu_hour": "serverless capacity",
    "storage_gb_month": "storage",
    "io_million": "I/O",
    "backup_gb_month": "backups",
    "transfer_zone_gb": "answers to another zone",
    "transfer_internet_gb": "answers over the internet",
    "s3_gb_month": "files for the bulk loader",
    "alarm_month": "alarms",
}


@dataclass(frozen=True, slots=True)
class Workload:
    """What shall be forecast: how many customers, what is asked and loaded, and the size of the cluster."""

    customers: int
    views_per_day: float
    questions_per_day: float
    loads_per_day: float
    changes_per_load: float
    replicas: int = 0
    busy_hours: float = 10
    backup_days: int = 1
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill; `unit` says in what `quantity` is counted."""

    name: str
    what: str
    quantity: float
    unit: str
    price: float
    amount: float


@dataclass(frozen=True, slots=True)
class Bill:
    """A month's bill; `missing` names what was used but has no price in the file."""

    lines: tuple[Line, ...]
    total: float
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """What a cluster has to hold and bear in a month, at one level of the assumptions."""

    store_bytes: float
    memory_gib: float
    vcpu: float
    read_ios: float
    write_ios: float
    answer_bytes: float
    bulk_bytes: float


@dataclass(frozen=True, slots=True)
class Setup:
    """One way to run the cluster, with what it costs, and the line that drives it."""

    name: str
    what: str
    low: Bill
    likely: Bill
    high: Bill
    drives: str
    share: float


# --- a bill ------------------------------------------------------------------------------------------


def bill(prices: Prices, quantities: Mapping[str, float | Decimal]) -> Bill:
    """The bill for quantities by the name of their price; hours of an instance by the name of its class."""
    lines, missing, total = [], [], Decimal(0)
    for name, quantity in quantities.items():
        price = _price(prices, name)
        if price is None:
            missing.append(name)
            continue
        amount = price * Decimal(quantity)
        total += amount
        unit = UNITS.get(name, "instance-hour")
        what = _NAMES.get(name, "instances")
        lines.append(Line(name, what, float(quantity), unit, float(price), float(amount)))
    return Bill(tuple(lines), float(total.quantize(_CENT, ROUND_HALF_UP)), tuple(missing))


def _price(prices: Prices, name: str) -> Decimal | None:
    if name in prices.instances:
        return prices.instances[name].price.amount
    return prices.each[name].amount if name in prices.each else None


def billed_backup(volume: float, days: int, snapshots: int = 0, growth: float = 1.0) -> float:
    """What of backups is billed, in the unit of `volume`: the first day is free.

    `growth` is the share of the volume that each further day of retention adds, at most 1.
    https://docs.aws.amazon.com/neptune/latest/userguide/backup-restore-overview-metrics.html
    """
    continuous = volume * (1 + growth * (days - 1)) if days else 0.0
    return max(0.0, continuous + snapshots * volume - volume)


# --- what is needed ----------------------------------------------------------------------------------


def needed(usage: Usage, workload: Workload, prices: Prices, level: str) -> Need:
    """What a cluster has to hold and bear, at one level of the assumptions."""
    scale = workload.customers / usage.customers
    store = store_bytes(usage, prices, level) * scale
    pages = store / (prices.facts["page_kib"] * 1024)
    a = {name: assumption.at(level) for name, assumption in prices.assumptions.items()}
    card = [asked for asked in usage.asked if asked.question == CARD]
    others = [asked for asked in usage.asked if asked.question != CARD]
    daily = ((workload.views_per_day, card), (workload.questions_per_day, others))

    def a_day(figure: Callable[[Asked], float]) -> float:
        """The sum over a day of a figure of the card, and of its mean over the other Questions."""
        return sum(times * fmean(map(figure, some)) for times, some in daily if some)

    # A Question that scans reads everything, and takes longer in a larger graph.
    seconds = a_day(lambda one: one.milliseconds / 1000 * (scale if one.scan else 1)) * a["slowness"]
    looked_at = a_day(lambda one: pages if one.scan else one.values * a["pages"])
    return Need(
        store_bytes=store,
        memory_gib=store / GIB * a["memory"],
        vcpu=seconds / (workload.busy_hours * 3600) * a["peak"] / max(1, workload.replicas),
        read_ios=DAYS * looked_at * a["misses"] + a["warm_ups"] * pages * (1 + workload.replicas),
        write_ios=DAYS * _written(usage, workload, prices, a["log_bytes"]),
        answer_bytes=DAYS * a_day(lambda one: one.bytes_received),
        bulk_bytes=_bulk_bytes(usage) * scale,
    )


def store_bytes(usage: Usage, prices: Prices, level: str) -> float:
    """Bytes the project takes: measured where a cluster tells, else three indexes and a dictionary."""
    if usage.stored:
        return float(usage.stored.bytes)
    facts = prices.facts
    dictionary = usage.texts * facts["text_bytes"] + 2 * usage.characters
    return (usage.statements * facts["index_bytes"] + dictionary) / prices.assumptions["page_fill"].at(level)


def _written(usage: Usage, workload: Workload, prices: Prices, log_bytes: float) -> float:
    """Write I/Os of a day: the log in units of 4 KB, at least one for each request."""
    changes = workload.loads_per_day * workload.changes_per_load
    if not usage.changes:
        return changes
    times = sum(change.times for change in usage.changes)
    statements = sum(change.statements * change.times for change in usage.changes) / times
    requests = sum((change.put + change.taken) * change.times for change in usage.changes) / times / _ROWS
    unit = prices.facts["log_kib"] * 1024
    return changes * max(statements * log_bytes / unit, requests)


def _bulk_bytes(usage: Usage) -> float:
    """Bytes of the files for the bulk loader, roughly: ids and texts as they are, ten a value."""
    values = sum(drawn.values for drawn in (*usage.nodes, *usage.edges))
    ends = 2 * 45 * sum(edge.found for edge in usage.edges)
    return usage.characters + ends + 10 * values


# --- a forecast --------------------------------------------------------------------------------------


def setups(usage: Usage, workload: Workload, prices: Prices, instance: str = "") -> tuple[Setup, ...]:
    """Serverless, and the smallest instances that bear the likely load (or those of `instance`).

    Raises NotFound when the price file does not know the instance.
    """
    if instance and instance not in prices.instances:
        raise NotFound("instance class of the price file", instance, prices.instances)
    needs = {level: needed(usage, workload, prices, level) for level in LEVELS}
    found = []
    if "ncu_hour" in prices.each:
        found.append(_setup(SERVERLESS, _serverless_words(needs, workload, prices), {
            level: bill(prices, {"ncu_hour": _ncu_hours(need, workload, prices, level),
                                 **_shared(need, workload, prices, level)})
            for level, need in needs.items()
        }))  # fmt: skip
    fitting = prices.instances[instance] if instance else _fitting(needs["likely"], prices)
    if fitting:
        hours = HOURS * (1 + workload.replicas)
        found.append(_setup(fitting.name, _instance_words(fitting, workload), {
            level: bill(prices, {fitting.name: hours, **_shared(need, workload, prices, level)})
            for level, need in needs.items()
        }))  # fmt: skip
    return tuple(found)


def _setup(name: str, what: str, bills: Mapping[str, Bill]) -> Setup:
    likely = bills["likely"]
    top = max(likely.lines, key=lambda line: line.amount, default=None)
    share = top.amount / likely.total if top and likely.total else 0.0
    return Setup(name, what, bills["low"], likely, bills["high"], top.what if top else "", share)


def _shared(need: Need, workload: Workload, prices: Prices, level: str) -> dict[str, float]:
    """What is billed alike whatever computes."""
    volume = need.store_bytes / GIB
    if level == "high":
        segment = prices.facts["segment_gb"]
        volume = max(1, ceil(volume / segment)) * segment
    growth = prices.assumptions["backups"].at(level)
    quantities = {
        "storage_gb_month": volume,
        "io_million": (need.read_ios + need.write_ios) / 1e6,
        "backup_gb_month": billed_backup(volume, workload.backup_days, growth=growth),
        "s3_gb_month": need.bulk_bytes / GIB * _KEPT_DAYS / DAYS,
        "alarm_month": float(workload.alarms),
    }
    answers = {1: "transfer_zone_gb", 2: "transfer_internet_gb"}.get(
        round(prices.assumptions["transfer"].at(level))
    )
    if answers:
        quantities[answers] = need.answer_bytes / GIB
    return {name: quantity for name, quantity in quantities.items() if quantity}


def capacity(need: Need, prices: Prices) -> float:
    """NCUs in the busy hours: what memory or processors ask for, in half steps within the limits."""
    facts = prices.facts
    wanted = max(need.memory_gib / facts["ncu_gib"], need.vcpu / facts["ncu_vcpu"])
    return min(facts["ncu_most"], max(facts["ncu_least"], ceil(wanted * 2) / 2))


def _ncu_hours(need: Need, workload: Workload, prices: Prices, level: str) -> float:
    busy, least = capacity(need, prices), prices.facts["ncu_least"]
    idle = least + (busy - least) * prices.assumptions["idle"].at(level)
    hours = workload.busy_hours * DAYS
    return (hours * busy + (float(HOURS) - hours) * idle) * (1 + workload.replicas)


def _fitting(need: Need, prices: Prices) -> Instance | None:
    fitting = [one for one in prices.instances.values()
               if not one.burstable and one.gib >= need.memory_gib and one.vcpu >= need.vcpu]  # fmt: skip
    return min(fitting, key=lambda one: one.price.amount, default=None)


def _serverless_words(needs: Mapping[str, Need], workload: Workload, prices: Prices) -> str:
    low, high = capacity(needs["low"], prices), capacity(needs["high"], prices)
    span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"{_machines(workload)}, {span} {'NCU' if span == '1' else 'NCUs'} when busy"


def _instance_words(instance: Instance, workload: Workload) -> str:
    return f"{_machines(workload)}, {instance.vcpu} vCPUs and {instance.gib:g} GiB each"


def _machines(workload: Workload) -> str:
    readers = f", {workload.replicas} {'reader' if workload.replicas == 1 else 'readers'}"
    return f"1 writer{readers if workload.replicas else ''}"


def assumed(usage: Usage, prices: Prices) -> tuple[Assumption, ...]:
    """The assumptions a forecast rests on; what a cluster measured is none."""
    measured = {"page_fill"} if usage.stored else set()
    return tuple(one for name, one in prices.assumptions.items() if name not in measured)
