"""Entries of the feed, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from rich.text import Text

from threesixty.cli.terminal.text import ACCENT, BAD, GOOD, QUIET, WARN, clean, count, join, say, time
from threesixty.feed import Change

STYLES = {
    "formed": GOOD, "grew": GOOD, "split": WARN, "moved": WARN, "shrank": WARN, "merged": ACCENT,
    "renamed": ACCENT, "ended": BAD, "erased": BAD,
}  # fmt: skip
_SHOWN = 3


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
