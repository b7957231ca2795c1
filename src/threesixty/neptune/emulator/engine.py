"""The engine: one statement is one transaction on the ArcadeDB beneath, and Neptune's rules hold.

`Engine.run` is all that the rest of the emulator needs of the graph. `Engine.on_commit` tells what each
transaction that wrote has changed, in the order of the commits.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from threesixty.errors import GraphUnavailable
from threesixty.neptune.emulator import answer
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.translate import Statement, translate

if TYPE_CHECKING:
    import neo4j

DEFAULT_SECONDS = 120.0  # Neptune's neptune_query_timeout


@dataclass(frozen=True, slots=True)
class Element:
    """A node or an edge as it is stored; an edge has one label, its type, and two ends."""

    id: str
    labels: tuple[str, ...]
    properties: Mapping[str, Any]
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a transaction did to one element: before is None where it was made, after where it is gone."""

    id: str
    edge: bool
    before: Element | None
    after: Element | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in Neptune's JSON shapes, by column in order."""

    rows: list[dict[str, Any]]
    changes: tuple[Change, ...] = ()


Key = tuple[bool, str]
"""Whether it is an edge, and its id."""
Listener = Callable[[int, Sequence[Change]], None]


class Engine:
    """An ArcadeDB database seen as a Neptune graph. Open it with `Engine.open`."""

    def __init__(self, driver: neo4j.Driver, database: str) -> None:
        self._driver = driver
        self._database = database
        self._declared: set[str] = set()
        self._listeners: list[Listener] = []
        self._committing = Lock()

    @classmethod
    def open(cls, url: str) -> Engine:
        """The engine on `bolt://user:password@host:port/database`; raises GraphUnavailable.

        The database has to be one that `arcadedb.ArcadeDB.start` was given as `neptune`.
        """
        import neo4j  # noqa: PLC0415 - an extra

        parts = urlsplit(url)
        login = (unquote(parts.username or ""), unquote(parts.password or ""))
        address = f"{parts.scheme}://{parts.hostname}:{parts.port}"
        driver = neo4j.GraphDatabase.driver(address, auth=login, connection_timeout=10)
        engine = cls(driver, parts.path.strip("/"))
        try:
            engine._call("declare", [], [])
        except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError) as error:
            driver.close()
            raise GraphUnavailable(
                f"there is no graph for the emulator at {parts.hostname}:{parts.port}{parts.path}",
                hint="start its ArcadeDB with ArcadeDB.start(…, neptune=[…])",
            ) from error
        return engine

    def on_commit(self, listener: Listener) -> None:
        """Has a listener told of each transaction that wrote: its time in epoch ms, and its changes.

        It is called after the commit, one transaction at a time, in the order of the commits.
        """
        self._listeners.append(listener)

    def run(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        read_only: bool = False,
        seconds: float = DEFAULT_SECONDS,
    ) -> Answer:
        """The answer to a statement, all of it done or nothing; raises Refusal."""
        statement = translate(text)
        if statement.writes and read_only:
            raise Refusal("ReadOnlyViolationException", "openCypher update attempted on read-replica")
        if statement.milliseconds:
            seconds = min(seconds, statement.milliseconds / 1000)
        if statement.writes:
            self._declare(statement)
        with _told(), self._session() as session, session.begin_transaction(timeout=seconds) as transaction:
            result = transaction.run(statement.text, dict(parameters or {}))
            columns = [statement.columns.get(key, key) for key in list(result.keys())]
            cells = [record.values() for record in result]
            rows = answer.rows(columns, cells, lambda places: _asked(transaction, "ends", places))
            if not statement.writes:
                return Answer(rows)
            return Answer(rows, self._commit(transaction))

    def close(self) -> None:
        self._driver.close()

    # --- writing -----------------------------------------------------------------------------------

    def _commit(self, transaction: neo4j.Transaction) -> tuple[Change, ...]:
        now = _after(_asked(transaction, "touched"))
        _check(now)
        if not self._listeners:
            transaction.commit()
            return ()
        before = self._before(list(now))
        changes = tuple(
            Change(id_, edge, before.get((edge, id_)), element)
            for (edge, id_), element in now.items()
            if element != before.get((edge, id_))
        )
        with self._committing:
            transaction.commit()
            moment = time.time_ns() // 1_000_000
            for listener in self._listeners if changes else ():
                listener(moment, changes)
        return changes

    def _before(self, keys: Sequence[Key]) -> dict[Key, Element]:
        nodes = [one for edge, one in keys if not edge]
        edges = [one for edge, one in keys if edge]
        return {(one["edge"], one["id"]): _element(one) for one in self._call("elements", nodes, edges)}

    def _declare(self, statement: Statement) -> None:
        """Has ArcadeDB know labels and types as Neptune's before they are used."""
        new = (statement.labels | statement.types) - self._declared
        if new:
            self._call("declare", sorted(statement.labels), sorted(statement.types))
            self._declared |= new

    def _call(self, procedure: str, *arguments: Any) -> Any:
        with self._session() as session:
            return _asked(session, procedure, *arguments)

    def _session(self) -> neo4j.Session:
        return self._driver.session(database=self._database)


