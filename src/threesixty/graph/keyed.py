"""Single rows in and out of ladybug, by key: what small Deltas are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from threesixty.graph import cypher, values
from threesixty.graph.delta import Row
from threesixty.record import Scalar
from threesixty.schema import Column, EdgeKind

FEW_COLUMNS = 6  # up to so many changed columns of a node are set one by one
MANY = 10_000  # ids of one look-up
JOINED = 1_000  # so many ids are joined with a table of edges faster than they are looked up
Connection = Any


def put_nodes(connection: Connection, label: str, columns: Sequence[Column], rows: list[Row]) -> set[Scalar]:
    """Writes what is new about each node; returns the ids of the nodes that were not there."""
    read, create = cypher.nodes_by_id(label, columns), cypher.create_node(label, columns)
    made: set[Scalar] = set()
    for row in rows:
        there = connection.execute(read, {"ids": [row[0]]}).get_all()
        if there:
            _change_node(connection, label, columns, row, there[0])
        else:
            made.add(row[0])
            connection.execute(create, {"id": row[0], **values.packed(columns, row[1:])})
    return made


def _change_node(connection: Connection, label: str, columns: Sequence[Column], row: Row, there: Row) -> None:
    """Sets the columns that differ one by one: a few of them cost less than all, and need few plans."""
    wanted = [values.fitted(column, value) for column, value in zip(columns, row[1:], strict=True)]
    places = [place for place, value in enumerate(wanted) if value != there[place + 1]]
    parts = [(columns[place],) for place in places] if len(places) <= FEW_COLUMNS else [tuple(columns)]
    for part in parts:
        given = [wanted[columns.index(column)] for column in part]
        connection.execute(cypher.set_node(label, part), {"id": row[0], **values.packed(part, given)})


def put_edges(
    connection: Connection, kind: EdgeKind, columns: Sequence[Column], rows: list[Row], made: set[Scalar]
) -> None:
    """Writes each edge; those of nodes just made cannot have been there."""
    replace, create = cypher.replace_edge(kind, columns), cypher.create_edge(kind, columns)
    for row in rows:
        parameters = {"start": row[0], "finish": row[1], **values.packed(columns, row[2:])}
        is_new = row[0] in made or row[1] in made
        if is_new or not connection.execute(replace, parameters).has_next():
            connection.execute(create, parameters)


def read_nodes(connection: Connection, label: str, columns: Sequence[Column], ids: list[str]) -> list[Row]:
    text = cypher.nodes_by_id(label, columns)
    parts = (ids[start : start + MANY] for start in range(0, len(ids), MANY))
    return [tuple(row) for part in parts for row in connection.execute(text, {"ids": part}).get_all()]


def read_edges(
    connection: Connection, kind: EdgeKind, columns: Sequence[Column], ids: list[str]
) -> list[Row]:
    """One look-up for each of a few ids: the engine joins a list of them with the whole table."""
    if len(ids) >= JOINED:
        text = cypher.edges_from_each(kind, columns)
        parts = (ids[start : start + 5 * MANY] for start in range(0, len(ids), 5 * MANY))
        return [tuple(row) for part in parts for row in connection.execute(text, {"ids": part}).get_all()]
    text = cypher.edges_from(kind, columns)
    return [tuple(row) for one in ids for row in connection.execute(text, {"id": one}).get_all()]
