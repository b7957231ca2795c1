"""The feed: what became of every Customer, numbered, for those who keep tables by our ids.

It holds numbers and words of ours only, never what a record says, and no entry is ever changed: it may be
sent anywhere. Whose a Record was last told to be is read back from it, so that what is told next is just
what differs, whatever happened in between.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, repeat
from typing import NamedTuple

import numpy as np
from sqlalchemy import BindParameter, bindparam, func, select, text, update

from threesixty.ledger import tables
from threesixty.ledger.log import now
from threesixty.ledger.rows import ChangeRow, MovedRow
from threesixty.ledger.session import Rows, Session
from threesixty.ledger.sqlite import listed

_change, _moved, _meta = tables.change.c, tables.moved.c, tables.meta.c
_listed = listed("numbers")
_after: BindParameter[int] = bindparam("after")
_upto: BindParameter[int] = bindparam("upto")

_TOLD = select(_moved.record, _moved.now).order_by(_moved.record, _moved.change)
_TOLD_OF = _TOLD.where(_moved.record.in_(_listed))
_LAST_MOVE = (
    select(_moved.record, _moved.was, _moved.now, _moved.heir)
    .where(_moved.record == bindparam("of"), _moved.change <= _upto)
    .order_by(_moved.change.desc())
    .limit(1)
)
_CHANGES = select(*tables.change.columns).order_by(_change.no)
_NEXT = _CHANGES.where(_change.no > _after).limit(bindparam("many"))
_OF = _CHANGES.where(_change.customer.in_(_listed))
_MOVING = _CHANGES.where(_change.no.in_(select(_moved.change).where(_moved.record == bindparam("of"))))
_MOVES = (
    select(_moved.change, _moved.record, _moved.was, _moved.now, _moved.heir)
    .where(_moved.change.in_(_listed))
    .order_by(_moved.change, _moved.record)
)
_BY_TIME = select(func.max(_change.no)).where(_change.at <= bindparam("ms"))
_BY_ENTRY = select(func.max(_change.no)).where(_change.seq <= bindparam("entry"))
_SUCCESSORS = select(tables.successor.c.no, tables.successor.c.to_no).where(
    tables.successor.c.no.in_(_listed)
)
_LATER = select(*tables.change.columns).where(_change.no > _after)
_SPLIT_SINCE = select(func.count(_change.customer.distinct())).where(
    _change.no > _after, _change.what == "split"
)
_LATER_MOVES = select(*tables.moved.columns).where(_moved.change > _after)
_NAME = select(_meta.value).where(_meta.key == "feed")
_RENAME = update(tables.meta).where(_meta.key == "feed").values(value=bindparam("to"))

_BEGIN = (
    "INSERT INTO counter SELECT 'change', count(DISTINCT customer) FROM membership",
    """INSERT INTO change
    SELECT row_number() OVER (ORDER BY customer), (SELECT value FROM counter WHERE what = 'seq'),
           :at, 'formed', customer, '[]', 'load', 0
    FROM (SELECT DISTINCT customer FROM membership)""",
    """INSERT INTO moved
    SELECT record, change.no, 0, change.customer, 0
    FROM membership JOIN change ON change.customer = membership.customer""",
)
_PIECE = 1_000  # so many Records at most stand in one entry


class Telling(NamedTuple):
    """An entry to be: what became of a Customer, who has its Records now, and those that moved."""

    what: str
    customer: int
    into: Sequence[int]
    moved: Sequence[MovedRow]


class Feed(Session):
    """Numbers what became of Customers, and reads it back."""

    def told(self, records: Sequence[int] | None = None) -> dict[int, int]:
        """Whose each of these Records (or any) was last told to be; those that are nobody's are left out."""
        rows = self._rows(_TOLD) if records is None else self._about(_TOLD_OF, records)
        last: dict[int, int] = dict(rows)
        return {record: customer for record, customer in last.items() if customer}

    def tell(self, tellings: Iterable[Telling], seq: int, cause: str, action: int = 0) -> None:
        """Add entries in their order. One with very many Records becomes several."""
        with self.writing():
            pieces = [piece for telling in tellings for piece in _pieces(telling)]
            first, at = self._take("change", len(pieces)) + 1, now()
            self._insert(tables.change, [
                (no, seq, at, one.what, one.customer, _written(one.into), cause, action)
                for no, one in enumerate(pieces, first)
            ])  # fmt: skip
            self._insert(tables.moved, sorted(
                (move.record, no, move.was, move.now, move.heir)
                for no, one in enumerate(pieces, first) for move in one.moved
            ))  # fmt: skip

    def tell_first(self, members: Mapping[int, int], seq: int, cause: str, action: int = 0) -> None:
        """Add the first entries of all, as `tell` would: every Customer is new, with the Records it has."""
        with self.writing():
            records = np.fromiter(members.keys(), np.int64, len(members))
            customers = np.fromiter(members.values(), np.int64, len(members))
            order = np.lexsort((records, customers))
            records, customers = records[order], customers[order]
            begins = np.flatnonzero(np.diff(customers, prepend=-1))
            place = np.arange(len(records)) - np.repeat(begins, np.diff(begins, append=len(records)))
            opens = place % _PIECE == 0
            first, at = self._take("change", int(opens.sum())) + 1, now()
            what = np.where(place[opens] == 0, "formed", "grew").tolist()
            self._insert(tables.change, zip(
                count(first), repeat(seq), repeat(at), what, customers[opens].tolist(), repeat("[]"),
                repeat(cause), repeat(action),
            ))  # fmt: skip
            by_record = np.argsort(records)
            entries = (first - 1 + np.cumsum(opens))[by_record].tolist()
            self._insert(tables.moved, zip(
                records[by_record].tolist(), entries, repeat(0), customers[by_record].tolist(), repeat(0)
            ))  # fmt: skip

    def changes(self, after: int, limit: int) -> list[ChangeRow]:
        """Entries that follow one, in order; at most so many."""
        with self.reading():
            return self._with_moves(self._rows(_NEXT, after=after, many=limit))

    def changes_of(self, customers: Sequence[int]) -> list[ChangeRow]:
        """Every entry about these Customers, in order."""
        with self.reading():
            return self._with_moves(self._rows(_OF, numbers=customers))

    def changes_moving(self, record: int) -> list[ChangeRow]:
        """Every entry in which a Record changed its Customer, in order."""
        with self.reading():
            return self._with_moves(self._rows(_MOVING, of=record))

    def last_change(self, *, ms: int | None = None, entry: int | None = None) -> int:
        """The number of the last entry; that up to an instant or up to an entry of the log; 0 for none."""
        if ms is not None:
            return int(self._value(_BY_TIME, ms=ms) or 0)
        if entry is not None:
            return int(self._value(_BY_ENTRY, entry=entry) or 0)
        return self._count("change")

    def split_since(self, after: int) -> int:
        """How many Customers came apart in the changes after one."""
        return int(self._value(_SPLIT_SINCE, after=after))

    def told_by(self, record: int, upto: int) -> MovedRow | None:
        """Whose a Record was by what had been told up to an entry of the feed; None before its first."""
        rows = self._rows(_LAST_MOVE, of=record, upto=upto)
        return MovedRow(*rows[0]) if rows else None

    def successors_of(self, records: Sequence[int]) -> dict[int, int]:
        """The number that answers for each of these that are gone."""
        return dict(self._about(_SUCCESSORS, records))

    def _with_moves(self, rows: Rows) -> list[ChangeRow]:
        found: defaultdict[int, list[MovedRow]] = defaultdict(list)
        for no, *move in self._rows(_MOVES, numbers=[row[0] for row in rows]):
            found[no].append(MovedRow(*move))
        return [
            ChangeRow(no, seq, at, what, customer, tuple(json.loads(into)), cause, action, tuple(found[no]))
            for no, seq, at, what, customer, into, cause, action in rows
        ]

    # --- which feed it is ----------------------------------------------------------------------------

    @property
    def feed(self) -> str:
        """The name of this feed: numbers go on for as long as it is the same."""
        return str(self._value(_NAME))

    def rename_feed(self) -> None:
        """Let who follows begin anew: numbers of entries that are not here may have been given out."""
        with self.writing():
            self._do(_RENAME, to=feed_name())

    def begin_feed(self) -> None:
        """Make the feed of an older ledger: it begins with every Customer there is."""
        for table in (tables.change, tables.moved):
            table.create(self._connection, checkfirst=True)
        self._insert(tables.meta, [("feed", feed_name())])
        for statement in _BEGIN:
            self._do(text(statement).bindparams(at=now()) if ":at" in statement else text(statement))

    def _take_over_feed(self, present: Feed) -> None:
        after = self._count("change")
        self._insert(tables.change, present._rows(_LATER, after=after))
        self._insert(tables.moved, present._rows(_LATER_MOVES, after=after))


def feed_name() -> str:
    """A name no other feed has."""
    return secrets.token_hex(4)


def _written(into: Sequence[int]) -> str:
    return json.dumps(list(into)) if into else "[]"


def _pieces(telling: Telling) -> list[Telling]:
    moved = telling.moved
    if len(moved) <= _PIECE:
        return [telling]
    first, *rest = (moved[start : start + _PIECE] for start in range(0, len(moved), _PIECE))
    more = "grew" if telling.what == "formed" else telling.what
    return [telling._replace(moved=first), *(telling._replace(what=more, moved=each) for each in rest)]
