"""Names that differ in their kind only: who names a customer by key need not know whether it is a firm."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlalchemy import bindparam, select

from threesixty.ledger import tables
from threesixty.ledger.names import NAMED, Names
from threesixty.ledger.sqlite import listed

_one, _other = tables.name.alias("one").c, tables.name.alias("other").c
_KINDS = listed("kinds")
_TWINS = (
    select(_one.no, _other.no)
    .where(_one.no.in_(listed("numbers")), _one.source.in_(listed("sources")), _one.kind.in_(_KINDS))
    .where(_other.source == _one.source, _other.kind.in_(_KINDS), _other.key == _one.key)
    .where(_other.kind != _one.kind)
    .order_by(_one.no, _other.kind.desc())
)
_HAS_KIND = (
    select(tables.name.c.no)
    .where(tables.name.c.source == bindparam("source"), tables.name.c.kind == bindparam("kind"))
    .limit(1)
)


class Twins(Names):
    """A row says `buyer = crm/17`; the Record crm/17 may be a person's or an organisation's."""

    def of_two_kinds(self) -> tuple[str, ...]:
        """The sources in which keys are said of parties of several kinds."""
        named: dict[str, set[str]] = self._surely(NAMED, self._named)
        return tuple(source for source, kinds in named.items() if len(kinds) > 1)

    def _named(self) -> dict[str, set[str]]:
        kinds = self.party_kinds
        return {one: set(filter(partial(self._has_kind, one), kinds)) for one in self._sources()}

    def _has_kind(self, source: str, kind: str) -> bool:
        return bool(self._rows(_HAS_KIND, source=source, kind=kind))

    def twins(self, numbers: Collection[int]) -> list[tuple[int, int]]:
        """(name, other): names of parties with others of the same source and key, persons before others."""
        sources = self.of_two_kinds() if numbers else ()
        if not sources:
            return []
        asked = {"numbers": sorted(numbers), "sources": list(sources), "kinds": sorted(self.party_kinds)}
        return [(number, other) for number, other in self._rows(_TWINS, **asked)]
