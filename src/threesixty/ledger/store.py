"""The ledger as one object: opened, upgraded, and everything the other modules of this package can do."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Self

from sqlalchemy import Table, bindparam, delete, inspect, select, text, update

from threesixty.errors import LedgerError, LedgerTooNew, NotFound
from threesixty.ledger import tables
from threesixty.ledger.doubts import Doubts
from threesixty.ledger.epochs import Epochs
from threesixty.ledger.feed import feed_name
from threesixty.ledger.log import now
from threesixty.ledger.meaning import Meaning
from threesixty.ledger.past import Past
from threesixty.ledger.reach import Reach
from threesixty.ledger.remapping import Remapping
from threesixty.ledger.search import Search
from threesixty.ledger.sqlite import listed
from threesixty.ledger.upkeep import Upkeep
from threesixty.ledger.words import words_of

_META = select(tables.meta.c.value).where(tables.meta.c.key == bindparam("of"))
_SET_META = update(tables.meta).where(tables.meta.c.key == bindparam("of")).values(value=bindparam("to"))

_PARTIES = select(tables.mapped.c.no, tables.mapped.c["values"]).where(tables.mapped.c.sort == "party")
_DROP_WORDS = delete(tables.word).where(tables.word.c.record.in_(listed("numbers")))
_PIECE = 50_000

_TELL_EVENTS = (
    "ALTER TABLE link ADD COLUMN event INTEGER NOT NULL DEFAULT 0",
    "UPDATE link SET event = 1 WHERE record IN (SELECT no FROM mapped WHERE sort = 'event')",
    "DROP INDEX link_to",
    "CREATE INDEX link_to ON link (to_no, event)",
)

UNHOUSED = "unhoused"
"""The state that says that households are to be worked out anew."""
PARTY_KINDS = frozenset({"person", "organisation"})

STEPS: dict[int, Callable[[Ledger], None]] = {
    1: lambda ledger: ledger.add_tables(tables.seal, tables.gone),
    2: lambda ledger: ledger.add_column("file", "position TEXT NOT NULL DEFAULT ''"),
    3: lambda ledger: ledger.begin_tallies(),
    4: lambda ledger: ledger.add_tables(tables.pin),
    5: lambda ledger: ledger.add_tables(tables.delivery, tables.shape),
    6: lambda ledger: ledger.add_column("carries", "\"use\" TEXT NOT NULL DEFAULT ''"),
    7: lambda ledger: ledger.add_tables(tables.epoch),
    8: lambda ledger: ledger.tell_rows(),
    9: lambda ledger: ledger.begin_mentions(),
    10: lambda ledger: ledger.respell(),
    11: lambda ledger: ledger.begin_feed(),
    12: lambda ledger: ledger.add_tables(tables.bore),
    13: lambda ledger: ledger.begin_homes(),
    14: lambda ledger: ledger.respell(),
    15: lambda ledger: ledger.respell(),
}
"""What brings a ledger from one schema version to the next: step n leads from n to n + 1."""


class Ledger(Remapping, Meaning, Reach, Doubts, Search, Past, Epochs, Upkeep):
    """The append-only log of everything said and decided, and what follows from it.

    One process at a time writes; any number read. Every method that writes joins the transaction of
    `writing()` or opens its own. Records, Customers and Households are known here by number.
    """

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        write: bool = True,
        party_kinds: frozenset[str] = PARTY_KINDS,
        shared_kinds: frozenset[str] = frozenset(),
        given_by: str = "",
    ) -> Self:
        """Open a ledger, made when missing and `write`; raises LedgerHeld, LedgerTooNew, NotFound.

        `party_kinds` are those of people; by a key of `shared_kinds` all sources mean the same thing;
        the master ids of `given_by` are the public ids of customers.
        """
        if not write and not path.exists():
            raise NotFound("ledger", str(path), hint="`threesixty load` makes one")
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        ledger = cls()
        ledger.party_kinds, ledger.shared_kinds, ledger.given_by = party_kinds, shared_kinds, given_by
        ledger._connect(path, write=write)
        try:
            ledger._prepare()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self) -> None:
        if "meta" not in inspect(self._connection).get_table_names():
            if not self._writable:
                raise LedgerError(f"{self.path} is no ledger", hint="is the path right?")
            self._create()
        self._upgrade(int(self._value(_META, of="schema_version")))
        self.secret = bytes.fromhex(self._value(_META, of="secret"))

    def _create(self) -> None:
        with self.writing():
            for group in (tables.log, tables.derived):
                group.create_all(self._connection)
            about = {
                "schema_version": str(tables.SCHEMA_VERSION),
                "secret": secrets.token_hex(32),
                "created": str(now()),
                "feed": feed_name(),
            }
            self._insert(tables.meta, about.items())
            self._insert(
                tables.counter, [(what, 0) for what in ("seq", "no", "identifier", "reject", "change")]
            )

    def add_tables(self, *added: Table) -> None:
        """Make tables that an older schema did not have."""
        for table in added:
            table.create(self._connection, checkfirst=True)

    def respell(self) -> None:
        """Spell the words anew by which people are found whose names have several spellings."""
        others = [
            (no, values)
            for no, values in self._rows(_PARTIES)
            if "'" in values or not json.dumps(json.loads(values), ensure_ascii=False).isascii()
        ]
        for i in range(0, len(others), _PIECE):
            piece = others[i : i + _PIECE]
            self._do(_DROP_WORDS, numbers=[no for no, _ in piece])
            self._insert(
                tables.word,
                ((word, no) for no, values in piece for word in sorted(words_of(json.loads(values)))),
            )

    def begin_tallies(self) -> None:
        """Tell the links of events from others, and count events."""
        self.add_tables(tables.tally)
        for statement in _TELL_EVENTS:
            self._connection.exec_driver_sql(statement)
        self.count_events()

    def tell_rows(self) -> None:
        """Give versions the columns that tell whose rows they are."""
        self.add_column("version", "source TEXT NOT NULL DEFAULT ''")
        self.add_column("version", '"row" INTEGER NOT NULL DEFAULT 0')
        for index in tables.version.indexes:
            index.create(self._connection, checkfirst=True)

    def begin_mentions(self) -> None:
        """Count how many Records name each party."""
        self.add_tables(tables.mention)
        self.count_mentions()

    def begin_homes(self) -> None:
        """Make room for several homes of one Customer; the next resolve fills it."""
        tables.household.drop(self._connection, checkfirst=True)
        self.add_tables(tables.household)
        self.set_state(UNHOUSED, True)

    def _upgrade(self, version: int) -> None:
        if version > tables.SCHEMA_VERSION:
            raise LedgerTooNew(
                f"{self.path} was written by a newer Threesixty (its schema is {version})",
                hint="upgrade Threesixty, or restore an older backup",
            )
        if version < tables.SCHEMA_VERSION and not self._writable:
            raise LedgerError(f"{self.path} is of an older schema", hint="open it once for writing")
        while version < tables.SCHEMA_VERSION:
            with self.writing():
                STEPS[version](self)
                version += 1
                self._do(_SET_META, of="schema_version", to=str(version))

    def add_column(self, table: str, column: str) -> None:
        """Give a table of an older schema the column it lacks."""
        self._do(text(f"ALTER TABLE {table} ADD COLUMN {column}"))
