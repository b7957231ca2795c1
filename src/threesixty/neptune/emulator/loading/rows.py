"""The rows of a CSV file as RFC 4180 has it: records and cells, nothing else.

A blank cell is None, a quoted empty one is "": the loader treats them differently. Blanks around a cell are
ignored; within quotes everything counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_CELL = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^",]*))(,|\Z)')
Cells = list[str | None]


class Malformed(ValueError):
    """A quote where none may be: whatever follows cannot be trusted."""


def records(lines: Iterable[str]) -> Iterator[Cells]:
    """One list of cells for each record; lines end with a line feed, with a carriage return before it or not.

    Empty lines are no records. Raises Malformed.
    """
    waiting = ""
    for line in lines:
        text = waiting + line
        if text.count('"') % 2:
            waiting = text  # the record goes on: a line break within quotes
            continue
        waiting = ""
        text = text.removesuffix("\n").removesuffix("\r")
        if text:
            yield _quoted(text) if '"' in text else [cell.strip(" \t") or None for cell in text.split(",")]
    if waiting:
        raise Malformed("a quoted field is never closed")


def _quoted(text: str) -> Cells:
    cells: Cells = []
    place, goes_on = 0, True
    while goes_on:
        found = _CELL.match(text, place)
        if not found:
            raise Malformed("a field with a quotation mark in it must be quoted, and the mark doubled")
        inside, bare, end = found.groups()
        cells.append(inside.replace('""', '"') if inside is not None else bare.strip(" \t\r\n") or None)
        place, goes_on = found.end(), end == ","
    return cells
