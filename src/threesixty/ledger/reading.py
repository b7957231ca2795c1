"""Reading back what is current, for one Record or for a million: `None` asks for all of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select, union

from threesixty.ledger import tables
from threesixty.ledger.names import Names
from threesixty.ledger.rows import Carried, LinkRow, MappedRow, PartyRows, Pending, Superseded, VersionRow
from threesixty.ledger.session import packed
from threesixty.ledger.sqlite import listed
from threesixty.record import Identifier, Name, Sort

_name, _version, _mapped = tables.name.c, tables.version.c, tables.mapped.c
_identifier, _carries, _link = tables.identifier.c, tables.carries.c, tables.link.c
_decision, _withdrawal, _superseded = tables.decision.c, tables.withdrawal.c, tables.superseded.c
_listed = listed("numbers")
_after: BindParameter[int] = bindparam("after")

_SAID = (
    select(_name.no, _name.id.is_not(None), _mapped.no.is_(None) | (_mapped.seq > _after))
    .select_from(tables.version)
    .join(tables.name, _name.no == _version.no)
    .outerjoin(tables.mapped, _mapped.no == _version.no)
    .where(_version.seq > _after)
)
_redecided = select(_withdrawal.action).where(_withdrawal.seq > _after)
_decided = [
    select(column).where((_decision.seq > _after) | _decision.action.in_(_redecided))
    for column in (_decision.a, _decision.b)
]
_pinned = select(tables.pin.c.no).where((tables.pin.c.seq > _after) | tables.pin.c.action.in_(_redecided))
_erased = select(tables.erasure.c.no).where(tables.erasure.c.seq > _after)
_remade = select(_superseded.no).where(_superseded.seq > _after)  # by a remap: its version is no new one
_touched = union(*_decided, _pinned, _erased, _remade).subquery()
_BESIDES = select(_name.no, _name.id.is_not(None)).join(_touched, _touched.c[0] == _name.no)
_PARTIES = (
    select(_mapped.no, _name.tie, _mapped.kind, _mapped.source, _mapped.at, _mapped["values"])
    .join(tables.name, _name.no == _mapped.no)
    .where(_mapped.sort == "party")
    .order_by(_mapped.no)
)
_CARRIED = (
    select(_carries.record, _carries.identifier, _identifier.type, _identifier.value, _carries.use)
    .join(tables.identifier, _identifier.no == _carries.identifier)
    .order_by(_carries.record, _carries.identifier)
)
_CARRIES = (
    select(_carries.record, _carries.identifier)
    .where(_carries.record.in_(_listed))
    .order_by(_carries.record, _carries.identifier)
)
_HELD = _CARRIED.with_only_columns(_carries.record, _identifier.type, _identifier.value)
_MAPPED = (
    select(*((_name if column in {"key", "tie"} else _mapped)[column] for column in MappedRow._fields))
    .join(tables.name, _name.no == _mapped.no)
    .order_by(_mapped.no)
)
_PLAINLY = _MAPPED.with_only_columns(*_MAPPED.selected_columns[:9]).where(_mapped.no.in_(_listed))
_LINKS = select(_link.record, _link.role, _link.to_no, _link["values"]).order_by(_link.record)
_SUPERSEDED = (
    select(*(_superseded[column] for column in Superseded._fields))
    .where(_superseded.seq > _after)
    .order_by(_superseded.seq, _superseded.no)
)


def _both(statement: Select[Any], column: Any) -> tuple[Select[Any], Select[Any]]:
    """A statement for all rows, and for those whose column is among `numbers`."""
    return statement, statement.where(column.in_(_listed))


_READ_PARTIES = _both(_PARTIES, _mapped.no)
_READ_HELD = _both(_HELD, _carries.record)
_READ_CARRIED = _both(_CARRIED, _carries.record)
_READ_HOLDERS = _both(_CARRIED, _carries.identifier)
_READ_MAPPED = _both(_MAPPED, _mapped.no)
_READ_SORT = _both(_MAPPED.where(_mapped.sort == bindparam("sort")), _mapped.no)
_READ_LINKS_FROM = _both(_LINKS, _link.record)
_READ_LINKS_TO = _both(_LINKS, _link.to_no)
_READ_THINGS_ABOUT = _LINKS.where(_link.to_no.in_(_listed), _link.event == 0)
_READ_KIND_ABOUT = (
    _LINKS.join(tables.mapped, _mapped.no == _link.record)
    .where(_link.to_no.in_(_listed), _mapped.kind == bindparam("of"))
)  # fmt: skip
_READ_IDENTIFIERS = select(_identifier.no, _identifier.type, _identifier.value).where(
    _identifier.no.in_(_listed)
)
_OF_NODES = _MAPPED.where(_mapped.node > 0, _mapped.node.in_(_listed))
_RAW = (
    select(
        _version.seq,
        _version.raw,
        _version.version,
        _version.deleted,
        _version.at_received,
        _version.source,
        _version.digest,
    )
    .where(_version.no == bindparam("number"))
    .order_by(_version.seq)
)
_ALL_NAMES = (
    select(_name.no, _name.source, _name.kind, _name.key)
    .join(tables.mapped, _mapped.no == _name.no)
    .order_by(_name.no)
)


class Reading(Names):
    """Records as they are now."""

    def seq(self) -> int:
        """How much was said so far: the number of the last entry of the log."""
        return self._count("seq")

    def pending(self, after_seq: int) -> Pending:
        """Records touched after a seq by versions, deletions, decisions, pins, withdrawals, forgetting, and
        by being mapped otherwise."""
        with self.reading():
            said, seq = self._rows(_SAID, after=after_seq), self.seq()
            rows = {(no, party) for no, party, newest in said if newest}
            if len(said) < seq - after_seq:  # there are other entries than versions
                rows.update(self._rows(_BESIDES, after=after_seq))
        parties = sorted(no for no, party in rows if party)
        return Pending(parties, sorted(no for no, party in rows if not party), seq)

    def parties(self, numbers: Sequence[int] | None = None, *, held: bool = True) -> PartyRows:
        """Live party Records as columns; with what they hold, if wanted."""
        with self.reading():
            numbered, *columns = packed(self._read(_READ_PARTIES, numbers), 6)
            identifiers = self.held(numbers) if held else []
        ties, kinds, sources, ats, values = columns
        return PartyRows(numbered, ties, kinds, sources, ats, values, identifiers)

    def held(self, numbers: Sequence[int] | None = None) -> list[tuple[int, str, str]]:
        """(Record, type, value) of the identifiers that Records carry, by Record."""
        return self._read(_READ_HELD, numbers)

    def mapped(self, numbers: Sequence[int] | None = None, *, sort: Sort | None = None) -> list[MappedRow]:
        """Live Records of any sort, or of one, by ascending number."""
        if sort is None:
            return list(map(MappedRow._make, self._read(_READ_MAPPED, numbers)))
        return [MappedRow(*row) for row in self._read(_READ_SORT, numbers, sort=sort)]

    def plainly(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """The same as tuples, of each the columns up to its values."""
        return self._about(_PLAINLY, numbers)

    def of_nodes(self, nodes: Collection[int]) -> list[MappedRow]:
        """Live Records that speak of these things, by the number of the thing's name."""
        return [MappedRow(*row) for row in self._about(_OF_NODES, sorted(nodes))]

    def links_from(self, numbers: Sequence[int] | None = None) -> list[LinkRow]:
        """What live Records say about others."""
        return [LinkRow(*row) for row in self._read(_READ_LINKS_FROM, numbers)]

    def links_to(self, numbers: Sequence[int] | None = None) -> list[LinkRow]:
        """What is said by live Records about these."""
        return [LinkRow(*row) for row in self._read(_READ_LINKS_TO, numbers)]

    def links_of_things_to(self, numbers: Sequence[int]) -> list[LinkRow]:
        """What is said about these by Records that are no events; `tallies` counts the events."""
        return [LinkRow(*row) for row in self._about(_READ_THINGS_ABOUT, numbers)]

    def links_of_kind_to(self, numbers: Sequence[int], kind: str) -> list[LinkRow]:
        """What is said about these by live Records of one kind; every link to them is looked at."""
        return [LinkRow(*row) for row in self._rows(_READ_KIND_ABOUT, numbers=numbers, of=kind)]

    def carried(self, numbers: Sequence[int] | None = None) -> list[Carried]:
        """Identifiers that Records carry, by record."""
        return [Carried(*row) for row in self._read(_READ_CARRIED, numbers)]

    def carries(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """(Record, identifier) by number: which identifiers some Records carry."""
        return self._rows(_CARRIES, numbers=numbers)

    def holders_of(self, identifiers: Sequence[int]) -> list[Carried]:
        """Records that carry any of these identifier numbers."""
        return [Carried(*row) for row in self._read(_READ_HOLDERS, identifiers)]

    def identifiers(self, numbers: Sequence[int]) -> dict[int, Identifier]:
        """Identifiers by number, also those nobody carries until `prune`."""
        return {no: Identifier(*held) for no, *held in self.identified(numbers)}

    def identified(self, numbers: Sequence[int]) -> list[tuple[int, str, str]]:
        """The same as (number, type, value)."""
        return self._about(_READ_IDENTIFIERS, numbers)

    def superseded(self, after_seq: int) -> list[Superseded]:
        """What changed and deleted Records said before, after a seq."""
        return [
            Superseded(seq, no, sort, kind, source, node, _pairs(links), json.loads(identifiers))
            for seq, no, sort, kind, source, node, links, identifiers in self._rows(
                _SUPERSEDED, after=after_seq
            )
        ]

    def versions(self, number: int) -> list[VersionRow]:
        """All that was ever said under one number, by arrival."""
        return [VersionRow(*row) for row in self._rows(_RAW, number=number)]

    def all_names(self) -> dict[int, Name]:
        """The Name of every live Record by number."""
        return {no: Name(*parts) for no, *parts in self._rows(_ALL_NAMES)}

    def _read(
        self, statements: tuple[Select[Any], Select[Any]], numbers: Sequence[int] | None, **values: Any
    ) -> list[tuple[Any, ...]]:
        if numbers is None:
            return self._rows(statements[0], **values)
        return self._rows(statements[1], numbers=numbers, **values) if len(numbers) else []


def _pairs(text: str) -> list[tuple[str, int]]:
    return [(role, number) for role, number in json.loads(text)]
