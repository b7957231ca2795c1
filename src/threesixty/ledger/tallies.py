"""Tallies: how often events name a party Record together with a thing, kept up to date as they come.

A customer with a hundred thousand page views is read by what was viewed, not view by view. A tally belongs to
a party Record, so that merging and splitting customers only adds other tallies up. `target` 0 stands for
events that speak of nothing else. An event that names two Records counts for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, text

from threesixty.ledger import tables
from threesixty.ledger.names import Names
from threesixty.ledger.sqlite import listed

_tally = tables.tally.c
_listed = listed("numbers")

_TALLIES = select(*tables.tally.columns).where(_tally.record.in_(_listed))
_HEAVIEST = text(
    "SELECT customer, sum(said) AS said FROM membership JOIN ("
    "  SELECT record, sum(events) AS said FROM tally GROUP BY record"
    "  UNION ALL SELECT to_no, count(*) FROM link WHERE event = 0 GROUP BY to_no"
    ") USING (record) GROUP BY customer ORDER BY said DESC, customer LIMIT :many"
).columns(tables.membership.c.customer, _tally.events)
_DROP = delete(tables.tally).where(_tally.record == bindparam("of"), _tally.kind == bindparam("said"))
_FORGET = delete(tables.tally).where(_tally.record.in_(_listed))
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


class Tallies(Names):
    """Keeps tallies in the transaction that appends."""

    def tallies(self, records: Sequence[int]) -> list[Tally]:
        """The tallies of party Records."""
        return [Tally(*row) for row in self._rows(_TALLIES, numbers=records)]

    def heaviest(self, many: int) -> list[tuple[int, int]]:
        """The party Records that most events name, with how many; things they speak of count each."""
        return [(int(record), int(count)) for record, count in self._rows(_HEAVIEST, many=many)]

    def count_events(self) -> None:
        """Count every tally anew."""
        with self.writing():
            self._do(_EMPTY)
            self._do(_COUNT_ALL)

    def _add_tallies(self, tallies: Iterable[Tally]) -> None:
        self._many(_ADD, sorted(tallies, key=lambda one: one[:4]))

    def _events_about(self, events: Sequence[int]) -> list[tuple[int, str]]:
        """Whom these events name, and the kind of event, before they are dropped."""
        return [(int(no), str(kind)) for no, kind in self._rows(_SPOKEN_OF, numbers=events)]

    def _recount(self, about: Sequence[tuple[int, str]]) -> None:
        self._many(_DROP, about)
        self._many(_COUNT, about)

    def _forget_tallies(self, records: Sequence[int]) -> None:
        self._do(_FORGET, numbers=records)
