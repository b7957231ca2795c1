"""One request to a Neptune cluster: signed, counted, tried again by the table, its errors told apart.

boto3's `neptunedata` client builds, signs and reads every request. Its own retries are off: it would
send a write again that had timed out, and it takes an answer that broke off for an empty one.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from threesixty.errors import GraphDenied, GraphUnavailable
from threesixty.graph.neptune_address import Address
from threesixty.graph.neptune_errors import WAITS, Trouble, interrupted, trouble
from threesixty.graph.retry import Batches, Lanes

# Neptune's own limit of a request is 120 s unless its parameter group says otherwise; a client that
# gives up earlier leaves a query behind that nobody waits for.
ANSWER_SECONDS = 150.0
CONNECT_SECONDS = 10.0
CONNECTIONS = 32
FIRST_BATCH, MOST_ROWS, MOST_BYTES = 100, 1_000, 4 << 20
_HINTED = (1, 4, 6)  # the first engine that knows USING QUERY:TIMEOUTMILLISECONDS
_TAIL = 4_000
_SPLIT = ("memory", "time")  # answers to which several rows are sent in smaller parts
Rows = list[dict[str, Any]]
T = TypeVar("T")


@dataclass
class Meter:
    """What a cluster was asked so far: what Neptune bills, and what was tried again and why."""

    requests: int = 0
    rows: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def count(self, *, sent: int, received: int, rows: int) -> None:
        """One more request, with the sizes of its body, of its answer, and the rows in it."""
        with self._lock:
            self.requests += 1
            self.bytes_sent += sent
            self.bytes_received += received
            self.rows += rows

    def count_retry(self, code: str) -> None:
        with self._lock:
            self.retries[code] += 1


class Cluster:
    """A Neptune cluster by its writer and reader endpoints."""

    def __init__(self, address: Address, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises GraphUnavailable where boto3, the region or credentials are missing; sends nothing yet."""
        self.address = address
        self.meter = Meter()
        self._session = _session(address)
        self._lanes = Lanes(address.writers)
        self._batches = Batches(FIRST_BATCH, MOST_ROWS)
        self._sleep = sleep
        self._lock = Lock()
        self._clients: dict[str, Any] = {}
        self._version: tuple[int, ...] | None = None
        self._closed = False

    # --- reading -----------------------------------------------------------------------------------

    def read(
        self, text: str, parameters: Mapping[str, Any], *, seconds: float = 60.0, fresh: bool = False
    ) -> Rows:
        """Rows of a text that only reads, from a replica where there is one; `fresh` asks the writer."""
        host = "" if fresh else self.address.reader
        return self._again(lambda: self._ask(host, self._hinted(text, seconds), _encoded(parameters)))

    def _hinted(self, text: str, seconds: float) -> str:
        """The text with its time limit, where the engine knows the hint: it then stops by itself.

        https://docs.aws.amazon.com/neptune/latest/userguide/opencypher-query-hints.html
        """
        if self.version < _HINTED:
            return text
        return f"USING QUERY:TIMEOUTMILLISECONDS {max(1, round(seconds * 1000))} {text}"

    @property
    def version(self) -> tuple[int, ...]:
        """The engine's version, such as (1, 4, 6, 0); () where we may not ask for it."""
        if self._version is None:
            with suppress(GraphDenied):
                self.status()
        return self._version or ()

    def status(self) -> dict[str, Any]:
        """What the writer says of itself; does not wait for one that cannot be reached. Raises GraphError."""
        self._version = ()
        try:
            told = self._again(lambda: self._send("", "get_engine_status", {}), keep=("unreachable",))
        except Trouble as away:
            raise away.as_error() from away
        said = str(told.get("dbEngineVersion", ""))
        self._version = tuple(int(part) for part in said.split(".") if part.isdecimal())
        return dict(told)

    # --- writing -----------------------------------------------------------------------------------

    def write(self, text: str, parameters: Mapping[str, Any]) -> Rows:
        """Rows of a text that writes. It may be sent more than once, so it has to be idempotent."""
        with self._lanes.one():
            return self._again(lambda: self._ask("", text, _encoded(parameters)))

    def write_rows(self, text: str, name: str, rows: Sequence[Any]) -> None:
        """Sends rows as the list parameter `name`, as many at once as the cluster takes.

        A batch that is too large or too slow is halved; a single row that is raises what it met.
        """
        start, size = 0, self._batches.size
        while start < len(rows):
            part = rows[start : start + size]
            encoded = _encoded({name: part})
            if len(encoded) > MOST_BYTES and len(part) > 1:
                size = max(1, len(part) // 2)
                continue
            try:
                with self._lanes.one():
                    self._again(partial(self._ask, "", text, encoded), keep=_SPLIT if len(part) > 1 else ())
            except Trouble as too_much:
                size = self._batches.shrink(len(part))
                self.meter.count_retry(too_much.code)
                continue
            start += len(part)
            self._batches.grow(len(part))
            size = self._batches.size

    # --- any operation -----------------------------------------------------------------------------

    def call(self, operation: str, **given: Any) -> dict[str, Any]:
        """The answer of any operation of the data plane, by boto3's name for it, from the writer.

        Tried again by the table, so only what is harmless twice. Raises GraphError.
        """
        return self._again(lambda: self._send("", operation, given))

    def cancel(self, text: str, seconds: float) -> None:
        """Stops queries of exactly this text that have run for longer than that. Raises GraphError.

        Requests of openCypher carry no id of ours, so a query is known by its text.
        """
        for host in {"", self.address.reader}:
            try:
                running = self._send(host, "list_open_cypher_queries", {}).get("queries", [])
                for query in running:
                    elapsed = int(query.get("queryEvalStats", {}).get("elapsed", 0))
                    if str(query.get("queryString", "")).endswith(text) and elapsed >= seconds * 1000:
                        named = {"queryId": query["queryId"], "silent": True}
                        self._send(host, "cancel_open_cypher_query", named)
            except Trouble as met:
                raise met.as_error() from met

    def close(self) -> None:
        """Let go of every connection. Closing twice is no error."""
        self._closed = True
        self._forget_clients()

    # --- one attempt -------------------------------------------------------------------------------

    def _ask(self, host: str, text: str, encoded: str) -> Rows:
        answer = self._send(
            host, "execute_open_cypher_query", {"openCypherQuery": text, "parameters": encoded}
        )
        if "results" not in answer:
            raise interrupted(answer.get("end", ""))
        rows: Rows = answer["results"]
        return rows

    def _send(self, host: str, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        if self._closed:
            raise GraphUnavailable("the graph is closed", hint="open it again")
        sent = sum(len(value.encode()) for value in given.values() if isinstance(value, str))
        answer: dict[str, Any] = {}
        try:
            answer = getattr(self._client(host), operation)(**given)
        except Exception as error:
            raise trouble(error) from error
        finally:
            rows = answer.get("results")
            self.meter.count(
                sent=sent,
                received=int(answer.get("bytes", 0)),
                rows=len(rows) if isinstance(rows, list) else 0,
            )
        return answer

    def _again(self, attempt: Callable[[], T], *, keep: Sequence[str] = ()) -> T:
        """An attempt and, by the table, more of them; what is in `keep` is left to the caller."""
        made: Counter[str] = Counter()
        while True:
            try:
                done = attempt()
            except Trouble as met:
                if met.sort in keep:
                    raise
                self._prepare(met)
                made[met.sort] += 1
                wait = WAITS.get(met.sort)
                if wait is None or made[met.sort] >= wait.tries:
                    raise met.as_error() from met
                self.meter.count_retry(met.code)
                self._sleep(wait.before(made[met.sort]))
            else:
                self._lanes.widen()
                return done

    def _prepare(self, met: Trouble) -> None:
        """What has to change before another attempt can do better."""
        if met.sort == "throttled":
            self._lanes.narrow()
        elif met.sort in ("read-only", "unreachable"):
            # After a failover the endpoint's name leads elsewhere, but old connections to the old writer.
            self._forget_clients()

    def _client(self, host: str) -> Any:
        with self._lock:
            if host not in self._clients:
                self._clients[host] = _client(self._session, self.address, host)
            return self._clients[host]

    def _forget_clients(self) -> None:
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()


def _session(address: Address) -> Any:
    try:
        import boto3  # noqa: PLC0415 - an extra
    except ImportError:
        raise GraphUnavailable("Amazon Neptune needs boto3", hint="pip install 'threesixty[aws]'") from None
    # boto3 itself reads AWS_DEFAULT_REGION only; other tools of AWS read AWS_REGION.
    session = boto3.Session(region_name=address.region or os.environ.get("AWS_REGION") or None)
    if not session.region_name:
        raise GraphUnavailable(
            "the address of the cluster says no region", hint="add ?region=eu-central-1, or set AWS_REGION"
        )
    return session


def _client(session: Any, address: Address, host: str) -> Any:
    from botocore import UNSIGNED  # noqa: PLC0415 - an extra
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        retries={"total_max_attempts": 1},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        max_pool_connections=CONNECTIONS,
        user_agent_extra="threesixty",
        signature_version=None if address.iam else UNSIGNED,
    )
    client = session.client("neptunedata", endpoint_url=address.endpoint(host), config=config)
    client.meta.events.register("before-parse.neptunedata.*", _remember)
    return client


def _remember(
    response_dict: Mapping[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Keeps the size of an answer, and its end: boto3 shows neither when an answer broke off."""
    body = response_dict.get("body") or b""
    if isinstance(body, bytes):
        customized_response_dict["bytes"] = len(body)
        customized_response_dict["end"] = body[-_TAIL:].decode("utf-8", "replace")


def _encoded(parameters: Mapping[str, Any]) -> str:
    return json.dumps(parameters, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
