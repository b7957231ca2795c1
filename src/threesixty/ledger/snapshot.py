"""Snapshots, which deliver everything a source has: Records that are missing in one are deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, column, func, select, table, text

from threesixty.ledger import tables
from threesixty.ledger.log import Log, now
from threesixty.ledger.rows import FileMark
from threesixty.ledger.sqlite import listed

_mapped, _version = tables.mapped.c, tables.version.c

# Names may be shared: a Record is of the source whose row it stands on, and by its name where none is noted.
_THEIRS = (
    select(_mapped.no, _mapped.version)
    .join(tables.version, _version.seq == _mapped.seq)
    .where(_version.source == bindparam("of"), (_version.source != "") | _mapped.source.in_(listed("names")))
    .union_all(
        select(_mapped.no, _mapped.version)
        .join(tables.version, _version.seq == _mapped.seq)
        .where(_version.source == "", bindparam("of") != "", _mapped.source.in_(listed("names")))
    )
)
seen = table("seen", column("no"), column("newest"))
_theirs = _THEIRS.subquery()
# From one to the next in the index: nobody counts the rows of each.
_SPEAKERS = text(
    "WITH RECURSIVE said(source) AS (SELECT min(source) FROM version UNION ALL"
    " SELECT (SELECT min(source) FROM version WHERE source > said.source) FROM said"
    " WHERE said.source IS NOT NULL) SELECT source FROM said WHERE source <> ''"
).columns(_version.source)
_LIVE = select(func.count()).select_from(_theirs)
_ABSENT = select(_theirs.c.no, _theirs.c.version).where(_theirs.c.no.not_in(select(seen.c.no)))
_OLDER = select(seen.c.no).join(tables.mapped, _mapped.no == seen.c.no).where(seen.c.newest == 0)


class Snapshots(Log):
    """Compares what a snapshot held with what is live of its source, and deletes the rest."""

    def speakers(self) -> list[str]:
        """The names of all sources that ever said something, as the project called them then."""
        return [source for (source,) in self._rows(_SPEAKERS)]

    def live(self, names: Collection[str], source: str = "") -> int:
        """How many live Records are of a source."""
        return int(self._value(_LIVE, of=source, names=sorted(names)))

    def count_absent(self, names: Collection[str], source: str = "") -> int:
        """How many live Records of a source the delivery does not hold."""
        return len(self._rows(_ABSENT, of=source, names=sorted(names)))

    def older(self) -> list[int]:
        """Live Records of which the delivery holds only what is older than what is known of them."""
        return sorted(no for (no,) in self._rows(_OLDER))

    def delete_absent(
        self,
        names: Collection[str],
        marks: Sequence[FileMark] = (),
        source: str = "",
        gone: Sequence[str] = (),
    ) -> int:
        """Delete the live Records of a source that the delivery does not hold; how many those were.

        Only then are its files marked as read, and those that are `gone` no longer: a delivery that was
        interrupted is read from its start.
        """
        with self.writing():
            for mark in marks:
                self._write_mark(mark)
            for place in gone:
                self._unmark(source, place)
            absent = self._rows(_ABSENT, of=source, names=sorted(names))
            if absent:
                first, at = self._take("seq", len(absent)) + 1, now()
                self._insert(tables.version, (
                    (seq, no, "", version, 0, 1, at, source, 0)
                    for seq, (no, version) in enumerate(absent, first)
                ))  # fmt: skip
                self._remember_borne([no for no, _ in absent], first + len(absent) - 1)
                self._drop([no for no, _ in absent], first + len(absent) - 1)
            return len(absent)
