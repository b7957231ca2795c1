"""COPY, which puts many rows into ladybug at once: of a table on its way into the graph, or of what is new.

Only while nobody reads. A COPY of a key that is there, or of an edge to a node that is not, harms the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from threesixty.graph import batches, cypher, files, keyed, values
from threesixty.graph.delta import Delta, Row
from threesixty.schema import Column, EdgeKind, Schema

COPY_ROWS = 2_000  # from so many new rows of a table on, COPY beats single statements
Connection = Any


def copy(connection: Connection, path: Path, text: str, table: pa.Table) -> None:
    """All rows of a table of one chunk by one statement. Raises OutOfSpace before the disk is full."""
    if table.num_rows:
        files.require_space(path)
        connection.execute(text, {"rows": table})


def copy_new(connection: Connection, path: Path, schema: Schema, delta: Delta) -> Delta:
    """Copies the new rows of the tables that get many; answers with the Delta without them."""

    def nodes(label: str, columns: Sequence[Column], rows: list[Row]) -> list[Row]:
        there = {row[0] for row in keyed.read_nodes(connection, label, (), [str(row[0]) for row in rows])}
        new = [row for row in rows if row[0] not in there]
        copy(connection, path, cypher.copy_nodes(label), values.arrow(1, columns, new))
        return [row for row in rows if row[0] in there]

    def edges(kind: EdgeKind, columns: Sequence[Column], rows: list[Row]) -> list[Row]:
        starts = list(dict.fromkeys(str(row[0]) for row in rows))
        drawn = {row[:2] for row in keyed.read_edges(connection, kind, (), starts)}
        sources = {row[0] for row in keyed.read_nodes(connection, kind.source, (), starts)}
        finishes = list(dict.fromkeys(str(row[1]) for row in rows))
        targets = {row[0] for row in keyed.read_nodes(connection, kind.target, (), finishes)}
        new = [row for row in rows if row[:2] not in drawn and row[0] in sources and row[1] in targets]
        table = batches.widened(schema, kind, values.arrow(2, columns, new))
        copy(connection, path, cypher.copy_edges(kind), table)
        return [row for row in rows if row[:2] in drawn]

    put_nodes = {
        label: nodes(label, schema.nodes[label], rows) if len(rows) >= COPY_ROWS else rows
        for label, rows in delta.put_nodes.items()
    }
    put_edges = {
        kind: edges(kind, schema.edges[kind], rows) if len(rows) >= COPY_ROWS else rows
        for kind, rows in delta.put_edges.items()
    }
    return Delta(put_nodes, put_edges, delta.take_nodes, delta.take_edges)
