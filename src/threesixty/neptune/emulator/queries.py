"""openCypher over HTTPS: running a statement, and what an instance says of itself.

https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.operation import READER, Call, Operation
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.settings import Settings

PATHS = ("/opencypher", "/openCypher")


def routes(engine: Engine, settings: Settings) -> list[Operation]:
    started = datetime.now(UTC)

    def execute(call: Call) -> Mapping[str, Any]:
        text = call.text("query", call.given.get("openCypherQuery"))
        return {"results": engine.run(text, parameters(call), read_only=call.role == READER).rows}

    def status(call: Call) -> Mapping[str, Any]:
        return _status(call.role, started, settings.engine_version)

    return [
        *(Operation("execute_open_cypher_query", ("POST", "GET"), path, execute) for path in PATHS),
        Operation("get_engine_status", ("GET",), "/status", status),
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


def _status(role: str, started: datetime, version: str) -> dict[str, Any]:
    return {
        "status": "healthy",
        "startTime": f"{started:%a %b %d %H:%M:%S UTC %Y}",
        "dbEngineVersion": version,
        "role": role,
        "dfeQueryEngine": "viaQueryHint",
        "gremlin": {"version": "tinkerpop-3.7.1"},
        "sparql": {"version": "sparql-1.1"},
        "opencypher": {"version": "Neptune-9.0.20190305-1.0"},
        "labMode": {"ObjectIndex": "disabled", "ReadWriteConflictDetection": "enabled"},
        "features": {
            "SlowQueryLogs": "disabled",
            "ResultCache": {"status": "disabled"},
            "IAMAuthentication": "enabled",
            "Streams": "enabled",
            "AuditLog": "disabled",
        },
        "settings": {"clusterQueryTimeoutInMs": "120000", "SlowQueryLogsThreshold": "5000"},
    }
