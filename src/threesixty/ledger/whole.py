"""Whole rows as sources delivered them, which are what a mapping is made anew from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, text

from threesixty.ledger import tables
from threesixty.ledger.current import digest
from threesixty.ledger.snapshot import Snapshots
from threesixty.ledger.sqlite import listed
from threesixty.record import Record

_version = tables.version.c
_AT_ONCE = 10_000

# A row is no more when its source delivered everything and lacked what was made of it: by the name it has, or
# by one that a remap gave it since.
_GONE = """
    EXISTS (SELECT 1 FROM version AS lack WHERE lack.no = said.no AND lack.seq > said.seq
            AND lack.deleted = 1 AND lack.raw = '' AND lack.digest = 0 AND lack.source <> '')
    OR EXISTS (SELECT 1 FROM version AS made JOIN version AS lack ON lack.no = made.no
               WHERE made.row = said.seq AND made.row <> made.seq AND lack.seq > made.seq
               AND lack.deleted = 1 AND lack.raw = '' AND lack.digest = 0 AND lack.source <> '')
"""
# Of full deliveries those rows are left that something stands on; others are no longer in them.
_STOOD_ON = """
    EXISTS (SELECT 1 FROM mapped WHERE mapped.no = said.no AND mapped.seq = said.seq)
    OR EXISTS (SELECT 1 FROM version AS made JOIN mapped ON mapped.no = made.no AND mapped.seq = made.seq
               WHERE made.row = said.seq AND made.row <> made.seq)
    OR (said.deleted = 1 AND NOT EXISTS (
        SELECT 1 FROM version AS later WHERE later.no = said.no AND later.seq > said.seq))
"""
_ROWS = """
    SELECT said.seq, said.no, said.raw FROM version AS said
    WHERE said.source = :of AND said.seq > :after AND said.seq <= :upto AND said.row = said.seq
    AND said.raw <> '' AND (:marks IS NULL OR EXISTS (
        SELECT 1 FROM json_each(:marks) AS mark WHERE instr(said.raw, mark.value) > 0
        AND instr(said.raw, mark.value || '"') = 0))
    AND NOT ({gone}) AND ({stood}) ORDER BY said.seq
"""
_COLUMNS = (_version.seq, _version.no, _version.raw)
_ALL_ROWS = text(_ROWS.format(gone=_GONE, stood="1")).columns(*_COLUMNS)
_LATEST_ROWS = text(_ROWS.format(gone=_GONE, stood=_STOOD_ON)).columns(*_COLUMNS)
_THESE = select(_version.seq, _version.no, _version.raw).where(
    _version.seq.in_(listed("seqs")), _version.raw != ""
).order_by(_version.seq)  # fmt: skip
_OTHERS = text(
    "SELECT CASE said.row WHEN 0 THEN said.seq ELSE said.row END AS seq, said.no, said.raw, said.source"
    " FROM version AS said WHERE said.no IN (SELECT value FROM json_each(:numbers)) AND said.raw <> ''"
    " AND said.source NOT IN ('', :of) AND NOT EXISTS (SELECT 1 FROM version AS lack WHERE lack.no = said.no"
    " AND lack.source = said.source AND lack.seq > said.seq AND lack.deleted = 1 AND lack.raw = '')"
    " ORDER BY 1"
).columns(*_COLUMNS, _version.source)
_SPAN = select(func.min(_version.seq), func.max(_version.seq)).where(_version.source == bindparam("of"))
_HOW_MANY = select(func.count()).where(_version.source == bindparam("of"))
_SAYS = text(
    "SELECT seq FROM version WHERE source = :of AND raw <> '' AND instr(raw, :mark) > 0"
    " AND instr(raw, :mark || '\"') = 0 LIMIT 1"
).columns(_version.seq)
_UNCLAIMED = select(_version.seq).where(_version.source == "", _version.raw != "").limit(1)
_CLAIM_ALL = text(
    "UPDATE version SET source = :of, row = CASE WHEN raw <> '' AND seq > :after AND no IN (SELECT no FROM"
    " name WHERE kind IN (SELECT value FROM json_each(:kinds))) THEN seq ELSE 0 END WHERE source = ''"
    " AND no IN (SELECT no FROM name WHERE source IN (SELECT value FROM json_each(:names)))"
)
_CLAIM = text(
    "UPDATE version SET source = ?, row = CASE WHEN ? THEN seq ELSE 0 END"
    " WHERE source = '' AND no = ? AND digest = ?"
)


class Row(NamedTuple):
    """A whole row: the entry that keeps it, the number of the Record it was kept for, its text."""

    seq: int
    no: int
    raw: str


class Whole(Snapshots):
    """Reads whole rows back, and says whose they are."""

    def stretches(self, source: str) -> list[tuple[int, int]]:
        """Stretches of the log (after, up to) that hold all rows of a source, each for one batch."""
        [(first, last)] = self._rows(_SPAN, of=source)
        if first is None:
            return []
        return [(at, min(at + _AT_ONCE, last)) for at in range(first - 1, last, _AT_ONCE)]

    def rows_said(
        self, source: str, after: int, upto: int, *, latest: bool, marks: Sequence[str] | None = None
    ) -> list[Row]:
        """The rows of a source that still count, in the order they came; with `latest` those of its last
        full delivery. With `marks`, such as `"city":"`, only those in which one of these columns says
        something."""
        statement = _LATEST_ROWS if latest else _ALL_ROWS
        given = {"of": source, "after": after, "upto": upto, "marks": marks}
        return [Row(*row) for row in self._rows(statement, **given)]

    def says(self, source: str, mark: str) -> bool:
        """Whether any row of a source says something in the column of such a mark."""
        return bool(self._rows(_SAYS, of=source, mark=mark))

    def rows_at(self, seqs: Collection[int]) -> list[Row]:
        """The rows that some entries keep."""
        return [Row(*row) for row in self._rows(_THESE, seqs=sorted(seqs))]

    def said_by_others(self, numbers: Sequence[int], source: str) -> list[tuple[str, Row]]:
        """What other sources said under these numbers, with the name of each."""
        rows = self._rows(_OTHERS, numbers=numbers, of=source)
        return [(other, Row(seq, no, raw)) for seq, no, raw, other in rows]

    def how_many_said(self, source: str) -> int:
        """How much a source said."""
        return int(self._value(_HOW_MANY, of=source))

    # --- ledgers of before ---------------------------------------------------------------------------

    @property
    def unclaimed(self) -> bool:
        """Whether there are rows of which nobody noted whose they are."""
        return bool(self._rows(_UNCLAIMED))

    def claim_all(self, source: str, names: Collection[str], kinds: Collection[str], after: int) -> int:
        """Note that all unclaimed rows under these names are a source's; those of these kinds after an entry
        are whole."""
        with self.writing():
            return self._do(_CLAIM_ALL, of=source, names=sorted(names), kinds=sorted(kinds), after=after)

    def claim(self, source: str, records: Sequence[Record], rows: Sequence[int]) -> None:
        """Note that a source says these Records, of which `rows` numbers the rows, where nobody did."""
        numbers = self._numbers((r.name.source, r.name.kind, r.name.key) for r in records)
        firsts = set[int]()
        claims = []
        for record, row in zip(records, rows, strict=True):
            no = numbers.get((record.name.source, record.name.kind, record.name.key))
            whole = row > 0 and row not in firsts
            firsts.add(row)
            if no:
                claims.append((source, int(whole), no, digest(record.raw)))
        with self.writing():
            self._many(_CLAIM, claims)
