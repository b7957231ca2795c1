"""One load file read: its header, then what each of its rows says about one node or one edge."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, cast
from uuid import uuid4

from threesixty.neptune.emulator.loading.header import BadHeader, Column, Format, Header, Role, read_header
from threesixty.neptune.emulator.loading.rows import Cells, Malformed, records
from threesixty.neptune.emulator.loading.types import Mismatch, Value

NO_TYPE = "edge"  # of an edge in a file that has no column for it
_PARTS = re.compile(r"(?:[^;\\]|\\.)+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One value that a row gives a property; `single` where there can be only one."""

    key: str
    value: Value
    single: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says: a node with labels, or an edge with one type and two ends."""

    number: int
    id: str
    labels: tuple[str, ...]
    said: tuple[Said, ...] = ()
    start: str | None = None
    """The ids of the ends of an edge; a node has none."""
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something of a file that cannot be loaded: a row, one value of it, or everything that follows."""

    number: int
    message: str
    what: Literal["row", "value", "rest"] = "row"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a request wants its files read."""

    format: Format
    edge_ids: bool = True
    empty_strings: bool = False


class LoadFile:
    """An open file: `header` is known, `rows` are read once."""

    def __init__(self, file: BinaryIO, reading: Reading) -> None:
        """Raises BadHeader; gzip is known by its first bytes."""
        self._reading = reading
        self._lines = _lines(file)
        self._records = records(self._lines)
        try:
            self.header = self._header()
        except BaseException:
            self.close()
            raise

    def _header(self) -> Header:
        try:
            first = next(self._records, None)
        except (Malformed, UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
            raise BadHeader(_why(error)) from None
        if first is None:
            raise BadHeader("the file is empty")
        return read_header(first, self._reading.format, edge_ids=self._reading.edge_ids)

    def close(self) -> None:
        """Closes the file, too, unless it is packed."""
        self._lines.close()

    def rows(self) -> Iterator[Row | Fault]:
        """In the order of the file; record numbers count from 1, without the header."""
        number = 0
        try:
            for number, cells in enumerate(self._records, 1):
                yield from self._row(number, cells)
        except (Malformed, UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
            yield Fault(number + 1, _why(error), "rest")

    def _row(self, number: int, cells: Cells) -> Iterator[Row | Fault]:
        why = self._unreadable(cells)
        if why:
            yield Fault(number, why)
            return
        labels = self._labels(cells)
        if "" in labels:
            yield Fault(number, "a label is empty")
            return
        said, faults = self._said(number, cells)
        yield from faults
        id_ = self._id("id", cells) if "id" in self.header.places else str(uuid4())
        ends = (self._id("start", cells), self._id("end", cells)) if self.header.edges else (None, None)
        yield Row(number, id_, labels, said, *ends)

    def _unreadable(self, cells: Cells) -> str:
        """Why a row says nothing; '' when it does."""
        if len(cells) != self.header.width:
            return f"{self.header.width} fields are expected, and there are {len(cells)}"
        if any(cells[place] is None for role, place in self.header.places.items() if role != "labels"):
            return "a field that names the element or its ends is blank"
        if any(cell and "\0" in cell for cell in cells):
            return "a text has no null character"
        return ""

    def _labels(self, cells: Cells) -> tuple[str, ...]:
        """Of an edge its type; of a node those that are said, which may be none."""
        place = self.header.places.get("labels")
        cell = cells[place] if place is not None else None
        if self.header.edges:
            return (NO_TYPE if cell is None else cell,)
        return () if cell is None else tuple(dict.fromkeys(part.strip() for part in cell.split(";")))

    def _id(self, role: Role, cells: Cells) -> str:
        """How AWS puts an ID space and an id together is not documented; here a colon parts them."""
        one, space = cells[self.header.places[role]] or "", self.header.spaces.get(role, "")
        return f"{space}:{one}" if space else one

    def _said(self, number: int, cells: Cells) -> tuple[tuple[Said, ...], list[Fault]]:
        said: list[Said] = []
        faults: list[Fault] = []
        for column in self.header.columns:
            cell = cells[column.place]
            if cell is None or (cell == "" and not self._reading.empty_strings):
                continue
            try:
                said += [Said(column.name, value, column.single) for value in _values(column, cell)]
            except Mismatch as error:
                faults.append(Fault(number, f"{column.name}: {error}", "value"))
        return tuple(said), faults


def _values(column: Column, cell: str) -> list[Value]:
    """The values of a cell; in an array, semicolons part them that have no backslash before them."""
    if not column.many:
        return [column.convert(cell)]
    parts = (part.strip().replace("\\;", ";") for part in _PARTS.findall(cell))
    return [column.convert(part) for part in parts if part]


def _lines(file: BinaryIO) -> io.TextIOWrapper:
    """The text of a file, packed or not; only a line feed ends a line."""
    buffered = io.BufferedReader(cast(io.RawIOBase, file))
    packed = buffered.peek(2)[:2] == b"\x1f\x8b"
    opened = gzip.GzipFile(fileobj=buffered) if packed else buffered
    return io.TextIOWrapper(cast(BinaryIO, opened), "utf-8-sig", newline="\n")


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the file is not encoded in UTF-8"
    return str(error) if isinstance(error, Malformed) else f"the file cannot be read: {error}"
