"""Records made anew of rows that the log holds: only what comes out otherwise is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select, text

from threesixty.ledger import tables
from threesixty.ledger.current import Said, digest, plain
from threesixty.ledger.derived import Derived
from threesixty.ledger.log import now, supersedes
from threesixty.ledger.names import Key
from threesixty.ledger.remade import Difference, Remaking
from threesixty.ledger.sqlite import listed
from threesixty.ledger.whole import Whole
from threesixty.record import Name, Record, Reject

_mapped, _version = tables.mapped.c, tables.version.c

_BEGIN = [
    text("DROP TABLE IF EXISTS temp.spoken"), text("DROP TABLE IF EXISTS temp.became"),
    text("CREATE TEMP TABLE spoken (no INTEGER PRIMARY KEY, row INTEGER, version TEXT, settled INTEGER)"),
    text("CREATE TEMP TABLE became (old INTEGER PRIMARY KEY, new INTEGER)"),
]  # fmt: skip
_SPEAK = text("INSERT OR REPLACE INTO spoken VALUES (?, ?, ?, ?)")
_BECOME = text("INSERT OR REPLACE INTO became VALUES (?, ?)")
_SPOKEN = text(
    "SELECT no, row, version FROM spoken WHERE no IN (SELECT value FROM json_each(:numbers))"
).columns(_version.no, _version.row, _version.version)
_UNSETTLED = text(
    "SELECT no, row FROM spoken WHERE settled = 0 AND no > :after ORDER BY no LIMIT :many"
).columns(_version.no, _version.row)
# What stands on a row of the source that no row gives any more. Where its row was taken away, because
# somebody else in it was forgotten, it stays as it is.
_LOST = text(
    "SELECT mapped.no FROM mapped JOIN version AS said ON said.seq = mapped.seq"
    " JOIN version AS kept ON kept.seq = said.row AND kept.raw <> ''"
    " WHERE said.source = :of AND mapped.no NOT IN (SELECT no FROM spoken)"
    " AND mapped.no > :after ORDER BY mapped.no LIMIT :many"
).columns(_mapped.no)
# What is not live, and had rows of the source under a name that none gives any more: a deletion among them
# is another name's by now.
_DEAD = text(
    "SELECT DISTINCT said.no FROM version AS said JOIN version AS kept ON kept.seq = said.row"
    " AND kept.raw <> '' WHERE said.source = :of AND said.raw <> ''"
    " AND said.no NOT IN (SELECT no FROM spoken) AND said.no NOT IN (SELECT no FROM mapped)"
    " AND NOT EXISTS (SELECT 1 FROM version AS later"
    " WHERE later.no = said.no AND later.seq > said.seq AND later.deleted = 1 AND later.digest = 0)"
    " AND said.no > :after ORDER BY said.no LIMIT :many"
).columns(_mapped.no)
_HEIRS = text(
    "SELECT old, new FROM became WHERE old IN (SELECT value FROM json_each(:numbers))"
    " AND new IN (SELECT no FROM mapped)"
).columns(_mapped.no, _version.row)
_STANDING = (
    select(
        _mapped.no, _mapped.version, _mapped.digest, _version.deleted, _mapped.seq, _version.source,
        _version.row,
    )
    .join(tables.version, _version.seq == _mapped.seq)
    .where(_mapped.no.in_(listed("numbers")))
)  # fmt: skip
_DELETIONS = (
    select(
        _version.no, _version.version, _version.digest, _version.deleted, _version.seq, _version.source,
        _version.row,
    )
    .where(_version.no.in_(listed("numbers")), _version.deleted == 1)
    .order_by(_version.seq)
)  # fmt: skip
_ENDED = select(_mapped.no, _mapped.version).where(_mapped.no.in_(listed("numbers")))


class Made(NamedTuple):
    """A Record made anew of a row: which entry keeps the row, and the number of the Record that it was kept
    for where this one takes its place (else 0)."""

    record: Record
    row: int
    was: int = 0


class Standing(NamedTuple):
    """What a Record is, live or deleted by its source."""

    version: str
    digest: int
    deleted: int
    seq: int
    source: str
    row: int


class Outcome(NamedTuple):
    """What came of some Records: which names are new, and which live Records differ."""

    new: list[Name]
    differ: list[Difference]


class Remapping(Whole, Remaking, Derived):
    """Records made anew in place of those that stood.

    Between `begin_remap` and `end_remap` every row of a source is given to `remade` in the order of the log;
    then `unsettled` names those whose last word is another than what stands, and `settled` takes it.
    """

    def begin_remap(self, compared: Collection[str]) -> None:
        """Begin; `compared` are the properties by which identity compares."""
        self._begin_making(compared)
        for statement in _BEGIN:
            self._do(statement)

    def remade(self, source: str, made: Sequence[Made], *, standing_only: bool = False) -> Outcome:
        """Take Records of a source's rows, in the order in which the rows came. With `standing_only` the same
        rows give the same names as before, and only what is made of those that stand is looked at."""
        keys: list[Key] = [(r.name.source, r.name.kind, r.name.key) for r, _, _ in made]
        numbers = self._numbers(keys)
        erased = self._erased(key for key in dict.fromkeys(keys) if key not in numbers)
        standing = self._standing(list(numbers.values()))
        said = {no: version for no, _, version in self._rows(_SPOKEN, numbers=list(numbers.values()))}
        last: dict[Key, Made] = {}
        for one, key in zip(made, keys, strict=True):
            before = last[key].record.version if key in last else said.get(numbers.get(key, 0))
            if key not in erased and (before is None or supersedes(one.record.version, before)):
                last[key] = one
        same, other, waiting = dict[int, Made](), dict[Key, Made](), dict[int, Made]()
        for key, one in last.items():
            no = numbers.get(key, 0)
            stands = standing.get(no)
            if stands is None:
                if not standing_only:
                    other[key] = one
            elif stands.source not in ("", source):
                waiting[no] = one
            elif _is(one, stands):
                same[no] = one
            elif stands.seq > self._since or one.row in (stands.seq, stands.row):
                other[key] = one
            else:
                waiting[no] = one
        differ = self._write_anew(same, standing)
        put, replaced = self._put(source, other)
        differ += replaced
        self._many(_SPEAK, [
            (no, one.row, one.record.version, settled)
            for some, settled in ((same, 1), (put, 1), (waiting, 0))
            for no, one in some.items()
        ])  # fmt: skip
        all_of = {**same, **put, **waiting}
        self._many(_BECOME, [(one.was, no) for no, one in all_of.items() if one.was not in (0, no)])
        return Outcome(
            [one.record.name for key, one in other.items() if numbers.get(key) not in standing], differ
        )

    def unsettled(self, many: int = 5_000) -> Iterator[list[tuple[int, int]]]:
        """Numbers whose last word is not what stands, with the row that has it: in batches, by number."""
        after = 0
        while rows := self._rows(_UNSETTLED, after=after, many=many):
            after = rows[-1][0]
            yield [(int(no), int(row)) for no, row in rows]

    def lost(self, source: str) -> Iterator[list[int]]:
        """Records of a source that no row of it gives any more, live or not: in batches, by number."""
        # To find the dead, each batch looks at all that the source ever said: so they are large.
        for statement, many in ((_LOST, 5_000), (_DEAD, 100_000)):
            after = 0
            while rows := self._rows(statement, of=source, after=after, many=many):
                after = rows[-1][0]
                yield [int(no) for (no,) in rows]

    def settled(self, words: Sequence[tuple[str, int, Made | None]]) -> tuple[list[Difference], list[int]]:
        """Make (source, number, Made) the last words, None where nobody says anything any more: which live
        Records differ, and which of them ended."""
        standing = self._standing([no for _, no, _ in words])
        same = {no: one for _, no, one in words if one and no in standing and _is(one, standing[no])}
        differ = self._write_anew(same, standing)
        for source in dict.fromkeys(source for source, _, one in words if one):
            other = {_key(one): one for by, no, one in words if one and by == source and no not in same}
            differ += self._put(source, other)[1]
        return differ, self._end([no for _, no, one in words if one is None])

    def reject(self, rejects: Sequence[Reject]) -> list[Reject]:
        """Keep rows that can be no Records any more; those that were not among the rejects."""
        known = self._known_rejects(rejects)
        fresh = [one for one in dict.fromkeys(rejects) if one not in known]
        self._write_rejects(fresh)
        return fresh

    def forsaken(self) -> tuple[list[int], list[int]]:
        """End the bags that no Record names: those that stood before, and those that this remap made."""
        ended = self._end_bags(now())
        before = [no for no, seq in ended if seq <= self._since]
        return before, [no for no, seq in ended if seq > self._since]

    def end_remap(self) -> bool:
        """End; whether anything was written."""
        for statement in _BEGIN[:2]:
            self._do(statement)
        return self._end_making()

    def _standing(self, numbers: Sequence[int]) -> dict[int, Standing]:
        """Live Records, and those their source deleted; what only a full delivery lacked does not stand."""
        found = {no: Standing(*row) for no, *row in self._rows(_STANDING, numbers=numbers)}
        ends = dict[int, Standing]()
        for no, *row in self._rows(_DELETIONS, numbers=[no for no in numbers if no not in found]):
            # What arrived last may be older than the deletion that stands.
            if no not in ends or supersedes(row[0], ends[no].version):
                ends[no] = Standing(*row)
        return found | {no: end for no, end in ends.items() if end.digest}

    def _put(self, source: str, made: dict[Key, Made]) -> tuple[dict[int, Made], list[Difference]]:
        """Make Records current by versions of their own, which tell from which row they were made."""
        if not made:
            return {}, []
        numbers = self._numbers(made)
        before = self._before(list(numbers.values()))
        fresh = [key for key in made if key not in numbers]
        first = self._introduce(fresh)
        numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
        seq, at = self._take("seq", len(made)), now()
        self._insert(tables.version, [
            (seq + i, numbers[key], r.raw, r.version, digest(r.raw), int(r.deleted), at, source, row)
            for i, (key, (r, row, _)) in enumerate(made.items(), 1)
        ])  # fmt: skip
        self._drop([numbers[key] for key in made], seq + len(made))
        self._set([
            Said(numbers[key], r, kept.digest, seq + i, kept)
            for i, (key, (r, _, _)) in enumerate(made.items(), 1) if not r.deleted and (kept := plain(r))
        ], numbers)  # fmt: skip
        put = {numbers[key]: one for key, one in made.items()}
        links = self._links_of(list(before))
        return put, [self._difference(put[no].record, was, links[no]) for no, was in before.items()]

    def _end(self, numbers: Sequence[int]) -> list[int]:
        """End Records that no row gives any more; ids of parties answer for what their rows give now."""
        live: dict[int, str] = dict(self._rows(_ENDED, numbers=numbers))
        first, at = self._take("seq", len(numbers)) + 1, now()
        # No source: nobody said that they are gone, and the rows stay.
        self._insert(tables.version, (
            (seq, no, "", live.get(no, ""), 0, 1, at, "", 0) for seq, no in enumerate(numbers, first)
        ))  # fmt: skip
        ended = list(live)
        self._drop(ended, first + len(numbers) - 1)
        heirs: dict[int, int] = dict(self._rows(_HEIRS, numbers=ended))
        self.set_successors(heirs)
        return ended


def _key(one: Made) -> Key:
    name = one.record.name
    return (name.source, name.kind, name.key)


def _is(one: Made, stands: Standing) -> bool:
    """Whether a Record says what stands, in the same words."""
    record = one.record
    return (record.version, int(record.deleted), digest(record.raw)) == (
        stands.version, stands.deleted, stands.digest,
    )  # fmt: skip
