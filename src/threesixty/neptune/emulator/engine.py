"""The engine: one statement is one transaction on the ArcadeDB beneath, and Neptune's rules hold.

`Engine.run` is all that the rest of the emulator needs of the graph. `Engine.on_commit` tells what each
transaction that wrote has changed, in the order of the commits.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from threesixty.errors import GraphUnavailable
from threesixty.neptune.emulator import answer, changes, ids
from threesixty.neptune.emulator.changes import Change, Element, Key
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.told import CANCELLED, REPEATED, told
from threesixty.neptune.emulator.translate import Statement, translate
from threesixty.neptune.emulator.underway import Query, Underway

if TYPE_CHECKING:
    import neo4j

__all__ = ["Answer", "Change", "Element", "Engine"]

DEFAULT_SECONDS = 120.0  # Neptune's neptune_query_timeout
_A_MOMENT = 0.02
# ArcadeDB moves a node to another place when its labels change, which its index on ~id takes once.
_RELABELLED = (
    "The emulator can change the labels of a node once in a statement, where Neptune may do it more often: "
    "name all labels in one SET or REMOVE, and do the rest in another statement"
)
Listener = Callable[[int, Sequence[Change]], None]
Ask = Callable[..., Any]
"""A procedure of the ArcadeDB process by name, with its arguments."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in Neptune's JSON shapes, by column in order; changes are told where somebody listens."""

    rows: list[dict[str, Any]]
    changes: tuple[Change, ...] = ()


