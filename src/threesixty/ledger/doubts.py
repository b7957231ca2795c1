"""Where identity is least sure: Matches just below and just above what it takes to be one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, desc, distinct, except_, func, select

from threesixty.ledger import tables
from threesixty.ledger.rows import MatchRow
from threesixty.ledger.session import Session
from threesixty.ledger.sqlite import listed

_match, _membership = tables.match.c, tables.membership.c
_link, _mapped = tables.link.c, tables.mapped.c
_one, _other = tables.membership.alias("one"), tables.membership.alias("other")

_ENDS = (
    select(_match.a, _match.b, _match.bits, _match.levels)
    .join(_one, _one.c.record == _match.a)
    .join(_other, _other.c.record == _match.b)
)
_APART = _one.c.customer != _other.c.customer
_size = select(_membership.customer, func.count().label("records")).group_by(_membership.customer).subquery()
_mine, _theirs = _size.alias("mine"), _size.alias("theirs")
_NEAR = (
    _ENDS.join(_mine, _mine.c.customer == _one.c.customer)
    .join(_theirs, _theirs.c.customer == _other.c.customer)
    .where(_APART, _match.bits < bindparam("below"))
    .order_by((func.abs(_match.bits) + 1.0) / (_mine.c.records + _theirs.c.records), _match.a, _match.b)
    .limit(bindparam("most"))
)


def _two(between: Any) -> Any:
    """Two Customers between whose Records something stands, the smaller number first."""
    one, other = _one.c.customer, _other.c.customer
    ends = between.join(_one, _one.c.record == between.c.a).join(_other, _other.c.record == between.c.b)
    return select(func.min(one, other), func.max(one, other)).select_from(ends).where(_APART)


_TWO_PARKED = _two(tables.parked)
_TWO_DIFFERENT = _two(tables.decision).where(
    tables.decision.c.verdict == "different",
    tables.decision.c.action.not_in(select(tables.withdrawal.c.action)),
)
_NEAR_COUNT = select(func.count()).select_from(
    except_(
        _two(tables.match).where(_match.bits < bindparam("below")), _TWO_PARKED, _TWO_DIFFERENT
    ).subquery()
)
_PARKED_COUNT = select(func.count()).select_from(except_(_TWO_PARKED, _TWO_DIFFERENT).subquery())
_LOOSE = (
    _ENDS.where(~_APART, _match.bits >= bindparam("least"), _match.bits < bindparam("below"))
    .order_by(_match.bits, _match.a, _match.b)
    .limit(bindparam("most"))
)
_NODES = (
    select(_membership.customer, func.count(distinct(_mapped.node)).label("things"))
    .join(tables.link, (_link.to_no == _membership.record) & (_link.event == 0))
    .join(tables.mapped, _mapped.no == _link.record)
    .where(_membership.customer.in_(listed("numbers")), _mapped.kind == bindparam("kind"), _mapped.node > 0)
    .group_by(_membership.customer)
    .order_by(desc("things"))
)
_SIZES = select(_size.c.records, func.count()).group_by(_size.c.records).order_by(_size.c.records)
_SEVERAL = select(_size.c.customer).where(_size.c.records > 1).order_by(_size.c.customer)
_LARGEST = (
    select(_size.c.customer, _size.c.records)
    .order_by(_size.c.records.desc(), _size.c.customer)
    .limit(bindparam("most"))
)
_posting = tables.posting.c
_HOLDERS = (
    select(_posting.key, func.count(), func.min(_posting.record))
    .where(_posting.key.in_(listed("keys")))
    .group_by(_posting.key)
)
_CHURN = (
    select(tables.change.c.what, func.count(distinct(tables.change.c.customer)))
    .where(tables.change.c.at > bindparam("since"))
    .group_by(tables.change.c.what)
)
_LAST_CHANGE = select(func.max(tables.change.c.at))
_ARRIVALS = (
    select(_mapped.no, _mapped.seq, _mapped.source, _mapped.at)
    .where(_mapped.sort == "party")
    .order_by(_mapped.seq, _mapped.no)
)


class Doubts(Session):
    """Reads what a person should look at."""

    def near_misses(self, below: float, most: int) -> list[MatchRow]:
        """Matches between two Customers with fewer bits: nearest to even odds, and of most Records, first."""
        return [MatchRow(*row) for row in self._rows(_NEAR, below=below, most=most)]

    def count_near_misses(self, below: float) -> int:
        """Between how many pairs of Customers such a Match waits: none is parked, nobody said they differ."""
        return int(self._value(_NEAR_COUNT, below=below))

    def count_parked(self) -> int:
        """Between how many pairs of Customers something is parked: nobody said that they differ."""
        return int(self._value(_PARKED_COUNT))

    def loose(self, least: float, below: float, most: int) -> list[MatchRow]:
        """Matches inside a Customer with at least so many bits and fewer than `below`, weakest first."""
        return [MatchRow(*row) for row in self._rows(_LOOSE, least=least, below=below, most=most)]

    def things_of(self, customers: Sequence[int], kind: str) -> dict[int, int]:
        """How many things of a kind name each Customer; those that none names are left out."""
        return dict(self._rows(_NODES, numbers=customers, kind=kind))

    # --- how it is as a whole ------------------------------------------------------------------------

    def sizes(self) -> dict[int, int]:
        """How many Customers have so many Records, by that number."""
        return dict(self._rows(_SIZES))

    def several(self) -> list[int]:
        """Every Customer of more than one Record, ascending."""
        return [customer for (customer,) in self._rows(_SEVERAL)]

    def largest(self, most: int) -> list[tuple[int, int]]:
        """The Customers of most Records, with how many."""
        return [(customer, records) for customer, records in self._rows(_LARGEST, most=most)]

    def holders_of_keys(self, keys: Sequence[int]) -> list[tuple[int, int, int]]:
        """Each of these keys with how many Records stand under it, and one of them."""
        return [(key, many, one) for key, many, one in self._rows(_HOLDERS, keys=keys)]

    def churn(self, milliseconds: int) -> dict[str, int]:
        """What became of how many Customers in so long a time before the last change."""
        last = int(self._value(_LAST_CHANGE) or 0)
        return dict(self._rows(_CHURN, since=last - milliseconds))

    def arrivals(self) -> list[tuple[int, int, str, int | None]]:
        """Live party Records by the entry that made them what they are: number, entry, source, its time."""
        return [(number, seq, source, at) for number, seq, source, at in self._rows(_ARRIVALS)]
