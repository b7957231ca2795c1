"""Keys that the engine lost while a table was copied in several pieces: found, and put back.

Of two million nodes in three COPYs, ladybug 0.22 keeps every row, and mostly loses the key of one: it is
found by a scan, but not by its id, and no edge can be copied to it (LadybugDB/ladybug#583 is of this kind).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from threesixty.graph import cypher, keyed
from threesixty.schema import Column

Connection = Any
_AT_ONCE = 50_000


def put_back(connection: Connection, label: str, columns: Sequence[Column], keys: Iterable[Any]) -> int:
    """Put nodes whose keys were lost into the table anew; how many. They must not have edges yet.

    `keys` are Arrow columns of the ids of all nodes that were copied.
    """
    lost = [key for column in keys for key in _lost(connection, label, column)]
    for key in lost:
        rows = connection.execute(cypher.scanned_node(label, columns), {"id": key}).get_all()
        connection.execute(cypher.take_scanned_node(label), {"id": key})
        keyed.put_nodes(connection, label, columns, [tuple(row) for row in rows])
    return len(lost)


def _lost(connection: Connection, label: str, column: Any) -> Iterator[str]:
    for start in range(0, len(column), _AT_ONCE):
        ids = column.slice(start, _AT_ONCE).to_pylist()
        found = connection.execute(cypher.known_ids(label), {"ids": ids}).get_as_arrow(_AT_ONCE).column(0)
        if len(found) < len(ids):
            yield from sorted(set(ids).difference(found.to_pylist()))
