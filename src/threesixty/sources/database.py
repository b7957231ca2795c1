"""Tables and queries of a database as rows of text, streamed; or only what grew since the last time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, bindparam, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import NullType

from threesixty.errors import SourceError, nearest
from threesixty.project import Database, Source
from threesixty.sources.connection import connected, shown, tables
from threesixty.sources.database_errors import explained
from threesixty.sources.rows import BATCH_BYTES, BATCH_ROWS, Column, Rows, as_text

_FETCHED = 1_000
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?")
_POSTGRESQL_TEXTS = frozenset((18, 19, 25, 1042, 1043))  # char, name, text, bpchar, varchar
_ENDLESS = frozenset({"infinity", "-infinity"})


@dataclass(frozen=True, slots=True)
class Selection:
    """A table or query as a Delivery: read again each time, after `incremental` where that is given."""

    source: str
    database: Database
    limit: int = 0
    unit = "rows"
    lasting = False

    @property
    def place(self) -> str:
        with self._explained():
            return f"{shown(self.database.address)}#{self.database.table or 'query'}"

    @property
    def name(self) -> str:
        return self.database.table or "query"

    @property
    def size(self) -> int:
        return 0

    @property
    def big(self) -> bool:
        return False

    def digest(self) -> str:
        """Of what is asked: another question is answered from the beginning."""
        asked = (self.database.table, self.database.query, self.database.incremental)
        return sha256(repr(asked).encode()).hexdigest()

    def at_hand(self, _folder: Path, /, *, whole: bool = True) -> AbstractContextManager[Selection]:
        """Itself: nothing is copied."""
        del whole
        return nullcontext(self)

    def rows(self, _source: Source, position: str = "", /) -> Iterator[Rows]:
        """Batches of rows in one reading transaction, ordered by the incremental column if there is one.

        Rows that share the last value of it are read again the next time: what is known changes nothing.
        """
        with self._explained(), connected(self.database.address) as connection:
            yield from self._batches(connection, position)

    def fell_back(self, position: str, /) -> str:
        """The last value of the incremental column where it lies before a position; '' where a row stands at
        or after it, and where there is none at all."""
        if not (position and self.database.incremental):
            return ""
        with self._explained(), connected(self.database.address) as connection:
            # What is read from a position on begins with the row that it was taken from, unless that is gone.
            if self._edge(connection, "MIN", ">=", position):
                return ""
            last = self._edge(connection, "MAX", "<", position)
            return last if last != position else ""

    def _edge(self, connection: Connection, which: str, side: str, position: str) -> str:
        """The least or greatest value on one side of a position."""
        dialect = connection.dialect
        column = _escaped(dialect.identifier_preparer.quote_identifier(self.database.incremental))
        asked = f"SELECT {which}({column}) FROM ({_asked(self.database, dialect)}\n) AS delivered"
        found = connection.execute(
            _placed(f"{asked} WHERE {column} {side} :position"), {"position": _bound(position, dialect)}
        )
        value = as_text(found.scalar()) or ""
        return "" if value in _ENDLESS else value

    def sample(self) -> Iterator[Rows]:
        """Its first rows, as many as `limit` says, to be looked at."""
        with self._explained(), connected(self.database.address) as connection:
            yield from self._batches(connection, "")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(
            f"source {self.source!r}",
            self.database.address,
            self.database.table,
            lambda: tables(self.database.address),
        ):
            yield

    def _batches(self, connection: Connection, position: str) -> Iterator[Rows]:
        asked = _statement(self.database, connection.dialect, position, self.limit)
        given = {"position": _bound(position, connection.dialect)} if position else {}
        streaming = connection.execution_options(stream_results=True, max_row_buffer=_FETCHED)
        with closing(streaming.execute(asked, given)) as answer:
            names, done = self._checked(list(answer.keys())), 0
            texts = _texts(answer, connection.dialect)
            held: list[Sequence[Any]] = []
            size = 0
            for part in answer.partitions(_FETCHED):
                self._sorted_as_numbers(names, part, texts)
                held += part
                size += sum(len(cell) for row in part for cell in row if isinstance(cell, str))
                if len(held) >= BATCH_ROWS or size >= BATCH_BYTES:
                    done += len(held)
                    yield self._rows(names, held, done)
                    held, size = [], 0
            if held or not done:
                yield self._rows(names, held, done + len(held))

    def _rows(self, names: Sequence[str], held: Sequence[Sequence[Any]], done: int) -> Rows:
        cells = zip(*held, strict=True) if held else ([] for _ in names)
        columns: dict[str, Column] = {
            name: [as_text(cell) for cell in column] for name, column in zip(names, cells, strict=True)
        }
        lines = list(range(done - len(held) + 1, done + 1))
        return Rows(columns, lines, [], done, reached=self._reached(columns))

    def _reached(self, columns: dict[str, Column]) -> str:
        """The last value of the incremental column, which is the greatest; '' where there is none."""
        column = self.database.incremental
        known = (value for value in reversed(columns.get(column, [])) if value and value not in _ENDLESS)
        last = next(known, "")
        if last and not (_NUMBER.fullmatch(last) or _TIME.fullmatch(last)):
            raise SourceError(
                f"source {self.source!r}: {column!r} holds neither numbers nor times, so it cannot tell "
                "which rows are new",
                hint="name a column that grows with every new or changed row, such as updated_at or id",
            )
        return last

    def _sorted_as_numbers(
        self, names: Sequence[str], part: Sequence[Sequence[Any]], texts: Sequence[bool]
    ) -> None:
        """Raises SourceError where numbers are kept as texts, of which 10000 comes before 9999."""
        column = self.database.incremental
        if not column or not texts[at := names.index(column)]:
            return
        if any(isinstance(row[at], str) and _NUMBER.fullmatch(row[at]) for row in part):
            raise SourceError(
                f"source {self.source!r}: {column!r} holds numbers as texts, which sort 10000 before 9999, "
                "so it cannot tell which rows are new",
                hint=f"make numbers of them in a query: SELECT *, CAST({column} AS …) AS number FROM …",
            )

    def _checked(self, names: Sequence[str]) -> Sequence[str]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise SourceError(
                f"source {self.source!r}: the query gives two columns called {twice!r}",
                hint=f"name each of them: SELECT a.{twice} AS first_{twice}, …",
            )
        column = self.database.incremental
        if column and column not in names:  # SQLite would take it for a text
            near = nearest(column, names)
            raise SourceError(
                f"source {self.source!r}: {self.name} has no column {column!r} to tell what is new",
                hint=f"did you mean {near!r}?" if near else f"it has: {', '.join(names)}",
            )
        return names


def _texts(answer: CursorResult[Any], dialect: Dialect) -> list[bool]:
    """Which columns of an answer a database compares as texts with a position that is a number.

    MySQL compares as numbers then; in SQLite each value has a type of its own.
    """
    described = answer.cursor.description if answer.cursor else ()
    if dialect.name == "postgresql":
        return [one[1] in _POSTGRESQL_TEXTS for one in described]
    return [dialect.name == "sqlite" for _ in described]


def _asked(database: Database, dialect: Dialect) -> str:
    """What somebody wants to be read, as a statement of theirs."""
    asked = database.query.strip().rstrip(";")
    if database.table:
        quote = dialect.identifier_preparer.quote_identifier
        asked = "SELECT * FROM " + ".".join(quote(part) for part in database.table.split("."))
    return _escaped(asked)


def _escaped(asked: str) -> str:
    """A colon in a query or a name of somebody's is theirs, no parameter of ours."""
    return re.sub(r":(?=\w)", r"\\:", asked)


def _placed(asked: str) -> Any:
    """A statement with a position of no type: the database takes the text as what the column holds."""
    return text(asked).bindparams(bindparam("position", type_=NullType()))


def _statement(database: Database, dialect: Dialect, position: str, limit: int) -> Any:
    asked = _asked(database, dialect)
    if database.incremental or limit:
        # The query may end in a comment.
        asked = f"SELECT * FROM ({asked}\n) AS delivered"
    if database.incremental:
        column = _escaped(dialect.identifier_preparer.quote_identifier(database.incremental))
        if position:
            asked += f" WHERE {column} >= :position OR {column} IS NULL"
        asked += f" ORDER BY {column}"
    if limit:
        asked += f" LIMIT {limit}"
    return _placed(asked) if position and database.incremental else text(asked)


def _bound(position: str, dialect: Dialect) -> object:
    """A position as the database compares it: numbers as numbers, times as their text."""
    if not _NUMBER.fullmatch(position):
        return position
    if "." not in position:
        return int(position)
    return float(position) if dialect.name == "sqlite" else Decimal(position)
