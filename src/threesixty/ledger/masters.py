"""Master ids of other systems: rows that bear the same one are the same, for as long as they do.

An id that is no id but fills an empty cell (`0`, `UNKNOWN`, or one on rows of plainly different people) holds
nobody together. Which these are is worked out while resolving, and kept by their numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from sqlalchemy import func, or_, select

from threesixty.ledger import tables
from threesixty.ledger.borne import Borne
from threesixty.ledger.pins import Pins
from threesixty.ledger.session import Rows
from threesixty.ledger.sqlite import listed
from threesixty.record import Decision
from threesixty.schema import MASTER

_link, _name, _mapped, _member = tables.link.c, tables.name.c, tables.mapped.c, tables.membership.c
_BORNE = select(_link.to_no, _link.record).where(_link.role == MASTER).order_by(_link.to_no, _link.record)
_MASTERS = select(_link.to_no).where(_link.record.in_(listed("numbers")), _link.role == MASTER)
_BEARERS = _BORNE.where(_link.to_no.in_(listed("masters")))

# What people and programs write where they have no id; zeros and nines of any length besides.
_WORDS = ("-", "--", "-1", "?", "(blank)", "(empty)", "(none)", "(null)", "[null]", "<na>", "<null>",
          "#n/a", "#na", "#name?", "#null!", "#ref!", "#value!", "\\n", "dummy", "empty", "missing",
          "n.a.", "n/a", "na", "nan", "nat", "nil", "no id", "none", "not applicable", "not available",
          "null", "tbd", "test", "undefined", "unknown", "unassigned", "x", "xxx")  # fmt: skip
FEW = 8
"""One customer has never more names than this that begin differently."""
_ENDS_UP_EMPTY = or_(
    *(func.lower(_name.key) == word for word in _WORDS), func.trim(_name.key, "0-") == "",
    (func.trim(_name.key, "9") == "") & (func.length(_name.key) > 3),
)  # fmt: skip
_borne_by_two = select(_link.to_no).where(_link.role == MASTER).group_by(_link.to_no)
_EMPTY = (
    _borne_by_two.join(tables.name, _name.no == _link.to_no).where(_ENDS_UP_EMPTY).having(func.count() > 1)
)
_names = (func.json_extract(_mapped["values"], f"$.{one}") for one in ("family", "name", "given"))
_beginning = func.substr(func.lower(func.coalesce(*_names)), 1, 2)
_crowded = (
    select(_link.to_no)
    .join(tables.mapped, _mapped.no == _link.record)
    .where(_link.role == MASTER)
    .group_by(_link.to_no)
    .having(func.count(_beginning.distinct()) > FEW)
)
_CROWDED = _crowded.where(_link.to_no.in_(_borne_by_two.having(func.count() > FEW)))
_AMONG = [text.where(_link.to_no.in_(listed("masters"))) for text in (_EMPTY, _CROWDED)]
_TORN = (
    select(_link.to_no, func.count(_link.record.distinct()), func.count(_member.customer.distinct()))
    .join(tables.membership, _member.record == _link.record)
    .where(_link.role == MASTER)
    .group_by(_link.to_no)
    .having(func.count(_member.customer.distinct()) > 1)
    .order_by(_link.to_no)
)


class MasterId(NamedTuple):
    """An id of another system: on how many live Records, and of how many Customers."""

    source: str
    key: str
    records: int
    customers: int


# In a group so small each is held to each, so that nobody falls out with the one who is split off.
_EACH_TO_EACH = 12


class Masters(Pins, Borne):
    """Reads what rows say of master ids; nothing is written, so it is never out of date."""

    def implied(self, numbers: Sequence[int] | None) -> list[Decision]:
        """What master ids decide, all of it or that with an end among these Records and their fellows."""
        fillers = self.fillers()
        if numbers is None:
            rows = self._all_borne()
        else:
            masters = sorted({*self.masters_of(numbers)} - fillers)
            rows = self._rows(_BEARERS, masters=masters) if masters else []
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for master, record in rows:
            if master not in fillers:
                groups[master].append(record)
        several = {master: records for master, records in groups.items() if len(records) > 1}
        sources = {no: name.source for no, name in zip(several, self.names(list(several)), strict=True)}
        return [
            Decision(0, 0, "same", a, b, sources[master], 0, "same master id", person=False)
            for master, records in several.items()
            for a, b in _pairs(records)
        ]

    def masters_of(self, numbers: Sequence[int]) -> list[int]:
        """The numbers of the master ids that these Records bear, fillers among them."""
        return sorted({no for (no,) in self._rows(_MASTERS, numbers=numbers)}) if self.mastered() else []

    def found_fillers(self, records: Sequence[int] | None, masters: Sequence[int] = ()) -> frozenset[int]:
        """The fillers as the Records are now, looked at anew: all, or those of these Records and these."""
        if not self.mastered():
            return frozenset()
        if records is None:
            return frozenset(no for text in (_EMPTY, _CROWDED) for (no,) in self._rows(text))
        asked = sorted({*masters, *self.masters_of(records)})
        found = (no for text in _AMONG for (no,) in self._rows(text, masters=asked)) if asked else ()
        return self.fillers().difference(asked).union(found)

    def torn(self) -> list[tuple[int, MasterId]]:
        """Master ids on Records of several Customers, fillers among them, by their numbers."""
        rows = self._rows(_TORN) if self.mastered() else []
        names = self.names([no for no, _, _ in rows])
        return [
            (no, MasterId(name.source, name.key, records, customers))
            for (no, records, customers), name in zip(rows, names, strict=True)
        ]

    def every_master(self) -> list[int]:
        """The numbers of all master ids that count."""
        return sorted({no for no, _ in self._all_borne()} - self.fillers())

    def _all_borne(self) -> Rows:
        # Only a search through all links finds them: it is spared those who have none.
        return self._rows(_BORNE) if self.mastered() else []

    def borne(self, masters: Sequence[int]) -> dict[int, list[int]]:
        """The live Records that bear each of these master ids, earliest first; fillers left out."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for master, record in self._rows(_BEARERS, masters=sorted({*masters} - self.fillers())):
            found[master].append(record)
        return dict(found)

    def bearers(self, masters: Sequence[int]) -> list[int]:
        """Live Records that bear any of these master ids."""
        return [record for _, record in self._rows(_BEARERS, masters=masters)] if masters else []


def _pairs(records: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(records) <= _EACH_TO_EACH:
        yield from combinations(records, 2)
    else:
        yield from pairwise(records)
        yield from ((records[0], other) for other in records[2:])
