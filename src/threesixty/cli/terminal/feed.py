"""Entries of the feed, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.page import grid
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
    listed,
    say,
    time,
    wrapped,
)  # fmt: skip
from threesixty.feed import Change
from threesixty.report.lineage import Lineage, Stage

STYLES = {
    "formed": GOOD, "grew": GOOD, "split": WARN, "moved": WARN, "shrank": WARN, "merged": ACCENT,
    "renamed": ACCENT, "ended": BAD, "erased": BAD,
}  # fmt: skip
_SHOWN = 3
_NAMED = 5


def change(one: Change, zone: tzinfo = UTC) -> RenderableType:
    """One entry: what became of whom, and below it what sources call the records, where that is known."""
    because = one.cause + (f" {one.action}" if one.action else "")
    told = join(say(one.customer, ACCENT), what(one), say(because, QUIET), by="  ")
    wrapped(told)
    table = Table.grid(padding=(0, 2, 0, 0))
    for wide in (8, 16, 7):
        table.add_column(no_wrap=True, min_width=wide, justify="right" if wide == 8 else "left")
    table.add_column(overflow="fold")
    table.add_row(
        say(one.change, QUIET), say(time(one.at, zone), QUIET), say(one.what, STYLES.get(one.what, "")), told
    )
    if one.keys is None or not one.records:
        return table
    keys = " ".join(clean(one.keys.get(record, record)) for record in one.records)
    return Group(table, Padding(flow(keys), (0, 0, 0, 10)))


def what(one: Change) -> Text:
    """How many records moved from whom to whom."""
    return join(
        say(f"+{count(len(one.records), 'record')}") if one.records else Text(""),
        say(f"out of {_several(one.out_of)}") if one.out_of else Text(""),
        say(f"−{count(len(one.gone), 'record')}") if one.gone else Text(""),  # noqa: RUF001
        say(f"into {_several(one.into)}") if one.into else Text(""),
        by=" ",
    )


def _several(ids: Sequence[str]) -> str:
    return listed(ids, _SHOWN, " ")


# --- one customer -----------------------------------------------------------------------------------


def lineage(told: Lineage, zone: tzinfo = UTC) -> RenderableType:
    """The life of one id, oldest first, and who answers for it now."""
    table = grid("fit", "fit", "wrap")
    for stage in told.stages:
        line = join(_stage(stage, told.id), say(_because(stage), QUIET), say(f"entry {stage.entry:,}", QUIET))
        wrapped(line)
        table.add_row(say(time(stage.at, zone), QUIET), say(stage.what, STYLES.get(stage.what, "")), line)
    return Group(_answers(told), Text(""), table)


def _answers(told: Lineage) -> RenderableType:
    if told.forgotten:
        return flow(f"The person behind {told.id} was forgotten. Only ids are left.", WARN)
    if not told.customer:
        return flow(f"Nobody answers for {told.id}: all its records are gone.", WARN)
    if told.customer == told.id:
        return join(say(told.name, LOUD), say(told.id, ACCENT))
    return flow(f"{told.id} is {told.name} ({told.customer}) now.", LOUD)


def _stage(stage: Stage, of: str) -> Text:
    hidden = stage.came - len(stage.records)
    names = [*stage.records[:_NAMED], *([f"{hidden} forgotten"] if hidden else [])]
    more = len(stage.records) - _NAMED
    came = ", ".join(clean(name) for name in names) + (f" and {more} more" if more > 0 else "")
    return join(
        say(f"{stage.customer}:", ACCENT) if stage.customer != of else Text(""),
        say(came),
        say(f"out of {_several(stage.out_of)}") if stage.out_of else Text(""),
        say(f"{count(stage.gone, 'record')} gone") if stage.gone else Text(""),
        say(f"into {_several(stage.into)}") if stage.into else Text(""),
        by=" ",
    )


def _because(stage: Stage) -> str:
    if stage.by:
        return f"{stage.by}: {stage.why}" if stage.why else stage.by
    return f"{stage.cause} {stage.action}" if stage.action else stage.cause
