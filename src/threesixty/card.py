"""The 360° view as plain values: what it is made of. Frozen, and without I/O.

Instants are milliseconds since 1970 UTC; dates ISO text; money integers of 1/10,000 of a currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from threesixty.record import Scalar


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
    """A thing that happened to a Customer: a purchase, a ticket, a thing of a project's own kind.

    `role` is the one in which the Customer took part: a purchase's buyer or its recipient.
    """

    id: str
    kind: str
    name: str
    at: int | None
    status: str
    amount: int | None
    currency: str
    source: str
    role: str = ""


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
    """A Customer in a household, `until` None: still there.

    `role` is family, sharer, member or namesake (perhaps one person with another of the household);
    `evidence` says what of it another member has too: address, surname, email, phone.
    """

    id: str
    name: str
    role: str
    since: int | None
    until: int | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """Customers who live or lived together, kept apart as people.

    `kind` is family, shared (a flat) or unsure; `since` and `until` are those of the Customer whose card
    it is, `until` None where it is at home there now.
    """

    id: str
    name: str
    members: tuple[Member, ...]
    kind: str = ""
    since: int | None = None
    until: int | None = None


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
class Computed:
    """A score or a segment that another system worked out: the newest of its name and source.

    `value` is None for a segment, and where the schema keeps it out of the graph; `at` is when it was worked
    out, in epoch milliseconds, `model` by what.
    """

    name: str
    value: float | None
    model: str
    source: str
    at: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """The 360° view of one Customer.

    `public_id` is the id that others know it by: its own where the project says nothing else. `counts` are of
    events, by the properties the schema counts them under. `origin` says which store
    answered; `as_of` the ledger's sequence number it reflects; `missing` lists, in words, what that store
    could not give; `told`, what else there is to know about it.
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
    households: tuple[Household, ...]
    sharing: tuple[Sharing, ...]
    products: tuple[ProductBought, ...]
    consents: tuple[Consent, ...] = ()
    addresses: tuple[HeldAddress, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    scores: tuple[Computed, ...] = ()
    segments: tuple[Computed, ...] = ()
    public_id: str = ""
    aliases: tuple[str, ...] = ()
    origin: Literal["graph", "ledger"] = "graph"
    as_of: int = 0
    missing: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def household(self) -> Household | None:
        """The household it lives in now, or None; `households` has those it left too, newest first."""
        return next((home for home in self.households if home.until is None), None)

    def value(self, name: str) -> Scalar:
        """The winning value of a property, or None."""
        return next((g.value for g in self.golden if g.property == name), None)
