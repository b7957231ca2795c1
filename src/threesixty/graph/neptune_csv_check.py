"""Whether files keep to what Amazon Neptune documents of its bulk loader, before it gets them.

A load is no transaction: what it read before it met an error stays in the graph. So every rule that can
be looked at here is, each with the page that says it.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from operator import not_
from pathlib import Path
from typing import Literal

from threesixty.errors import GraphRefused
from threesixty.graph.neptune_csv_read import Cell, Property, Record, open_text, parts, property_of, records
from threesixty.graph.seen import Seen

_GUIDE = "https://docs.aws.amazon.com/neptune/latest/userguide/"
_FORMAT = _GUIDE + "bulk-load-tutorial-format-gremlin.html"
_FILES = _GUIDE + "bulk-load-tutorial-format.html"
_LIMITS = _GUIDE + "limits.html"
_ERRORS = _GUIDE + "load-api-reference-status-response.html"
_CYPHER = _GUIDE + "feature-opencypher-compliance.html"

Rule = Literal[
    "encoding", "compression", "quoting", "header", "system column", "type", "cardinality", "single",
    "cells", "blank", "label", "value", "null character", "size", "unique", "ends",
]  # fmt: skip
RULES: Mapping[Rule, tuple[str, str]] = {
    "encoding": ("a file is UTF-8", _FILES),
    "compression": ("a packed file is one text file, packed as its ending .gz or .bz2 says", _FILES),
    "quoting": ("RFC 4180: quotation marks are doubled; they, commas and line ends are quoted", _FORMAT),
    "header": ("a header is `name:type(cardinality)`, without blanks, each once", _FORMAT),
    "system column": ("`~id` is required, `~from` and `~to` for edges; `~label` is the only other", _FORMAT),
    "type": ("a type is Bool, Byte, Short, Int, Long, Float, Double, String, Date or Datetime", _FORMAT),
    "cardinality": ("a cardinality is single or set; edges have single values only", _FORMAT),
    "single": ("a column is a set unless it says (single), and openCypher reads any one of a set", _CYPHER),
    "cells": ("a record has a cell for each column of the header", _FORMAT),
    "blank": ("`~id`, `~from` and `~to` have a value in each record", _FORMAT),
    "label": ("a label is not empty, and an edge has one", _FORMAT),
    "value": ("a value is one of its column's type", _FORMAT),
    "null character": ("a text holds no null character", _LIMITS),
    "size": ("a value has at most 55 MB", _LIMITS),
    "unique": ("a `~id` comes once among all nodes, and once among all edges", _FORMAT),
    "ends": ("both ends of an edge are there", _ERRORS),
}
MOST_BYTES = 55_000_000
_SYSTEM = ("~id", "~from", "~to", "~label")
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that the loader would not take. Lines count from 1; 0 is the file as a whole."""

    file: str
    line: int
    rule: Rule
    detail: str = ""

    @property
    def page(self) -> str:
        """Where AWS documents the rule."""
        return RULES[self.rule][1]

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.detail or RULES[self.rule][0]}"


def check(folder: Path, most: int = 100) -> tuple[Problem, ...]:
    """What is wrong with the files of a folder and its folders, all of which the loader would read.

    At most `most` problems are looked for. Ids are remembered at eight bytes each, as `Seen` does.
    """
    return tuple(islice(_Check(folder).problems(), most))


def require_sound(folder: Path) -> None:
    """Raises GraphRefused, with the first problems, unless `check` finds none."""
    found = check(folder, 6)
    if found:
        lines = "\n".join(f"  {problem}" for problem in found[:5])
        more = "\n  …" if len(found) > 5 else ""
        raise GraphRefused(
            f"the bulk loader would not take these files:\n{lines}{more}", hint=f"the rule: {found[0].page}"
        )


