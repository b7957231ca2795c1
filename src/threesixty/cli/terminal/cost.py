"""A forecast of what Neptune costs, as a page: the bills, what drives them, what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from threesixty.cli.terminal.page import grid, next_steps, section
from threesixty.cli.terminal.text import ACCENT, GOOD, LOUD, QUIET, WARN, clean, count, flow, join, say, size

if TYPE_CHECKING:
    from threesixty.neptune.cost import Setup
    from threesixty.neptune.forecast import BoughtSaved, Forecast
    from threesixty.neptune.prices import Prices
    from threesixty.neptune.usage import Usage

_SMALL = 0.005  # of a bill; smaller lines are told together


def forecast(found: Forecast, prices: Prices, width: int) -> RenderableType:
    """The whole page."""
    del width
    parts: list[RenderableType] = [
        _sentence(found),
        section("A month on Neptune", _setups(found), f"{found.currency}, {prices.name}"),
        section("What drives it", _lines(found), "likely"),
        section("Stored", _stored(found.usage), f"{_of(found)}"),
        section("Asked", _asked(found.usage), "each Question, on this project"),
    ]
    if found.usage.changes or found.usage.growth:
        parts.append(section("Changed", _changed(found.usage), "nodes and edges, rehearsed on this project"))
    if found.bought:
        parts.append(section("The digest BOUGHT", _bought(found.bought, found.currency)))
    parts.append(section("Is a laptop enough?", _laptop(found)))
    parts.append(section("Assumed", _assumed(found), "never checked against a bill"))
    return Group(*parts, flow(""), _prices(found), next_steps(_NEXT))


_NEXT = (
    ("threesixty cost --customers 1000000 --replicas 1", "what if"),
    ("threesixty cost --save-prices prices.toml", "prices and assumptions, to be edited"),
    ("threesixty cost --json", "every line of every bill"),
    ("threesixty neptune template --out cluster.yaml", "a cluster to start from"),
)


def _sentence(found: Forecast) -> RenderableType:
    work = found.workload
    what = (
        f"{count(work.customers, 'customer')}, {count(_whole(work.views_per_day), 'view')} and "
        f"{count(_whole(work.questions_per_day), 'other question')} a day, "
        f"{count(_whole(work.loads_per_day), 'load')} a day with "
        f"{count(round(work.changes_per_load), 'change')} each."
    )
    least = min((setup.likely.total for setup in found.setups), default=0.0)
    head = f"About {least:,.0f} {found.currency} a month." if found.setups else "No setup could be priced."
    return Group(flow(head, LOUD), flow(what, QUIET))


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _setups(found: Forecast) -> RenderableType:
    table = grid("fit", "right", "right", "right", "wrap")
    table.add_row("", *(say(level, QUIET) for level in ("low", "likely", "high")), "")
    for setup in found.setups:
        bills = (setup.low, setup.likely, setup.high)
        styles = ("", LOUD, "")
        totals = (say(f"{bill.total:,.2f}", style) for bill, style in zip(bills, styles, strict=True))
        table.add_row(say(setup.name, ACCENT), *totals, flow(setup.what, QUIET))
    return table


def _lines(found: Forecast) -> RenderableType:
    return Group(*(_drives(setup) for setup in found.setups))


def _drives(setup: Setup) -> RenderableType:
    bill = setup.likely
    lines = sorted(bill.lines, key=lambda line: -line.amount)
    told = [line for line in lines[1:] if line.amount >= _SMALL * bill.total]
    rest = sum(line.amount for line in lines[1:] if line not in told)
    shown = [f"{line.what} {line.amount:,.2f}" for line in told] + ([f"all else {rest:,.2f}"] if rest else [])
    first = f"{setup.drives} {lines[0].amount:,.2f}" if lines else ""
    return join(
        say(setup.name, ACCENT), say(first, LOUD), say(f"{setup.share:.1%}"), say(", ".join(shown), QUIET)
    )


def _of(found: Forecast) -> str:
    same = found.workload.customers == found.usage.customers
    return (
        "this project"
        if same
        else f"this project, as counted; the bills are for {found.workload.customers:,}"
    )


def _stored(usage: Usage) -> RenderableType:
    table = grid("fit", "right", "right", "fill")
    table.add_row("", say("found", QUIET), say("values", QUIET), "")
    drawn = sorted((*usage.nodes, *usage.edges), key=lambda one: -one.found)
    for one in drawn[:8]:
        table.add_row(say(one.name), say(count(one.found)), say(count(one.values)), "")
    rest = [one for one in drawn[8:] if one.found]
    if rest:
        values = sum(one.values for one in rest)
        table.add_row(
            say(f"{len(rest)} more", QUIET),
            say(count(sum(one.found for one in rest))),
            say(count(values)),
            "",
        )
    told = (
        f"{count(usage.statements, 'statement')} in three indexes, and {count(usage.texts, 'text')} of "
        f"{size(usage.characters)} in the dictionary."
    )
    return Group(table, flow(told))


def _asked(usage: Usage) -> RenderableType:
    table = grid("fit", "right", "right", "right", "right", "fill")
    table.add_row("", *(say(head, QUIET) for head in ("requests", "rows", "answer", "time here")), "")
    for one in usage.asked:
        table.add_row(
            say(one.question), say(f"{one.requests:,.1f}"), say(f"{one.rows:,.1f}"),
            say(size(round(one.bytes_received))), say(f"{one.milliseconds:,.1f} ms"),
            say("reads all" if one.scan else "", QUIET),
        )  # fmt: skip
    return table


def _changed(usage: Usage) -> RenderableType:
    table = grid("fit", "right", "right", "right", "fill")
    table.add_row("", *(say(head, QUIET) for head in ("put", "taken", "statements")), "")
    for change in usage.changes:
        figures = (
            f"{change.put:,.1f}",
            f"{change.taken:,.1f}" if change.taken else "·",
            f"{change.statements:,.0f}",
        )
        table.add_row(say(f"a {change.what} row of {change.source}"), *map(say, figures), "")
    monthly = (f"{growth.a_month:,.0f} {clean(growth.name)} nodes" for growth in usage.growth)
    return Group(
        table, flow(f"By the sources' own dates a month brings {', '.join(monthly) or 'nothing new'}.")
    )


def _bought(saved: BoughtSaved, currency: str) -> RenderableType:
    purchases = f"{count(saved.lines, 'line')} of {count(saved.purchases, 'purchase')}"
    hops = f"{saved.edges_read:,.1f} edges in one hop; without it from {saved.edges_read_without:,.1f} in two"
    read = f"{saved.statements_read:,.1f} statements instead of {saved.statements_read_without:,.1f}"
    kept = f"{count(saved.kept, 'statement')}, {saved.storage_cost:,.2f} {currency} of storage a month"
    each = f"{saved.lines / saved.edges:,.2f} lines each"
    return Group(
        flow(f"{count(saved.edges, 'edge')} stand for {purchases}: {each}."),
        flow(f"A buyer's products are read from {hops}: {read}."),
        flow(f"It adds {kept}."),
    )


def _laptop(found: Forecast) -> RenderableType:
    laptop = found.laptop
    head = flow("Yes, as far as was measured." if laptop.enough else "Not as far as was measured.",
                GOOD if laptop.enough else WARN)  # fmt: skip
    return Group(head, *(flow(f"· {reason}") for reason in laptop.reasons),
                 flow(f"But {'; '.join(laptop.never)}.", QUIET))  # fmt: skip


def _assumed(found: Forecast) -> RenderableType:
    table = grid("right", "right", "right", "wrap")
    table.add_row(*(say(level, QUIET) for level in ("low", "likely", "high")), "")
    for one in found.assumptions:
        table.add_row(say(f"{one.low:g}"), say(f"{one.likely:g}"), say(f"{one.high:g}"), flow(one.what))
    return table


def _prices(found: Forecast) -> RenderableType:
    return flow(
        f"Prices of {found.region}, the oldest read on {found.prices_read}: the file says where. "
        "Taxes, discounts and savings plans are left out.",
        QUIET,
    )