def _asked(runner: Any, procedure: str, *arguments: Any) -> Any:
    named = {f"a{place}": argument for place, argument in enumerate(arguments)}
    given = ", ".join(f"${name}" for name in named)
    record = runner.run(f"CALL neptune.{procedure}({given}) YIELD text RETURN text", named).single()
    return json.loads(record["text"])


def _element(one: Mapping[str, Any]) -> Element:
    return Element(
        one["id"], tuple(one["labels"]), one["properties"], one.get("start", ""), one.get("end", "")
    )


def _after(touched: Sequence[Mapping[str, Any]]) -> dict[Key, Element | None]:
    """What the touched elements are now. ArcadeDB moves a node whose labels change: it is still there."""
    now: dict[Key, Element | None] = {}
    for one in touched:
        key = (one["edge"], one["id"])
        if not one.get("gone"):
            now[key] = _element(one)
        else:
            now.setdefault(key, None)
    return now


def _check(after: Mapping[Key, Element | None]) -> None:
    """Raises a Refusal where an element could not be stored in Neptune as it is now."""
    for (edge, id_), element in after.items():
        if element is None:
            continue
        if not edge and not element.labels:
            raise Refusal("ConstraintViolationException", f"The last label of node {id_} cannot be removed")
        for key, value in element.properties.items():
            if isinstance(value, (list, dict)):
                raise Refusal(
                    "UnsupportedOperationException", f"Property {key}: lists and maps cannot be stored"
                )
            if isinstance(value, str) and "\0" in value:
                raise Refusal("BadRequestException", f"Property {key}: a text may not contain \\0")


@contextmanager
def _told() -> Iterator[None]:
    """The errors of ArcadeDB and its driver as Neptune would tell them."""
    import neo4j  # noqa: PLC0415 - an extra

    try:
        yield
    except neo4j.exceptions.Neo4jError as error:
        raise _refusal(error.code or "", error.message or "") from error
    except neo4j.exceptions.DriverError as error:
        raise Refusal("InternalFailureException", f"The engine beneath does not answer: {error}") from error


_SAID = (
    (r"ConcurrentModification|NeedRetry|Please retry", "ConcurrentModificationException",
     "Failed to execute due to a conflicting concurrent operation, please retry"),
    (r"Constraint|DuplicatedKey|Duplicated key", "DuplicateDataException", ""),
    (r"Timed|Timeout|timed out", "TimeLimitExceededException", "Operation terminated (deadline exceeded)"),
    (r"SyntaxError|Parsing", "MalformedQueryException", ""),
    (r"ArgumentError|ParameterMissing|TypeError", "BadRequestException", ""),
)  # fmt: skip


def _refusal(code: str, message: str) -> Refusal:
    first = message.strip().partition("\n")[0][:500]
    for pattern, named, said in _SAID:
        if re.search(pattern, f"{code} {first}"):
            return Refusal(named, said or first)
    return Refusal("InternalFailureException", first)
