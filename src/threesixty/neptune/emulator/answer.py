"""What the driver brings up from ArcadeDB, in the shapes Neptune answers with over HTTPS.

https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from threesixty.neptune.emulator.beneath import ID, NODE

Row = dict[str, Any]


def rows(
    columns: Sequence[str], found: Iterable[Sequence[Any]], ends: Callable[[list[str]], Mapping[str, str]]
) -> list[Row]:
    """Rows of JSON values; `ends` tells the ids of nodes by their places.

    ArcadeDB gives an edge with the places of its ends only.
    """
    table = [list(cells) for cells in found]
    known: dict[str, str] = {}
    unknown: set[str] = set()
    for element in _elements(table):
        for node in element.nodes if hasattr(element, "start_node") else (element,):
            if ID in node:
                known[node.element_id] = node[ID]
            else:
                unknown.add(node.element_id)
    if missing := sorted(unknown - set(known)):
        known |= ends(missing)
    return [
        {column: _json(value, known) for column, value in zip(columns, cells, strict=True)} for cells in table
    ]


def _elements(value: Any) -> Iterator[Any]:
    """Every node and edge inside a value."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _elements(item)
    elif isinstance(value, Mapping) and not hasattr(value, "element_id"):
        for item in value.values():
            yield from _elements(item)
    elif hasattr(value, "relationships"):
        yield from value.nodes
        yield from value.relationships
    elif hasattr(value, "element_id"):
        yield value


def _json(value: Any, ids: Mapping[str, str]) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else _UNBOUNDED[str(value)]
    if isinstance(value, (list, tuple)):
        return [_json(item, ids) for item in value]
    if shape := next((shape for mark, shape in _SHAPES.items() if hasattr(value, mark)), None):
        return shape(value, ids)
    if isinstance(value, Mapping):
        return {str(key): _json(item, ids) for key, item in value.items()}
    return _moment(value)


_UNBOUNDED = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}


def _node(node: Any, ids: Mapping[str, str]) -> Row:
    return {
        "~id": ids[node.element_id],
        "~entityType": "node",
        "~labels": sorted(label for label in node.labels if label != NODE),
        "~properties": _properties(node, ids),
    }


def _edge(edge: Any, ids: Mapping[str, str]) -> Row:
    return {
        "~id": edge[ID],
        "~entityType": "relationship",
        "~start": ids[edge.start_node.element_id],
        "~end": ids[edge.end_node.element_id],
        "~type": edge.type,
        "~properties": _properties(edge, ids),
    }


def _path(path: Any, ids: Mapping[str, str]) -> list[Row]:
    """Nodes and edges in turn, in one flat list."""
    flat = [_node(path.nodes[0], ids)]
    for edge, node in zip(path.relationships, path.nodes[1:], strict=True):
        flat += [_edge(edge, ids), _node(node, ids)]
    return flat


# By what only its class has, so that the driver need not be imported.
_SHAPES: dict[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "relationships": _path,
    "start_node": _edge,
    "labels": _node,
}


def _properties(element: Any, ids: Mapping[str, str]) -> Row:
    return {key: _json(value, ids) for key, value in element.items() if key != ID and value is not None}


def _moment(value: Any) -> str:
    """A date or a time; Neptune knows UTC and milliseconds only."""
    if not hasattr(value, "hour") or not hasattr(value, "year"):
        return str(value)
    at = value.to_native()
    at = at.astimezone(UTC) if at.tzinfo else at
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
