"""Bags of identifiers that a row names somebody by: they are Records as long as a live Record names them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from threesixty.ledger import tables
from threesixty.ledger.current import Current
from threesixty.ledger.sqlite import listed

_mapped, _name, _link, _version = tables.mapped.c, tables.name.c, tables.link.c, tables.version.c

_NAMED_BY = select(_link.to_no).distinct().where(_link.record.in_(listed("numbers")))
# A bag stands beside the Record of its row; a key of a source's own that is written like one does not.
_FORSAKEN = (
    select(_mapped.no, _mapped.version, _mapped.seq)
    .join(tables.name, _name.no == _mapped.no)
    .join(tables.version, _version.seq == _mapped.seq)
    .where(
        _mapped.sort == "party",
        _name.key.startswith("bag:"),
        _version.row != _version.seq,
        ~select(_link.record).where(_link.to_no == _mapped.no).exists(),
    )
    .order_by(_mapped.no)
)
_OF_THESE = _FORSAKEN.where(_mapped.no.in_(listed("numbers")))


class Bags(Current):
    """Ends bags that nobody names any more."""

    def _named_by(self, records: Collection[int]) -> set[int]:
        """The numbers of all that some live Records name."""
        if not records:
            return set()
        return {int(no) for (no,) in self._rows(_NAMED_BY, numbers=sorted(records))}

    def _end_bags(self, at: int, numbers: Collection[int] | None = None) -> list[tuple[int, int]]:
        """End the bags, of these Records or of all, that no live Record names; and where each stood."""
        if numbers is not None and not numbers:
            return []
        found = self._rows(_FORSAKEN) if numbers is None else self._rows(_OF_THESE, numbers=sorted(numbers))
        if found:
            first = self._take("seq", len(found)) + 1
            # No source: nobody said that they are gone, and the rows that named them stay.
            self._insert(tables.version, (
                (seq, no, "", version, 0, 1, at, "", 0) for seq, (no, version, _) in enumerate(found, first)
            ))  # fmt: skip
            ended = [no for no, *_ in found]
            self._remember_borne(ended, first + len(found) - 1)
            self._drop(ended, first + len(found) - 1)
        return [(int(no), int(seq)) for no, _, seq in found]
