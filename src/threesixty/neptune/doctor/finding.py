"""What the doctor saw at one hop, and what the later hops need to know of the earlier ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal, TypeVar
from uuid import uuid4

from threesixty.graph.neptune_address import Address
from threesixty.graph.neptune_errors import Trouble, interrupted, trouble

State = Literal["ok", "warning", "failed", "skipped"]
LABEL = "ThreesixtyDoctor"
"""The label of the one node the doctor writes, when it is told to write at all."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One hop: how it went, what was seen, and what to do next. Milliseconds where something was timed."""

    hop: str
    state: State
    what: str
    hint: str = ""
    milliseconds: float | None = None


def ok(hop: str, what: str, hint: str = "", milliseconds: float | None = None) -> Finding:
    return Finding(hop, "ok", what, hint, milliseconds)


def warning(hop: str, what: str, hint: str = "", milliseconds: float | None = None) -> Finding:
    return Finding(hop, "warning", what, hint, milliseconds)


def failed(hop: str, what: str, hint: str) -> Finding:
    return Finding(hop, "failed", what, hint)


def skipped(hop: str, what: str, hint: str = "") -> Finding:
    return Finding(hop, "skipped", what, hint)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of the data plane: its answer or its trouble, and how long it took.

    `status` is that of HTTP, 0 where no answer came.
    """

    answer: dict[str, Any]
    trouble: Trouble | None
    milliseconds: float
    status: int = 0

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.answer.get("results", []))


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What came back to a plain, unsigned GET /status."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """Its JSON object; {} where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass
class Visit:
    """One examination of one cluster."""

    url: str
    write: bool = False
    rounds: int = 20
    seconds: float = 15.0
    address: Address = field(default_factory=lambda: Address(""))
    addresses: list[str] = field(default_factory=list)
    session: Any = None
    first: FirstAnswer | None = None
    status: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: f"threesixty:doctor:{uuid4().hex}")
    _clients: dict[str, Any] = field(default_factory=dict)

    def attempt(self, operation: str, *, host: str = "", **given: Any) -> Attempt:
        """One request, by boto3's name for it, and no second try."""
        start = perf_counter()
        met: Trouble | None = None
        answer: dict[str, Any] = {}
        try:
            answer = getattr(self.client(host), operation)(**given)
            status = _status(answer)
        except Exception as error:  # noqa: BLE001 - `_met` raises what no request could have met
            met, status = _met(error), _status(getattr(error, "response", None))
        took = (perf_counter() - start) * 1000
        if operation == "execute_open_cypher_query" and not met and "results" not in answer:
            met = interrupted("")
        return Attempt(answer, met, took, status)

    def ask(self, text: str, /, *, host: str = "", **parameters: Any) -> Attempt:
        """One openCypher text."""
        given = json.dumps(parameters)
        return self.attempt("execute_open_cypher_query", host=host, openCypherQuery=text, parameters=given)

    def client(self, host: str = "") -> Any:
        if host not in self._clients:
            self._clients[host] = self._client(host)
        return self._clients[host]

    def _client(self, host: str) -> Any:
        from botocore import UNSIGNED  # noqa: PLC0415 - an extra
        from botocore.config import Config  # noqa: PLC0415

        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=self.seconds,
            read_timeout=self.seconds,
            user_agent_extra="threesixty-doctor",
            signature_version=None if self.address.iam else UNSIGNED,
        )
        return self.session.client("neptunedata", endpoint_url=self.address.endpoint(host), config=config)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def _met(error: Exception) -> Trouble:
    """The trouble a request met, before it was sent or after."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - an extra

    try:
        return trouble(error)
    except BotoCoreError as unsent:
        return Trouble("refused", type(unsent).__name__, str(unsent).partition("\n")[0])


def _status(answer: Any) -> int:
    return int((answer or {}).get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What some work gives, and its milliseconds."""
    start = perf_counter()
    return work(), (perf_counter() - start) * 1000
