"""What the ledger gives back: plain frozen values, one class per table or count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from threesixty.record import Name, Scalar, Sort


@dataclass(frozen=True, slots=True)
class FileMark:
    """How far a delivery of a source was read: `rows` so far, `done` when its end was reached.

    The `position` of a table is the number or time from which it is read on.
    """

    source: str
    path: str
    digest: str
    rows: int
    done: bool
    position: str = ""


@dataclass(frozen=True, slots=True)
class Appended:
    """What one append did. `seq` is the ledger's after it; an older version counts as unchanged.

    `outcomes` says of each Record what became of it, by the names of these counts. `repeats` has the rows
    whose first Record says something else than another row of the same delivery did under its name, `late`
    those whose first Record is older than what was known before the delivery.
    """

    seq: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    forgotten: int = 0
    rejected: int = 0
    outcomes: list[str] = field(default_factory=list, compare=False, repr=False)
    repeats: dict[int, Name] = field(default_factory=dict, compare=False, repr=False)
    late: dict[int, Name] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """Record numbers touched after a seq, deleted and forgotten ones included; `seq` is how far it looks."""

    parties: list[int]
    others: list[int]
    seq: int


@dataclass(frozen=True, slots=True)
class PartyRows:
    """Live party Records as columns, by ascending number. `values` are JSON objects as text."""

    numbers: list[int]
    ties: list[int]
    kinds: list[str]
    sources: list[str]
    ats: list[int | None]
    values: list[str]
    identifiers: list[tuple[int, str, str]]


class MappedRow(NamedTuple):
    """A live Record as the mapping made it; `node` numbers the name of the thing it speaks of, else 0.

    `values` is a JSON object as text; `unreadable` comma-joined."""

    no: int
    sort: Sort
    kind: str
    source: str
    key: str
    tie: int
    at: int | None
    node: int
    values: str
    version: str
    unreadable: str
    seq: int


class VersionRow(NamedTuple):
    """What was said under one number at one time. `source` is '' where nobody said it, or it is not known."""

    seq: int
    raw: str
    version: str
    deleted: int
    received: int
    source: str
    digest: int

    @property
    def unsaid(self) -> bool:
        """Whether it is gone without anybody's word: a snapshot lacked it, or a remap ended it."""
        return bool(self.deleted) and not self.digest


class PinRow(NamedTuple):
    """A value that a person pinned to a Record; None says that there is none. `action` groups several."""

    seq: int
    action: int
    no: int
    property: str
    value: Scalar
    by: str
    at: int
    why: str


class MovedRow(NamedTuple):
    """A Record that changed its Customer: whose it was and is (0: nobody's), and its heir if it is gone."""

    record: int
    was: int
    now: int
    heir: int


class ChangeRow(NamedTuple):
    """One entry of the feed: what became of a Customer, worked out at a seq, because of what.

    Each Record that moved stands in one entry: that of the Customer it came to, else of the one it left.
    """

    no: int
    seq: int
    at: int
    what: str
    customer: int
    into: tuple[int, ...]
    cause: str
    action: int
    moved: tuple[MovedRow, ...]


class LinkRow(NamedTuple):
    """One Record speaks of another. `values` is a JSON object as text, '' when there are none."""

    record: int
    role: str
    to: int
    values: str


class Carried(NamedTuple):
    """A live party Record carries an Identifier, and what its source says that it is for."""

    record: int
    identifier: int
    type: str
    value: str
    use: str = ""


class Superseded(NamedTuple):
    """What a Record said before it changed or went: its node, its links, identifiers it carries no more.

    `links` are (role, number) pairs; `identifiers` numbers, still answered by `identifiers()` until `prune`.
    """

    seq: int
    no: int
    sort: Sort
    kind: str
    source: str
    node: int
    links: list[tuple[str, int]]
    identifiers: list[int]


class MatchRow(NamedTuple):
    """A Match as it is stored; a < b by number, `levels` packed by identity."""

    a: int
    b: int
    bits: float
    levels: int


class HouseholdRow(NamedTuple):
    """A Customer's place in a household, by the numbers of their anchors; `until` None: it still is.

    `kind` is that of the whole household; `evidence` what this member shares with another, comma-joined.
    """

    customer: int
    household: int
    role: str
    since: int | None
    until: int | None
    kind: str
    evidence: str


class ParkedRow(NamedTuple):
    """A pair that identity left for a person to look at."""

    a: int
    b: int
    bits: float
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything there is. `kinds` counts live Records by (source, kind).

    `dangling` are Records that others name and that are not there; `dangles` is one of them.
    """

    seq: int
    records: int
    parties: int
    customers: int
    households: int
    identifiers: int
    decisions: int
    parked: int
    rejects: int
    unreadable: int
    dangling: int
    forgotten: int
    bytes: int
    kinds: Mapping[tuple[str, str], int]
    source_rejects: Mapping[str, int]
    last_loads: Mapping[str, int]
    dangles: str


class EpochRow(NamedTuple):
    """Something said of an epoch: that it was opened, switched to, or dropped."""

    no: int
    verb: str
    by: str
    at: int
    why: str
