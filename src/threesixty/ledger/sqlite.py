"""Everything that is SQLite's own: how it is opened, how lists are passed, backup, checks, zeroed pages."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from numpy import ndarray
from sqlalchemy import Engine, Select, bindparam, column, create_engine, func, select
from sqlalchemy.pool import StaticPool

# FULL: a commit is on the disk when it returns. secure_delete: what is deleted is overwritten.
_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA cache_size = -262144",
    # Pages of the indexes are changed by batch after batch: fewer checkpoints write them less often.
    "PRAGMA wal_autocheckpoint = 16384",
    "PRAGMA journal_size_limit = 67108864",
)


def connect(path: Path, *, write: bool) -> Engine:
    """An engine over one connection; transactions are begun and ended by hand."""

    def creator() -> sqlite3.Connection:
        address = f"{path.resolve().as_uri()}?mode={'rwc' if write else 'rw'}"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if not write:
            connection.execute("PRAGMA query_only = ON")
        return connection

    return create_engine("sqlite://", creator=creator, poolclass=StaticPool)


BEGIN_WRITE = "BEGIN IMMEDIATE"
BEGIN_READ = "BEGIN"


def listed(parameter: str) -> Select[Any]:
    """The values of one parameter that holds a whole list; for `column.in_(…)`."""
    return select(func.json_each(bindparam(parameter)).table_valued(column("value")).c.value)


def bound(value: Any) -> Any:
    """A parameter as the driver takes it: lists travel as one JSON text."""
    if isinstance(value, ndarray):
        return json.dumps(value.tolist())
    if isinstance(value, (list, tuple, range, set, frozenset)):
        return json.dumps(list(value))
    return value


def plain(path: Path) -> sqlite3.Connection:
    """A connection for reading a database that nobody has open, or a consistent copy of."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def copy(source: sqlite3.Connection, target: Path) -> None:
    """A consistent copy of a database in use, as one file without a log beside it."""
    connection = sqlite3.connect(target)
    try:
        source.backup(connection, pages=4096, sleep=0.001)
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


def fold(path: Path) -> None:
    """Bring a database that nobody has open, and the log beside it, into one file; a damaged one stays."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def problems(connection: sqlite3.Connection, *, indexes: bool = True) -> list[str]:
    """What SQLite's own check finds wrong with the file; empty when it is whole.

    Without `indexes` these are not held against their tables, which takes most of the time.
    """
    check = "integrity_check" if indexes else "quick_check"
    found = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(20)")]
    return [] if found == ["ok"] else found


def rewrite(connection: sqlite3.Connection) -> bool:
    """Write the whole file anew and cut the log to nothing; False while a reader keeps the old pages.

    secure_delete overwrites what is deleted, but not the copies that stay in the free space of pages
    whose content moved when they were split or joined: only a new file is without them.
    """
    connection.execute("VACUUM")
    return int(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) == 0
