"""The `changes` feed as plain values, and the follower that keeps a table right by it.

Both are pure: a downstream system needs nothing else of ours to know who is who by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self

from threesixty.errors import OtherFeed

What = Literal["formed", "grew", "split", "moved", "shrank", "merged", "renamed", "ended", "erased"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one customer. All ids are permanent and say nothing about anybody.

    Of one load or decision, customers that win Records come first, then those that lose some, then those
    that are none any more. `feed` and `change` say which entry of which feed it is, numbers go up; `entry`
    and `at` (epoch milliseconds) when it was worked out; `cause` because of what, by which decision's number
    where it was one. `records` are the customer's from now on; those that are not new were `out_of` these.
    `gone` are nobody's from now on, each with the id that answers in its place, or ''. `into`: the customers
    that have its Records now; where it is none any more the first one answers for it.
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
    keys: Mapping[str, str] | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """A Change as `threesixty changes --json` writes it; what a newer one may add is left out."""
        known = {each.name: told[each.name] for each in fields(cls) if each.name in told}
        lists = {name: tuple(known.get(name, ())) for name in ("records", "out_of", "into")}
        return cls(**{**known, **lists})

    def told(self) -> dict[str, Any]:
        """As a JSON object; `keys` is left out where they were not asked for."""
        said = asdict(self)
        if self.keys is None:
            del said["keys"]
        return said


@dataclass(slots=True)
class Follower:
    """Who is who by what the feed has told so far: a dictionary to keep, or a pattern for a table.

    `customers` holds the Records of every customer, `records` the customer of every Record; `heirs` which id
    answers for a Record that is gone. Keep the three with `feed` and `position`, in one transaction where you
    can: an entry that comes again changes nothing, and after going back a little the end is the same.
    """

    feed: str = ""
    position: int = 0
    customers: dict[str, set[str]] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)

    def apply(self, change: Change) -> bool:
        """Take one entry in; False where it was known already. Raises OtherFeed."""
        if self.feed and change.feed != self.feed:
            raise OtherFeed(
                f"this follows the feed {self.feed}, and the entry is of {change.feed}",
                hint="another ledger is in the old one's place: empty the table, and follow it from 0",
            )
        if change.change <= self.position:
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
        self.feed, self.position = change.feed, change.change
        return True

    def customer_of(self, known: str) -> str | None:
        """The customer that an id answers for now, be it a customer's, a former one's or a Record's.

        None where there is none: all its Records are gone, or the person was forgotten.
        """
        while known not in self.records:
            if known not in self.heirs:
                return None
            known = self.heirs[known]
        return self.records[known]

    def _part(self, record: str) -> None:
        customer = self.records.pop(record, None)
        if customer is not None:
            self.customers[customer].discard(record)
            if not self.customers[customer]:
                del self.customers[customer]
