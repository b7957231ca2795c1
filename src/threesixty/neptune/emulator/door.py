"""The HTTP side of one instance: reads a request, checks it, has it carried out, writes the answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from threesixty.neptune.emulator.operation import Call, Operation, Reply
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.served import Served
from threesixty.neptune.emulator.settings import Settings
from threesixty.neptune.emulator.signature import Received, check

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Not something Neptune does: there the browser talks to a proxy. Here it makes the proxy unnecessary.
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers": "*",
    "access-control-expose-headers": "*",
}


class Door:
    """An ASGI application: one instance of the cluster, in the role that `role()` tells."""

    def __init__(
        self, operations: Sequence[Operation], settings: Settings, served: Served, role: Callable[[], str]
    ) -> None:
        from starlette.routing import compile_path  # noqa: PLC0415 - an extra

        self._operations = [(compile_path(one.path)[0], one) for one in operations]
        self._settings = settings
        self._served = served
        self._role = role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - an extra
        from starlette.requests import Request  # noqa: PLC0415
        from starlette.responses import Response  # noqa: PLC0415

        request = Request(scope, receive)
        received = Received(request.method, _target(scope), _lower(request.headers), await request.body())
        reply = await run_in_threadpool(self.answer, received)
        response = Response(
            reply.body,
            status_code=reply.status,
            headers={**_CORS, **reply.headers},
            media_type=reply.content_type,
        )
        await response(scope, receive, send)

    def answer(self, received: Received) -> Reply:
        """The reply to a request; what cannot be done is told in Neptune's envelope."""
        request, operation = str(uuid4()), None
        try:
            if received.method == "OPTIONS":
                return Reply(b"", status=204)
            operation, parts = self._operation(received)
            if self._settings.iam:
                check(received, self._settings)
            call = Call(
                received.method, {**_given(received), **parts}, received.headers, self._role(), request
            )
            done = operation.carry_out(call)
            reply = done if isinstance(done, Reply) else Reply(_json(done))
        except Refusal as refusal:
            reply = Reply(_json(refusal.envelope(request)), status=refusal.status)
        name = operation.name if operation else "unknown"
        self._served.note(name, reply.status, len(received.body), len(reply.body))
        return reply

    def _operation(self, received: Received) -> tuple[Operation, Mapping[str, str]]:
        path = received.target.partition("?")[0]
        at_path = [
            (one, match.groupdict()) for pattern, one in self._operations if (match := pattern.match(path))
        ]
        for one, parts in at_path:
            if received.method in one.methods:
                return one, parts
        if at_path:
            raise Refusal("MethodNotAllowedException", f"{received.method} is not allowed for {path}")
        raise Refusal("ResourceNotFoundException", f"There is nothing at {path}")


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    path = scope["raw_path"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _given(received: Received) -> dict[str, Any]:
    """The fields of a request, whichever way they were encoded."""
    given: dict[str, Any] = dict(parse_qsl(received.target.partition("?")[2], keep_blank_values=True))
    content = received.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if not received.body:
        return given
    try:
        if content == "application/x-www-form-urlencoded":
            return given | dict(parse_qsl(received.body.decode(), keep_blank_values=True))
        fields = json.loads(received.body)
    except ValueError:
        raise Refusal("BadRequestException", "The body of the request cannot be read") from None
    if not isinstance(fields, dict):
        raise Refusal("BadRequestException", "The body of the request is no JSON object")
    return given | fields


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
