"""Batches on their way into an empty graph: sound rows only, put together until worth a COPY."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import compress, groupby
from operator import itemgetter
from typing import TypeVar

import pyarrow as pa

from threesixty.graph import cypher, values
from threesixty.graph.delta import Row
from threesixty.graph.seen import Seen
from threesixty.schema import Column, EdgeKind, Schema

T = TypeVar("T")

# A COPY that fails leaves the engine unfit for anything but the end of its process, so that nothing
# it could stumble over is let through: keys twice, and edges to nodes that are not there.


def copies(
    schema: Schema,
    nodes: Iterable[tuple[str, list[Row]]],
    edges: Iterable[tuple[EdgeKind, list[Row]]],
    most: int,
) -> Iterator[tuple[str, pa.Table]]:
    """What fills an empty graph: statements, nodes first, each with the table of rows that it copies.

    A table that takes more than `most` bytes comes in several pieces.
    """
    return _ahead(_copies(schema, nodes, edges, most))


def _copies(
    schema: Schema,
    nodes: Iterable[tuple[str, list[Row]]],
    edges: Iterable[tuple[EdgeKind, list[Row]]],
    most: int,
) -> Iterator[tuple[str, pa.Table]]:
    seen = Seen()
    for label, table in big_tables(new_nodes(nodes, seen), schema.nodes, 1, most):
        yield cypher.copy_nodes(label), table
    for kind, table in big_tables(new_edges(edges, seen), schema.edges, 2, most):
        yield cypher.copy_edges(kind), widened(schema, kind, table)


def _ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items; each is got ready by another thread while the engine copies the one before it."""
    rest = iter(items)
    with ThreadPoolExecutor(1) as other:
        coming = other.submit(next, rest, None)
        while (item := coming.result()) is not None:
            coming = other.submit(next, rest, None)
            yield item


def new_nodes(batches: Iterable[tuple[str, list[Row]]], seen: Seen) -> Iterator[tuple[str, list[Row]]]:
    for label, rows in batches:
        yield label, list(compress(rows, seen.add(label, [row[0] for row in rows])))


def new_edges(
    batches: Iterable[tuple[EdgeKind, list[Row]]], seen: Seen
) -> Iterator[tuple[EdgeKind, list[Row]]]:
    for kind, rows in batches:
        starts = seen.has(kind.source, [row[0] for row in rows])
        finishes = seen.has(kind.target, [row[1] for row in rows])
        both = [start and finish for start, finish in zip(starts, finishes, strict=True)]
        sound = list(compress(rows, both))
        yield kind, list(compress(sound, seen.add(kind, [row[:2] for row in sound])))


def big_tables(
    batches: Iterable[tuple[T, list[Row]]], columns: Mapping[T, Sequence[Column]], keys: int, most: int
) -> Iterator[tuple[T, pa.Table]]:
    """Batches of one table put together as long as they take no more than so many bytes.

    What a COPY costs grows with what is in the table already, and edges fill it in no order of one of their
    ends: a million people in tables of one piece each took 20 s instead of 26.
    """
    for what, group in groupby(batches, key=itemgetter(0)):
        held, size = list[pa.Table](), 0
        for _, rows in group:
            table = values.arrow(keys, columns[what], rows)
            if held and size + table.nbytes > most:
                whole, held, size = _whole(held), [], 0
                yield what, whole
            held.append(table)
            size += table.nbytes
        whole, held = _whole(held), []
        yield what, whole


def _whole(tables: list[pa.Table]) -> pa.Table:
    """Tables as one of one chunk: of several, the engine copies every row but loses keys from its index."""
    return pa.concat_tables(tables).combine_chunks()


def held_back(nodes: Iterable[tuple[str, list[Row]]], state: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    for label, rows in nodes:
        if label == "Threesixty":
            state.extend(rows)
        else:
            yield label, rows


def widened(schema: Schema, kind: EdgeKind, table: pa.Table) -> pa.Table:
    """The table with a null column for everything only other kinds of its edge type have."""
    own = {column.name: 2 + place for place, column in enumerate(schema.edges[kind])}
    _, columns = cypher.edge_tables(schema)[kind.type]
    arrays = [
        table.column(own[column.name]) if column.name in own
        else pa.nulls(table.num_rows, values.STORAGE[column.type].arrow)
        for column in columns
    ]  # fmt: skip
    all_arrays = [table.column(0), table.column(1), *arrays]
    return pa.Table.from_arrays(all_arrays, names=[str(place) for place in range(len(all_arrays))])
