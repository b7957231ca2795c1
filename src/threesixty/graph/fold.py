"""Whether two graphs are equal, without holding either: a count and a hash of each of their tables.

Rows are folded in whatever order they come. Two rows are equal when every engine would keep them alike:
texts scrubbed, floats at 6 digits. The Threesixty node is bookkeeping, and left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

from threesixty.graph.delta import Row
from threesixty.graph.values import fitted
from threesixty.record import Scalar
from threesixty.schema import Column, EdgeKind, Schema

BOOKKEEPING = "Threesixty"
_DIGITS = 6
_BYTES = 16
_KEY = Column("id", "text")
Table = str | EdgeKind
T = TypeVar("T", str, EdgeKind)


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows and hash of every table that has any, by its name. Equal graphs have equal folds."""

    tables: Mapping[str, tuple[int, int]]

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.tables.values())

    @property
    def hash(self) -> str:
        """32 hex digits over all tables."""
        said = "\n".join(f"{name} {count} {hashed}" for name, (count, hashed) in sorted(self.tables.items()))
        return blake2b(said.encode(), digest_size=_BYTES).hexdigest()

    def differing(self, other: Fold) -> dict[str, tuple[int, int]]:
        """The tables in which two graphs differ, with the rows of this one and of the other."""
        names = sorted({*self.tables, *other.tables})
        return {
            name: (self.tables.get(name, (0, 0))[0], other.tables.get(name, (0, 0))[0])
            for name in names
            if self.tables.get(name) != other.tables.get(name)
        }


class Folding:
    """Folds batches of the ledger's rows as they pass by."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._tables: dict[str, tuple[int, int]] = {}

    def watch(self, batches: Iterable[tuple[T, list[Row]]]) -> Iterator[tuple[T, list[Row]]]:
        """The same batches, each folded when it is asked for."""
        for what, rows in batches:
            columns = row_columns(self._schema, what)
            self.add(what, (canonical(columns, row) for row in rows))
            yield what, rows

    def add(self, what: Table, rows: Iterable[tuple[object, ...]]) -> None:
        """Fold some rows of a table, which are as every engine keeps them."""
        if what == BOOKKEEPING:
            return
        name = table_name(what)
        count, total = self._tables.get(name, (0, 0))
        for row in rows:
            count, total = count + 1, total + _hash(row)
        self._tables[name] = count, total % (1 << 8 * _BYTES)

    @property
    def fold(self) -> Fold:
        """What has been folded so far."""
        return Fold({name: (count, total) for name, (count, total) in self._tables.items() if count})


def folded(schema: Schema, exported: Iterable[tuple[Table, list[Row]]]) -> Fold:
    """The fold of a graph, from what `Graph.export` gives."""
    folding = Folding(schema)
    for what, rows in exported:
        columns = row_columns(schema, what)
        folding.add(what, (stored(columns, row) for row in rows))
    return folding.fold


def table_name(what: Table) -> str:
    """A table's name for people: `Customer`, `Customer-USES->Identifier`."""
    return what if isinstance(what, str) else f"{what.source}-{what.type}->{what.target}"


@lru_cache(maxsize=1024)
def _columns_of(columns: tuple[Column, ...], keys: int) -> tuple[Column, ...]:
    return (*([_KEY] * keys), *columns)


def row_columns(schema: Schema, what: Table) -> tuple[Column, ...]:
    """The columns of a table's rows, its id or its two ends included."""
    if isinstance(what, EdgeKind):
        return _columns_of(schema.edges[what], 2)
    return _columns_of(schema.nodes[what], 1)


def canonical(columns: Iterable[Column], row: Row) -> Row:
    """A row of the ledger's as every engine keeps it."""
    return tuple(_kept(fitted(column, value)) for column, value in zip(columns, row, strict=True))


def stored(columns: Iterable[Column], row: Row) -> tuple[object, ...]:
    """A row of a graph, to be compared with canonical ones; a value of a wrong type equals none of theirs."""
    pairs = zip(columns, row, strict=True)
    return tuple(_kept(fitted(c, value)) if _is_of(c, value) else (value,) for c, value in pairs)


_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,), "date": (str,), "number": (float, int), "boolean": (bool,)
}  # fmt: skip


def _is_of(column: Column, value: Scalar) -> bool:
    if value is None:
        return True
    return isinstance(value, _TYPES.get(column.type, (int,))) and (
        column.type == "boolean" or not isinstance(value, bool)
    )


def _kept(value: Scalar) -> Scalar:
    if isinstance(value, float):
        # A number that is none is null in some engines; a zero has no sign in any of our answers.
        return round(value, _DIGITS) + 0.0 if math.isfinite(value) else None
    return value


def _hash(row: tuple[object, ...]) -> int:
    """A sum of these is as good as a sorted list: 128 bits each, and nobody picks the rows."""
    return int.from_bytes(blake2b(repr(row).encode("utf-8", "backslashreplace"), digest_size=_BYTES).digest())
