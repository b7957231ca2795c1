"""Tallies: how often events name a party Record together with a thing, kept up to date as they come.

Mentions count the Records of each kind, things and events alike, that name a party Record at all.

A customer with a hundred thousand page views is read by what was viewed, not view by view. A tally belongs to
a party Record, so that merging and splitting customers only adds other tallies up. `target` 0 stands for
events that speak of nothing else. An event that names two Records counts for each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Index, bindparam, delete, select, text
from sqlalchemy.schema import CreateIndex, DropIndex

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
# Those who have an id of their own, and names that are one.
_PARTY = "({0}.id IS NOT NULL OR {0}.source = 'customer' AND {0}.kind = 'id')"
# CROSS: links in the order in which they were said, so that what they are joined with is read in order too.
_MENTIONING = f"""
    SELECT to_no, kind, count(*) FROM (
        SELECT DISTINCT link.record, link.to_no, mapped.kind
        FROM link {{scan}} CROSS JOIN name ON name.no = link.to_no AND {_PARTY.format("name")}
        CROSS JOIN mapped ON mapped.no = link.record {{only}}
    ) GROUP BY to_no, kind
"""
_MENTIONED = text(
    _MENTIONING.format(scan="", only="WHERE link.record IN (SELECT value FROM json_each(:numbers))")
).columns(tables.link.c.to_no, tables.mapped.c.kind, _mention.many)
_MENTION_ALL = text("INSERT INTO mention" + _MENTIONING.format(scan="NOT INDEXED", only=""))
_UNMENTION = delete(tables.mention)
# min and max of two are null as soon as one of them is.
_ADD = text(
    "INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET events = events + excluded.events,"
    " first = coalesce(min(first, excluded.first), first, excluded.first),"
    " last = coalesce(max(last, excluded.last), last, excluded.last)"
)
# What is said of a Record by the events of one kind: each with everything else it speaks of, or with nothing.
_COUNTED = f"""
    SELECT about.to_no, event.kind, coalesce(other.role, ''), coalesce(other.to_no, 0), count(*),
           min(event.at), max(event.at)
    FROM link AS about {{scan}}
    CROSS JOIN name AS who ON who.no = about.to_no AND {_PARTY.format("who")}
    CROSS JOIN mapped AS event ON event.no = about.record
    LEFT JOIN link AS other ON other.record = about.record AND NOT EXISTS (
        SELECT 1 FROM name WHERE name.no = other.to_no AND {_PARTY.format("name")})
    WHERE about.event = 1 {{only}}
    GROUP BY 1, 2, 3, 4
"""
_COUNT = text("INSERT INTO tally" + _COUNTED.format(scan="", only="AND about.to_no = ? AND event.kind = ?"))
_COUNT_ALL = text("INSERT INTO tally" + _COUNTED.format(scan="NOT INDEXED", only=""))
_EMPTY = delete(tables.tally)
_SPOKEN_OF = text(
    "SELECT DISTINCT about.to_no, event.kind"
    " FROM link AS about JOIN mapped AS event ON event.no = about.record"
    " WHERE about.event = 1 AND about.record IN (SELECT value FROM json_each(:numbers))"
).columns(tables.link.c.to_no, tables.mapped.c.kind)

_LATE: list[Index] = [
    index
    for table in (tables.carries, tables.link, tables.name)
    for index in table.indexes
    if index.name in {"carries_identifier", "link_to", "name_id"}
]
_MADE = text("SELECT count(*) FROM sqlite_master WHERE name IN (SELECT value FROM json_each(:names))")


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

    def heaviest(self, many: int = -1) -> list[tuple[int, int]]:
        """The Customers that most things and events name, with how many; all by default."""
        return [(int(customer), int(count)) for customer, count in self._rows(_HEAVIEST, most=many)]

    def mentions(self, records: Sequence[int], kinds: Collection[str]) -> list[tuple[int, str, int]]:
        """How many Records of each of these kinds name a party Record: (record, kind, how many)."""
        return [(*row,) for row in self._rows(_MENTIONS, numbers=records, kinds=sorted(kinds))]

    # --- a first load --------------------------------------------------------------------------------

    def index_later(self) -> None:
        """Let some indexes of an empty ledger wait for `index`, and tallies and mentions with them.

        Nobody asks them before all is resolved. Each row of a first load belongs to another page of theirs;
        to sort them once is a third of the work.
        """
        with self.writing():
            for index in _LATE:
                self._connection.execute(DropIndex(index, if_exists=True))
            self._sure["indexed"] = False

    def index(self) -> None:
        """Make what waited, which may be since a load that broke off."""
        if self._indexed():
            return
        with self.writing():
            self.count_events()
            self.count_mentions()
            for index in _LATE:
                self._connection.execute(CreateIndex(index, if_not_exists=True))
            self._sure["indexed"] = True

    def _indexed(self) -> bool:
        names = [index.name for index in _LATE]
        return bool(self._surely("indexed", lambda: self._value(_MADE, names=names) == len(names)))

    # --- counting ------------------------------------------------------------------------------------

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
        if not self._indexed():
            return
        self._many(_DROP, about)
        self._many(_COUNT, about)

    def _forget_tallies(self, records: Sequence[int]) -> None:
        for statement in _FORGET:
            self._do(statement, numbers=records)

    def _add_mentions(self, found: Mapping[tuple[int, str], int]) -> None:
        self._many(_MENTION, ((*key, many) for key, many in sorted(found.items())))

    def _drop_mentions(self, records: Sequence[int]) -> None:
        """Take away what these Records name, while they still do."""
        if not self._indexed():
            return
        named = self._rows(_MENTIONED, numbers=records)
        self._many(_MENTION, ((record, kind, -many) for record, kind, many in named))
        self._many(_UNMENTIONED, ((record, kind) for record, kind, _ in named))
