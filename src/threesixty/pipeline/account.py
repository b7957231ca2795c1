"""What became of every row: something was taken in, nothing was new, it was rejected, or it was forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from threesixty.ledger import Appended
from threesixty.project import Source
from threesixty.report import Account
from threesixty.sources import Batch

# Several Records may come of one row: it counts by the best of them.
_BEST = {"new": 0, "changed": 1, "deleted": 1, "unchanged": 2, "forgotten": 3, "rejected": 4}


def account(batch: Batch, outcomes: Sequence[str], rows: int) -> Account:
    """The account of a batch of so many rows, whose Records came to these outcomes."""
    # A negative row is that of a bag, which stands beside the Record of its row.
    found = Counter(at for number, at in _best(batch, outcomes).items() if number > 0)
    rejected = found[4] + len(batch.rejects)
    return Account(rows, found[0] + found[1], found[2], rejected, found[3], changed=found[1])


def _best(batch: Batch, outcomes: Sequence[str]) -> dict[int, int]:
    best: dict[int, int] = {}
    for number, outcome in zip(batch.row_numbers, outcomes, strict=True):
        at = _BEST[outcome]
        if best.get(number, 9) > at:
            best[number] = at
    return best


def repeated(batch: Batch, said: Appended) -> list[str]:
    """The keys that rows of a batch repeat: all that such a row says is of what another row spoke of too."""
    if not said.repeats:
        return []
    best = _best(batch, said.outcomes)
    return [str(name) for row, name in said.repeats.items() if best[row]]


def of_repeated(source: Source, rows: int, example: str = "") -> list[str]:
    """What there is to say of rows that repeat a key; of a feed of changes that is no news."""
    if not rows or source.delivery == "changes":
        return []
    many = "1 row" if rows == 1 else f"{rows:,} rows"
    such = f", such as {example}" if example else ""
    told = (
        f"{many} repeated a key of the same delivery with something else to say{such}: the last one of a key"
        " counts (the newest, where there are versions), earlier ones are kept as its versions."
        " Are these one and the same? Else the key needs another column"
    )
    return [told]
