"""Append what sources say: versions decide what is current, and only differences are written."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import compress, repeat

from sqlalchemy import bindparam, delete, select, text

from threesixty.ledger import tables
from threesixty.ledger.bags import Bags
from threesixty.ledger.current import Plain, Said, plain, storable
from threesixty.ledger.names import Key, by_source_and_kind
from threesixty.ledger.rows import Appended, FileMark
from threesixty.ledger.seals import Seals
from threesixty.ledger.sqlite import listed
from threesixty.record import Name, Record, Reject

_name, _version, _mapped, _file = tables.name.c, tables.version.c, tables.mapped.c, tables.file.c
_reject = tables.reject.c

_HEADS = (
    select(_name.key, _name.no, _mapped.version, _mapped.digest, _mapped.seq)
    .outerjoin(tables.mapped, _mapped.no == _name.no)
    .where(
        _name.source == bindparam("source"), _name.kind == bindparam("kind"), _name.key.in_(listed("keys"))
    )
)
_VERSIONS = (
    select(_version.no, _version.version, _version.digest, _version.deleted)
    .where(_version.no.in_(listed("numbers")))
    .order_by(_version.seq)
)
_KNOWN_ROWS = (
    select(_version.seq, _version.no, _version.version, _version.digest, _version.deleted)
    .where(_version.no.in_(listed("numbers")), _version.row == _version.seq)
    .order_by(_version.seq)
)
_MARK = select(_file.digest, _file.rows, _file.done, _file.position).where(
    _file.source == bindparam("of_source"), _file.path == bindparam("of_path")
)
_PLACES = select(_file.path).where(_file.source == bindparam("of_source")).order_by(_file.path)
_UNMARK = delete(tables.file).where(
    _file.source == bindparam("of_source"), _file.path == bindparam("of_path")
)
_KNOWN_REJECTS = select(_reject.line, _reject.row).where(
    _reject.source == bindparam("of_source"),
    _reject.file == bindparam("of_file"),
    _reject.line.in_(listed("lines")),
)
_MAKE_SEEN = text("CREATE TEMP TABLE IF NOT EXISTS seen (no INTEGER PRIMARY KEY, newest INTEGER)")
_CLEAR_SEEN = text("DELETE FROM seen")
_SEE = text("INSERT INTO seen VALUES (?, ?) ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest)")

ENDED = (0, 1)
"""Digest and deletion of what a snapshot did not hold, or a remap made of no row: nobody said that it is
gone, so no version holds against what is said later."""

Fact = tuple[str, int, int]
"""(version, digest of the raw row, deleted): two rows with the same three say the same."""


@dataclass(slots=True)
class Head:
    """The current version of one name while a batch is worked through. `no` is 0 until it has one.

    `seq` is the entry it stands on, 0 where the batch itself wrote it or nothing stands.
    """

    no: int
    fact: Fact | None
    live: bool
    past: frozenset[Fact] = frozenset()
    seq: int = 0
    said: bool = False  # by the delivery that is being read
    newest: bool = False  # whether that said what is current


_NOBODY = (Head(0, None, live=False), ("", 0, 0))


@dataclass(slots=True)
class Batch:
    """What a batch of Records comes to: new names, new versions, and what is current after it."""

    new: dict[Key, Head] = field(default_factory=dict)
    versions: list[tuple[Head, Record, Plain]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # of each version
    firsts: dict[int, tuple[Head, Fact]] = field(default_factory=dict)  # what keeps a row whole
    current: dict[Key, tuple[Head, Record, int]] = field(default_factory=dict)
    outcomes: list[str] = field(default_factory=list)
    repeats: dict[int, Name] = field(default_factory=dict)  # by row
    late: dict[int, Name] = field(default_factory=dict)  # by row


class Log(Bags, Seals):
    """Versions of Records, rejects, and how far files were read."""

    def append(
        self,
        records: Sequence[Record],
        *,
        rejects: Sequence[Reject] = (),
        mark: FileMark | None = None,
        snapshot: bool = False,
        source: str = "",
        rows: Sequence[int] = (),
        plains: Sequence[Plain] = (),
        since: int | None = None,
    ) -> Appended:
        """Write a batch in one durable transaction; what is known already writes nothing.

        `source` is the configured one that said this, `rows` the number of the row behind each Record: the
        first Record of a row keeps all of it; a negative number is of one that stands beside it.
        With `snapshot` every Record of the batch counts as seen in the delivery that `begin_snapshot`
        began. A Record whose text no database can hold becomes a reject. `plains` are what `plains_of` gave
        for the Records, where that was worked out before. Entries after `since` are of the same delivery.
        """
        with self.writing():
            unfit: list[Reject] = []
            fit = [True] * len(records)
            if not plains and not (plains := plains_of(records)):
                unfit, fit = _unfit(records, mark), [_sound([record]) for record in records]
                records, rows = list(compress(records, fit)), list(compress(rows, fit))
                plains = plains_of(records)
            since = self._count("seq") if since is None else since
            batch, heads = self._sorted_out(records, rows, plains, since)
            ended = self._write(batch, heads, source)
            rejected = self._write_rejects([*rejects, *unfit])
            if mark:
                self._write_mark(mark)
            if snapshot:
                self._see((head.no, int(head.newest)) for head in heads.values())
            became = iter(batch.outcomes)
            outcomes = [next(became) if good else "rejected" for good in fit]
            counts = Counter(batch.outcomes) + Counter(deleted=ended)
            return Appended(
                self._count("seq"), rejected=rejected, outcomes=outcomes, repeats=batch.repeats,
                late=batch.late, **counts,
            )  # fmt: skip

    def file_mark(self, source: str, path: str) -> FileMark | None:
        """How far a file was read, None when it never was."""
        rows = self._rows(_MARK, of_source=source, of_path=path)
        if not rows:
            return None
        digested, read, done, position = rows[0]
        return FileMark(source, path, digested, read, bool(done), position)

    def places(self, source: str) -> list[str]:
        """Where all that was read of a source lay, as far as it was marked."""
        return [path for (path,) in self._rows(_PLACES, of_source=source)]

    def begin_snapshot(self) -> None:
        """Begin to note which Records a full delivery holds; `append(…, snapshot=True)` notes them.

        What was noted is lost with the process: after an interruption a delivery is read from its start.
        """
        self._do(_MAKE_SEEN)
        self._do(_CLEAR_SEEN)

    def _see(self, heads: Iterable[tuple[int, int]]) -> None:
        self._do(_MAKE_SEEN)
        self._many(_SEE, heads)

    # --- reading a batch -----------------------------------------------------------------------------

    def _sorted_out(
        self, records: Sequence[Record], rows: Sequence[int], plains: Sequence[Plain], since: int
    ) -> tuple[Batch, dict[Key, Head]]:
        batch = Batch()
        facts = [(r.version, kept.digest, int(r.deleted)) for r, kept in zip(records, plains, strict=True)]
        keys: list[Key] = [(r.name.source, r.name.kind, r.name.key) for r in records]
        heads = self._heads(keys, facts)
        erased = self._erased(key for key in keys if key not in heads)
        for record, kept, fact, key, row in zip(
            records, plains, facts, keys, rows or repeat(0), strict=False
        ):
            if key in erased:
                if row > 0:
                    batch.firsts.setdefault(row, _NOBODY)
                batch.outcomes.append("forgotten")
                continue
            head = heads.get(key)
            if head is None:
                head = heads[key] = batch.new[key] = Head(0, None, live=False)
            first = row > 0 and row not in batch.firsts
            if first:
                batch.firsts[row] = head, fact
            self._weigh(batch, head, record, kept, fact, key)
            if len(batch.versions) > len(batch.rows):
                batch.rows.append(row)
                here = head.said or head.seq > since
                if first and here and not record.deleted:
                    batch.repeats[row] = record.name
                if first and not here and batch.outcomes[-1] == "unchanged":
                    batch.late[row] = record.name
            head.said, head.newest = True, head.newest or fact == head.fact
        return batch, heads

    def _weigh(self, batch: Batch, head: Head, record: Record, kept: Plain, fact: Fact, key: Key) -> None:
        """Sort one Record among the versions of its name."""
        older = head.fact is not None and not follows(fact[0], head.fact)
        if fact == head.fact or (fact in head.past and (older or _said_before(fact, head.fact))):
            batch.outcomes.append("unchanged")
            return
        batch.versions.append((head, record, kept))
        head.past |= {fact}
        if older:
            batch.outcomes.append("unchanged")
            return
        first = head.fact is None
        batch.outcomes.append("deleted" if record.deleted else "new" if first else "changed")
        head.fact = fact
        batch.current[key] = (head, record, len(batch.versions))

    def _heads(self, keys: Sequence[Key], facts: Sequence[Fact]) -> dict[Key, Head]:
        heads: dict[Key, Head] = {}
        for (source, kind), wanted in by_source_and_kind(keys).items():
            for key, no, version, digested, seq in self._rows(_HEADS, source=source, kind=kind, keys=wanted):
                fact = None if seq is None else (version, digested, 0)
                heads[source, kind, key] = Head(no, fact, seq is not None, seq=seq or 0)
        self._recall(heads, {key for key, fact in zip(keys, facts, strict=True)
                             if key in heads and heads[key].fact != fact})  # fmt: skip
        return heads

    def _recall(self, heads: dict[Key, Head], differing: set[Key]) -> None:
        """Bring back every version of names that are not simply unchanged."""
        by_number = {heads[key].no: heads[key] for key in differing}
        for no, version, digested, deleted in self._about(_VERSIONS, list(by_number)):
            head, fact = by_number[no], (version, digested, deleted)
            ended = fact[1:] == ENDED
            head.past = frozenset() if ended else head.past | {fact}
            if not head.live and (head.fact is None or ended or follows(version, head.fact)):
                head.fact = fact

    # --- writing it ----------------------------------------------------------------------------------

    def _write(self, batch: Batch, heads: dict[Key, Head], source: str) -> int:
        """Write what is new of a batch; how many bags nobody names any more after it."""
        if not batch.versions:
            return 0
        if batch.new:
            first = self._introduce(list(batch.new))
            for no, head in enumerate(batch.new.values(), first):
                head.no = no
        seq = self._take("seq", len(batch.versions))
        at = now()
        versions = [
            (seq + i, head.no, record.raw, record.version, kept.digest, int(record.deleted), at)
            for i, (head, record, kept) in enumerate(batch.versions, 1)
        ]
        rows = self._kept_in(batch, seq)
        self._insert(tables.version, [(*said, source, row) for said, row in zip(versions, rows, strict=True)])
        names = [record.name for _, record, _ in batch.versions]
        self._just_said((*said, n.source, n.kind, n.key) for said, n in zip(versions, names, strict=True))
        was_live = [head.no for head, _, _ in batch.current.values() if head.live]
        named = self._named_by(was_live)
        self._remember_borne(was_live, seq + len(batch.versions))
        self._drop(was_live, seq + len(batch.versions))
        self._set([
            Said(head.no, record, kept.digest, seq + i, kept)
            for head, record, i in batch.current.values()
            if not record.deleted and (kept := batch.versions[i - 1][2])
        ], {key: head.no for key, head in heads.items()})  # fmt: skip
        self._still_borne([head.no for head, _, _ in batch.current.values()])
        return len(self._end_bags(at, named | self._beside(batch)))

    def _beside(self, batch: Batch) -> set[int]:
        """The bags of a batch that no row of it names after all: theirs came late, or were repeated."""
        named = {self._meant(link.to) for _, said, _ in batch.current.values() for link in said.links}
        return {
            head.no
            for (head, record, _), row in zip(batch.versions, batch.rows, strict=True)
            if row < 0 and self._meant(record.name) not in named
        }

    def _kept_in(self, batch: Batch, seq: int) -> Iterator[int]:
        """For each version the entry that keeps its whole row; 0 where that is not known or was forgotten."""
        kept: dict[int, int] = {}
        for i, ((head, record, kept_), row) in enumerate(zip(batch.versions, batch.rows, strict=True), 1):
            first = batch.firsts.get(row)
            if first and first[0] is head and first[1] == (record.version, kept_.digest, int(record.deleted)):
                kept.setdefault(row, seq + i)
        wanted = {abs(row) for row in batch.rows} - kept.keys() - {0}
        kept.update(self._known_rows({row: batch.firsts[row] for row in wanted if row in batch.firsts}))
        return (kept.get(abs(row), 0) for row in batch.rows)

    def _known_rows(self, firsts: Mapping[int, tuple[Head, Fact]]) -> dict[int, int]:
        """Rows whose first Record said nothing new: the entry that keeps them since it was."""
        numbers = [head.no for head, _ in firsts.values() if head.no]
        known = {row[1:]: row[0] for row in self._rows(_KNOWN_ROWS, numbers=numbers)} if numbers else {}
        return {row: known.get((head.no, *fact), 0) for row, (head, fact) in firsts.items()}

    def _write_rejects(self, rejects: Sequence[Reject]) -> int:
        known = self._known_rejects(rejects)
        fresh = list(dict.fromkeys(r for r in rejects if r not in known))
        if fresh:
            first, at = self._take("reject", len(fresh)) + 1, now()
            self._insert(tables.reject, [
                (no, r.source, r.file, r.line, storable(r.reason), storable(r.row), at)
                for no, r in enumerate(fresh, first)
            ])  # fmt: skip
        return len(rejects)

    def _known_rejects(self, rejects: Sequence[Reject]) -> set[Reject]:
        files = {(r.source, r.file) for r in rejects}
        known = {
            (source, file, *row)
            for source, file in files
            for row in self._rows(
                _KNOWN_REJECTS, of_source=source, of_file=file, lines=[r.line for r in rejects]
            )
        }
        return {r for r in rejects if (r.source, r.file, r.line, storable(r.row)) in known}

    def _unmark(self, source: str, path: str) -> None:
        self._do(_UNMARK, of_source=source, of_path=path)

    def _write_mark(self, mark: FileMark) -> None:
        if self.file_mark(mark.source, mark.path) != mark:
            self._unmark(mark.source, mark.path)
            so_far = (mark.source, mark.path, mark.digest, mark.rows, int(mark.done))
            self._insert(tables.file, [(*so_far, self._count("seq"), now(), mark.position)])


def _said_before(fact: Fact, current: Fact | None) -> bool:
    """Whether a known row comes once more, so that what took its place since stays.

    Where the source has no versions it may have changed its mind.
    """
    return bool(fact[0]) and current is not None


def follows(version: str, current: Fact) -> bool:
    """Whether an arriving version counts after what is current."""
    return current[1:] == ENDED or supersedes(version, current[0])


def supersedes(version: str, current: str) -> bool:
    """Whether an arriving version takes the place of the current one; without versions arrival decides."""
    return not version or not current or version == current or rank(version) >= rank(current)


def rank(version: str) -> tuple[int, Decimal, str]:
    """The order of versions: numbers by size, then texts by letter."""
    try:
        number = Decimal(version)
    except InvalidOperation:
        return (1, Decimal(0), version)
    return (0, number, "") if number.is_finite() else (1, Decimal(0), version)


def now() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000


def plains_of(records: Sequence[Record]) -> list[Plain]:
    """What a ledger keeps of each of some Records; empty when one of them cannot be kept as it is."""
    return [plain(record) for record in records] if _sound(records) else []


def _sound(records: Sequence[Record]) -> bool:
    """Whether all these Records, looked at as one text, can be kept as they are."""
    texts = [record.raw for record in records]
    for record in records:
        texts += (record.name.source, record.name.kind, record.name.key)
        texts += [identifier.value for identifier in record.identifiers]
        texts += [link.to.key for link in record.links]
    whole = "".join(texts)
    return "\0" not in whole and (whole.isascii() or storable(whole) == whole)


def _unfit(records: Sequence[Record], mark: FileMark | None) -> list[Reject]:
    reason = "the row holds a character that is none (NUL, or half of a surrogate pair)"
    path = mark.path if mark else ""
    return [Reject(r.name.source, path, 0, reason, storable(r.raw)) for r in records if not _sound([r])]