@dataclass(frozen=True, slots=True)
class _Heading:
    names: list[str]
    properties: Mapping[int, Property]
    system: Mapping[int, str]
    is_edge: bool

    @classmethod
    def of(cls, names: list[str]) -> _Heading:
        read = {place: property_of(name) for place, name in enumerate(names) if not name.startswith("~")}
        system = {place: name for place, name in enumerate(names) if name in _SYSTEM}
        properties = {place: column for place, column in read.items() if column}
        return cls(names, properties, system, not {"~from", "~to"}.isdisjoint(names))

    def cells(self, name: str, rows: Sequence[Record]) -> list[Cell]:
        """What the records say in a system column; nothing where there is none."""
        place = self.names.index(name) if name in self.names else -1
        return [row.cells[place] for row in rows] if place >= 0 else []


class _Check:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids = Seen()

    def problems(self) -> Iterator[Problem]:
        files = sorted(path for path in self._folder.rglob("*") if path.is_file())
        headings: dict[Path, _Heading] = {}
        for path in files:
            yield from self._heading(path, headings)
        nodes = [path for path, heading in headings.items() if not heading.is_edge]
        edges = [path for path, heading in headings.items() if heading.is_edge]
        for path in nodes:
            yield from self._file(path, headings[path], has_nodes=True)
        for path in edges:
            yield from self._file(path, headings[path], has_nodes=bool(nodes))

    def _problem(self, path: Path, line: int, rule: Rule, detail: str = "") -> Problem:
        return Problem(str(path.relative_to(self._folder)), line, rule, detail)

    # --- headers -----------------------------------------------------------------------------------

    def _heading(self, path: Path, headings: dict[Path, _Heading]) -> Iterator[Problem]:
        for found in self._records(path, 1):
            if isinstance(found, Problem):
                yield found
                continue
            names = [cell or "" for cell in found.cells]
            headings[path] = _Heading.of(names)
            yield from self._system_columns(path, headings[path])
            for place, heading in enumerate(names):
                if not heading.startswith("~"):
                    yield from self._property(path, place, headings[path])

    def _system_columns(self, path: Path, heading: _Heading) -> Iterator[Problem]:
        required = _SYSTEM[:3] if heading.is_edge else _SYSTEM[:1]
        for name in required:
            if name not in heading.names:
                yield self._problem(path, 1, "system column", f"there is no column {name}")
        for name in dict.fromkeys(heading.names):
            if name.startswith("~") and name not in _SYSTEM:
                yield self._problem(path, 1, "system column", f"{name} is not a column the loader knows")
            if heading.names.count(name) > 1:
                yield self._problem(path, 1, "header", f"the column {name!r} comes twice")

    def _property(self, path: Path, place: int, heading: _Heading) -> Iterator[Problem]:
        said = heading.names[place]
        column = heading.properties.get(place)
        if column is None:
            yield self._problem(path, 1, "header", f"{said!r} is no header of a property")
            return
        if column.type not in _FITS:
            yield self._problem(path, 1, "type", f"{said}: there is no type {column.type}")
        if column.cardinality not in ("", "single", "set"):
            yield self._problem(
                path, 1, "cardinality", f"{said}: there is no cardinality {column.cardinality}"
            )
        elif heading.is_edge and (column.array or column.cardinality == "set"):
            yield self._problem(path, 1, "cardinality", f"{said}: an edge has single values only")
        elif not heading.is_edge and column.cardinality != "single":
            yield self._problem(path, 1, "single", f"{said} does not say (single)")

    # --- records -----------------------------------------------------------------------------------

    def _file(self, path: Path, heading: _Heading, *, has_nodes: bool) -> Iterator[Problem]:
        rows = islice(self._records(path), 1, None)
        while some := list(islice(rows, _BATCH)):
            whole: list[Record] = []
            for found in some:
                if isinstance(found, Problem):
                    yield found
                elif len(found.cells) != len(heading.names):
                    detail = f"{len(found.cells)} cells for {len(heading.names)} columns"
                    yield self._problem(path, found.line, "cells", detail)
                else:
                    whole.append(found)
                    yield from self._values(path, heading, found)
            yield from self._repeated(path, heading, whole)
            if heading.is_edge and has_nodes:
                yield from self._loose(path, heading, whole)

    def _values(self, path: Path, heading: _Heading, record: Record) -> Iterator[Problem]:
        for place, name in heading.system.items():
            cell = record.cells[place]
            if name == "~label":
                if not cell or (heading.is_edge and ";" in cell):
                    yield self._problem(path, record.line, "label")
            elif cell is None:
                yield self._problem(path, record.line, "blank", f"{name} is blank")
            if cell and (rule := _unfit(_TEXT, cell)):
                yield self._problem(path, record.line, rule)
        for place, column in heading.properties.items():
            cell = record.cells[place]
            if cell and (rule := _unfit(column, cell)):
                yield self._problem(path, record.line, rule, _told(column, rule))

    def _repeated(self, path: Path, heading: _Heading, rows: Sequence[Record]) -> Iterator[Problem]:
        group = "edges" if heading.is_edge else "nodes"
        new = self._ids.add(group, heading.cells("~id", rows))
        for row in compress(rows, map(not_, new)):
            yield self._problem(path, row.line, "unique", f"its ~id was there before among the {group}")

    def _loose(self, path: Path, heading: _Heading, rows: Sequence[Record]) -> Iterator[Problem]:
        for name in ("~from", "~to"):
            there = self._ids.has("nodes", heading.cells(name, rows))
            for row in compress(rows, map(not_, there)):
                yield self._problem(path, row.line, "ends", f"no node has the id of its {name}")

    def _records(self, path: Path, most: int | None = None) -> Iterator[Record | Problem]:
        """Records of a file, and the problem that ends it early."""
        try:
            with open_text(path) as file:
                count = 0
                for record in islice(records(file), most):
                    count += 1
                    yield (
                        self._problem(path, record.line, "quoting", record.wrong) if record.wrong else record
                    )
                if not count:
                    yield self._problem(path, 0, "header", "the file is empty")
        except UnicodeDecodeError as error:
            yield self._problem(path, 0, "encoding", f"it is not UTF-8: {error.reason}")
        except (OSError, EOFError, zlib.error) as error:
            yield self._problem(path, 0, "compression", f"it cannot be read: {error}")


