"""One connection, one writer: statements in, plain tuples out."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, BinaryIO

from numpy import ndarray
from numpy.typing import NDArray
from sqlalchemy import ClauseElement, Table, bindparam, select, update
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError

from threesixty.errors import LedgerError, LedgerHeld, OutOfSpace
from threesixty.ledger import sqlite, tables

Rows = list[tuple[Any, ...]]
_READING = 64 << 10
"""How many bytes SQLite needs even to read: what readers share is a file."""

_DIALECT = SQLiteDialect_pysqlite()

_TAKE = (
    update(tables.counter)
    .where(tables.counter.c.what == bindparam("counted"))
    .values(value=tables.counter.c.value + bindparam("more"))
    .returning(tables.counter.c.value)
)
_COUNTED = select(tables.counter.c.value).where(tables.counter.c.what == bindparam("counted"))


class _TakenBack(Exception):
    pass


class Transaction:
    """Everything inside is one transaction of a session; one inside another is a part of it."""

    __slots__ = ("_begin", "_enter", "_leave")

    def __init__(self, begin: str, enter: Callable[[str], None], leave: Callable[[str, bool], None]) -> None:
        self._begin = begin
        self._enter = enter
        self._leave = leave

    def __enter__(self) -> None:
        self._enter(self._begin)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(self._begin, kind is None)


class Session:
    """A connection that speaks in tuples. Transactions nest; one thread at a time is inside."""

    path: Path
    party_kinds: frozenset[str]
    shared_kinds: frozenset[str]
    given_by: str

    def _connect(self, path: Path, *, write: bool) -> None:
        self.path = path
        self._writable = write
        self._lock = RLock()
        self._depth = 0
        self._sure: dict[Hashable, Any] = {}
        self._held = hold(path) if write else None
        if write:
            private(path)
        self._engine = sqlite.connect(path, write=write)
        try:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            self._let_go()
            if _is_full(error.orig) or _least(path):
                raise _no_room(path) from None
            raise LedgerError(
                f"{path} cannot be opened as a ledger ({error.orig})",
                hint="is it a Threesixty ledger? `threesixty restore` puts a backup in its place",
            ) from error
        # SQLAlchemy writes the statements; the driver, a fifth of the cost each, carries them out.
        self._driver: Any = self._connection.connection.driver_connection

    def close(self) -> None:
        """Let go of the ledger. Closing twice is no error."""
        self._connection.close()
        self._engine.dispose()
        self._let_go()

    @property
    def writable(self) -> bool:
        """Whether this process may write."""
        return self._writable

    @property
    def at_rest(self) -> bool:
        """Whether no transaction is open: another process that reads the file sees all that was written."""
        return self._depth == 0

    def _let_go(self) -> None:
        if self._held:
            self._held.close()
            self._held = None

    # --- transactions --------------------------------------------------------------------------------

    def writing(self) -> Transaction:
        """One durable transaction around everything inside; nested ones join the outermost."""
        if not self._writable:
            raise LedgerError("the ledger was opened for reading", hint="open it with write=True")
        return Transaction(sqlite.BEGIN_WRITE, self._enter, self._leave)

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """Like `writing`, but all that was written inside is taken back at the end: a dry run."""
        with suppress(_TakenBack), self.writing():
            yield
            raise _TakenBack

    def reading(self) -> Transaction:
        """One picture of the ledger for several reads, whatever another process writes meanwhile."""
        return Transaction(sqlite.BEGIN_READ, self._enter, self._leave)

    def _enter(self, begin: str) -> None:
        self._lock.acquire()
        try:
            if self._depth == 0:
                self._command(begin)
            self._depth += 1
        except BaseException:
            self._lock.release()
            raise

    def _leave(self, begin: str, well: bool) -> None:
        try:
            if self._depth == 1 and well:
                self._commit(begin)
            elif self._depth == 1:
                self._roll_back()
        finally:
            self._depth -= 1
            self._lock.release()

    def _commit(self, begin: str) -> None:
        try:
            if begin == sqlite.BEGIN_WRITE:
                self._before_commit()
            self._command("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _before_commit(self) -> None:
        """The last word of a writing transaction."""

    def _roll_back(self) -> None:
        self._sure.clear()
        # SQLite has already rolled back when the disk was full.
        if self._driver.in_transaction:
            self._command("ROLLBACK")

    def _command(self, text: str) -> None:
        with explained(self.path):
            self._driver.execute(text)

    def _surely(self, what: Hashable, ask: Callable[[], Any]) -> Any:
        """What the one who writes asks of the file once.

        One process at a time writes, and holds the lock file while it has the ledger open: what it read or
        wrote (`_sure`) stays true until it writes again, or takes back what it wrote.
        """
        if what in self._sure:
            return self._sure[what]
        found = ask()
        if self._writable:
            self._sure[what] = found
        return found

    # --- statements ----------------------------------------------------------------------------------

    def _rows(self, statement: ClauseElement, /, **values: Any) -> Rows:
        """Every row a statement gives; a list among the values is one parameter."""
        with self._lock, explained(self.path):
            rows: Rows = self._driver.execute(*self._bound(statement, values)).fetchall()
            return rows

    def _about(self, statement: ClauseElement, numbers: Collection[int]) -> Rows:
        """The rows of a statement for some `numbers`; for none there is nothing to ask."""
        return self._rows(statement, numbers=numbers) if len(numbers) else []

    def _value(self, statement: ClauseElement, /, **values: Any) -> Any:
        rows = self._rows(statement, **values)
        return rows[0][0] if rows else None

    def _do(self, statement: ClauseElement, /, **values: Any) -> int:
        """Carry out a statement; how many rows it touched."""
        with self._lock, explained(self.path):
            return int(self._driver.execute(*self._bound(statement, values)).rowcount)

    def _many(self, statement: ClauseElement, rows: Iterable[tuple[Any, ...]]) -> None:
        """Carry out a statement once for every tuple of its parameters, in their order in the text."""
        with self._lock, explained(self.path):
            self._driver.executemany(_written(statement)[0], rows)

    def _insert(self, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows whose values stand in the order of the table's columns."""
        rest = iter(rows)
        while some := list(islice(rest, _PIECE)):
            self._insert_values(table, list(chain.from_iterable(some)))

    def _insert_columns(self, table: Table, *columns: Sequence[Any] | NDArray[Any]) -> None:
        """Insert rows that are given as columns, in the order of the table's."""
        width = len(columns)
        for start in range(0, len(columns[0]), _PIECE):
            pieces = [column[start : start + _PIECE] for column in columns]
            values: list[Any] = [None] * (width * len(pieces[0]))
            for place, piece in enumerate(pieces):
                values[place::width] = piece.tolist() if isinstance(piece, ndarray) else piece
            self._insert_values(table, values)

    def _insert_values(self, table: Table, values: list[Any]) -> None:
        """Insert rows whose values stand in one list, row after row."""
        one, many = INSERT[table.name]
        width = len(table.columns)
        size = _TOGETHER * width
        whole = len(values) // size * size
        with self._lock, explained(self.path):
            if whole:
                self._driver.executemany(many, (values[at : at + size] for at in range(0, whole, size)))
            self._driver.executemany(
                one, (values[at : at + width] for at in range(whole, len(values), width))
            )

    def _bound(self, statement: ClauseElement, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        text, names, defaults = _written(statement)
        bound = sqlite.bound
        return text, tuple([bound(values[name]) if name in values else defaults[name] for name in names])

    # --- counters ------------------------------------------------------------------------------------

    def _take(self, counted: str, more: int) -> int:
        """Allot numbers inside the transaction; the last one that was taken before."""
        upto = int(self._value(_TAKE, counted=counted, more=more))
        self._sure["counter", counted] = upto
        return upto - more

    def _count(self, counted: str) -> int:
        return int(self._surely(("counter", counted), lambda: self._value(_COUNTED, counted=counted)) or 0)


# A statement opens its table once: in one of many rows each costs less than half of what it costs alone.
# So many rows have fewer values than any SQLite takes in one statement (999).
_TOGETHER = 80
_PIECE = 100 * _TOGETHER  # rows that are at hand as Python's values at a time


def _inserting(table: Table) -> tuple[str, str]:
    """What inserts one row, and many at once."""
    columns = [_DIALECT.identifier_preparer.quote(column.name) for column in table.columns]
    row = f"({', '.join('?' * len(columns))})"
    head = f"INSERT INTO {_DIALECT.identifier_preparer.quote(table.name)} ({', '.join(columns)}) VALUES "
    return head + row, head + ", ".join([row] * _TOGETHER)


INSERT = {
    table.name: _inserting(table) for group in (tables.log, tables.derived) for table in group.tables.values()
}


# The same in every ledger of a process: a second one that is opened compiles nothing.
@lru_cache(4096)
def _written(statement: ClauseElement) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
    """A statement as text, the names of its parameters in their order, and those that have values."""
    compiled: Any = statement.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ()), compiled.params


