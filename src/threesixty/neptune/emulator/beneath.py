"""What runs inside the ArcadeDB process, so that its graph keeps what Neptune's graph keeps.

Every vertex type extends one base type and every edge type another, each with a unique index on `~id`:
ids are unique over the whole graph, and looked up without knowing a label. Whatever is made without an
id is given one. What a transaction touches is noted in it, and can be asked for before it commits.

The procedures are called over Bolt: `CALL neptune.declare(…)`, `neptune.touched()`, `neptune.elements(…)`,
`neptune.ends(…)`. Each yields one column, `text`, with JSON in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import local
from typing import Any
from uuid import uuid4

NODE, EDGE = "neptune__node", "neptune__edge"  # ArcadeDB keeps ~ for itself
ID = "~id"
_NOTES = "neptune"


class _Unnoted(local):
    """In a thread where `thread` is true nothing is noted: who writes there knows what it does."""

    thread = False


_unnoted = _Unnoted()


def prepare(database: Any) -> None:
    """Gives a database of this process Neptune's base types, ids and procedures."""
    schema = database._java_db.getSchema()  # noqa: SLF001 - the wrapper has no way to listen
    for base, make in ((NODE, schema.getOrCreateVertexType), (EDGE, schema.getOrCreateEdgeType)):
        if not schema.existsType(base):
            make(base)
            _index(database, base)
    _listen(database._java_db.getEvents())  # noqa: SLF001
    from threesixty.neptune.emulator.loading.beneath import PROCEDURES  # noqa: PLC0415 - it needs this module

    for name, arguments, verb in (
        *PROCEDURES,
        ("neptune.begin", 2, _begin),
        ("neptune.cancel", 1, _cancel),
        ("neptune.declare", 2, _declare),
        ("neptune.touched", 0, _touched),
        ("neptune.elements", 2, _elements),
        ("neptune.ends", 1, _ends),
    ):
        _register(name, arguments, verb)
    _define("neptune.properties", 1, _properties)
    _define("neptune.instead", 2, _instead)


def _index(database: Any, base: str) -> None:
    database.command("sql", f"CREATE PROPERTY `{base}`.`{ID}` STRING")
    database.command("sql", f"CREATE INDEX ON `{base}` (`{ID}`) UNIQUE")


# --- noting ----------------------------------------------------------------------------------------


def _listen(events: Any) -> None:
    import jpype  # noqa: PLC0415 - in this process only

    document = jpype.JClass("com.arcadedb.database.Document")
    notes = jpype.JClass("java.util.ArrayList")

    def note(record: Any) -> bool:
        if not _unnoted.thread and isinstance(record, document):
            transaction = record.getDatabase().getTransaction()
            noted = transaction.getAttachment(_NOTES)
            if noted is None:
                noted = notes()
                transaction.setAttachment(_NOTES, noted)
            noted.add(record)
        return True

    def name(record: Any) -> bool:
        if not _unnoted.thread and isinstance(record, document) and record.get(ID) is None:
            record.set(ID, str(uuid4()))
        return True

    for moment, verb in (
        ("BeforeRecordCreate", name),
        ("AfterRecordCreate", note),
        ("BeforeRecordUpdate", note),
        ("BeforeRecordDelete", note),
    ):
        method = "on" + moment.replace("Record", "")
        interface = f"com.arcadedb.event.{moment}Listener"
        events.registerListener(jpype.JObject(jpype.JProxy(interface, dict={method: verb}), interface))


@contextmanager
def unnoted() -> Iterator[None]:
    """Nothing this thread writes meanwhile is noted, nor given an id."""
    _unnoted.thread = True
    try:
        yield
    finally:
        _unnoted.thread = False


# --- procedures ------------------------------------------------------------------------------------


_running: dict[str, str] = {}
"""A connection -> the id of the query that runs on it."""


def _begin(_database: Any, query: Any, milliseconds: Any) -> None:
    """Says which query the next commands of this connection belong to, and limits the time of each.

    0 is no limit.
    """
    _class("com.arcadedb.query.sql.executor.CommandTimeoutOverride").set(int(milliseconds))
    _running[str(_current().getConnectionId())] = str(query)


def _cancel(_database: Any, query: Any) -> bool:
    """Whether a command of that query was running, and ends now."""
    running = _current().getRegistry().getRunning()
    ended = [
        one.terminate("user") for one in running if _running.get(str(one.getConnectionId())) == str(query)
    ]
    return any(map(bool, ended))


def _current() -> Any:
    return _class("com.arcadedb.query.RunningQuery").current()


def _declare(_database: Any, labels: Any, types: Any) -> None:
    schema = _database.getSchema()
    for label in labels:
        kind = schema.getOrCreateVertexType(str(label))
        if not kind.isSubTypeOf(NODE):
            kind.addSuperType(NODE)
    for type_ in types:
        kind = schema.getOrCreateEdgeType(str(type_))
        if not kind.isSubTypeOf(EDGE):
            kind.addSuperType(EDGE)


