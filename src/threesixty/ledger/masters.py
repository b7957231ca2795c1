"""Master ids of other systems: rows that bear the same one are the same, for as long as they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from sqlalchemy import bindparam, select

from threesixty.ledger import tables
from threesixty.ledger.pins import Pins
from threesixty.ledger.sqlite import listed
from threesixty.record import Decision
from threesixty.schema import MASTER

_link, _name = tables.link.c, tables.name.c
_BORNE = select(_link.to_no, _link.record).where(_link.role == MASTER).order_by(_link.to_no, _link.record)
_MASTERS = select(_link.to_no).where(_link.record.in_(listed("numbers")), _link.role == MASTER)
_BEARERS = _BORNE.where(_link.to_no.in_(listed("masters")))
_CALLED = select(_link.record).join(tables.name, _name.no == _link.to_no).where(
    _name.kind == MASTER, _name.source == bindparam("source"), _name.key == bindparam("key"),
    _link.role == MASTER,
)  # fmt: skip

# In a group so small each is held to each, so that nobody falls out with the one who is split off.
_EACH_TO_EACH = 12


class Masters(Pins):
    """Reads what rows say of master ids; nothing is written, so it is never out of date."""

    def implied(self, numbers: Sequence[int] | None) -> list[Decision]:
        """What master ids decide, all of it or that with an end among these Records and their fellows."""
        if numbers is None:
            rows = self._rows(_BORNE)
        else:
            rows = self._rows(_BEARERS, masters=self.masters_of(numbers))
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for master, record in rows:
            groups[master].append(record)
        several = {master: records for master, records in groups.items() if len(records) > 1}
        sources = {no: name.source for no, name in zip(several, self.names(list(several)), strict=True)}
        return [
            Decision(0, 0, "same", a, b, sources[master], 0, "same master id", person=False)
            for master, records in several.items()
            for a, b in _pairs(records)
        ]

    def masters_of(self, numbers: Sequence[int]) -> list[int]:
        """The numbers of the master ids that these Records bear."""
        return sorted({no for (no,) in self._rows(_MASTERS, numbers=numbers)})

    def bearers(self, masters: Sequence[int]) -> list[int]:
        """Live Records that bear any of these master ids."""
        return [record for _, record in self._rows(_BEARERS, masters=masters)]

    def called(self, source: str, master: str) -> list[int]:
        """Live Records of a source that bear a master id."""
        return [record for (record,) in self._rows(_CALLED, source=source, key=master)]


def _pairs(records: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(records) <= _EACH_TO_EACH:
        yield from combinations(records, 2)
    else:
        yield from pairwise(records)
        yield from ((records[0], other) for other in records[2:])
