"""Follow: what became of customers, for tables that are kept elsewhere by our ids."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty.customer360.opened import Opened
from threesixty.feed import Change
from threesixty.pipeline import feed


class Following(Opened):
    """The `changes` feed, and what it says of one customer."""

    def changes(self, since: int = 0, *, keys: bool = False) -> Iterator[Change]:
        """What became of customers after an entry of the feed, in order; 0 is before the first.

        Ends with the last there is: keep its number, and ask for what came since. `keys` adds what sources
        call the Records, looked up now. Nothing is locked: others may load meanwhile. Raises NotFound.
        """
        with self._reading() as ledger:
            yield from feed.changes(ledger, since, keys=keys)
