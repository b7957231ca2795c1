"""What became of every row: something was taken in, nothing was new, it was rejected, or it was forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from threesixty.report import Account
from threesixty.sources import Batch

# Several Records may come of one row: it counts by the best of them.
_BEST = {"new": 0, "changed": 0, "deleted": 0, "unchanged": 1, "forgotten": 2, "rejected": 3}


def account(batch: Batch, outcomes: Sequence[str], rows: int) -> Account:
    """The account of a batch of so many rows, whose Records came to these outcomes."""
    best: dict[int, int] = {}
    for number, outcome in zip(batch.row_numbers, outcomes, strict=True):
        at = _BEST[outcome]
        if best.get(number, 9) > at:
            best[number] = at
    # A negative row is that of a bag, which stands beside the Record of its row.
    found = Counter(at for number, at in best.items() if number > 0)
    return Account(rows, found[0], found[1], found[3] + len(batch.rejects), found[2])
