"""What runs inside the ArcadeDB process, so that its graph keeps what Neptune's graph keeps.

Every vertex type extends one base type and every edge type another, each with a unique index on `~id`:
ids are unique over the whole graph, and looked up without knowing a label.

The procedures are called over Bolt, such as `CALL neptune.touched(true) YIELD text`; what they yield is JSON.
They work in the transaction of whoever calls them, and can tell what it has written before it commits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

NODE, EDGE = "neptune__node", "neptune__edge"  # ArcadeDB keeps ~ for itself
ID = "~id"


def prepare(database: Any) -> None:
    """Gives a database of this process Neptune's base types, and the process our procedures."""
    from threesixty.neptune.emulator.loading.beneath import PROCEDURES  # noqa: PLC0415 - it needs this module

    schema = database._java_db.getSchema()  # noqa: SLF001 - the wrapper does not tell
    for base, make in ((NODE, schema.getOrCreateVertexType), (EDGE, schema.getOrCreateEdgeType)):
        if not schema.existsType(base):
            make(base)
            _index(database, base)
    for name, arguments, verb in (
        *PROCEDURES,
        ("neptune.begin", 2, _begin),
        ("neptune.cancel", 1, _cancel),
        ("neptune.declare", 2, _declare),
        ("neptune.touched", 1, _touched),
        ("neptune.elements", 3, _elements),
        ("neptune.ends", 1, _ends),
        ("neptune.labels", 1, _labels),
    ):
        _register(name, arguments, verb)
    _define("neptune.id", 1, 1, lambda element: None if element is None else element.get(ID))
    _define("neptune.properties", 1, 1, _properties)
    _define("neptune.instead", 2, 2, _instead)
    _define("neptune.sort", 1, 2, _sort)
    _define("neptune.sortBy", 2, 3, _sort_by)
    _define("neptune.sortMulti", 1, 4, _sort_multi)


def _index(database: Any, base: str) -> None:
    database.command("sql", f"CREATE PROPERTY `{base}`.`{ID}` STRING")
    database.command("sql", f"CREATE INDEX ON `{base}` (`{ID}`) UNIQUE")


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


def _touched(database: Any, listening: Any) -> str:
    """What the transaction has made or changed, as it is now; to listeners also where the deleted were."""
    transaction = database.getTransaction()
    made, changed = _private(transaction, "newRecords"), _private(transaction, "updatedRecords")
    records: Iterable[Any] = {*(made or ()), *(changed.values() if changed else ())}
    gone = _private(transaction, "deletedRecordsInTx")
    if gone and not gone.isEmpty():
        records = [one for one in records if not gone.contains(one.getIdentity())]
    places = _places(gone) if listening and gone else []
    return f'{{"written": {_shown(records)}, "gone": {json.dumps(places)}}}'


def _private(transaction: Any, name: str) -> Any:
    """ArcadeDB keeps what a transaction writes, and has no door to it."""
    field = _class("com.arcadedb.database.TransactionContext").class_.getDeclaredField(name)
    field.setAccessible(True)
    return field.get(transaction)


def _places(records: Any) -> list[str]:
    import jpype  # noqa: PLC0415 - in this process only

    found: list[str] = []
    interface = "com.arcadedb.utility.RidHashSet$EntryConsumer"
    [method] = _class(interface).class_.getDeclaredMethods()
    note = {str(method.getName()): lambda bucket, place: found.append(f"#{bucket}:{place}")}
    records.forEach(jpype.JProxy(interface, dict=note))
    return found


def _elements(database: Any, nodes: Any, edges: Any, places: Any) -> str:
    """The nodes and edges of those ids, and those at those places, as this transaction sees them."""
    by_place = (_at(database, place) for place in places)
    found = (*_by_id(database, NODE, nodes), *_by_id(database, EDGE, edges), *by_place)
    return _shown(one for one in found if one is not None)


def _shown(records: Iterable[Any]) -> str:
    """A JSON list of records with their properties, and their type, place and ends below @."""
    document = _class("com.arcadedb.database.Document")
    shown = _class("com.arcadedb.serializer.json.JSONArray")()
    for record in records:
        if isinstance(record, document):
            shown.put(record.toJSON(True))
    return str(shown.toString())


def _by_id(database: Any, base: str, ids: Any) -> Iterator[Any]:
    """The records of those ids, as the transaction sees them; absent ones are left out."""
    for one in ids:
        found = database.lookupByKey(base, ID, one)
        if found.hasNext():
            yield found.next().getRecord()


def _at(database: Any, place: Any) -> Any:
    try:
        return database.lookupByRID(_class("com.arcadedb.database.RID")(str(place)), True)
    except _class("com.arcadedb.exception.RecordNotFoundException"):
        return None


def _ends(database: Any, places: Any) -> str:
    """Place -> the id of the node there."""
    found = ((str(place), _at(database, place)) for place in places)
    return json.dumps({place: str(node.get(ID)) for place, node in found if node is not None})


def _labels(database: Any, types: Any) -> str:
    """Type -> the labels of its nodes; of edges it is the type itself."""
    schema = database.getSchema()
    names = _class("com.arcadedb.query.opencypher.Labels").getLabels
    return json.dumps(
        {
            str(name): [str(one) for one in names(schema.getType(str(name))) if str(one) not in (NODE, EDGE)]
            for name in types
        }
    )


def _is_edge(record: Any) -> bool:
    return isinstance(record, _class("com.arcadedb.graph.Edge"))


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


def _sort(items: Any, ascending: Any = True) -> Any:
    return _sorted(items, [(None, ascending)])


def _sort_by(items: Any, key: Any, ascending: Any = True) -> Any:
    return _sorted(items, [(str(key), ascending)])


def _sort_multi(items: Any, orders: Any = (), limit: Any = -1, skip: Any = 0) -> Any:
    """Maps in an order of several keys, each `{key, isAscending}`."""
    by = [(str(order.get("key")), order.getOrDefault("isAscending", True)) for order in orders]
    found = _sorted(items, by)
    end = len(found) if int(limit) < 0 else min(len(found), int(skip) + int(limit))
    return found.subList(min(int(skip), end), end) if found is not None else None


def _sorted(items: Any, orders: Sequence[tuple[str | None, Any]]) -> Any:
    if items is None:
        return None
    kept = list(items)
    for key, ascending in reversed(orders):
        kept.sort(key=lambda item: _rank(item.get(key) if key else item), reverse=not bool(ascending))
    return _class("java.util.ArrayList")(kept)


def _rank(value: Any) -> tuple[int, Any]:
    """Texts before numbers before what is absent, as openCypher orders them."""
    if value is None:
        return (3, 0)
    if isinstance(value, _class("java.lang.Number")):
        return (2, float(value))
    if isinstance(value, _class("java.lang.Boolean")):
        return (1, bool(value))
    return (0, str(value))


def _define(name: str, least: int, most: int, verb: Callable[..., Any]) -> None:
    import jpype  # noqa: PLC0415 - in this process only

    interface = "com.arcadedb.function.StatelessFunction"
    methods = {
        "getName": lambda: name,
        "getDescription": lambda: name,
        "getMinArgs": lambda: least,
        "getMaxArgs": lambda: most,
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
        row.setProperty("text", answer if isinstance(answer, str) else json.dumps(answer))
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
