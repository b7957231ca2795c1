"""Loader files read as Amazon Neptune's documentation says that its loader reads them.

https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-tutorial-format-gremlin.html
"""

from __future__ import annotations

import bz2
import gzip
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# A quote that is never closed would make one record of the rest of the file.
MOST_CHARACTERS = 256 << 20
_CELL = re.compile(r' *+(?:"([^"]*+(?:""[^"]*+)*+)" *+|([^",\r\n]*+))(,|\r?\n|\Z)')
_PROPERTY = re.compile(
    r"(?P<name>(?:[^:\\\s,()]|\\.)+)(?::(?P<type>\w+)(?P<array>\[\])?)?(?:\((?P<cardinality>\w*)\))?"
)

_OPEN: Mapping[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}

Cell = str | None
"""A text; None for a blank, which is no value. A quoted text of no length is a text."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record and the line it begins at; `wrong` says why it cannot be read."""

    line: int
    cells: list[Cell]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A property column. `type` in small letters; `cardinality` is '' where the header says none."""

    name: str
    type: str = "string"
    array: bool = False
    cardinality: str = ""


def open_text(path: Path) -> IO[str]:
    """A file as text, unpacked as its name says. Only a line feed ends a line."""
    raw = _OPEN.get(path.suffix, open)(path, "rb")
    return io.TextIOWrapper(raw, "utf-8", newline="\n")


def records(file: IO[str]) -> Iterator[Record]:
    """Every record of a file. One that cannot be read is the last: nobody knows where the next begins."""
    held: list[str] = []
    began, size, quotes = 1, 0, 0
    for line, text in enumerate(file, 1):
        held.append(text)
        size += len(text)
        quotes += text.count('"')
        if quotes % 2 and size <= MOST_CHARACTERS:
            continue
        record = _record("".join(held), began)
        yield record
        if record.wrong:
            return
        held, began, size, quotes = [], line + 1, 0, 0
    if held:
        yield Record(began, [], "a quotation mark is never closed")


def _record(text: str, line: int) -> Record:
    cells: list[Cell] = []
    place, separator = 0, ","
    while separator == ",":
        found = _CELL.match(text, place)
        if found is None:
            return Record(
                line, cells, f"cell {len(cells) + 1} has a quotation mark or line end in the wrong place"
            )
        quoted, bare, separator = found.groups()
        cells.append(quoted.replace('""', '"') if quoted is not None else bare.strip(" ") or None)
        place = found.end()
    if place < len(text):
        return Record(line, cells, "a line end must be quoted")
    return Record(line, cells)


def property_of(heading: str) -> Property | None:
    """What a property column's header says: `name:type[](cardinality)`; None where it cannot be read."""
    found = _PROPERTY.fullmatch(heading)
    if found is None:
        return None
    return Property(
        found["name"], (found["type"] or "string").lower(), bool(found["array"]), found["cardinality"] or ""
    )


def parts(text: str) -> list[str]:
    """The values of an array's cell: parted by semicolons, unless a backslash stands before one."""
    return [part.replace("\\;", ";") for part in re.split(r"(?<!\\);", text)]
