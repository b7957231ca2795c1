"""What one changed Record makes of the graph: measured by a rehearsal that is taken back.

A few rows that every source delivered are put once more, with one value changed and then under a new
key, resolved and drawn as a load would; the Delta is counted instead of applied, and the ledger forgets it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, TypeVar

from threesixty.customer360 import Customer360
from threesixty.errors import LedgerError, SourceError
from threesixty.graph import Graph
from threesixty.graph.delta import Delta, Row
from threesixty.ledger.rows import VersionRow
from threesixty.pipeline.draw import draw
from threesixty.pipeline.put import put
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.project import RecordMapping, Source
from threesixty.record import Scalar
from threesixty.report import Progress, Tell
from threesixty.schema import EdgeKind

SAMPLE = 3  # rows of each source
_KEPT = 30  # rows of each source that are tried
_LOOKED_AT = 4_000  # numbers among which they are found
# What changes about people and things when a source speaks of them again; the first that a row has is taken.
_CHANGING = tuple("street phone email status city name full_name family amount quantity".split())

What = Literal["changed", "new"]
Raw = Mapping[str, str]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Change:
    """What a changed or a new row of a source makes of the graph, on average.

    `put` and `taken` are nodes and edges; `statements` what Neptune writes when every property of what
    is put is written again.
    """

    source: str
    what: What
    times: int
    put: float
    taken: float
    statements: float


class _Rehearsed:
    """A Graph that shows what is there, and keeps the Delta instead of applying it."""

    def __init__(self, graph: Graph) -> None:
        self.name, self.ask, self.fetch, self.export = graph.name, graph.ask, graph.fetch, graph.export
        self.copy = graph.copy
        self._applied = graph.applied()
        self.delta = Delta()

    def applied(self) -> int:
        return self._applied

    def apply(self, delta: Delta) -> None:
        """The Threesixty node is left out: it is written once a load, not once a Record."""
        nodes = {label: rows for label, rows in delta.put_nodes.items() if label != "Threesixty"}
        self.delta = replace(delta, put_nodes=nodes)

    def load(
        self, nodes: Iterable[tuple[str, list[Row]]], edges: Iterable[tuple[EdgeKind, list[Row]]]
    ) -> None:
        """A rehearsal never fills a graph anew."""

    def clear(self) -> None:
        """A rehearsal never empties a graph."""

    def close(self) -> None:
        """The graph is open for others."""


def changes(c360: Customer360, tell: Tell = lambda _: None) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """What rows of each source make of the graph, and in words what could not be measured."""
    try:
        c360.writable.reached("resolved_seq")
    except LedgerError as held:
        return (), (f"what a load changes was not measured: {held.message}",)
    measured: list[Change] = []
    rows = _rows(c360)
    for done, source in enumerate(c360.project.sources, 1):
        for what in ("changed", "new"):
            measured += _measured(c360, source, what, rows[source.name])
        tell(Progress("rehearse", done, len(c360.project.sources), "sources"))
    return tuple(measured), ()


def _rows(c360: Customer360) -> dict[str, list[Raw]]:
    """A few rows of each source as they were delivered last, spread over all that was delivered."""
    ledger, sources = c360.ledger, c360.project.sources
    # Names that were only spoken of have numbers too, so that numbers go beyond the count of entries.
    most = 2 * ledger.seq()
    numbers = range(1, most + 1, max(1, most // _LOOKED_AT))
    rows: dict[str, list[Raw]] = defaultdict(list)
    for record in ledger.mapped(list(numbers)):
        raw = _raw(ledger.versions(record.no))
        # Lines go under the name of their orders: a row is of the source that knows most of its columns.
        known, name = max((_known(source, record.source, raw), source.name) for source in sources)
        if known and len(rows[name]) < _KEPT:
            rows[name].append(raw)
    return rows


def _known(source: Source, given: str, raw: Raw) -> int:
    """How many columns of a row a source's mapping knows; 0 where the row cannot be one of its."""
    mapping = source.records[0]
    name = source.name if mapping.source == "" else mapping.source
    if name != given or not all(column in raw for column in _plain(mapping.key)):
        return 0
    return sum(
        column in raw for parts in (mapping.key, *mapping.columns.values()) for column in _plain(parts)
    )


def _raw(versions: Sequence[VersionRow]) -> Raw:
    try:
        found = json.loads(versions[-1].raw) if versions else None
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _measured(c360: Customer360, source: Source, what: What, rows: Sequence[Raw]) -> Iterator[Change]:
    altered = (row for raw in rows if (row := _altered(source.records[0], what, raw)))
    drawn = (delta for row in altered if (delta := _rehearsed(c360, source, row)))
    deltas = list(islice(drawn, SAMPLE))
    if deltas:
        times = len(deltas)
        yield Change(
            source.name,
            what,
            times,
            put=sum(map(_put, deltas)) / times,
            taken=sum(map(_taken, deltas)) / times,
            statements=sum(map(statements, deltas)) / times,
        )


def _altered(mapping: RecordMapping, what: What, raw: Raw) -> Raw:
    """The row with one value changed, or under a new key; {} when it has nothing that could change."""
    for column in _columns(mapping) if what == "changed" else _plain(mapping.key):
        if raw.get(column):
            return {**raw, column: _other(str(raw[column]), what)}
    return {}


def _columns(mapping: RecordMapping) -> Iterator[str]:
    for role in _CHANGING:
        yield from _plain(mapping.columns.get(role, ()))


def _plain(parts: Iterable[object]) -> Iterator[str]:
    return (part for part in parts if isinstance(part, str))


def _other(value: str, what: What) -> str:
    """Another value of the same look: a phone number stays one, a street moves to another house."""
    if what == "new":
        return f"{value}-rehearsed"
    last = max((place for place, char in enumerate(value) if char.isdecimal()), default=-1)
    if last < 0:
        return f"{value}x"
    return f"{value[:last]}{(int(value[last]) + 1) % 10}{value[last + 1 :]}"


def _rehearsed(c360: Customer360, source: Source, row: Raw) -> Delta:
    ledger, graph = c360.writable, _Rehearsed(c360.graph())
    with suppress(SourceError), ledger.rehearsing():
        put(ledger, c360.project, source.name, [row])
        resolve(ledger, c360.weights)
        draw(View.of(ledger, c360.project, c360.weights), graph)
    return graph.delta


# --- counting a Delta --------------------------------------------------------------------------------


def _put(delta: Delta) -> int:
    return _rows_of(delta.put_nodes) + _rows_of(delta.put_edges)


def _taken(delta: Delta) -> int:
    return _rows_of(delta.take_nodes) + _rows_of(delta.take_edges)


def _rows_of(parts: Mapping[K, Sequence[object]]) -> int:
    return sum(map(len, parts.values()))


def statements(delta: Delta) -> int:
    """Statements that Neptune writes for a Delta: those of everything put, and one for everything taken."""
    nodes = sum(2 + _values(row[1:]) for rows in delta.put_nodes.values() for row in rows)
    edges = sum(1 + _values(row[2:]) for rows in delta.put_edges.values() for row in rows)
    return nodes + edges + _taken(delta)


def _values(cells: Sequence[Scalar]) -> int:
    return sum(cell is not None for cell in cells)
