"""Tallies: how often events name a party Record together with a thing, kept up to date as they come.

Mentions count the Records of each kind, things and events alike, that name a party Record at all.

A customer with a hundred thousand page views is read by what was viewed, not view by view. A tally belongs to
a party Record, so that merging and splitting customers only adds other tallies up. `target` 0 stands for
events that speak of nothing else. An event that names two Records counts for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, text

from threesixty.ledger import tables
from threesixty.ledger.borne import Borne
from threesixty.ledger.sqlite import listed

_tally, _mention = tables.tally.c, tables.mention.c
_listed = listed("numbers")

_TALLIES = select(*tables.tally.columns).where(_tally.record.in_(_listed))
_HEAVIEST = text(
    "SELECT customer, sum(many) AS said FROM mention JOIN membership USING (record)"
    " GROUP BY customer ORDER BY said DESC, customer LIMIT :most"
).columns(tables.membership.c.customer, _mention.many)
_MENTIONS = select(_mention.record, _mention.kind, _mention.many).where(
    _mention.record.in_(_listed), _mention.kind.in_(listed("kinds"))
)
_DROP = delete(tables.tally).where(_tally.record == bindparam("of"), _tally.kind == bindparam("said"))
_FORGET = [
    delete(tables.tally).where(_tally.record.in_(_listed)),
    delete(tables.mention).where(_mention.record.in_(_listed)),
]
_MENTION = text("INSERT INTO mention VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET many = many + excluded.many")
_UNMENTIONED = text("DELETE FROM mention WHERE record = ? AND kind = ? AND many = 0")
_MENTIONING = """
    SELECT to_no, kind, count(*) FROM (
        SELECT DISTINCT link.record, link.to_no, mapped.kind
        FROM link JOIN mapped ON mapped.no = link.record
        JOIN name ON name.no = link.to_no AND name.id IS NOT NULL {only}
    ) GROUP BY to_no, kind
"""
_MENTIONED = text(
    _MENTIONING.format(only="WHERE link.record IN (SELECT value FROM json_each(:numbers))")
).columns(tables.link.c.to_no, tables.mapped.c.kind, _mention.many)
_MENTION_ALL = text("INSERT INTO mention" + _MENTIONING.format(only=""))
_UNMENTION = delete(tables.mention)
# min and max of two are null as soon as one of them is.
_ADD = text(
    "INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET events = events + excluded.events,"
    " first = coalesce(min(first, excluded.first), first, excluded.first),"
    " last = coalesce(max(last, excluded.last), last, excluded.last)"
)
# What is said of a Record by the events of one kind: each with everything else it speaks of, or with nothing.
_COUNTED = """
    SELECT about.to_no, event.kind, coalesce(other.role, ''), coalesce(other.to_no, 0), count(*),
           min(event.at), max(event.at)
    FROM link AS about
    JOIN mapped AS event ON event.no = about.record
    JOIN name AS who ON who.no = about.to_no AND who.id IS NOT NULL
    LEFT JOIN link AS other ON other.record = about.record AND EXISTS (
        SELECT 1 FROM name WHERE name.no = other.to_no AND name.id IS NULL)
    WHERE about.event = 1 {only}
    GROUP BY 1, 2, 3, 4
"""
_COUNT = text("INSERT INTO tally" + _COUNTED.format(only="AND about.to_no = ? AND event.kind = ?"))
_COUNT_ALL = text("INSERT INTO tally" + _COUNTED.format(only=""))
_EMPTY = delete(tables.tally)
_SPOKEN_OF = text(
    "SELECT DISTINCT about.to_no, event.kind"
    " FROM link AS about JOIN mapped AS event ON event.no = about.record"
    " WHERE about.event = 1 AND about.record IN (SELECT value FROM json_each(:numbers))"
).columns(tables.link.c.to_no, tables.mapped.c.kind)


class Tally(NamedTuple):
    """How often events of a kind named a party Record with a thing in a role, first and last."""

    record: int
    kind: str
    role: str
    target: int
    events: int
    first: int | None
    last: int | None


class Tallies(Borne):
    """Keeps tallies in the transaction that appends."""

    def tallies(self, records: Sequence[int]) -> list[Tally]:
        """The tallies of party Records."""
        return [Tally(*row) for row in self._about(_TALLIES, records)]

    def heaviest(self, many: int) -> list[tuple[int, int]]:
        """The Customers that most things and events name, with how many."""
        return [(int(customer), int(count)) for customer, count in self._rows(_HEAVIEST, most=many)]

    def mentions(self, records: Sequence[int], kinds: Collection[str]) -> list[tuple[int, str, int]]:
        """How many Records of each of these kinds name a party Record: (record, kind, how many)."""
        return [(*row,) for row in self._rows(_MENTIONS, numbers=records, kinds=sorted(kinds))]

    def count_events(self) -> None:
        """Count every tally anew."""
        with self.writing():
            self._do(_EMPTY)
            self._do(_COUNT_ALL)

    def count_mentions(self) -> None:
        """Count every mention anew."""
        with self.writing():
            self._do(_UNMENTION)
            self._do(_MENTION_ALL)

    def _add_tallies(self, tallies: Iterable[Tally]) -> None:
        self._many(_ADD, sorted(tallies, key=lambda one: one[:4]))

    def _events_about(self, events: Sequence[int]) -> list[tuple[int, str]]:
        """Whom these events name, and the kind of event, before they are dropped."""
        return [(int(no), str(kind)) for no, kind in self._rows(_SPOKEN_OF, numbers=events)]

    def _recount(self, about: Sequence[tuple[int, str]]) -> None:
        self._many(_DROP, about)
        self._many(_COUNT, about)

    def _forget_tallies(self, records: Sequence[int]) -> None:
        for statement in _FORGET:
            self._do(statement, numbers=records)

    def _add_mentions(self, found: Mapping[tuple[int, str], int]) -> None:
        self._many(_MENTION, ((*key, many) for key, many in sorted(found.items())))

    def _drop_mentions(self, records: Sequence[int]) -> None:
        """Take away what these Records name, while they still do."""
        named = self._rows(_MENTIONED, numbers=records)
        self._many(_MENTION, ((record, kind, -many) for record, kind, many in named))
        self._many(_UNMENTIONED, ((record, kind) for record, kind, _ in named))
