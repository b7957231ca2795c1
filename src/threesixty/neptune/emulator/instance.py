"""What an instance says of itself, and how a cluster is emptied.

https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-status.html
https://docs.aws.amazon.com/neptune/latest/userguide/manage-console-fast-reset.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from threesixty.neptune.emulator.engine import DEFAULT_SECONDS, Engine
from threesixty.neptune.emulator.operation import READER, Call, Operation
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.settings import Settings


def routes(engine: Engine, settings: Settings) -> list[Operation]:
    started = datetime.now(UTC)
    tokens: set[str] = set()

    def status(call: Call) -> Mapping[str, Any]:
        return _status(call.role, started, settings)

    def reset(call: Call) -> Mapping[str, Any]:
        """Asked once it gives a token, asked again with the token it empties the graph."""
        if call.role == READER:
            raise Refusal("ReadOnlyViolationException", "A read replica cannot be reset")
        action = call.text("action")
        if action == "initiateDatabaseReset":
            tokens.add(token := str(uuid4()))
            return {"status": "200 OK", "payload": {"token": token}}
        if action != "performDatabaseReset":
            raise Refusal("InvalidParameterException", f"The action {action} is not known")
        if (token := call.text("token")) not in tokens:
            raise Refusal("InvalidParameterException", "System command parameter 'token' does not match")
        tokens.discard(token)
        engine.clear()
        return {"status": "200 OK"}

    return [
        Operation("get_engine_status", ("GET",), "/status", status),
        Operation("execute_fast_reset", ("POST",), "/system", reset),
    ]


def _status(role: str, started: datetime, settings: Settings) -> dict[str, Any]:
    """The languages that the emulator does not speak are named as an instance names them."""
    return {
        "status": "healthy",
        "startTime": f"{started:%a %b %d %H:%M:%S UTC %Y}",
        "dbEngineVersion": settings.engine_version,
        "role": role,
        "dfeQueryEngine": "viaQueryHint",
        "gremlin": {"version": "tinkerpop-3.7.1"},
        "sparql": {"version": "sparql-1.1"},
        "opencypher": {"version": "Neptune-9.0.20190305-1.0"},
        "labMode": {"ObjectIndex": "disabled", "ReadWriteConflictDetection": "enabled"},
        "features": {
            "SlowQueryLogs": "disabled",
            "ResultCache": {"status": "disabled"},
            "IAMAuthentication": "enabled" if settings.iam else "disabled",
            "Streams": "enabled" if settings.streams else "disabled",
            "AuditLog": "disabled",
        },
        "settings": {
            "clusterQueryTimeoutInMs": str(round((settings.seconds or DEFAULT_SECONDS) * 1000)),
            "SlowQueryLogsThreshold": "5000",
        },
    }
