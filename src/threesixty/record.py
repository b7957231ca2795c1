"""The values everything is about. Frozen, without I/O, and without knowledge of any other module.

A Record is what one source said about one thing; a Customer is derived from Records and Decisions.
Instants are milliseconds since 1970 UTC; dates ISO text; money integers of 1/10,000 of a currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Scalar = str | int | float | bool | None
Sort = Literal["party", "thing", "event"]


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """What a Record is called: the key a source knows it by."""

    source: str
    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}/{self.key}"


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A typed, normalised key that a party Record carries, such as email or phone.

    `use` is what its source calls it (home, work, mobile); it makes no other key of it.
    """

    type: str
    value: str
    use: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"


@dataclass(frozen=True, slots=True)
class Link:
    """What one Record says about another: a party in a role (`buyer`), or a thing (`includes`).

    `to` need not have been loaded yet; several Links of the same role may stand in one Record.
    """

    role: str
    to: Name
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """What one source said about one thing under one key, as read.

    `raw` is the whole row as JSON text, unmapped columns included; `values` what the mapping made
    of it, by property; `node` the key of the thing several rows may share (else the Record's key);
    `version` orders versions of one key where the source says so (else arrival does);
    `unreadable` names the properties whose text could not be read and so stayed only in `raw`.
    """

    name: Name
    sort: Sort
    raw: str
    values: Mapping[str, Scalar]
    identifiers: tuple[Identifier, ...] = ()
    links: tuple[Link, ...] = ()
    node: str = ""
    at: int | None = None
    version: str = ""
    unreadable: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not become a Record. Kept with its reason until fixed or dropped."""

    source: str
    file: str
    line: int
    reason: str
    row: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence for or against two Records being the same: positive bits are for."""

    field: str
    code: str
    bits: float


@dataclass(frozen=True, slots=True)
class Match:
    """Computed: two Records look alike by so many bits, for these reasons. `a` < `b` by number."""

    a: int
    b: int
    bits: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Said by a person or a trusted source: two Records are the same, or different, for ever.

    `action` groups the Decisions of one merge or split, so that they are undone together.
    """

    seq: int
    action: int
    verdict: Literal["same", "different"]
    a: int
    b: int
    by: str
    at: int
    why: str = ""
    person: bool = True
    withdrawn: bool = False


class Preference(NamedTuple):
    """One rule by which a value is preferred to another: `trust` may name the sources, best first."""

    by: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """Party Records held together under a permanent id: that of the earliest Record."""

    id: str
    name: str
    kind: str
    records: tuple[Name, ...]


# --- the 360° view -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LosingValue:
    """A value that another Record gave and that did not win, and the rule by which it lost."""

    value: Scalar
    source: str
    at: int | None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class GoldenValue:
    """The winning value of one property, the source that gave it, and those that lost.

    `type` is that of the schema, where the ledger was there to tell it: how to read the value. `rule` is
    what decided against the best of the losing values: pinned, whole, verified, trust, newest, oldest,
    frequent or tie; 'only' where nobody says anything else, '' where the ledger could not tell.
    """

    property: str
    value: Scalar
    source: str
    losing: tuple[LosingValue, ...] = ()
    type: str = "text"
    rule: str = ""


@dataclass(frozen=True, slots=True)
class HeldIdentifier:
    """An Identifier of a Customer; `holders` counts the Customers that use it.

    `uses` (home, work, mobile) and whether it was `verified` are what sources say, from the ledger.
    """

    id: str
    type: str
    value: str
    first: int | None
    last: int | None
    holders: int
    generic: bool
    uses: tuple[str, ...] = ()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class HeldAddress:
    """A place where sources say that a Customer lives or sits, in the words of the newest of them."""

    street: str
    city: str
    postcode: str
    region: str
    country: str
    first: int | None
    last: int | None
    uses: tuple[str, ...] = ()
    verified: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A Record behind a Customer: what it won, and by which evidence it belongs."""

    id: str
    source: str
    kind: str
    at: int | None
    wins: tuple[str, ...]
    bits: float
    why: str
    key: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source last said of a consent of one party Record.

    `status` is granted, refused or unclear, `said` the source's own word for it.
    """

    status: str
    said: str
    source: str
    record: str
    at: int | None
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a Customer agreed to or refused, for one brand, purpose and channel.

    The strictest Statement counts, `others` are those of other sources and Records. A brand of ''
    is the company as a whole, a channel of '' every channel.
    """

    purpose: str
    channel: str
    status: str
    source: str
    at: int | None
    brand: str = ""
    said: str = ""
    text_version: str = ""
    record: str = ""
    others: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A thing that happened to a Customer: a purchase, a ticket, a response."""

    id: str
    kind: str
    name: str
    at: int | None
    status: str
    amount: int | None
    currency: str
    source: str


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Counts and sums; `value` adds amounts in the project's currency only."""

    records: int
    purchases: int
    value: int
    currency: str
    other_currency: int
    first_purchase: int | None
    last_purchase: int | None
    tickets: int
    open_tickets: int


@dataclass(frozen=True, slots=True)
class Member:
    """A Customer in a household."""

    id: str
    name: str
    role: str
    since: int | None


@dataclass(frozen=True, slots=True)
class Household:
    """Customers who live together, kept apart as people."""

    id: str
    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Another Customer who uses the same Identifier."""

    id: str
    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Relation:
    """Another Customer that sources relate to this one, at most twenty of each sort.

    `how` is works_for, employee, part_of, part, referred or referred_by: what the other is to this one.
    """

    id: str
    name: str
    how: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class ProductBought:
    """A product a Customer bought, over all purchases."""

    id: str
    name: str
    count: int
    first: int | None
    last: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class Card:
    """The 360° view of one Customer.

    `origin` says which store answered; `as_of` the ledger's sequence number it reflects;
    `missing` lists, in words, what that store could not give; `told`, what else there is to know about it.
    """

    id: str
    name: str
    kind: str
    since: int | None
    last_seen: int | None
    golden: tuple[GoldenValue, ...]
    identifiers: tuple[HeldIdentifier, ...]
    records: tuple[SourceRecord, ...]
    figures: KeyFigures
    timeline: tuple[TimelineEntry, ...]
    household: Household | None
    sharing: tuple[Sharing, ...]
    products: tuple[ProductBought, ...]
    consents: tuple[Consent, ...] = ()
    addresses: tuple[HeldAddress, ...] = ()
    relations: tuple[Relation, ...] = ()
    aliases: tuple[str, ...] = ()
    origin: Literal["graph", "ledger"] = "graph"
    as_of: int = 0
    missing: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def value(self, name: str) -> Scalar:
        """The winning value of a property, or None."""
        return next((g.value for g in self.golden if g.property == name), None)


# --- what was said over time ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column of a Record's row before and after; '' where it was, or is, empty."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a Record: when it was received, the source's own version, and what it did.

    `what`: `first`; `changed`; `deleted` by the source's word; `missing` from a snapshot, and so gone; `back`
    after either; `late`, older than what was known, and so without effect.
    """

    entry: int
    received: int
    version: str
    what: Literal["first", "changed", "deleted", "missing", "back", "late"]
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordHistory:
    """All that a source said under one key, in the order in which it was received."""

    record: str
    kind: str
    live: bool
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The Records of one customer (or a Record that is gone, with no customer), each with its versions."""

    customer: str
    name: str
    records: tuple[RecordHistory, ...]
