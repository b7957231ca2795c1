"""What drawing the graph asks of the ledger: nodes, holders, places, and which ids answer for which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from sqlalchemy import bindparam, delete, func, select

from threesixty.ledger import tables
from threesixty.ledger.derived import Derived
from threesixty.ledger.postings import Whole
from threesixty.ledger.reading import Reading
from threesixty.ledger.sqlite import listed

_mapped, _membership, _carries = tables.mapped.c, tables.membership.c, tables.carries.c
_version, _silent, _anchor, _successor = (
    tables.version.c,
    tables.silent.c,
    tables.anchor.c,
    tables.successor.c,
)
_name, _identifier = tables.name.c, tables.identifier.c
_listed = listed("numbers")

_FRESH = (
    select(_mapped.node)
    .where(_mapped.node > 0, _mapped.node.in_(_listed))
    .group_by(_mapped.node)
    .having(func.min(_mapped.seq) > bindparam("after"))
)
_NODES = select(_mapped.node).where(_mapped.node > 0).distinct().order_by(_mapped.node)
_SPEAKERS = (
    select(_identifier.value, func.coalesce(_mapped.at, 0), _name.tie, _carries.record)
    .join(tables.carries, _carries.identifier == _identifier.no)
    .join(tables.mapped, _mapped.no == _carries.record)
    .join(tables.name, _name.no == _carries.record)
    # A bare type would be looked up first, and every address of the ledger with it.
    .where(_identifier.no.in_(_listed), _identifier.type.concat("") == bindparam("type"))
)
_NODES_OF = select(_mapped.no, _mapped.node).where(_mapped.no.in_(_listed), _mapped.node > 0)
_AGED = (
    select(_mapped.node)
    .where(_mapped.node > 0, _mapped.kind == bindparam("of"))
    .where(_mapped.at >= bindparam("first"), _mapped.at < bindparam("last"))
    .distinct()
)
_IDENTIFIERS = select(tables.identifier.c.no).order_by(tables.identifier.c.no)
_HOUSES = select(tables.household.c.household).distinct().order_by(tables.household.c.household)
_HOLDING = (
    select(_carries.identifier, func.count(_membership.customer.distinct()))
    .join(tables.membership, _membership.record == _carries.record)
    .where(_carries.identifier.in_(_listed))
    .group_by(_carries.identifier)
)
_SHARING = (
    select(_carries.identifier, _membership.customer)
    .join(tables.membership, _membership.record == _carries.record)
    .where(_carries.identifier.in_(_listed))
    .distinct()
)
_HELD = (
    select(_carries.identifier, _membership.customer)
    .join(tables.membership, _membership.record == _carries.record)
    .where(_membership.customer.in_(_listed))
    .distinct()
)
_AT_MOST = select(func.count()).select_from(
    select(_membership.customer)
    .join(tables.carries, _membership.record == _carries.record)
    .where(_carries.identifier == bindparam("one"))
    .distinct()
    .limit(bindparam("most"))
    .subquery()
)
_SILENT = select(_silent.key).where(_silent.key.in_(_listed))
_ALL_SILENT = select(_silent.key)
_UNSILENT = delete(tables.silent).where(_silent.key.in_(_listed))
_ANCHORS = select(_anchor.no).where(_anchor.no.in_(_listed)).order_by(_anchor.no)
_SUCCESSORS = select(_successor.no, _successor.to_no).where(_successor.no.in_(_listed))
_STOOD_IN = select(_successor.no, _successor.to_no).where(_successor.to_no.in_(_listed))
_SAID_AT = (
    select(_version.at_received)
    .where(_version.seq <= bindparam("upto"))
    .order_by(_version.seq.desc())
    .limit(1)
)
_FORGOT_AT = select(func.max(tables.erasure.c.at)).where(tables.erasure.c.seq <= bindparam("upto"))
_ERASED = select(tables.erasure.c.no).where(tables.erasure.c.no == bindparam("one"))
_FORGOTTEN = select(tables.erasure.c.no).where(tables.erasure.c.no.in_(_listed))
_LIVE = (
    select(func.count()).select_from(tables.mapped).where(_mapped.sort == "party", _mapped.no.in_(_listed))
)


class Projection(Derived, Reading):
    """Reads for drawing, and the keys that propose nothing."""

    # --- nodes ---------------------------------------------------------------------------------------

    def new_nodes(self, nodes: Collection[int], after_seq: int) -> list[int]:
        """Those of these things nobody spoke of up to a seq."""
        if not nodes:
            return []
        return [no for (no,) in self._rows(_FRESH, numbers=sorted(nodes), after=after_seq)]

    def every_node(self) -> list[int]:
        """Every thing somebody speaks of."""
        return [no for (no,) in self._rows(_NODES)]

    def newest_holders(self, identifiers: Sequence[int], type: str) -> dict[str, int]:  # noqa: A002
        """The Record that said last, by value, of those that carry these identifiers of one type."""
        newest: dict[str, tuple[int, int, int]] = {}
        for value, *said in self._rows(_SPEAKERS, numbers=identifiers, type=type):
            age = (said[0], said[1], said[2])
            newest[value] = max(newest.get(value, age), age)
        return {value: record for value, (_, _, record) in newest.items()}

    def nodes_of(self, records: Sequence[int]) -> dict[int, int]:
        """The thing that each of these live Records speaks of; those that speak of none are left out."""
        return dict(self._rows(_NODES_OF, numbers=records))

    def nodes_between(self, kind: str, first: int, last: int) -> list[int]:
        """Things of a kind of which a live Record tells a time from the first instant up to the last."""
        return [no for (no,) in self._rows(_AGED, of=kind, first=first, last=last)]

    def every_identifier(self) -> list[int]:
        """Every identifier, addresses included."""
        return [no for (no,) in self._rows(_IDENTIFIERS)]

    def every_household(self) -> list[int]:
        """Every household."""
        return [no for (no,) in self._rows(_HOUSES)]

    def customers_holding(self, identifiers: Collection[int]) -> dict[int, int]:
        """How many Customers use each identifier; those nobody uses are left out."""
        return dict(self._about(_HOLDING, sorted(identifiers)))

    def customers_sharing(self, identifiers: Collection[int]) -> dict[int, set[int]]:
        """The Customers that use each identifier; those nobody uses are left out."""
        found: dict[int, set[int]] = {}
        for identifier, customer in self._about(_SHARING, sorted(identifiers)):
            found.setdefault(identifier, set()).add(customer)
        return found

    def held_by(self, customers: Collection[int]) -> list[tuple[int, int]]:
        """(identifier, Customer): which identifiers the Records of some Customers carry, each once."""
        return [(number, customer) for number, customer in self._about(_HELD, sorted(customers))]

    def crowd(self, identifier: int, most: int) -> int:
        """How many Customers use an identifier, counted no further than that."""
        return int(self._value(_AT_MOST, one=identifier, most=most))

    def said_at(self, seq: int) -> int:
        """When the newest version up to a seq was received, or somebody was forgotten since."""
        return max(int(self._value(_SAID_AT, upto=seq) or 0), int(self._value(_FORGOT_AT, upto=seq) or 0))

    # --- ids -----------------------------------------------------------------------------------------

    def anchors_among(self, numbers: Iterable[int]) -> list[int]:
        """Which of these Records' ids ever were a Customer's."""
        return [no for (no,) in self._about(_ANCHORS, sorted(set(numbers)))]

    def gone_before(self, numbers: Collection[int]) -> dict[int, int]:
        """Records that are gone, each with the one of these that stands in for it."""
        return dict(self._about(_STOOD_IN, sorted(numbers)))

    def predecessors(self, numbers: Iterable[int]) -> dict[int, int]:
        """Records that are gone, each with the one of these that answers for it."""
        found: dict[int, int] = {}
        answering = {number: number for number in numbers}
        while answering:
            gone = self.gone_before(list(answering))
            back = self.membership(sorted(gone))  # a Record may come again and answer for itself
            known = {*found, *back}
            answering = {no: answering[heir] for no, heir in gone.items() if no not in known}
            found.update(answering)
        return found

    def answers(self, numbers: Sequence[int]) -> dict[int, int]:
        """The Customer that answers today for the id of each Record; ids nobody answers for are left out."""
        found: dict[int, int] = {}
        asked = {number: number for number in numbers}
        while asked:
            owner = self.membership(sorted(set(asked.values())))
            found.update((first, owner[now]) for first, now in asked.items() if now in owner)
            lost = {first: now for first, now in asked.items() if now not in owner}
            heirs: dict[int, int] = dict(self._about(_SUCCESSORS, sorted(set(lost.values()))))
            asked = {first: heirs[now] for first, now in lost.items() if now in heirs}
        return found

    def is_forgotten(self, number: int) -> bool:
        """Whether the person behind a Record was forgotten."""
        return bool(self._rows(_ERASED, one=number))

    def forgotten_among(self, numbers: Collection[int]) -> set[int]:
        """Which of these Records were forgotten."""
        return {no for (no,) in self._about(_FORGOTTEN, sorted(numbers))}

    # --- keys that propose nothing -------------------------------------------------------------------

    def silent(self, keys: Whole | None = None) -> Whole:
        """Those of these keys that propose nothing, ascending; all of them when none are named."""
        rows = self._rows(_ALL_SILENT) if keys is None else self._about(_SILENT, np.unique(keys))
        return np.sort(np.array([key for (key,) in rows], dtype=np.int64))

    def replace_silent(self, looked_at: Whole, silent: Whole) -> None:
        """Of the keys looked at, these and no others propose nothing now."""
        with self.writing():
            self._do(_UNSILENT, numbers=looked_at)
            self._insert(tables.silent, ((key,) for key in np.sort(silent).tolist()))

    def fill_silent(self, silent: Whole) -> None:
        """Replace all keys that propose nothing."""
        with self.writing():
            self._do(delete(tables.silent))
            self._insert(tables.silent, ((key,) for key in np.sort(silent).tolist()))

    def live_parties(self, changed: Sequence[int]) -> int:
        """How many live party Records there are, given those changed since the last resolve."""
        before = len(self.membership(changed))
        return self.reached("members") - before + int(self._value(_LIVE, numbers=changed))
