"""What a remap changed, or would change, in words and tables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.cli.terminal.page import remarks, section
from threesixty.cli.terminal.text import QUIET, clean, count, flow
from threesixty.report.remapped import Named, Remade, Remapped

_SHOWN = 10


def remapped(result: Remapped) -> RenderableType:
    """One sentence, what came out otherwise with an example of each, customers that are others now."""
    parts: list[RenderableType] = [flow(_sentence(result))]
    if result.changes:
        parts.append(section("Values and identifiers", _lines(map(_change, result.changes))))
    for title, named, many in (
        ("New records", result.came, result.new), ("Records that end", result.went, result.ended),
    ):  # fmt: skip
        if named:
            parts.append(section(title, _lines([*named, *_more(many - len(named))])))
    if result.refused:
        lines = [f"{one.reason}: {count(one.count, 'row')}, such as {one.row}" for one in result.refused]
        parts.append(section("Rejected", _lines(lines)))
    if result.moved:
        lines = [f"{_together(one.before)} → {_together(one.after)}" for one in result.moved]
        parts.append(section("Customers", _lines(lines)))
    if result.waiting:
        lines = [f"{one.verdict}: {one.one} and {one.other} ({one.by})" for one in result.waiting[:_SHOWN]]
        parts.append(section("Decisions that wait", _lines([*lines, *_more(len(result.waiting) - _SHOWN)])))
    parts += remarks(_remarks(result))
    parts.append(flow(f"{count(result.rows, 'row')} of the ledger in {result.seconds:.1f} s", QUIET))
    return Group(*parts)


def _together(customers: tuple[Named, ...]) -> str:
    return " + ".join(f"{one.name} ({one.id})" for one in customers)


def _change(one: Remade) -> str:
    fate = "" if one.fate == "changed" else f" {one.fate}"
    after = one.after or ("unreadable" if one.fate == "unreadable" else "nothing")
    return f"{one.what}: {one.count:,}{fate}, such as {one.key}: {one.before or 'nothing'} → {after}"


def _more(many: int) -> list[str]:
    return [f"and {many:,} more"] if many > 0 else []


def _lines(lines: Iterable[str]) -> RenderableType:
    return Text("\n".join(clean(line) for line in lines))


def _sentence(result: Remapped) -> str:
    if not (result.new or result.changed or result.ended or result.rejected or result.mended):
        return "Nothing comes out otherwise than before."
    lead = "Nothing was written. After this remap: " if result.dry_run else ""
    unreadable, lost = (_many(result, fate) for fate in ("unreadable", "lost"))
    told = [
        (result.changed, f"{count(result.changed, 'record')} changed"),
        (unreadable, f"{count(unreadable, 'value')} unreadable"),
        (lost, f"{count(lost, 'value')} lost"),
        (result.new, f"{result.new:,} new"),
        (result.ended, f"{result.ended:,} ended"),
        (result.rejected, f"{count(result.rejected, 'row')} rejected"),
        (result.mended, f"{count(result.mended, 'reject')} mended"),
        (result.merged, f"{count(result.merged, 'customer')} merged of several"),
        (result.split, f"{count(result.split, 'customer')} split"),
    ]
    said = ", ".join(text for number, text in told if number)
    return f"{lead}{said}; {result.customers:,} customers, {result.customers_before:,} before."


def _many(result: Remapped, fate: str) -> int:
    return sum(one.count for one in result.changes if one.fate == fate)


def _remarks(result: Remapped) -> list[str]:
    if not result.waiting:
        return list(result.notices)
    many = (
        "one decision of a person speaks"
        if len(result.waiting) == 1
        else (f"{len(result.waiting):,} decisions of people speak")
    )
    return [f"{many} of records that ended: they count again when those are back", *result.notices]
