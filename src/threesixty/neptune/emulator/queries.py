"""openCypher over HTTPS: running, explaining, watching and cancelling statements.

https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-status.html
https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-explain.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.operation import READER, Call, Operation, Reply
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.settings import Settings
from threesixty.neptune.emulator.underway import Query
from threesixty.neptune.lint import refusals

PATHS = ("/opencypher", "/openCypher")
_MODES = ("static", "dynamic", "details")
_SHOWN = 1024  # characters of a query that its status shows
_MALFORMED = frozenset(
    "syntax unknown-variable unnamed-in-with uneven-union no-end several-statements clause-order".split()
)
"""Rules that no openCypher engine would let pass; the others are about Neptune's."""


def routes(engine: Engine, settings: Settings) -> list[Operation]:
    def execute(call: Call) -> Mapping[str, Any] | Reply:
        if call.given.get("explain"):
            return explain(call)
        text = _text(call, settings)
        read_only = call.role == READER
        done = engine.run(text, parameters(call), read_only=read_only, seconds=settings.seconds, id_=call.id)
        return {"results": done.rows}

    def explain(call: Call) -> Reply:
        mode = call.text("explain")
        if mode.casefold() not in _MODES:
            raise Refusal("InvalidParameterException", f"explain has to be one of {', '.join(_MODES)}")
        told = engine.explain(_text(call, settings), parameters(call), run=mode.casefold() != "static")
        return Reply(told.encode(), "text/plain; charset=UTF-8")

    def status(call: Call) -> Mapping[str, Any]:
        """What runs, or one query of it, or its end: whichever way the request says so."""
        if call.method == "DELETE" or "cancelQuery" in call.given:
            engine.cancel(_query(engine, call), silent=call.flag("silent"))
            return {"status": "200 OK", "payload": True}
        if call.given.get("queryId"):
            return _shown(_query(engine, call))
        running = [_shown(query) for query in engine.underway.all()]
        return {"acceptedQueryCount": len(running), "runningQueryCount": len(running), "queries": running}

    return [
        operation
        for path in PATHS
        for operation in (
            Operation("execute_open_cypher_query", ("POST", "GET"), path, execute),
            Operation("execute_open_cypher_explain_query", ("POST", "GET"), f"{path}/explain", explain),
            Operation("list_open_cypher_queries", ("GET", "POST", "DELETE"), f"{path}/status", status),
            Operation("get_open_cypher_query_status", ("GET",), f"{path}/status/{{queryId}}", status),
            Operation("cancel_open_cypher_query", ("DELETE",), f"{path}/status/{{queryId}}", status),
        )
    ]


def parameters(call: Call) -> dict[str, Any]:
    """The parameters of a statement: a JSON object, or a text with one in it."""
    given = call.given.get("parameters") or {}
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal("BadRequestException", "Bad input: parameters are not a JSON object")
    return found


def refuse_unsupported(text: str) -> None:
    """Raises a Refusal where Neptune is not documented to carry a statement out, though ArcadeDB might."""
    if found := refusals(text):
        first = found[0]
        code = "MalformedQueryException" if first.rule in _MALFORMED else "UnsupportedOperationException"
        place = f"(line {first.line}, column {first.column})"
        raise Refusal(code, f"{first.message} {place}: {first.rewrite}")


def _text(call: Call, settings: Settings) -> str:
    text = call.text("query", call.given.get("openCypherQuery"))
    if settings.lint:
        refuse_unsupported(text)
    return text


def _query(engine: Engine, call: Call) -> Query:
    id_ = call.text("queryId")
    query = engine.underway.get(id_)
    if not query:
        raise Refusal("InvalidParameterException", f"Supplied queryId {id_} is invalid")
    return query


def _shown(query: Query) -> dict[str, Any]:
    return {
        "queryId": query.id,
        "queryString": query.text[:_SHOWN],
        "queryEvalStats": {
            "waited": 0,
            "elapsed": query.milliseconds,
            "cancelled": query.cancelled,
            "subqueries": {},
        },
    }