class Engine:
    """An ArcadeDB database seen as a Neptune graph. Open it with `Engine.open`."""

    def __init__(self, driver: neo4j.Driver, database: str) -> None:
        self.underway = Underway()
        """The queries that run now."""
        self.commits = 0
        """Transactions that wrote."""
        self._driver = driver
        self._database = database
        self._labels: dict[str, list[str]] = {}
        self._declared: set[tuple[str, str]] = set()
        self._declaring = Lock()
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

    def close(self) -> None:
        self._driver.close()

    def on_commit(self, listener: Listener) -> None:
        """Has a listener told of each transaction that wrote: its time in epoch ms, and its changes.

        It is called after the commit, one transaction at a time, in the order of the commits.
        """
        self._listeners.append(listener)

    # --- statements --------------------------------------------------------------------------------

    def run(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        read_only: bool = False,
        seconds: float = DEFAULT_SECONDS,
        id_: str = "",
    ) -> Answer:
        """The answer to a statement, all of it done or nothing; raises Refusal.

        It can be cancelled under its id while it runs.
        """
        statement = translate(text)
        if statement.writes and read_only:
            raise Refusal("ReadOnlyViolationException", "openCypher update attempted on read-replica")
        given = ids.checked(statement.uses, parameters or {})
        milliseconds = statement.milliseconds or round(seconds * 1000)
        if statement.writes:
            self._declare(statement.labels, statement.types)
        with self.underway.running(id_ or str(uuid4()), text) as query:
            try:
                with suppress(*(changes.WithoutLabel,) if statement.otherwise else ()):
                    return self._run_again(query, statement, given, milliseconds)
                made = replace(statement, text=statement.otherwise)
                return self._run_again(query, made, given, milliseconds)
            except Refusal as refusal:
                if query.silent and refusal.code == "CancelledByUserException":
                    return Answer([])
                if statement.relabels and refusal.message == REPEATED:
                    raise Refusal("UnsupportedOperationException", _RELABELLED) from refusal
                raise

    def _run_again(
        self, query: Query, statement: Statement, given: dict[str, Any], milliseconds: int
    ) -> Answer:
        """Once more where an id was taken after MERGE had looked: then MERGE finds it.

        If it does not, the id belongs to something that the pattern does not match.
        """
        taken: set[str] = set()
        while True:
            try:
                return self._run(query, statement, given, milliseconds)
            except Refusal as refusal:
                if refusal.code != "DuplicateDataException" or statement.creates or refusal.message in taken:
                    raise
                taken.add(refusal.message)

    def _run(self, query: Query, statement: Statement, given: dict[str, Any], milliseconds: int) -> Answer:
        with told(), self._session() as session, session.begin_transaction() as transaction:
            _asked(transaction, "begin", query.id, milliseconds)
            if query.cancelled:
                raise Refusal("CancelledByUserException", CANCELLED)
            result = transaction.run(statement.text, given)
            columns = [statement.columns.get(key, key) for key in list(result.keys())]
            cells = [record.values() for record in result]
            rows = answer.rows(columns, cells, lambda places: _asked(transaction, "ends", places))
            if not statement.writes:
                return Answer(rows)
            done = self._changes(partial(_asked, transaction))
            self._commit(transaction, done)
            return Answer(rows, done)

    def explain(self, text: str, parameters: Mapping[str, Any], *, run: bool) -> str:
        """How ArcadeDB carries out a statement that only reads; where it is run, with what it counted."""
        statement = translate(text)
        if statement.writes:
            raise Refusal("UnsupportedOperationException", "Only statements that read can be explained")
        with told(), self._session() as session:
            word = "PROFILE" if run else "EXPLAIN"
            summary = session.run(f"{word} {statement.text}", dict(parameters)).consume()
            plan: Mapping[str, Any] = (summary.profile if run else summary.plan) or {}
        return str(plan.get("args", {}).get("string-representation", plan))

    def cancel(self, query: Query, *, silent: bool = False) -> None:
        """Ends a query; returns when it has ended, or is about to by itself."""
        query.silent = silent
        query.cancelled = True
        while self.underway.get(query.id) is query and not self._call("cancel", query.id):
            time.sleep(_A_MOMENT)

    def clear(self) -> None:
        """Takes everything out of the graph."""
        text = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS gone"
        while self.run(text).rows[0]["gone"]:
            pass

    def transact(
        self,
        work: Callable[[Ask], tuple[T, Sequence[Change]]],
        labels: Collection[str],
        types: Collection[str],
    ) -> T:
        """Calls procedures of the engine beneath in one transaction; raises Refusal.

        `work` gets a function `(procedure, *arguments)`; it gives its result and what it has changed.
        The labels and types are those it may use.
        """
        self._declare(labels, types)
        with told(), self._session() as session, session.begin_transaction() as transaction:
            _asked(transaction, "begin", "", 0)
            done, changed = work(partial(_asked, transaction))
            self._commit(transaction, changed)
            return done

    # --- writing -----------------------------------------------------------------------------------

    def _changes(self, ask: Ask) -> tuple[Change, ...]:
        """What a transaction has done so far, for listeners; raises Refusal where it may not be."""
        told_ = ask("touched", bool(self._listeners))
        now = self._elements(told_["written"], ask)
        changes.check(now)
        if not self._listeners:
            return ()
        nodes, edges = ([id_ for edge, id_ in now if edge == wanted] for wanted in (False, True))
        # Everybody else still sees what was: nobody can have changed it, or the commit will fail.
        before = self._elements(self._call("elements", nodes, edges, told_["gone"]), self._call)
        return changes.between(before, {**dict.fromkeys(before), **now})

    def _elements(self, shown: Sequence[Mapping[str, Any]], ask: Ask) -> dict[Key, Element]:
        types = {one["@type"] for one in shown}
        if new := sorted(types - self._labels.keys()):
            self._labels.update(ask("labels", new))
        places = sorted({one[end] for one in shown for end in ("@out", "@in") if end in one})
        ends = ask("ends", places) if places and self._listeners else {}
        return changes.elements(shown, self._labels, ends)

    def _commit(self, transaction: neo4j.Transaction, done: Sequence[Change]) -> None:
        with self._committing if self._listeners else nullcontext():
            transaction.commit()
            self.commits += 1
            moment = time.time_ns() // 1_000_000
            for listener in self._listeners if done else ():
                listener(moment, done)

    def _declare(self, labels: Collection[str], types: Collection[str]) -> None:
        """Has ArcadeDB know labels and types as Neptune's before they are used."""
        named = {*(("label", one) for one in labels), *(("type", one) for one in types)}
        if named <= self._declared:
            return
        with self._declaring, told():
            self._call("declare", sorted(labels), sorted(types))
            self._declared |= named

    def _call(self, procedure: str, *arguments: Any) -> Any:
        with self._session() as session:
            return _asked(session, procedure, *arguments)

    def _session(self) -> neo4j.Session:
        return self._driver.session(database=self._database, fetch_size=-1)


def _asked(runner: Any, procedure: str, *arguments: Any) -> Any:
    named = {f"a{place}": argument for place, argument in enumerate(arguments)}
    given = ", ".join(f"${name}" for name in named)
    record = runner.run(f"CALL neptune.{procedure}({given}) YIELD text RETURN text", named).single()
    return json.loads(record["text"])
