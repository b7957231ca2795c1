"""Master ids that Records had once: while no Record has such an id, the last that had it answers for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, delete, insert, select

from threesixty.ledger import tables
from threesixty.ledger.names import Names
from threesixty.ledger.remembered import Remembered
from threesixty.ledger.sqlite import listed
from threesixty.schema import MASTER

_bore, _link, _name = tables.bore.c, tables.link.c, tables.name.c

FILLERS = "fillers"
"""Under this key the numbers of the fillers are remembered."""
_NOW_BORNE = select(_link.to_no, _link.record).where(
    _link.role == MASTER, _link.record.in_(listed("numbers"))
)
_REMEMBER = insert(tables.bore).prefix_with("OR REPLACE")
_BORNE_AGAIN = delete(tables.bore).where(
    _bore.record.in_(listed("numbers")),
    select(_link.record).where(
        _link.record == _bore.record, _link.role == MASTER, _link.to_no == _bore.master
    ).exists(),
)  # fmt: skip
_BEFORE = select(_bore.master).where(_bore.record.in_(listed("numbers")))
_LAST = select(_bore.master, _bore.record).where(_bore.master.in_(listed("masters"))).order_by(_bore.seq)
_HAS_MASTERS = select(_name.no).where(_name.source == bindparam("of"), _name.kind == MASTER).limit(1)
_EVER = select(_bore.master).distinct()


class Borne(Remembered, Names):
    """Remembers a master id when its source takes it from a Record; a changed mapping does not count."""

    def fillers(self) -> frozenset[int]:
        """The numbers of the master ids that are only fillers of empty cells."""
        return frozenset(map(int, filter(None, str(self.state(FILLERS, "")).split(","))))

    def mastered(self) -> tuple[str, ...]:
        """The sources that gave out master ids."""
        found: tuple[str, ...] = self._surely(MASTER, lambda: tuple(self._mastered()))
        return found

    def _mastered(self) -> Iterator[str]:
        yield from (source for source in self._sources() if self._rows(_HAS_MASTERS, of=source))

    def borne_before(self, records: Sequence[int] | None = None) -> set[int]:
        """The master ids that these Records bore and do not bear now, or all there are."""
        if not self.mastered():
            return set()
        rows = self._rows(_EVER) if records is None else self._rows(_BEFORE, numbers=records)
        return {master for (master,) in rows} - self.fillers()

    def bore_last(self, masters: Sequence[int]) -> dict[int, int]:
        """The Record that bore each of these master ids last; it may be gone."""
        return dict(self._rows(_LAST, masters=sorted({*masters} - self.fillers())))

    def _remember_borne(self, records: Sequence[int], seq: int) -> None:
        """Note what these Records bear, before they are said anew or go."""
        if not (records and self.mastered()):
            return
        fillers = self.fillers()
        rows = [(*row, seq) for row in self._rows(_NOW_BORNE, numbers=records) if row[0] not in fillers]
        if rows:
            self._many(_REMEMBER, rows)

    def _still_borne(self, records: Sequence[int]) -> None:
        """Forget what was remembered of master ids that these Records have again."""
        if records and self.mastered():
            self._do(_BORNE_AGAIN, numbers=records)
