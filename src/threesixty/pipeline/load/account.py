"""What became of the rows of a load, counted: taken in, known already, rejected, forgotten, unreadable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from threesixty.errors import SourceError
from threesixty.ledger import Appended, Ledger
from threesixty.project import Source
from threesixty.report import Account, SourceLoad
from threesixty.sources import Batch

# Several Records may come of one row: it counts by the best of them.
_BEST = {"new": 0, "changed": 1, "deleted": 1, "unchanged": 2, "forgotten": 3, "rejected": 4}


@dataclass
class Counted:
    """What a source brought so far."""

    load: SourceLoad
    waiting: list[str] = field(default_factory=list)  # what is read after the delivery being read
    cut: list[SourceError] = field(default_factory=list)  # files of a snapshot whose end is missing

    def say(self, *told: str) -> None:
        self.load = replace(self.load, told=(*self.load.told, *told))

    def stopped(self) -> SourceLoad:
        """The counts of a source that stopped at an error, and which of its files were not read."""
        more = len(self.waiting) - 1
        also = f" and {more:,} more" if more > 0 else ""
        told = (f"{self.waiting[0]}{also} waits to be read",) if self.waiting else ()
        return replace(self.load, stopped=True, told=(*self.load.told, *told))

    def add(self, batch: Batch, said: Appended, rows: int) -> None:
        """Count a batch of so many rows, and what the ledger said of its Records."""
        total, twice = self.load, repeated(batch, said)
        self.load = replace(
            total,
            read=total.read + len(batch.records),
            new=total.new + said.new,
            changed=total.changed + said.changed,
            unchanged=total.unchanged + said.unchanged,
            deleted=total.deleted + said.deleted,
            forgotten=total.forgotten + said.forgotten,
            rejected=total.rejected + said.rejected,
            unreadable=total.unreadable + batch.unreadable_counts.total(),
            account=total.account + account(batch, said.outcomes, rows),
            repeated=total.repeated + len(twice),
            repeats=total.repeats or next(iter(twice), ""),
            late=total.late + len(said.late),
            lates=total.lates or next(map(str, said.late.values()), ""),
        )


@dataclass
class Unreadable:
    """Values that could not be read: how many of each `source.property`, with one example of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, source: str, batch: Batch) -> None:
        self.counts.update({f"{source}.{name}": n for name, n in batch.unreadable_counts.items()})
        for name, text in batch.unreadable:
            self.examples.setdefault(f"{source}.{name}", text)

    def told(self) -> tuple[tuple[str, int, str], ...]:
        """What was unreadable, commonest first: where, how many, an example."""
        return tuple((name, count, self.examples.get(name, "")) for name, count in self.counts.most_common())


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
    """Keys of rows that repeat the key of another row of the delivery, and make no new Record besides."""
    if not said.repeats:
        return []
    best = _best(batch, said.outcomes)
    return [str(name) for row, name in said.repeats.items() if best[row]]


def of_rows(source: Source, load: SourceLoad) -> list[str]:
    """What there is to say of rows that repeat a key or come late, with an example where there is one."""
    return [*_of_repeated(source, load), *_of_late(load)]


def _of_repeated(source: Source, load: SourceLoad) -> list[str]:
    if not load.repeated or source.delivery == "changes":
        return []  # of a feed of changes that is no news
    told = (
        f"{_rows(load.repeated)} repeated a key of the same delivery with something else to say"
        f"{_such(load.repeats)}: the last one of a key counts (the newest, where there are versions), earlier"
        " ones are kept as its versions. Are these one and the same? Else the key needs another column"
    )
    return [told]


def _of_late(load: SourceLoad) -> list[str]:
    if not load.late:
        return []
    told = (
        f"{_rows(load.late)} came late{_such(load.lates)}: what is known of a key is newer, by version or"
        " time, so they are kept and change nothing. `threesixty customer KEY --history` shows them"
    )
    return [told]


def of_older(ledger: Ledger) -> list[str]:
    """A warning where a snapshot holds older versions than the ledger, as after a restore of its source."""
    older = ledger.older()
    if not older:
        return []
    [example] = ledger.names(older[:1])
    many = "1 record is" if len(older) == 1 else f"{len(older):,} records are"
    told = (
        f"{many} older in the snapshot than what is known{_such(str(example))}: by version, what is known"
        " stays. Did the source go back? Then its rows need newer versions"
    )
    return [told]


def _rows(many: int) -> str:
    return "1 row" if many == 1 else f"{many:,} rows"


def _such(example: str) -> str:
    return f", such as {example}" if example else ""
