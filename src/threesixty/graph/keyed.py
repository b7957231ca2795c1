"""Rows in and out of ladybug, by key: what small Deltas are made of.

Many rows travel in one statement, as a list that it unwinds: a tenth of the cost of a statement for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from threesixty.graph import cypher, values
from threesixty.graph.delta import Row
from threesixty.record import Scalar
from threesixty.schema import Column, EdgeKind

FEW_COLUMNS = 6  # up to so many changed columns of a node are set one by one
MANY_CHANGED = 100  # all of them from so many nodes on: a checkpoint writes whole columns that were set
TOGETHER = 4  # from so many nodes on, their edges are looked up together, which costs as much as for so many
MANY_ALIKE = 100  # the same for edges between nodes of one label, all of which the engine then looks at
MANY = 1_000  # rows or ids of one statement
Connection = Any
T = TypeVar("T")


def put_nodes(connection: Connection, label: str, columns: Sequence[Column], rows: list[Row]) -> set[Scalar]:
    """Writes what is new about each node; returns the ids of the nodes that were not there."""
    there = {row[0]: row for row in read_nodes(connection, label, columns, [str(row[0]) for row in rows])}
    fresh = [row for row in rows if row[0] not in there]
    made = [{"id": row[0], **values.packed(columns, row[1:])} for row in fresh]
    _write(connection, cypher.create_nodes(label, columns), made)
    for part, changed in _changes(columns, [row for row in rows if row[0] in there], there).items():
        _write(connection, cypher.set_nodes(label, part), changed)
    return {row[0] for row in fresh}


def _changes(
    columns: Sequence[Column], rows: list[Row], there: Mapping[Scalar, Row]
) -> dict[tuple[Column, ...], list[dict[str, Any]]]:
    """What to set, by columns: a few that differ one by one, which need fewer plans than all their sets."""
    found: dict[tuple[Column, ...], list[dict[str, Any]]] = defaultdict(list)
    every = tuple(columns)
    few = FEW_COLUMNS if len(rows) < MANY_CHANGED else len(every)
    for row in rows:
        wanted = [values.fitted(column, value) for column, value in zip(columns, row[1:], strict=True)]
        places = [place for place, value in enumerate(wanted) if value != there[row[0]][place + 1]]
        if len(places) > few:
            found[every].append({"id": row[0], **values.packed(every, wanted)})
            continue
        for place in places:
            part = (columns[place],)
            found[part].append({"id": row[0], **values.packed(part, [wanted[place]])})
    return found


def put_edges(
    connection: Connection, kind: EdgeKind, columns: Sequence[Column], rows: list[Row], made: set[Scalar]
) -> None:
    """Writes each edge; those of nodes just made cannot have been there."""
    starts = {str(row[0]): None for row in rows if row[0] not in made and row[1] not in made}
    there = {row[:2] for row in read_edges(connection, kind, (), list(starts))}
    fresh = [row for row in rows if row[:2] not in there]
    _write(connection, cypher.create_edges(kind, columns), [_edge(columns, row) for row in fresh])
    if columns:
        changed = [_edge(columns, row) for row in rows if row[:2] in there]
        _write(connection, cypher.replace_edges(kind, columns), changed)


def _edge(columns: Sequence[Column], row: Row) -> dict[str, Any]:
    return {"start": row[0], "finish": row[1], **values.packed(columns, row[2:])}


def any_edge(connection: Connection, kind: EdgeKind) -> bool:
    """Whether there is an edge of a kind anywhere."""
    return bool(connection.execute(cypher.count_edges(kind)).get_all()[0][0])


def read_nodes(connection: Connection, label: str, columns: Sequence[Column], ids: list[str]) -> list[Row]:
    text = cypher.nodes_by_id(label, columns)
    return [row for some in _batched(ids) for row in _rows(connection, text, some)]


def read_edges(
    connection: Connection, kind: EdgeKind, columns: Sequence[Column], ids: list[str]
) -> list[Row]:
    """One look-up for each of a few ids, one for many together of more."""
    return [row for row in _edges(connection, kind, columns, ids) if row[1] is not None]


def _edges(
    connection: Connection, kind: EdgeKind, columns: Sequence[Column], ids: list[str]
) -> Iterator[Row]:
    if len(ids) < (MANY_ALIKE if kind.source == kind.target else TOGETHER):
        text = cypher.edges_from(kind, columns)
        for one in ids:
            yield from map(tuple, connection.execute(text, {"id": one}).get_all())
        return
    text = cypher.edges_from_those(kind, columns)
    for some in _batched(ids):
        yield from _rows(connection, text, some)


def _rows(connection: Connection, text: str, ids: list[str]) -> Iterable[Row]:
    """The rows of some ids; of many by columns, which takes a third of the time."""
    result = connection.execute(text, {"ids": ids})
    if len(ids) < MANY_ALIKE:
        return map(tuple, result.get_all())
    return zip(*(column.to_pylist() for column in result.get_as_arrow(MANY).columns), strict=True)


def _write(connection: Connection, text: str, rows: list[dict[str, Any]]) -> None:
    for some in _batched(rows):
        connection.execute(text, {"rows": some})


def _batched(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), MANY):
        yield items[start : start + MANY]
