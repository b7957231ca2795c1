"""The health report: what to look at first, then every figure with its error bar."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, section, shell
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    QUIET,
    WARN,
    clean,
    count,
    flow,
    join,
    say,
    words,
)  # fmt: skip
from threesixty.report.health import Health, Rate

_CELLS = 20


def health(found: Health, width: int) -> RenderableType:
    """Findings, canaries, what is inside customers, and all of them as a whole."""
    cells = _CELLS if width >= 80 else 10
    head = join(
        say(count(found.records, "record"), LOUD), say(count(found.customers, "customer"), LOUD),
        say(f"size band {found.size_band}", QUIET),
    )  # fmt: skip
    parts: list[RenderableType] = [head]
    if found.findings:
        parts += [flow(f"! {told[:1].upper()}{told[1:]}.", WARN) for told in found.findings]
    else:
        parts.append(flow("Nothing stands out.", GOOD))
    parts += [_canaries(found, cells), _inside(found, cells), _sizes(found, cells), _edges(found)]
    if found.drift_since:
        parts.append(_drift(found))
    parts += [Text("")] + [flow(told, QUIET) for told in found.sampled] if found.sampled else []
    return Group(*parts, next_steps(_next(found)))


def _canaries(found: Health, cells: int) -> RenderableType:
    birds = found.canaries
    if birds is None:
        return section("Canaries", flow("None were made."))
    table = grid("wrap", "right", "fit", "fit")
    table.add_row(flow("copies found their customer", LOUD), *_rate(birds.recall, cells, GOOD))
    for one in birds.copies:
        table.add_row(flow(f"  {one.name}", QUIET), *_rate(one, cells, GOOD))
    table.add_row(flow("joined somebody else", LOUD), *_rate(birds.false_merges, cells, BAD))
    table.add_row(flow(f"  {birds.housemates.name}", QUIET), *_rate(birds.housemates, cells, BAD))
    made = birds.false_merges.of
    return section("Canaries", table, f"{made:,} invented records, scored as real ones; nothing is written")


def _inside(found: Health, cells: int) -> RenderableType:
    table = grid("wrap", "right", "fit", "fit")
    table.add_row(flow("contradict themselves", LOUD), *_rate(found.conflicts, cells, BAD))
    for one in found.conflict_fields:
        table.add_row(flow(f"  in {words(one.name)}", QUIET), *_rate(one, cells, BAD))
    table.add_row(
        flow("one match alone holds a part", LOUD), *_rate(found.single_edge, cells, WARN)
    )  # fmt: skip
    return section("Customers of several records", table)


def _sizes(found: Health, cells: int) -> RenderableType:
    table = grid("fit", "right", "fit", "wrap")
    most = max((many for _, many in found.sizes), default=1)
    largest = [f"{clean(one.name)} {one.customer} {one.records:,}" for one in found.largest]
    for place, (label, many) in enumerate(found.sizes):
        noun = "record" if label == "1" else "records"
        told = "largest: " + ", ".join(largest[:3]) if place == len(found.sizes) - 1 else ""
        table.add_row(
            say(f"{label} {noun}"), say(f"{many:,}"), _bar(many / most, cells, ACCENT), flow(told, QUIET)
        )
    return section("Sizes", table, "customers by their number of records")


def _edges(found: Health) -> RenderableType:
    table = grid("fit", "right", "wrap")
    near = f"{found.near_misses_per_thousand:,.1f} for every 1,000 records"
    table.add_row(say("near misses"), say(f"{found.near_misses:,}"), flow(near, QUIET))
    table.add_row(
        say("parked"), say(f"{found.parked:,}"), flow("kept apart by a rule, for somebody to look at", QUIET)
    )
    generic = sum(many for _, many in found.generics)
    kinds = ", ".join(f"{many:,} {words(kind)}" for kind, many in found.generics)
    table.add_row(say("generic"), say(f"{generic:,}"), flow(kinds, QUIET))
    for one in found.top_generics:
        table.add_row("", say(f"{one.holders:,}"), flow(f"{words(one.type)} {one.value}", QUIET))
    churn = found.churn
    told = f"{churn.merged:,} merged, {churn.split:,} split, {churn.ended:,} ended in {churn.days} days"
    table.add_row(
        say("id churn"), say(f"{churn.per_thousand:,.1f}"), flow(f"of 1,000 customers: {told}", QUIET)
    )
    return section("At the edges", table)


def _drift(found: Health) -> RenderableType:
    since = {"epoch": "what came since the epoch in force", "newest tenth": "the newest tenth of each source"}
    note = f"{since[found.drift_since]}, against what was before"
    if not found.drift:
        return section("Drift", flow("None that chance would not make."), note)
    table = grid("wrap", "right", "fit", "right", "fit")
    for shift in found.drift:
        table.add_row(
            flow(words(shift.what)), say(_percent(shift.before)), say(_bounds(shift.before), QUIET),
            say(f"→ {_percent(shift.after)}", WARN), say(_bounds(shift.after), QUIET),
        )  # fmt: skip
    return section("Drift", table, note)


def _rate(one: Rate, cells: int, style: str) -> Sequence[RenderableType]:
    return say(_percent(one)), say(_bounds(one), QUIET), _bar(one.share, cells, style, one.low, one.high)


def _percent(one: Rate) -> str:
    return f"{one.share * 100:.1f} %" if one.of else "–"  # noqa: RUF001


def _bounds(one: Rate) -> str:
    return f"{one.low * 100:.1f} to {one.high * 100:.1f}" if one.of else ""


def _bar(share: float, cells: int, style: str, low: float = -1.0, high: float = -1.0) -> Text:
    """A share as a bar; between the bounds, where the true one may lie, it is drawn thin."""
    bar = Text()
    for cell in range(cells):
        middle = (cell + 0.5) / cells
        uncertain = low <= middle <= high
        if uncertain:
            bar.append("─" if middle > share else "▬", style)
        else:
            bar.append("█" if middle <= share else " ", style)
    return bar


def _next(found: Health) -> list[tuple[str, str]]:
    steps = [("threesixty review", "decide what is most in doubt and matters most")]
    steps += [
        (f"threesixty why {shell(one.a)} {shell(one.b)}", f"one customer, another {words(one.field)}")
        for one in found.conflict_examples[:2]
    ]
    if found.largest:
        steps.append((f"threesixty how {found.largest[0].customer}", "what holds the largest customer"))
    return [*steps, ("threesixty what-if --threshold .98", "who would be another under that threshold")]
