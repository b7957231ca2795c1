"""Live Records written anew in place of what stands for them: only cells that differ are touched."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from threesixty.ledger import tables
from threesixty.ledger.current import Current, Plain, Said, compact, identifiers_of, plain
from threesixty.ledger.decisions import Decisions
from threesixty.ledger.derived import Derived
from threesixty.ledger.names import Key
from threesixty.ledger.sqlite import listed
from threesixty.ledger.words import words_of
from threesixty.record import Record

_mapped, _carries = tables.mapped.c, tables.carries.c
_identifier, _link = tables.identifier.c, tables.link.c

_ROWS = select(tables.mapped).where(_mapped.no.in_(listed("numbers")))
_HELD = (
    select(_carries.record, _identifier.type, _identifier.value, _identifier.no, _carries.use)
    .join(tables.identifier, _identifier.no == _carries.identifier)
    .where(_carries.record.in_(listed("numbers")))
)
_LINKS = select(_link.record, _link.role, _link.to_no, _link["values"]).where(
    _link.record.in_(listed("numbers"))
)
_WRITE = (
    update(tables.mapped)
    .where(_mapped.no == bindparam("of"))
    .values({column: bindparam(f"new_{column}") for column in list(_mapped.keys())[1:]})
)
_LET_GO = delete(tables.carries).where(
    _carries.record == bindparam("of"), _carries.identifier == bindparam("held")
)
_UNLINK = delete(tables.link).where(_link.record.in_(listed("numbers")))
_UNWORD = delete(tables.word).where(
    tables.word.c.word == bindparam("said"), tables.word.c.record == bindparam("of")
)
_COLUMNS = list(_mapped.keys())
_VALUES, _SORT, _AT, _NODE, _UNREADABLE = (
    _COLUMNS.index(name) for name in ("values", "sort", "at", "node", "unreadable")
)

Typed = tuple[str, str]
"""Type and value of an Identifier."""
Links = list[tuple[str, int, str]]


class Before(NamedTuple):
    """What stood: the row of `mapped`, identifiers with their numbers and uses, links."""

    row: tuple[Any, ...]
    held: Mapping[Typed, tuple[int, str]]
    links: Links


class Difference(NamedTuple):
    """One live Record as it is, and what stood before: values, identifiers with the use of each, its time and
    what could not be read; and its links, before and after."""

    record: Record
    before: dict[str, Any]
    held: Mapping[Typed, str]
    at: int | None
    unreadable: frozenset[str]
    linked: Links
    links: Links


class Remaking(Derived, Decisions, Current):
    """Writes Records anew in the place of what stands."""

    _since = 0
    _noted = 0
    _compared: frozenset[str] = frozenset()

    def _begin_making(self, compared: Collection[str]) -> None:
        self._since, self._noted, self._compared = self._count("seq"), 0, frozenset(compared)

    def _end_making(self) -> bool:
        written = self._count("seq") > self._since
        self._since = self._noted = 0
        return written

    def _entry(self) -> int:
        """The entry of the log under which Records are written anew: projections see that they are behind."""
        if not self._noted:
            self._noted = self.note("threesixty", "remap")
        return self._noted

    def _write_anew(self, same: Mapping[int, Any], standing: Mapping[int, Any]) -> list[Difference]:
        """Write live Records anew that come out otherwise than they stand."""
        said = [
            Said(no, one.record, stands.digest, stands.seq, _plain(one.record, stands.digest))
            for no, one in same.items()
            if (stands := standing[no]) and not one.record.deleted
        ]
        if not said:
            return []
        numbers = self._spoken_of(said, {_key(one.record): one.no for one in said})
        before = self._before([one.no for one in said])
        rows = {one.no: self._mapped_row(one, numbers) for one in said}
        links = {one.no: sorted(self._link_rows(one, numbers)) for one in said}
        differing = [
            one
            for one in said
            if rows[one.no] != before[one.no].row
            or held_by(one.record) != _uses(before[one.no])
            or links[one.no] != before[one.no].links
        ]
        if differing:
            whole = [one for one in differing if "event" in (one.record.sort, before[one.no].row[_SORT])]
            self._drop([one.no for one in whole], self._entry())
            self._set([one._replace(plain=plain(one.record)) for one in whole], numbers)
            there = {one.no for one in whole}
            self._amend([one for one in differing if one.no not in there], before, rows, links)
        return [self._difference(one.record, before[one.no], links[one.no], one.plain) for one in differing]

    def _amend(
        self, said: Sequence[Said], before: Mapping[int, Before], rows: Mapping[int, tuple[Any, ...]],
        links: Mapping[int, Links],
    ) -> None:  # fmt: skip
        entry = self._entry()
        self._many(_WRITE, [
            (*rows[one.no][1:], one.no) for one in said if rows[one.no] != before[one.no].row
        ])  # fmt: skip
        self._amend_words(said, before)
        gone = self._amend_identifiers(said, before)
        relinked = [one.no for one in said if links[one.no] != before[one.no].links]
        self._do(_UNLINK, numbers=relinked)
        self._insert(tables.link, [(no, *link, 0) for no in relinked for link in links[no]])
        looks = []
        superseded = []
        for one in said:
            was = before[one.no]
            if one.no not in gone and was.links == links[one.no] and self._looks_alike(one, was.row):
                # What a contact point is for, the ledger alone tells.
                if rows[one.no] != was.row:
                    looks.append(one.no)
                continue
            lost = [(role, to) for role, to, _ in was.links]
            superseded.append((
                entry, one.no, was.row[_SORT], was.row[2], was.row[3], was.row[_NODE], compact(lost),
                compact(gone.get(one.no, [])),
            ))  # fmt: skip
        self._insert(tables.superseded, superseded)
        if looks:
            self.mark_changed(entry, {"record": looks, "customer": self.membership(looks).values()})

    def _looks_alike(self, said: Said, row: tuple[Any, ...]) -> bool:
        """Whether identity, which compares some properties of parties, sees no difference."""
        if said.record.sort != "party" or said.record.at != row[_AT]:
            return False
        if said.plain.values == row[_VALUES]:
            return True
        was, is_ = json.loads(row[_VALUES]), said.record.values
        return all(was.get(name) == is_.get(name) for name in self._compared)

    def _amend_words(self, said: Sequence[Said], before: Mapping[int, Before]) -> None:
        gone, come = list[tuple[str, int]](), list[tuple[str, int]]()
        for no, record, _, _, kept in said:
            if record.sort == "party" and kept.values != before[no].row[_VALUES]:
                was, is_ = words_of(json.loads(before[no].row[_VALUES])), words_of(record.values)
                gone += [(word, no) for word in was - is_]
                come += [(word, no) for word in is_ - was]
        self._many(_UNWORD, sorted(gone))
        self._insert(tables.word, sorted(come))

    def _amend_identifiers(self, said: Sequence[Said], before: Mapping[int, Before]) -> dict[int, list[int]]:
        """Give and take identifiers; for each Record with others than before the numbers of those it lost."""
        changed: dict[int, list[int]] = {}
        come: defaultdict[str, dict[str, int]] = defaultdict(dict)
        given: list[tuple[int, Typed, str]] = []
        taken: list[tuple[int, int]] = []
        for no, record, *_ in said:
            was, is_ = before[no].held, held_by(record)
            lost = [key for key in was if is_.get(key) != was[key][1]]
            new = [key for key in is_ if key not in was or was[key][1] != is_[key]]
            if was.keys() ^ is_.keys():
                changed[no] = sorted(was[key][0] for key in was if key not in is_)
            if lost or new:
                taken += [(no, was[key][0]) for key in lost]
                given += [(no, key, is_[key]) for key in new]
                for kind, value in new:
                    come[kind][value] = 0
        for kind, numbers in come.items():
            self._identify(kind, numbers)
        self._many(_LET_GO, taken)
        self._insert(tables.carries, [(no, come[kind][value], use) for no, (kind, value), use in given])
        return changed

    def _before(self, numbers: Sequence[int]) -> dict[int, Before]:
        held: defaultdict[int, dict[Typed, tuple[int, str]]] = defaultdict(dict)
        for no, kind, value, identifier, use in self._rows(_HELD, numbers=numbers):
            held[no][kind, value] = (identifier, use)
        links = self._links_of(numbers)
        return {
            row[0]: Before(row, held[row[0]], links[row[0]]) for row in self._rows(_ROWS, numbers=numbers)
        }

    def _links_of(self, numbers: Sequence[int]) -> defaultdict[int, Links]:
        """The links of live Records, in one order."""
        found: defaultdict[int, Links] = defaultdict(list)
        for no, role, to, values in self._rows(_LINKS, numbers=numbers):
            found[no].append((role, to, values))
        return defaultdict(list, {no: sorted(links) for no, links in found.items()})

    def _difference(
        self, record: Record, before: Before, links: Links, kept: Plain | None = None
    ) -> Difference:
        unread = frozenset(filter(None, before.row[_UNREADABLE].split(",")))
        same = kept is not None and kept.values == before.row[_VALUES]
        values = dict(record.values) if same else json.loads(before.row[_VALUES])
        return Difference(record, values, _uses(before), before.row[_AT], unread, before.links, links)


def _plain(record: Record, digest: int) -> Plain:
    """What is kept of a Record but its words, which few of those that are written anew need."""
    return Plain(digest, compact(dict(record.values)), "", identifiers_of(record))


def _uses(before: Before) -> dict[Typed, str]:
    return {key: use for key, (_, use) in before.held.items()}


def held_by(record: Record) -> dict[Typed, str]:
    """The identifiers that a Record carries, each with what it is for."""
    return {(one.type, one.value): one.use for one in record.identifiers}


def _key(record: Record) -> Key:
    return (record.name.source, record.name.kind, record.name.key)
