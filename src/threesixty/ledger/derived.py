"""What identity worked out: Matches, memberships, households, what to redraw. All of it can be dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Index, Table, bindparam, delete, func, select, text
from sqlalchemy.schema import CreateIndex, DropIndex

from threesixty.ledger import tables
from threesixty.ledger.postings import Postings
from threesixty.ledger.remembered import Remembered
from threesixty.ledger.rows import HouseholdRow, MatchRow, ParkedRow
from threesixty.ledger.session import packed
from threesixty.ledger.sqlite import listed

_match, _membership, _household = tables.match.c, tables.membership.c, tables.household.c
_parked, _changed = tables.parked.c, tables.changed.c
_anchor, _successor = tables.anchor.c, tables.successor.c
_listed = listed("numbers")

_MATCHES = select(_match.a, _match.b, _match.bits, _match.levels)
_READ_MATCHES = _MATCHES.where(_match.a.in_(_listed)).union(_MATCHES.where(_match.b.in_(listed("others"))))
_MATCHES_FROM = _MATCHES.where(_match.a.in_(_listed))
_DROP_MATCH = delete(tables.match).where(_match.a == bindparam("one"), _match.b == bindparam("other"))
_DROP_PARKED = delete(tables.parked).where(_parked.a.in_(_listed) | _parked.b.in_(listed("others")))
_PARKED = select(_parked.a, _parked.b, _parked.bits, _parked.reason).order_by(_parked.bits.desc(), _parked.a)
_PARKED_OF = _PARKED.where(_parked.a.in_(_listed) | _parked.b.in_(listed("others")))
_MEMBERSHIP = select(_membership.record, _membership.customer)
_OF_RECORDS = _MEMBERSHIP.where(_membership.record.in_(_listed))
_OF_CUSTOMERS = _MEMBERSHIP.where(_membership.customer.in_(_listed)).order_by(_membership.record)
_CUSTOMERS = select(_membership.customer).distinct().order_by(_membership.customer)
_DROP_MEMBERSHIP = delete(tables.membership).where(_membership.record.in_(_listed))
_BELONG = text("INSERT INTO membership VALUES (?, ?) ON CONFLICT DO UPDATE SET customer = excluded.customer")
_HOUSEHOLDS = select(*(_household[column] for column in HouseholdRow._fields)).order_by(
    _household.customer, _household.household
)
_OF_HOUSEHOLDS = _HOUSEHOLDS.where(_household.household.in_(_listed))
_HOUSED = _HOUSEHOLDS.where(_household.customer.in_(_listed))
_DROP_HOUSED = delete(tables.household).where(_household.customer.in_(_listed))
_CHANGED = select(_changed.what, _changed.no).where(_changed.seq > bindparam("after")).distinct()
_MARK = text("INSERT INTO changed VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
_LAST_MARKED = select(func.max(_changed.seq))
_ANCHORS = select(_anchor.no, _anchor.seq).order_by(_anchor.no)
_GIVE = text("INSERT INTO anchor VALUES (?, ?) ON CONFLICT DO NOTHING")
_HOW_MANY = select(func.count(tables.membership.c.customer.distinct()))
_HOW_MANY_PARKED = select(func.count()).select_from(tables.parked)
_SUCCESSORS = select(_successor.no, _successor.to_no)
_DROP_SUCCESSORS = delete(tables.successor).where(_successor.no.in_(_listed))

Match = tuple[int, int, float, int]


class Derived(Postings, Remembered):
    """Reads and replaces what identity worked out. Customers and households are anchors' numbers."""

    # --- matches -------------------------------------------------------------------------------------

    def matches_of(self, records: Sequence[int] | None = None) -> list[MatchRow]:
        """Matches with an end among the records, or all."""
        if records is None:
            return [MatchRow(*row) for row in self._rows(_MATCHES)]
        if not len(records):
            return []
        return [MatchRow(*row) for row in self._rows(_READ_MATCHES, numbers=records, others=records)]

    def matches_among(self, records: Sequence[int]) -> list[list[Any]]:
        """Matches with both ends among the records, as columns: both ends, bits and levels."""
        inside = set(records)
        return packed([row for row in self._rows(_MATCHES_FROM, numbers=records) if row[1] in inside], 4)

    def replace_matches(self, records: Sequence[int], rows: Iterable[Match]) -> list[MatchRow]:
        """Put rows of (a, b, bits, levels) in place of Matches that touch the records; what those were."""
        with self.writing():
            before = self.matches_of(records)
            was, is_ = set(map(tuple, before)), set(rows)
            self._many(_DROP_MATCH, sorted(row[:2] for row in was - is_))
            self._insert(tables.match, sorted(is_ - was))
        return before

    def parked(self, records: Sequence[int] | None = None) -> list[ParkedRow]:
        """Pairs left for a person to look at, strongest first."""
        if records is None:
            return [ParkedRow(*row) for row in self._rows(_PARKED)]
        return [ParkedRow(*row) for row in self._rows(_PARKED_OF, numbers=records, others=records)]

    def replace_parked(self, records: Sequence[int], rows: Iterable[tuple[int, int, float, str]]) -> None:
        """Drop every parked pair that touches the records, then put rows."""
        with self.writing():
            self._do(_DROP_PARKED, numbers=records, others=records)
            self._insert(tables.parked, rows)

    # --- customers -----------------------------------------------------------------------------------

    def membership(self, records: Sequence[int] | None = None) -> dict[int, int]:
        """The Customer of each Record; those that belong to none are left out."""
        if records is None:
            return dict(self._rows(_MEMBERSHIP))
        return dict(self._about(_OF_RECORDS, records))

    def members(self, customers: Sequence[int]) -> dict[int, list[int]]:
        """The Records of each Customer, ascending; one that is none has no entry."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for record, customer in self._about(_OF_CUSTOMERS, customers):
            found[customer].append(record)
        return dict(found)

    def customers(self) -> list[int]:
        """Every Customer, ascending."""
        return [no for (no,) in self._rows(_CUSTOMERS)]

    def people(self) -> tuple[int, int, int]:
        """How many party Records, Customers and parked pairs there were when all was last resolved."""
        return self.reached("members"), self._value(_HOW_MANY), self._value(_HOW_MANY_PARKED)

    def replace_membership(self, rows: Iterable[tuple[int, int]], gone: Sequence[int] = ()) -> None:
        """Put (record, customer) rows in place of what these Records were; `gone` belong to none."""
        with self.writing():
            if gone:
                self._do(_DROP_MEMBERSHIP, numbers=gone)
            self._many(_BELONG, rows)

    def anchors_given(self, numbers: Sequence[int], seq: int) -> None:
        """Remember for ever that the ids of these Records were Customers' ids."""
        with self.writing():
            self._many(_GIVE, ((no, seq) for no in sorted(set(numbers))))

    def past_anchors(self) -> dict[int, int]:
        """Every number whose id ever was a Customer's, with the seq at which it became one."""
        return dict(self._rows(_ANCHORS))

    def set_successors(self, successors: Mapping[int, int], back: Sequence[int] = ()) -> None:
        """Remember which Customer's number answers for a Record that is gone; those `back` need none."""
        dropped = [*successors, *back]
        if dropped:
            self._replace(tables.successor, _DROP_SUCCESSORS, dropped, successors.items())

    def successors(self) -> dict[int, int]:
        """The number that answers for each one that is gone."""
        return dict(self._rows(_SUCCESSORS))

    # --- households ----------------------------------------------------------------------------------

    def households(self, customers: Sequence[int] | None = None) -> list[HouseholdRow]:
        """Places of these Customers in households, or all."""
        if customers is None:
            return [HouseholdRow(*row) for row in self._rows(_HOUSEHOLDS)]
        return [HouseholdRow(*row) for row in self._about(_HOUSED, customers)]

    def residents(self, households: Sequence[int]) -> list[HouseholdRow]:
        """Everyone who lives in these households."""
        return [HouseholdRow(*row) for row in self._about(_OF_HOUSEHOLDS, households)]

    def replace_households(self, customers: Sequence[int], rows: Iterable[HouseholdRow]) -> None:
        """Take these Customers out of their households, then put rows."""
        self._replace(tables.household, _DROP_HOUSED, customers, rows)

    # --- what to redraw ------------------------------------------------------------------------------

    def mark_changed(self, seq: int, numbers: Mapping[str, Iterable[int]]) -> None:
        """Note what a projection must draw anew under a seq: numbers by what they are."""
        with self.writing():
            self._many(_MARK, ((seq, what, no) for what, some in numbers.items() for no in sorted(set(some))))

    def changed(self, after_seq: int) -> dict[str, list[int]]:
        """Numbers to draw anew after a seq, by what they are."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for what, no in sorted(self._rows(_CHANGED, after=after_seq)):
            found[what].append(no)
        return dict(found)

    def last_marked(self) -> int:
        """The newest seq under which something is to be drawn anew."""
        return int(self._value(_LAST_MARKED) or 0)

    # --- all at once ---------------------------------------------------------------------------------

    def fill(self, table: str, *columns: Any) -> None:
        """Replace a whole derived table by columns (arrays or lists), in the order of its own.

        Rows already in the order of the primary key go in fastest. Tables: match, membership,
        household, parked.
        """
        filled = _FILLED[table]
        indexes: list[Index] = sorted(filled.indexes, key=lambda index: index.name or "")
        with self.writing():
            for index in indexes:
                self._connection.execute(DropIndex(index))
            self._do(delete(filled))
            self._insert_columns(filled, *columns)
            for index in indexes:
                self._connection.execute(CreateIndex(index))

    def drop_derived(self) -> None:
        """Empty everything identity worked out; records, decisions and ids stay."""
        with self.writing():
            for table in tables.BY_IDENTITY:
                self._do(delete(table))
            self._sure.clear()

    def _replace(
        self, table: Table, drop: Any, numbers: Sequence[int], rows: Iterable[tuple[Any, ...]]
    ) -> None:
        with self.writing():
            if numbers:
                self._do(drop, numbers=numbers)
            self._insert(table, rows)


_FILLED = {table.name: table for table in (tables.match, tables.membership, tables.household, tables.parked)}