def _told(column: Property, rule: Rule) -> str:
    """What is wrong with a value, in words that leave the value itself out: it may be a customer's."""
    return (
        f"{column.name}: not of type {column.type}" if rule == "value" else f"{column.name}: {RULES[rule][0]}"
    )


# --- values ----------------------------------------------------------------------------------------


def _unfit(column: Property, cell: str) -> Rule | None:
    """The rule that a value breaks, if any."""
    if len(cell) * 4 > MOST_BYTES and len(cell.encode()) > MOST_BYTES:
        return "size"
    if "\0" in cell:
        return "null character"
    fits = _FITS.get(column.type, _any)
    return None if all(map(fits, parts(cell) if column.array else [cell])) else "value"


def _any(_: str) -> bool:
    return True


def _whole(bits: int) -> Callable[[str], bool]:
    least, most = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    digits = re.compile(r"[+-]?\d{1,20}", re.ASCII)
    return lambda text: bool(digits.fullmatch(text)) and least <= int(text) <= most


def _number(most: float) -> Callable[[str], bool]:
    shape = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
    return lambda text: (
        bool(shape.fullmatch(text)) and math.isfinite(float(text)) and abs(float(text)) <= most
    )


_BOOL = re.compile("true|false", re.IGNORECASE)  # any other word would quietly be false
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)


def _boolean(text: str) -> bool:
    return bool(_BOOL.fullmatch(text))


def _date(text: str) -> bool:
    return bool(_DAY.fullmatch(text))


_FITS: Mapping[str, Callable[[str], bool]] = {
    "bool": _boolean, "boolean": _boolean, "byte": _whole(8), "short": _whole(16), "int": _whole(32),
    "long": _whole(64), "float": _number(3.4028235e38), "double": _number(math.inf), "string": _any,
    "date": _date, "datetime": _date,
}  # fmt: skip
_TEXT = Property("", "string")
