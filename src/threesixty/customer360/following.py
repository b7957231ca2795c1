"""Follow: what became of customers, for tables that are kept elsewhere by our ids."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty.customer360.opened import Opened
from threesixty.feed import Change
from threesixty.pipeline import feed, lineage, lookup
from threesixty.report.lineage import Lineage


class Following(Opened):
    """What became of customers."""

    def changes(self, since: int = 0, *, keys: bool = False) -> Iterator[Change]:
        """What became of customers after an entry of the feed, in order; 0 is before the first.

        Ends with the last there is: keep its number, and ask for what came since. `keys` adds what sources
        call the Records, looked up now. Nothing is locked: others may load meanwhile. Raises NotFound.
        """
        with self._reading() as ledger:
            yield from feed.changes(ledger, since, keys=keys)

    def resolve(self, key: str, *, as_of: str = "") -> str:
        """The id of the customer that answers for an id ever given out, or for any other key of a customer.

        With `as_of`, a date (its end), an instant (UTC where it names no zone) or the number of an entry of
        the log: who answered then, as it was told at the time. Raises NotFound, SeveralMatches, Forgotten.
        """
        view = self.view
        if as_of:
            return lineage.resolve(view, key, as_of)
        return view.ledger.ids([lookup.customer(view, key)])[0]

    def record_id(self, key: str) -> str:
        """The id of the Record that a source's key names ("crm/5"): it never changes.

        Keep rows of your own under it: a split gives them back to whom they are about, even where the Record
        was wrongly merged from its first day. Raises NotFound, SeveralMatches.
        """
        view = self.view
        return view.ledger.ids([lookup.named(view, key)])[0]

    def lineage(self, key: str) -> Lineage:
        """What became of the id a key means: formed, grew, merged, split, moved, erased, oldest first.

        Also where nobody answers for it any more. Raises NotFound, SeveralMatches.
        """
        return lineage.lineage(self.view, key)
