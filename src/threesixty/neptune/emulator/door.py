"""The HTTP side of one instance: reads a request, checks it, has it carried out, writes the answer."""

from __future__ import annotations

import json
import logging
from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from threesixty.neptune.emulator.faults import PATH as FAULTS_PATH
from threesixty.neptune.emulator.faults import Fault, Faults
from threesixty.neptune.emulator.operation import Call, Operation, Reply
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.served import Served
from threesixty.neptune.emulator.settings import Settings
from threesixty.neptune.emulator.signature import Received, check

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_LOG = logging.getLogger(__name__)

MOST = 157_286_400
"""Bytes of a request: https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html"""

# Not something Neptune does: there the browser talks to a proxy. Here it makes the proxy unnecessary.
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers": "*, authorization",  # which the star does not mean
    "access-control-expose-headers": "*",
}


class Door:
    """An ASGI application: one endpoint of a cluster; `role` tells the role of a connection's other end."""

    def __init__(
        self,
        operations: Sequence[Operation],
        settings: Settings,
        served: Served,
        faults: Faults,
        role: Callable[[Any], str],
        fail_over: Callable[[float], None],
    ) -> None:
        from starlette.routing import compile_path  # noqa: PLC0415 - an extra

        every = (*operations, *faults.operations())
        self._operations = [(compile_path(one.path)[0], one) for one in every]
        self._settings = settings
        self._served = served
        self._faults = faults
        self._role = role
        self._fail_over = fail_over
        self._loop: AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - an extra
        from starlette.requests import ClientDisconnect, Request  # noqa: PLC0415
        from starlette.responses import Response  # noqa: PLC0415

        self._loop = get_running_loop()
        request = Request(scope, receive)
        try:
            body = b"" if _too_large(request.headers) else await request.body()
        except ClientDisconnect:
            return
        received = Received(request.method, _target(scope), _lower(request.headers), body)
        connection = send.__self__.transport  # type: ignore[attr-defined]
        reply = await run_in_threadpool(self.answer, received, self._role(connection))
        if reply is None:
            # ASGI has no word for hanging up.
            connection.abort()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = {**_CORS, **reply.headers}
        response = Response(reply.body, reply.status, headers, reply.content_type)
        await response(scope, receive, send)

    def drop(self, connections: Callable[[], Iterable[Any]]) -> None:
        """Closes connections without a word."""

        def abort() -> None:
            for connection in connections():
                connection.abort()

        if self._loop:
            self._loop.call_soon_threadsafe(abort)

    def answer(self, received: Received, role: str) -> Reply | None:
        """The reply to a request, or None to hang up; a refusal is told in Neptune's envelope."""
        id_, operation, fault = str(uuid4()), None, None
        try:
            if received.method == "OPTIONS":
                return Reply(b"", status=204)
            operation, parts = self._operation(received)
            _check_size(received)
            if self._settings.iam and operation.path != FAULTS_PATH:
                check(received, self._settings)
            given = {**_given(received), **parts}
            call = Call(received.method, given, received.headers, role, id_)
            fault = self._faults.next(operation, call)
            reply = self._carried_out(operation, call, fault)
        except Refusal as refusal:
            reply = _refused(refusal, id_)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told in words
            _LOG.debug("in request %s", id_, exc_info=True)
            reply = _failed(error, id_)
        if reply:
            reply = replace(reply, headers={"x-amzn-requestid": id_, **reply.headers})
        name, status = operation.name if operation else "unknown", reply.status if reply else 0
        self._served.note(name, status, len(received.body), len(reply.body) if reply else 0)
        return reply

    def _carried_out(self, operation: Operation, call: Call, fault: Fault | None) -> Reply | None:
        """What comes of a request, with what goes wrong before, meanwhile and after."""
        does = fault.does if fault else ""
        if fault and does == "refuse":
            raise fault.refusal()
        if fault and does == "failover":
            self._fail_over(fault.seconds)
        if does in ("drop", "failover"):
            return None
        if fault and does == "slow":
            self._faults.over.wait(fault.seconds)
        done = operation.carry_out(call)
        reply = done if isinstance(done, Reply) else Reply(_json(done))
        if fault and does == "refuse_after":
            raise fault.refusal()
        if does == "drop_after":
            return None
        return _cut(reply, fault, call.id) if fault and does == "cut" else reply

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


def _refused(refusal: Refusal, id_: str) -> Reply:
    return Reply(_json(refusal.envelope(id_)), status=refusal.status)


def _failed(error: Exception, id_: str) -> Reply:
    said = f"The emulator failed: {type(error).__name__}: {error}"
    return _refused(Refusal("InternalFailureException", said), id_)


def _cut(reply: Reply, fault: Fault, id_: str) -> Reply:
    """An answer that breaks off: Neptune has sent status 200 by then, and appends the error to the body."""
    return replace(reply, body=reply.body[: len(reply.body) // 2] + _json(fault.refusal().envelope(id_)))


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    path = scope["raw_path"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _too_large(headers: Mapping[str, str]) -> bool:
    return int(headers.get("content-length", "0")) > MOST


def _check_size(received: Received) -> None:
    if _too_large(received.headers):
        raise Refusal("BadRequestException", f"Request size exceeds max allowed value of {MOST} bytes.")


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
