"""Deliveries that are whole: what they no longer hold is deleted. And mapping anew what is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import bindparam, column, func, select, table

from threesixty.ledger import tables
from threesixty.ledger.current import Said
from threesixty.ledger.log import Log, now
from threesixty.ledger.rows import CurrentRow, FileMark
from threesixty.ledger.sqlite import listed
from threesixty.record import Record

_name, _mapped, _version = tables.name.c, tables.mapped.c, tables.version.c

_LIVE = select(func.count()).select_from(tables.mapped).where(_mapped.source.in_(listed("sources")))
seen = table("seen", column("no"))
_ABSENT = select(_mapped.no, _mapped.version).where(
    _mapped.source.in_(listed("sources")), _mapped.no.not_in(select(seen.c.no))
)
_CURRENT = (
    select(_mapped.no, _name.source, _name.kind, _name.key, _version.raw, _mapped.version)
    .join(tables.name, _name.no == _mapped.no)
    .join(tables.version, _version.no == _mapped.no)
    .where(_version.digest == _mapped.digest, _version.version == _mapped.version, _version.deleted == 0)
    .where(_mapped.no > bindparam("after"))
    .order_by(_mapped.no, _version.seq.desc())
    .limit(bindparam("many"))
)
_STANDING = select(_mapped.no, _mapped.digest, _mapped.seq).where(_mapped.no.in_(listed("numbers")))


class Snapshots(Log):
    """Full deliveries of a source, and remapping."""

    def live(self, sources: Collection[str]) -> int:
        """How many live Records stand under these names of sources."""
        return int(self._value(_LIVE, sources=sorted(sources)))

    def count_absent(self, sources: Collection[str]) -> int:
        """How many live Records under these names the delivery does not hold."""
        return len(self._rows(_ABSENT, sources=sorted(sources)))

    def delete_absent(self, sources: Collection[str], marks: Sequence[FileMark] = ()) -> int:
        """Delete the live Records under these names that the delivery does not hold; how many those were.

        Only then are its files marked as read: a delivery that was interrupted is read from its start.
        """
        with self.writing():
            for mark in marks:
                self._write_mark(mark)
            absent = self._rows(_ABSENT, sources=sorted(sources))
            if absent:
                first, at = self._take("seq", len(absent)) + 1, now()
                self._insert(tables.version, (
                    (seq, no, "", version, 0, 1, at) for seq, (no, version) in enumerate(absent, first)
                ))  # fmt: skip
                self._drop([no for no, _ in absent], first + len(absent) - 1)
            return len(absent)

    # --- remapping -----------------------------------------------------------------------------------

    def current_rows(self, *, batch: int = 20_000) -> Iterator[list[CurrentRow]]:
        """Every live Record's raw row, in batches by ascending number, to be mapped anew."""
        after = 0
        while rows := [CurrentRow(*row) for row in self._rows(_CURRENT, after=after, many=batch)]:
            after = rows[-1].no
            yield list({row.no: row for row in reversed(rows)}.values())[::-1]

    def remap(self, records: Sequence[Record]) -> int:
        """Replace what the mapping made of live Records; their versions stay. How many were replaced.

        Nothing is pending afterwards: a remapped ledger is resolved and drawn from the beginning.
        """
        with self.writing():
            keys = [(r.name.source, r.name.kind, r.name.key) for r in records]
            numbers = self._numbers(keys)
            standing = {no: row for no, *row in self._rows(_STANDING, numbers=list(numbers.values()))}
            said = {
                no: Said(no, record, *standing[no])
                for record, key in zip(records, keys, strict=True)
                if (no := numbers.get(key)) in standing and no is not None
            }
            self._drop(list(said), self._count("seq"))
            self._set(list(said.values()), numbers)
            return len(said)
