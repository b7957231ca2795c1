"""What a remap changed, or would change, in words and tables."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.cli.terminal.page import remarks, section
from threesixty.cli.terminal.text import QUIET, clean, count, flow
from threesixty.report.remapped import Named, Remapped

_SHOWN = 10


def remapped(result: Remapped) -> RenderableType:
    """One sentence, what came out otherwise with an example of each, customers that are others now."""
    parts: list[RenderableType] = [flow(_sentence(result))]
    if result.changes:
        lines = [
            f"{one.what}: {one.count:,}, such as {one.key}: "
            f"{one.before or 'nothing'} → {one.after or 'nothing'}"
            for one in result.changes
        ]
        parts.append(section("Values and identifiers", _lines(lines)))
    if result.moved:
        lines = [f"{_together(one.before)} → {_together(one.after)}" for one in result.moved]
        parts.append(section("Customers", _lines(lines)))
    if result.waiting:
        lines = [f"{one.verdict}: {one.one} and {one.other} ({one.by})" for one in result.waiting[:_SHOWN]]
        more = len(result.waiting) - len(lines)
        lines += [f"and {more:,} more"] if more else []
        parts.append(section("Decisions that wait", _lines(lines)))
    parts += remarks(_remarks(result))
    parts.append(flow(f"{count(result.rows, 'row')} of the ledger in {result.seconds:.1f} s", QUIET))
    return Group(*parts)


def _together(customers: tuple[Named, ...]) -> str:
    return " + ".join(f"{one.name} ({one.id})" for one in customers)


def _lines(lines: list[str]) -> RenderableType:
    return Text("\n".join(clean(line) for line in lines))


def _sentence(result: Remapped) -> str:
    if not (result.new or result.changed or result.ended or result.rejected or result.mended):
        return "Nothing comes out otherwise than before."
    lead = "Nothing was written. After this remap: " if result.dry_run else ""
    told = [
        (result.changed, f"{count(result.changed, 'record')} changed"),
        (result.new, f"{result.new:,} new"),
        (result.ended, f"{result.ended:,} ended"),
        (result.rejected, f"{count(result.rejected, 'row')} rejected"),
        (result.mended, f"{count(result.mended, 'reject')} mended"),
        (result.merged, f"{count(result.merged, 'customer')} merged of several"),
        (result.split, f"{count(result.split, 'customer')} split"),
    ]
    said = ", ".join(text for number, text in told if number)
    return f"{lead}{said}; {result.customers:,} customers, {result.customers_before:,} before."


def _remarks(result: Remapped) -> list[str]:
    if not result.waiting:
        return list(result.notices)
    many = (
        "one decision of a person speaks"
        if len(result.waiting) == 1
        else (f"{len(result.waiting):,} decisions of people speak")
    )
    return [f"{many} of records that ended: they count again when those are back", *result.notices]
