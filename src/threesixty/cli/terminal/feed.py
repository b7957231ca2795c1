"""Entries of the feed, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from rich.console import Group, RenderableType
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
    say,
    time,
)
from threesixty.feed import Change
from threesixty.report.lineage import Lineage, Stage

STYLES = {
    "formed": GOOD, "grew": GOOD, "split": WARN, "moved": WARN, "shrank": WARN, "merged": ACCENT,
    "renamed": ACCENT, "ended": BAD, "erased": BAD,
}  # fmt: skip
_SHOWN = 3
_NAMED = 5


def change(one: Change, zone: tzinfo = UTC) -> Text:
    """One entry as one line, as long as it takes."""
    because = one.cause + (f" {one.action}" if one.action else "")
    line = Text.assemble(
        (f"{one.change:>8}  {time(one.at, zone)}  ", QUIET), (f"{one.what:<7}  ", STYLES.get(one.what, "")),
        (f"{one.customer}  ", ACCENT), what(one), (f"  {because}", QUIET),
    )  # fmt: skip
    line.no_wrap = False
    return line


def what(one: Change) -> Text:
    """Which records moved from whom to whom."""
    return join(
        _records("+", list(one.records), one.keys),
        say(f"out of {_several(one.out_of)}") if one.out_of else Text(""),
        _records("−", list(one.gone), None),  # noqa: RUF001
        say(f"into {_several(one.into)}") if one.into else Text(""),
        by=" ",
    )


def _records(sign: str, records: Sequence[str], keys: object) -> Text:
    if not records:
        return Text("")
    if isinstance(keys, dict) and len(records) <= _SHOWN:
        return say(" ".join(f"{sign}{clean(keys.get(record, record))}" for record in records))
    return say(f"{sign}{count(len(records), 'record')}")


def _several(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return " ".join(ids[:_SHOWN]) + more


# --- one customer -----------------------------------------------------------------------------------


def lineage(told: Lineage, zone: tzinfo = UTC) -> RenderableType:
    """The life of one id, oldest first, and who answers for it now."""
    table = grid("fit", "fit", "wrap")
    for stage in told.stages:
        line = join(_stage(stage), say(_because(stage), QUIET), say(f"entry {stage.entry:,}", QUIET))
        line.no_wrap = False
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


def _stage(stage: Stage) -> Text:
    hidden = stage.came - len(stage.records)
    names = [*stage.records[:_NAMED], *([f"{hidden} forgotten"] if hidden else [])]
    more = len(stage.records) - _NAMED
    came = ", ".join(clean(name) for name in names) + (f" and {more} more" if more > 0 else "")
    return join(
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
