"""The `changes` feed as plain values, and the follower that keeps a table right by it.

Both are pure: a downstream system needs nothing else of ours to know who is who by now. `feed.sql` has the
same in tables of a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import chain
from typing import Any, Literal, Self

from threesixty.errors import FeedGap, NotFound, OtherFeed

What = Literal["formed", "grew", "split", "moved", "shrank", "merged", "renamed", "ended", "erased"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one customer. All ids are permanent and say nothing about anybody.

    Of one load or decision, customers that win Records come first, then those that lose some, then those
    that are none any more. `feed` and `change` say which entry of which feed it is, numbers go up; `entry`
    and `at` (epoch milliseconds) when it was worked out; `cause` because of what, by which decision's number
    where it was one. `records` are the customer's from now on; those that are not new were `out_of` these.
    `gone` are nobody's from now on, each with the id that answers in its place, or ''; `erased` are those of
    them whose person was forgotten. `into`: the customers that have its Records now; where it is none any
    more the first one answers for it.
    """

    feed: str
    change: int
    entry: int
    at: int
    what: What
    customer: str
    records: tuple[str, ...] = ()
    out_of: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    into: tuple[str, ...] = ()
    cause: str = "load"
    action: int = 0
    erased: tuple[str, ...] = ()
    keys: Mapping[str, str] | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """A Change as `threesixty changes --json` writes it; what a newer one may add is left out."""
        known = {each.name: told[each.name] for each in fields(cls) if each.name in told}
        lists = {name: tuple(known.get(name, ())) for name in ("records", "out_of", "erased", "into")}
        return cls(**{**known, **lists})

    @property
    def mark(self) -> str:
        """What tells it from an entry of the same number in another past of the ledger."""
        return f"{self.change}:{self.entry}:{self.at}:{self.customer}"

    def told(self) -> dict[str, Any]:
        """As a JSON object; `keys` is left out where they were not asked for."""
        said = asdict(self)
        if self.keys is None:
            del said["keys"]
        return said


Changes = Callable[[int], Iterable[Change]]
"""Gives the entries after a number, in order, like `Customer360.changes`."""

_BEGIN = "empty what was made of the feed (not rows of yours), and follow it from 0"


def follows(change: Change, feed: str, position: int, seen: str) -> bool:
    """Whether an entry is the next one after a position; False where it was taken in already.

    `seen` is the mark of the entry at that position. Raises OtherFeed where the entry is of another ledger
    or of another past of it, FeedGap where entries before it are missing.
    """
    if feed and change.feed != feed:
        told = f"this follows the feed {feed}, and the entry is of {change.feed}"
        raise OtherFeed(told, hint=f"another ledger is in the old one's place: {_BEGIN}")
    if change.change == position and seen.startswith(f"{position}:") and seen != change.mark:
        raise OtherFeed(
            f"entry {position:,} of the feed is another one than was taken in",
            hint=f"the ledger went back to an older copy of its file: {_BEGIN}",
        )
    if change.change > position + 1:
        missing = f"entry {position + 1:,}" + (
            f" to {change.change - 1:,}" if change.change > position + 2 else ""
        )
        raise FeedGap(f"{missing} of the feed is missing", hint=f"read again what comes after {position:,}")
    return change.change > position


def after(position: int, changes: Changes) -> Iterator[Change]:
    """Entries from the last one on that was taken in, which comes once more to be compared.

    Raises OtherFeed where the feed does not reach so far any more.
    """
    if not position:
        return iter(changes(0))
    try:
        told = iter(changes(position - 1))
        last = next(told, None)
    except NotFound:
        last = None
    if last is None:
        ends = f"the feed ends before entry {position:,}, which was taken in"
        raise OtherFeed(ends, hint=f"the ledger went back to an older copy of its file: {_BEGIN}")
    return chain([last], told)


@dataclass(slots=True)
class Follower:
    """Who is who by what the feed has told so far: a dictionary to keep, or a pattern for a table.

    `customers` holds the Records of every customer, `records` the customer of every Record; `heirs` which id
    answers for a Record that is gone. Keep the three with `feed`, `position` and `seen` (the mark of the
    entry there), in one transaction where you can: an entry that comes again changes nothing, and after
    going back to a smaller position the end is the same.
    """

    feed: str = ""
    position: int = 0
    seen: str = ""
    customers: dict[str, set[str]] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)

    def follow(self, changes: Changes) -> list[Change]:
        """Take in all there is; the entries that were new. Raises OtherFeed, FeedGap."""
        return [change for change in after(self.position, changes) if self.apply(change)]

    def apply(self, change: Change) -> bool:
        """Take one entry in; False where it was known already. Raises OtherFeed, FeedGap."""
        if not follows(change, self.feed, self.position, self.seen):
            return False
        for record in change.records:
            self._part(record)
            self.records[record] = change.customer
            self.customers.setdefault(change.customer, set()).add(record)
        for record, heir in change.gone.items():
            self._part(record)
            if heir:
                self.heirs[record] = heir
            else:
                self.heirs.pop(record, None)
        self.feed, self.position, self.seen = change.feed, change.change, change.mark
        return True

    def customer_of(self, known: str) -> str | None:
        """The customer that an id answers for now, be it a customer's, a former one's or a Record's.

        None where there is none: all its Records are gone, or the person was forgotten.
        """
        return self.records.get(self._end(known))

    def erased(self, change: Change) -> set[str]:
        """The ids under which nothing may be kept after an entry: the forgotten, and whom they stood for."""
        if not change.erased:
            return set()
        gone = set(change.erased)
        return gone | {known for known in self.heirs if self._end(known) in gone}

    def _end(self, known: str) -> str:
        while known not in self.records and known in self.heirs:
            known = self.heirs[known]
        return known

    def _part(self, record: str) -> None:
        customer = self.records.pop(record, None)
        if customer is not None:
            self.customers[customer].discard(record)
            if not self.customers[customer]:
                del self.customers[customer]