def _touched(database: Any) -> list[dict[str, Any]]:
    """Every element the transaction created, changed or deleted, as it is now."""
    transaction = database.getTransaction()
    noted = transaction.getAttachment(_NOTES)
    newest = {str(record.getIdentity()): record for record in noted or ()}
    found = []
    for record in newest.values():
        if transaction.isDeletedInTransaction(record.getIdentity()):
            found.append({"id": str(record.get(ID)), "edge": _is_edge(record), "gone": True})
        else:
            found.append(_element(record))
    return found


def _elements(database: Any, nodes: Any, edges: Any) -> list[dict[str, Any]]:
    """The nodes and edges of those ids, as this transaction sees them."""
    return [_element(record) for record in (*_by_id(database, NODE, nodes), *_by_id(database, EDGE, edges))]


def _by_id(database: Any, base: str, ids: Any) -> Iterable[Any]:
    """The records of those ids, as the transaction sees them; absent ones are left out."""
    for one in ids:
        found = database.lookupByKey(base, ID, one)
        if found.hasNext():
            yield found.next().getRecord()


def _ends(database: Any, places: Any) -> dict[str, str]:
    """The ids of the nodes at those places (what ArcadeDB calls record ids)."""
    rid = _class("com.arcadedb.database.RID")
    return {str(place): _id_at(database, rid(str(place))) for place in places}


def _id_at(database: Any, place: Any) -> str:
    return str(database.lookupByRID(place, True).get(ID))


def _element(record: Any) -> dict[str, Any]:
    properties = json.loads(str(record.toJSON(False).toString()))
    element: dict[str, Any] = {"id": properties.pop(ID, None), "edge": _is_edge(record)}
    if element["edge"]:
        database = record.getDatabase()
        element |= {
            "labels": [str(record.getTypeName())],
            "start": _id_at(database, record.getOut()),
            "end": _id_at(database, record.getIn()),
        }
    else:
        labels = _class("com.arcadedb.query.opencypher.Labels").getLabels(record)
        element["labels"] = [str(label) for label in labels if str(label) != NODE]
    return element | {"properties": properties}


def _is_edge(record: Any) -> bool:
    return isinstance(record, _class("com.arcadedb.graph.Edge"))


@cache
def _class(name: str) -> Any:
    """A class of the JVM, by its full name."""
    import jpype  # noqa: PLC0415 - in this process only

    return jpype.JClass(name)


# --- functions -------------------------------------------------------------------------------------


def _properties(element: Any) -> Any:
    """`properties(x)` without the id."""
    if element is None:
        return None
    known = _class("java.util.LinkedHashMap")(element.propertiesAsMap() if _is_record(element) else element)
    known.remove(ID)
    return known


def _instead(element: Any, given: Any) -> Any:
    """What to add to an element so that it has the given properties and no others."""
    if element is None or given is None:
        return given
    changed = _class("java.util.LinkedHashMap")()
    for key in _properties(element).keySet():
        changed.put(key, None)
    changed.putAll(_properties(given))
    return changed


def _is_record(value: Any) -> bool:
    return isinstance(value, _class("com.arcadedb.database.Document"))


def _define(name: str, arguments: int, verb: Callable[..., Any]) -> None:
    import jpype  # noqa: PLC0415 - in this process only

    interface = "com.arcadedb.function.StatelessFunction"
    methods = {
        "getName": lambda: name,
        "getDescription": lambda: name,
        "getMinArgs": lambda: arguments,
        "getMaxArgs": lambda: arguments,
        "checkArity": lambda *_: None,
        "validateArgs": lambda *_: None,
        "aggregateResults": lambda: False,
        "canMergePartials": lambda: False,
        "execute": lambda given, _context: verb(*given),
    }
    registry = _class("com.arcadedb.function.CypherFunctionRegistry")
    registry.registerOrReplace(jpype.JObject(jpype.JProxy(interface, dict=methods), interface))


def _register(name: str, arguments: int, verb: Callable[..., Any]) -> None:
    import jpype  # noqa: PLC0415 - in this process only

    def execute(given: Any, _row: Any, context: Any, *_: Any) -> Any:
        answer = verb(context.getDatabase(), *given)
        row = _class("com.arcadedb.query.sql.executor.ResultInternal")()
        row.setProperty("text", json.dumps(answer))
        return _class("java.util.List").of(row).stream()

    interface = "com.arcadedb.query.opencypher.procedures.CypherProcedure"
    methods = {
        "getName": lambda: name,
        "getDescription": lambda: name,
        "getYieldFields": lambda: _class("java.util.List").of("text"),
        "getMinArgs": lambda: arguments,
        "getMaxArgs": lambda: arguments,
        "isWriteProcedure": lambda *_: False,
        "checkArity": lambda *_: None,
        "validateArgs": lambda *_: None,
        "execute": execute,
    }
    registry = _class("com.arcadedb.query.opencypher.procedures.CypherProcedureRegistry")
    registry.registerOrReplace(jpype.JObject(jpype.JProxy(interface, dict=methods), interface))
