"""What the bulk loader does inside the ArcadeDB process: looks up and writes a thousand elements at once.

Two procedures over Bolt, with JSON in and out, because a driver's maps take ten times as long. They write
by ArcadeDB's own interface instead of Cypher, in the transaction of whoever calls them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from threesixty.neptune.emulator.beneath import EDGE, ID, NODE, _by_id, _class, _is_edge

MOMENT = "~datetime"


def encoded(value: object) -> str:
    """JSON with moments in it."""
    return json.dumps(value, default=_packed, ensure_ascii=False)


def unpacked(value: Any) -> Any:
    """A value as it was before JSON."""
    return datetime.fromisoformat(value[MOMENT]) if isinstance(value, dict) else value


def _packed(moment: datetime) -> dict[str, str]:
    return {MOMENT: moment.isoformat()}


# --- in the ArcadeDB process -----------------------------------------------------------------------


def look(database: Any, text: Any) -> list[list[Any]]:
    """What is there of the named nodes and edges, each as `[edge, id, labels, properties, start, end]`.

    Of nodes that are only named as `ends` the id is enough: `[False, id]`.
    """
    wanted = json.loads(str(text))
    records = (*_by_id(database, NODE, wanted["nodes"]), *_by_id(database, EDGE, wanted["edges"]))
    found: list[list[Any]] = [_element(database, record) for record in records]
    found += [[False, str(record.get(ID))] for record in _by_id(database, NODE, wanted["ends"])]
    return found


def put(database: Any, text: Any) -> int:
    """Makes and changes elements; how many. The ends of new edges are there or among the new nodes."""
    wanted = json.loads(str(text))
    nodes: dict[str, Any] = {}
    for id_, labels, properties in wanted["new_nodes"]:
        nodes[id_] = database.newVertex(_type(database, labels))
        _fill(nodes[id_], {ID: id_, **properties})
    for id_, type_, start, end, properties in wanted["new_edges"]:
        for one in (start, end):
            if one not in nodes:
                nodes[one] = _one(database, NODE, one)
        pairs = _java({ID: id_, **properties}).items()
        nodes[start].newEdge(type_, nodes[end], [part for pair in pairs for part in pair])
    for edge, id_, properties in wanted["properties"]:
        _fill(_one(database, EDGE if edge else NODE, id_), properties)
    for id_, labels in wanted["labels"]:
        _set_labels(database, id_, labels)
    return sum(map(len, wanted.values()))


def _set_labels(database: Any, id_: str, labels: Sequence[str]) -> None:
    named = "".join(f":`{label.replace('`', '``')}`" for label in labels)
    text = f"MATCH (n:`{NODE}` {{`{ID}`: $id}}) SET n{named}"
    database.command("opencypher", text, _class("java.util.HashMap")({"id": id_}))


def _one(database: Any, base: str, id_: str) -> Any:
    record = next(iter(_by_id(database, base, [id_])))
    return (record.asEdge() if base == EDGE else record.asVertex()).modify()


def _type(database: Any, labels: Sequence[str]) -> str:
    """The type whose vertices have those labels."""
    if len(labels) == 1:
        return labels[0]
    together = _class("com.arcadedb.query.opencypher.Labels").ensureCompositeType
    return str(together(database.getSchema(), _class("java.util.ArrayList")(labels)))


def _fill(record: Any, properties: Mapping[str, Any]) -> None:
    record.set(_class("java.util.HashMap")(_java(properties)))
    record.save()


def _java(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _zoned(value) if isinstance(value, dict) else value for key, value in properties.items()}


def _zoned(moment: Mapping[str, str]) -> Any:
    return _class("java.time.ZonedDateTime").parse(moment[MOMENT])


def _element(database: Any, record: Any) -> list[Any]:
    properties = {str(key): _plain(record.get(key)) for key in record.getPropertyNames()}
    id_ = properties.pop(ID)
    if _is_edge(record):
        ends = [str(database.lookupByRID(place, True).get(ID)) for place in (record.getOut(), record.getIn())]
        return [True, id_, [str(record.getTypeName())], properties, *ends]
    labels = _class("com.arcadedb.query.opencypher.Labels").getLabels(record)
    return [False, id_, [str(label) for label in labels if str(label) != NODE], properties, "", ""]


def _plain(value: Any) -> Any:
    """A Java value as a Python one."""
    if value is None:
        return None
    for class_, plain in (("Boolean", bool), ("Float", float), ("Double", float), ("Number", int)):
        if isinstance(value, _class(f"java.lang.{class_}")):
            return plain(value)
    if isinstance(value, _class("java.time.ZonedDateTime")):
        return _packed(datetime.fromisoformat(str(value.toInstant())).astimezone(UTC))
    return str(value)


PROCEDURES = (("neptune.look", 1, look), ("neptune.put", 1, put))
"""Their names, how many arguments they take, and what they do."""
