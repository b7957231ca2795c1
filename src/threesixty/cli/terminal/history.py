"""The versions of a customer's records, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.cli.terminal.page import grid, section
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    QUIET,
    WARN,
    clean,
    join,
    say,
    time,
    wrapped,
)  # fmt: skip
from threesixty.history import FieldChange, History, RecordHistory, Version

_WORDS = {
    "first": ("first heard", GOOD),
    "changed": ("changed", ACCENT),
    "deleted": ("deleted by its source", BAD),
    "missing": ("gone: a snapshot lacked it", BAD),
    "ended": ("ended: the mapping calls its row otherwise", QUIET),
    "back": ("back", GOOD),
    "late": ("came late: what was known is newer", QUIET),
}
_MILLISECONDS = re.compile(r"1\d{12}")


def history(told: History, zone: tzinfo = UTC) -> RenderableType:
    """Record by record, each version with what it changed."""
    parts: list[RenderableType] = []
    if told.customer:
        head = grid("fill", "right")
        head.add_row(say(told.name, LOUD), say(told.customer, QUIET))
        parts.append(head)
    for record in told.records:
        gone = "" if record.live else ", gone"
        parts.append(section(record.record, _versions(record, zone), f"{record.kind}{gone}"))
    return Group(*parts)


def _versions(record: RecordHistory, zone: tzinfo) -> RenderableType:
    table = grid("fit", "wrap")
    for version in record.versions:
        table.add_row(say(time(version.received, zone), QUIET), _head(version, zone))
        for line in _changes(version):
            table.add_row(Text(""), line)
    return table


def _head(version: Version, zone: tzinfo) -> Text:
    words, style = _WORDS[version.what]
    told = say(words, style), say(_version(version.version, zone), QUIET)
    # Never cut: `--as-of` takes the number of an entry.
    return wrapped(join(*told, say(f"entry {version.entry:,}", QUIET)))


def _version(text: str, zone: tzinfo) -> str:
    """The source's version; times stand in it as milliseconds."""
    if not text:
        return ""
    return f"version {time(int(text), zone) if _MILLISECONDS.fullmatch(text) else clean(text)}"


def _changes(version: Version) -> Iterator[Text]:
    if version.what == "first":
        filled = ", ".join(f"{clean(one.column)} {clean(one.after)}" for one in version.changes)
        yield wrapped(
            say(filled, QUIET) if filled else say("the row is gone: somebody in it was forgotten", WARN)
        )
        return
    for one in version.changes:
        yield wrapped(_change(one))
    if version.what == "changed" and not version.changes:
        yield say("nothing but its version", QUIET)


def _change(one: FieldChange) -> Text:
    before = say(one.before, BAD) if one.before else say("empty", QUIET)
    after = say(one.after, GOOD) if one.after else say("empty", QUIET)
    return join(say(one.column, QUIET), join(before, after, by=" → "), by=": ")
