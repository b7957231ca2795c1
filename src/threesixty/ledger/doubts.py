"""Where identity is least sure: Matches just below and just above what it takes to be one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, desc, distinct, func, select

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
_NEAR_COUNT = (
    select(func.count())
    .select_from(tables.match)
    .join(_one, _one.c.record == _match.a)
    .join(_other, _other.c.record == _match.b)
    .where(_APART, _match.bits < bindparam("below"))
)
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


class Doubts(Session):
    """Reads what a person should look at."""

    def near_misses(self, below: float, most: int) -> list[MatchRow]:
        """Matches between two Customers with fewer bits: nearest to even odds, and of most Records, first."""
        return [MatchRow(*row) for row in self._rows(_NEAR, below=below, most=most)]

    def count_near_misses(self, below: float) -> int:
        """How many there are in all."""
        return int(self._value(_NEAR_COUNT, below=below))

    def loose(self, least: float, below: float, most: int) -> list[MatchRow]:
        """Matches inside a Customer with at least so many bits and fewer than `below`, weakest first."""
        return [MatchRow(*row) for row in self._rows(_LOOSE, least=least, below=below, most=most)]

    def things_of(self, customers: Sequence[int], kind: str) -> dict[int, int]:
        """How many things of a kind name each Customer; those that none names are left out."""
        return dict(self._rows(_NODES, numbers=customers, kind=kind))