class explained:  # noqa: N801 — it is read as a word of a sentence; a generator would cost twice as much
    """Errors of the database in our own words; a customer's values never stand in them."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cause = getattr(error, "orig", error)
        if type(cause).__module__ != "sqlite3":
            return
        if _is_full(cause):
            raise _no_room(self._path) from None
        raise LedgerError(f"{self._path}: {cause}", hint="`threesixty status` checks the ledger") from None


def _is_full(cause: object) -> bool:
    return "full" in str(cause)


def _least(path: Path) -> bool:
    """Whether the disk has not even the room that reading takes: SQLite calls that an error of the disk."""
    return shutil.disk_usage(path.parent).free < _READING


def _no_room(path: Path) -> OutOfSpace:
    return OutOfSpace(f"no room left to write {path}", hint="free some space and repeat")


def hold(path: Path) -> BinaryIO:
    """Take the lock file beside the ledger, which names the writing process; raises LedgerHeld."""
    lock = open(path.with_name(path.name + ".lock"), "a+b", buffering=0, opener=_private)  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        owner = lock.read().decode("ascii", "replace").strip() or "unknown"
        lock.close()
        raise LedgerHeld(
            f"the ledger {path} is being written by process {owner}",
            hint="one process at a time writes: wait for it, or end it",
        ) from None
    with suppress(OSError):  # on a full disk it is held all the same, without a name
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
    return lock


def private(path: Path) -> None:
    """Make a file that only its owner can read, if there is none; SQLite's log takes over its mode."""
    os.close(_private(str(path), os.O_RDWR | os.O_CREAT))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def packed(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows turned into columns; `width` empty ones when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
