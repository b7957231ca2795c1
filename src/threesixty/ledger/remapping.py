"""Mapping anew what the log holds: raw rows come out of it, and only differences are written back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal, select

from threesixty.ledger import tables
from threesixty.ledger.current import Said
from threesixty.ledger.log import digest, now, supersedes
from threesixty.ledger.names import Key
from threesixty.ledger.snapshot import Snapshots, seen
from threesixty.ledger.sqlite import listed
from threesixty.record import Record

_name, _mapped, _version = tables.name.c, tables.mapped.c, tables.version.c
_carries, _identifier, _link = tables.carries.c, tables.identifier.c, tables.link.c

_later = tables.version.alias("later")
_ENDED = (
    select(_later.c.no)
    .where(_later.c.no == _version.no, _later.c.seq > _version.seq)
    .where(_later.c.deleted == 1, _later.c.raw == "", _later.c.digest == 0)
    .exists()
)
_SAID = (
    select(_version.seq, _version.raw)
    .join(tables.name, _name.no == _version.no)
    .where(_name.source.in_(listed("sources")), _name.kind.in_(listed("kinds")))
    .where(_version.seq > bindparam("after"), _version.seq <= bindparam("upto"))
    .where(_version.raw != "", ~_ENDED)
    .order_by(_version.seq)
    .limit(bindparam("many"))
)
_STANDING = select(_mapped.no, _mapped.version, _mapped.digest, literal(0), _mapped.seq).where(
    _mapped.no.in_(listed("numbers"))
)
_LAST_WORD = (
    select(_version.no, _version.version, _version.digest, _version.deleted, func.max(_version.seq))
    .where(_version.no.in_(listed("numbers")))
    .group_by(_version.no)
)
_ROWS = select(tables.mapped).where(_mapped.no.in_(listed("numbers")))
_HELD = (
    select(_carries.record, _identifier.type, _identifier.value, _carries.use)
    .join(tables.identifier, _identifier.no == _carries.identifier)
    .where(_carries.record.in_(listed("numbers")))
)
_LINKS = select(_link.record, _link.role, _link.to_no, _link["values"]).where(
    _link.record.in_(listed("numbers"))
)
_SEEN = select(seen.c.no).where(seen.c.no.in_(listed("numbers")))
_LAST = select(func.coalesce(func.max(_version.seq), 0))


class Standing(NamedTuple):
    """What a Record is, live or deleted by its source: its version, the digest of its row, and its seq."""

    version: str
    digest: int
    deleted: int
    seq: int


class Difference(NamedTuple):
    """One live Record before and after: its values, and the identifiers (type, value) it carries."""

    record: Record
    before: dict[str, Any]
    held: frozenset[tuple[str, str]]


class Remapping(Snapshots):
    """Raw rows out of the log, and Records made of them in place of those that stood."""

    def said_rows(
        self, sources: Collection[str], kinds: Collection[str], after: int, *, batch: int = 10_000
    ) -> Iterator[list[str]]:
        """Raw rows that names of these sources and kinds were given after a seq, in the order they came.

        Those that a full delivery lacked since are left out; what is written meanwhile is not looked at.
        """
        upto = int(self._value(_LAST))
        while rows := self._rows(
            _SAID, sources=sorted(sources), kinds=sorted(kinds), after=after, upto=upto, many=batch
        ):
            after = rows[-1][0]
            yield [raw for _, raw in rows]

    def rederive(
        self,
        records: Sequence[Record],
        since: int,
        unsettled: dict[Key, Record],
        anew: Collection[str] = (),
    ) -> tuple[int, list[Difference]]:
        """Put Records of rows that are known already in the place of what stood: how many names are new,
        and which live Records differ.

        `since` is the seq at which this remapping began. A live Record whose rows make something else than
        what stands goes into `unsettled`, to be settled when all rows were seen; so do all Records of the
        kinds that are written `anew`, because they keep whole rows from now on.
        """
        with self.writing():
            keys = [(r.name.source, r.name.kind, r.name.key) for r in records]
            numbers = self._numbers(keys)
            standing = self._standing(list(numbers.values()))
            known = {no for (no,) in self._rows(_SEEN, numbers=list(standing))}
            fresh, same = list[Record](), dict[Key, Record]()
            for record, key in zip(records, keys, strict=True):
                stands = standing.get(numbers.get(key, 0))
                if stands is None or stands.seq > since:
                    fresh.append(record)
                    continue
                said = _fact(record)
                before = unsettled.get(key)
                if before is None and said == stands[:3] and record.name.kind not in anew:
                    if not record.deleted:
                        same[key] = record
                    known.add(numbers[key])
                elif before is not None:
                    if supersedes(record.version, before.version):
                        unsettled[key] = record
                elif numbers[key] not in known or supersedes(record.version, stands.version):
                    unsettled[key] = record
            new = self.append(fresh, snapshot=True).new if fresh else 0
            self._see(standing)
            return new, self._write_anew(same, standing)

    def settle_rows(self, unsettled: dict[Key, Record], anew: Collection[str] = ()) -> list[Difference]:
        """Make the last word of rows the current one, where it is not what stands."""
        with self.writing():
            numbers = self._numbers(list(unsettled))
            standing = self._standing(list(numbers.values()))
            same, other = dict[Key, Record](), list[tuple[int, Record]]()
            for key, record in unsettled.items():
                stands = standing[numbers[key]]
                if _fact(record) != stands[:3] or record.name.kind in anew:
                    other.append((numbers[key], record))
                elif not record.deleted:
                    same[key] = record
            differ = self._write_anew(same, standing)
            if other:
                differ += self._put_in_place(other, {key: no for key, no in numbers.items() if no})
            return differ

    def _standing(self, numbers: Sequence[int]) -> dict[int, Standing]:
        """Live Records, and those their source deleted; what only a full delivery lacked does not stand."""
        found = {no: Standing(*row) for no, *row in self._rows(_STANDING, numbers=numbers)}
        gone = [no for no in numbers if no not in found]
        for no, *row in self._rows(_LAST_WORD, numbers=gone):
            if row[1]:
                found[no] = Standing(*row)
        return found

    def _put_in_place(self, other: Sequence[tuple[int, Record]], numbers: dict[Key, int]) -> list[Difference]:
        before = self._before([no for no, _ in other])
        seq, at = self._take("seq", len(other)), now()
        self._insert(tables.version, [
            (seq + i, no, r.raw, r.version, digest(r.raw), int(r.deleted), at)
            for i, (no, r) in enumerate(other, 1)
        ])  # fmt: skip
        self._drop([no for no, _ in other], seq + len(other))
        said = [Said(no, r, digest(r.raw), seq + i) for i, (no, r) in enumerate(other, 1) if not r.deleted]
        self._set(said, numbers)
        return [Difference(r, *before[no][:2]) for no, r in other if no in before]

    def _write_anew(self, same: dict[Key, Record], standing: dict[int, Standing]) -> list[Difference]:
        """Write Records anew that come out otherwise than they stand."""
        numbers = self._numbers(list(same))
        said = [
            Said(no, record, standing[no].digest, standing[no].seq)
            for key, record in same.items()
            if (no := numbers[key])
        ]
        spoken = self._spoken_of(said, numbers)
        before = self._before([one.no for one in said])
        rows = {row[0]: row for row in self._rows(_ROWS, numbers=[one.no for one in said])}
        links: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for no, *link in self._rows(_LINKS, numbers=[one.no for one in said]):
            links[no].append(tuple(link))
        differing = [
            one
            for one in said
            if self._mapped_row(one, spoken) != rows[one.no]
            or {(i.type, i.value): i.use for i in one.record.identifiers} != before[one.no][2]
            or sorted(self._link_rows(one, spoken)) != sorted(links[one.no])
        ]
        self._drop([one.no for one in differing], self._count("seq"))
        self._set(differing, numbers)
        return [Difference(one.record, *before[one.no][:2]) for one in differing]

    def _before(
        self, numbers: Sequence[int]
    ) -> dict[int, tuple[dict[str, Any], frozenset[tuple[str, str]], dict[tuple[str, str], str]]]:
        held: defaultdict[int, dict[tuple[str, str], str]] = defaultdict(dict)
        for no, kind, value, use in self._rows(_HELD, numbers=numbers):
            held[no][kind, value] = use
        place = list(tables.mapped.c.keys()).index("values")
        return {
            row[0]: (json.loads(row[place]), frozenset(held[row[0]]), held[row[0]])
            for row in self._rows(_ROWS, numbers=numbers)
        }


def _fact(record: Record) -> tuple[str, int, int]:
    return record.version, digest(record.raw), int(record.deleted)
