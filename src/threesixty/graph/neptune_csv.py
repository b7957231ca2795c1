"""Files for Neptune's bulk loader: Gremlin CSV, one table after the other.

https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-tutorial-format-gremlin.html

Three folders, to be loaded in this order: `nodes`, `edges`, and `state`, which holds the Threesixty node:
a load that broke off never claims to be whole. Every text is quoted, so that an empty one differs from
a null (an empty cell), and blanks at its ends are kept. A text that a spreadsheet would take for a formula
is written as it is: these files are for the loader, and what it reads must be what was said.
"""

from __future__ import annotations

import gzip
import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, cast

from threesixty.errors import SourceError
from threesixty.graph import Graph, batches, cypher
from threesixty.graph.delta import Row, edge_id
from threesixty.graph.neptune_csv_check import require_sound
from threesixty.graph.seen import Seen
from threesixty.graph.values import fitted
from threesixty.record import Scalar
from threesixty.schema import Column, EdgeKind, Schema, Type

STAGES = ("nodes", "edges", "state")
TYPES: Mapping[Type, str] = {
    "text": "String", "date": "String", "instant": "Long", "money": "Long", "integer": "Long",
    "number": "Double", "boolean": "Bool",
}  # fmt: skip
# The loader cuts large files into pieces by itself, and is slowed down by many small ones:
# https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-optimize.html
FILE_BYTES = 512 << 20
_BATCH = 10_000
Lines = Iterable[tuple[str, str, list[str]]]
"""A table's name, its header, and some of its lines."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows by table, and by folder what the loader will count as records."""

    rows: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)


def write(
    folder: Path,
    schema: Schema,
    nodes: Iterable[tuple[str, list[Row]]],
    edges: Iterable[tuple[EdgeKind, list[Row]]],
    *,
    compressed: bool = False,
    file_bytes: int = FILE_BYTES,
) -> Written:
    """Write batches, in the shapes of `Graph.load`, into an empty folder.

    Keys that come twice and edges whose ends are not there are left out. A table goes on in another
    file when one has about `file_bytes` bytes, uncompressed. Equal rows make equal files.
    """
    _require_empty(folder)
    seen, state, told = Seen(), list[Row](), _Count()
    sound_nodes = batches.new_nodes(batches.held_back(nodes, state), seen)
    sound_edges = batches.new_edges(edges, seen)
    stages: dict[str, Lines] = {
        "nodes": (_node_lines(schema, label, rows, told) for label, rows in sound_nodes),
        "edges": (_edge_lines(schema, kind, rows, told) for kind, rows in sound_edges),
        "state": (_node_lines(schema, "Threesixty", [row], told) for row in islice(state, 1)),
    }
    records = {}
    for stage in STAGES:
        before = told.records
        _fill(folder / stage, stages[stage], compressed=compressed, file_bytes=file_bytes)
        records[stage] = told.records - before
    return Written(dict(told.rows), records)


def export(source: Graph, schema: Schema, out: Path) -> int:
    """Write a whole graph into a folder, which appears whole or not at all; how many rows.

    The files are checked against the loader's rules. Raises SourceError when the folder is not empty.
    """
    _require_empty(out)
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        written = write(part, schema, *_by_sort(source))
        require_sound(part)
        part.replace(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return sum(written.rows.values())


def _by_sort(source: Graph) -> tuple[Iterator[tuple[str, list[Row]]], Iterator[tuple[EdgeKind, list[Row]]]]:
    """The nodes and then the edges of one export, which gives them in this order."""
    exported = iter(source.export())
    first_edges: list[tuple[EdgeKind, list[Row]]] = []

    def nodes() -> Iterator[tuple[str, list[Row]]]:
        for what, rows in exported:
            if isinstance(what, EdgeKind):
                first_edges.append((what, rows))
                return
            yield what, rows

    def edges() -> Iterator[tuple[EdgeKind, list[Row]]]:
        yield from first_edges
        for what, rows in exported:
            assert isinstance(what, EdgeKind)  # noqa: S101 - nodes come first
            yield what, rows

    return nodes(), edges()


def _require_empty(folder: Path) -> None:
    """The loader reads whatever lies in a folder, so that nothing else may."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise SourceError(
            f"{folder} is not empty, and the bulk loader would load all of it", hint="name a new folder"
        )


# --- lines -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Count:
    rows: Counter[str] = field(default_factory=Counter)
    records: int = 0

    def add(self, table: str, lines: Sequence[Sequence[str]], keys: int) -> None:
        """The loader counts a row's label and each of its values."""
        self.rows[table] += len(lines)
        self.records += sum(1 + sum(map(bool, cells[keys:])) for cells in lines)


def table_name(what: str | EdgeKind) -> str:
    """What the files of a label or edge kind are called."""
    return what if isinstance(what, str) else f"{what.source}-{what.type}-{what.target}"


def header(schema: Schema, what: str | EdgeKind) -> str:
    """The first line of a table's files: the node's `id` once more as a property, single values only."""
    if isinstance(what, EdgeKind):
        named = [f"{_name(column)}:{TYPES[column.type]}" for column in schema.edges[what]]
        return ",".join(["~id", "~from", "~to", "~label", *named])
    named = [f"{_name(column)}:{TYPES[column.type]}(single)" for column in schema.nodes[what]]
    return ",".join(["~id", "~label", "id:String(single)", *named])


def _name(column: Column) -> str:
    cypher.quoted(column.name)  # refuses what is no plain word
    return column.name


def _node_lines(schema: Schema, label: str, rows: list[Row], told: _Count) -> tuple[str, str, list[str]]:
    columns, quoted_label = schema.nodes[label], _text(label)
    lines = []
    for one, *values in rows:
        name = _text(str(fitted(_KEY, one)))
        lines.append([name, quoted_label, name, *_cells(columns, values)])
    told.add(label, lines, 2)
    return label, header(schema, label), [",".join(cells) for cells in lines]


def _edge_lines(schema: Schema, kind: EdgeKind, rows: list[Row], told: _Count) -> tuple[str, str, list[str]]:
    columns, label = schema.edges[kind], _text(kind.type)
    lines = []
    for start, finish, *values in rows:
        ends = str(fitted(_KEY, start)), str(fitted(_KEY, finish))
        named = edge_id(kind, *ends)
        lines.append([named, *map(_text, ends), label, *_cells(columns, values)])
    told.add(table_name(kind), lines, 4)
    return table_name(kind), header(schema, kind), [",".join(cells) for cells in lines]


_KEY = Column("id", "text")


def _cells(columns: Sequence[Column], values: Iterable[Scalar]) -> Iterator[str]:
    for column, value in zip(columns, values, strict=True):
        kept = fitted(column, value)
        yield "" if kept is None else _WRITTEN[TYPES[column.type]](kept)


def _text(value: Scalar) -> str:
    return '"' + str(value).replace('"', '""') + '"'


def _number(value: Scalar) -> str:
    """A number that is none is left out: openCypher has no word for it."""
    number = float(value or 0.0)
    return repr(number) if math.isfinite(number) else ""


def _boolean(value: Scalar) -> str:
    return "true" if value else "false"


_WRITTEN: Mapping[str, Callable[[Scalar], str]] = {
    "String": _text, "Long": str, "Double": _number, "Bool": _boolean
}  # fmt: skip


# --- files -----------------------------------------------------------------------------------------


def _fill(folder: Path, tables: Lines, *, compressed: bool, file_bytes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, _Files] = {}
    try:
        for table, head, lines in tables:
            if table not in files:
                files[table] = _Files(folder, table, head, file_bytes, compressed=compressed)
            files[table].add(lines)
    finally:
        for each in files.values():
            each.close()


class _Files:
    """The files of one table, the next begun when one is full."""

    def __init__(self, folder: Path, table: str, head: str, file_bytes: int, *, compressed: bool) -> None:
        self._folder, self._table, self._head = folder, table, head
        self._file_bytes, self._compressed = file_bytes, compressed
        self._number, self._written = 0, 0
        self._open = ExitStack()
        self._file: IO[bytes] | None = None

    def add(self, lines: list[str]) -> None:
        for start in range(0, len(lines), _BATCH):
            data = ("\n".join(lines[start : start + _BATCH]) + "\n").encode()
            if self._file is None or self._written + len(data) > self._file_bytes:
                self._file = self._next()
            self._file.write(data)
            self._written += len(data)

    def _next(self) -> IO[bytes]:
        self.close()
        self._number += 1
        name = f"{self._table}-{self._number:04}.csv"
        path = self._folder / (f"{name}.gz" if self._compressed else name)
        file: IO[bytes] = self._open.enter_context(path.open("wb"))
        if self._compressed:
            # Without a time inside, so that equal rows make equal files.
            packed = gzip.GzipFile("", "wb", 6, file, mtime=0)
            file = cast("IO[bytes]", self._open.enter_context(packed))
        head = f"{self._head}\n".encode()
        file.write(head)
        self._written = len(head)
        return file

    def close(self) -> None:
        self._open.close()
        self._open = ExitStack()
        self._file = None
