"""What may be said: kinds, their properties, identifier types, and the shape of the graph they draw.

`DEFAULT` is what every project starts with; the project file adds kinds, properties and identifier
types or changes their flags (`personal`, `graph`). The graph's tables follow from the schema alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Literal, NamedTuple

from threesixty.record import Sort

Type = Literal["text", "date", "instant", "money", "number", "integer", "boolean"]
InGraph = Literal["yes", "masked", "no"]
Fold = Literal["latest", "earliest", "sum"]
Category = Literal["", "contact", "behaviour", "special"]
"""What sort of personal data a property is; `special` as in Article 9 of the GDPR."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a kind. `fold` says how several rows of one thing are put together, `unit` in what a
    number is measured ('' where it only counts)."""

    name: str
    type: Type = "text"
    personal: bool = False
    graph: InGraph = "yes"
    fold: Fold = "latest"
    category: Category = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LinkRule:
    """An edge to another thing or party: `includes` draws INCLUDES to a product, `works_for` WORKS_FOR."""

    edge: str
    kind: str
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of Record. `label` is its node's label ('' keeps it out of the graph).

    `parties` names the roles people play in it and the edge each role draws from the Customer to it;
    `shared_keys` says that all sources mean the same thing by the same key (products by SKU). `count` names
    the property of a Customer that counts the events of this kind; things older than `keep` ('24 months') are
    counted, and not drawn.
    """

    name: str
    sort: Sort
    label: str
    properties: tuple[Property, ...]
    parties: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, LinkRule] = field(default_factory=dict)
    shared_keys: bool = False
    count: str = ""
    keep: str = ""

    def property(self, name: str) -> Property | None:
        return next((p for p in self.properties if p.name == name), None)


@dataclass(frozen=True, slots=True)
class IdentifierType:
    """A sort of Identifier. `exclusive`: one person has one of it, so two different ones count against."""

    name: str
    exclusive: bool = False
    graph: InGraph = "masked"


class Column(NamedTuple):
    """A column of a node or edge table of the graph."""

    name: str
    type: Type


class EdgeKind(NamedTuple):
    """An edge table: the labels of its ends and its type."""

    source: str
    type: str
    target: str


NAME_GROUP = ("prefix", "given", "middle", "family", "suffix")
ADDRESS_GROUP = ("street", "city", "postcode", "region", "country")
GROUPS: Mapping[str, tuple[str, ...]] = {"name": NAME_GROUP, "address": ADDRESS_GROUP}
"""Properties that win together, all from one Record."""
BRAND = "brand"
"""The role that says for which brand of the company a row speaks."""
TYPED = {"email_type": "email", "phone_type": "phone", "address_type": "address"}
"""Roles that say what a contact point is for (home, work, mobile), and of which."""
COUNTS = "counts"
"""Where the `profile` of a Customer holds what `count` counts."""
COMPUTED = {"score": "SCORED", "segment": "IN_SEGMENT"}
"""Kinds of things that are worked out elsewhere, with their edges. The `profile` of a Customer holds them
under the names of the edges, which no property can have."""
MASTER = "master"
"""Role and kind of what holds Records together in another system: its id for a customer."""
VERIFIED = "_verified"
"""The end of a role that says of a property, or a group, that its source checked it."""

# What every thing node carries, whatever its kind; questions across kinds read only these.
THING_COLUMNS = (
    Column("name", "text"), Column("kind", "text"), Column("source", "text"), Column("at", "instant"),
    Column("status", "text"), Column("amount", "money"), Column("currency", "text"),
)  # fmt: skip
CUSTOMER_COLUMNS = (
    Column("name", "text"), Column("kind", "text"), Column("since", "instant"),
    Column("last_seen", "instant"), Column("records", "integer"), Column("purchases", "integer"),
    Column("value", "money"), Column("currency", "text"), Column("other_currency", "integer"),
    Column("first_purchase", "instant"), Column("last_purchase", "instant"),
    Column("tickets", "integer"), Column("open_tickets", "integer"),
    # The golden values the schema lets into the graph once more, as one JSON object: the 360° view
    # is one Question with one text, whatever properties a project declares.
    Column("profile", "text"),
    # The master id that others know the customer by, where the project says whose ids win.
    Column("public_id", "text"),
)  # fmt: skip

_SPAN = (Column("first", "instant"), Column("last", "instant"))

# Words that openCypher or one of the engines keeps for itself.
RESERVED = frozenset(
    "ALL AND AS ASC BY CALL CASE COLUMN CONTAINS COPY COUNT CREATE DELETE DESC DETACH DISTINCT ELSE END "
    "ENDS EXISTS EXPORT FALSE FROM GLOB GRAPH GROUP HAVING IMPORT IN INDEX IS KEY LIMIT MACRO MATCH "
    "MERGE NODE NOT NULL ON OPTIONAL OR ORDER PRIMARY PROFILE REL REMOVE RETURN SET SKIP STARTS TABLE "
    "THEN TO TRUE TYPE UNION UNIQUE UNWIND USING WHEN WHERE WITH XOR V E".split()
)


def text(*names: str, personal: bool = False, category: Category = "") -> tuple[Property, ...]:
    return tuple(Property(name, "text", personal, category=category) for name in names)


PERSON = Kind(
    "person", "party", "Customer",
    (
        *text("prefix", "given", "middle", "family", "suffix", personal=True),
        Property("birth_date", "date", personal=True),
        *text("gender", "language", personal=True),
        *text("email", "phone", personal=True, category="contact"),
        *text("street", "city", "postcode", "region", "country", personal=True, category="contact"),
        *text("company", "job_title", personal=True),
    ),
    parties={"referred_by": "REFERRED"},
    links={"works_for": LinkRule("WORKS_FOR", "organisation", text("role"))},
)  # fmt: skip
ORGANISATION = Kind(
    "organisation", "party", "Customer",
    (
        *text("name", "trade_name", "legal_form", "industry", "website"),
        *text("email", "phone", category="contact"),
        *text("street", "city", "postcode", "region", "country", category="contact"),
    ),
    parties={"referred_by": "REFERRED"},
    links={"part_of": LinkRule("PART_OF", "organisation")},
)  # fmt: skip
_MONEY = (Property("amount", "money", fold="sum"), Property("currency"))
_LINE = (Property("quantity", "number", fold="sum"), Property("amount", "money", fold="sum"))
_VIEWS = (Property("count", "integer"), Property("first", "instant"), Property("last", "instant"))
_EVENT = (Property("at", "instant"), *text("name"))
_SEEN = (*_EVENT, *text("channel"))
_CONTACT = {"contact": ""}
_VISITOR = {"visitor": ""}

_DECLARED = (
    PERSON,
    ORGANISATION,
    Kind(
        "purchase", "thing", "Purchase",
        (Property("at", "instant", fold="earliest"), *text("name", "status", "channel"), *_MONEY),
        parties={"buyer": "MADE", "recipient": "RECEIVED"},
        links={
            "includes": LinkRule("INCLUDES", "product", _LINE),
            "sold_at": LinkRule("SOLD_AT", "store"),
        },
    ),
    Kind(
        "ticket", "thing", "Ticket",
        (Property("at", "instant", fold="earliest"), Property("closed_at", "instant"),
         *text("name", "status", "channel", "topic", "priority")),
        parties={"contact": "RAISED"},
        links={
            "about_product": LinkRule("ABOUT_PRODUCT", "product"),
            "about_purchase": LinkRule("ABOUT_PURCHASE", "purchase"),
        },
    ),
    Kind(
        "product", "thing", "Product",
        (*text("name", "sku", "brand", "status"), *_MONEY),
        links={"in_category": LinkRule("IN_CATEGORY", "category")},
        shared_keys=True,
    ),
    Kind("category", "thing", "Category", text("name"), shared_keys=True,
         links={"within": LinkRule("WITHIN", "category")}),
    Kind("store", "thing", "Store", text("name", "city", "country"), shared_keys=True),
    Kind(
        "score", "thing", "Score",
        (Property("at", "instant"), *text("name"), Property("value", "number"), *text("model")),
        parties={"of": "SCORED"},
    ),
    Kind("segment", "thing", "Segment", (Property("at", "instant"), *text("name", "model")),
         parties={"of": "IN_SEGMENT"}),
    Kind(
        "product_return", "thing", "ProductReturn",
        (Property("at", "instant", fold="earliest"), *text("name", "status", "reason"), *_MONEY),
        parties={"buyer": "SENT_BACK"},
        links={
            "about_product": LinkRule("ABOUT_PRODUCT", "product"),
            "about_purchase": LinkRule("ABOUT_PURCHASE", "purchase"),
        },
    ),
    Kind("campaign", "thing", "Campaign", (Property("at", "instant"), *text("name", "channel"))),
    Kind("mailing", "event", "", _EVENT, _CONTACT, {"of_campaign": LinkRule("MAILED", "campaign", _VIEWS)}),
    Kind("open", "event", "", _EVENT, _CONTACT, {"of_campaign": LinkRule("OPENED", "campaign", _VIEWS)}),
    Kind(
        "response", "event", "", _EVENT, _CONTACT,
        {"to_campaign": LinkRule("RESPONDED", "campaign", _VIEWS)},
    ),
    Kind("origin", "thing", "Origin", text("name"), shared_keys=True),
    Kind("session", "event", "", _SEEN, _VISITOR, {"came_from": LinkRule("CAME_FROM", "origin", _VIEWS)}),
    Kind("view", "event", "", _SEEN, _VISITOR, {"of_product": LinkRule("VIEWED", "product", _VIEWS)}),
    Kind("basket", "event", "", _SEEN, _VISITOR, {"of_product": LinkRule("WANTED", "product", _VIEWS)}),
    Kind(
        "consent", "event", "",
        (Property("at", "instant"), *text("purpose", "channel", "status", "text_version")),
        parties={"of": ""},
    ),
)  # fmt: skip


def _told(kind: Kind) -> Kind:
    """The kind with its properties in the category of what people do, where people take part in it."""
    if kind.sort == "party" or not kind.parties or kind.name == "consent":
        return kind
    return replace(kind, properties=tuple(replace(p, category="behaviour") for p in kind.properties))


DEFAULT_KINDS = tuple(map(_told, _DECLARED))

DEFAULT_IDENTIFIERS = (
    IdentifierType("email"),
    IdentifierType("phone"),
    IdentifierType("device", graph="yes"),
    IdentifierType("loyalty", exclusive=True, graph="yes"),
    IdentifierType("account", exclusive=True, graph="yes"),
    IdentifierType("tax_id", exclusive=True),
    IdentifierType("company_number", exclusive=True),
    IdentifierType("lei", exclusive=True, graph="yes"),
    IdentifierType("duns"),
    IdentifierType("card"),
)


@dataclass(frozen=True)
class Schema:
    """The kinds and identifier types of a project, and the graph tables that follow from them."""

    kinds: Mapping[str, Kind]
    identifiers: Mapping[str, IdentifierType]

    @cached_property
    def things(self) -> tuple[Kind, ...]:
        """Kinds that are nodes of their own: things with a label."""
        return tuple(k for k in self.kinds.values() if k.sort == "thing" and k.label)

    @cached_property
    def happened(self) -> tuple[str, ...]:
        """Types of the edges from Customers to what happened to them: things of all kinds that name parties,
        those left out that are worked out elsewhere. A type that leads to something else too is none."""
        took_part = [kind for kind in self.things if kind.parties and kind.name not in COMPUTED]
        labels = {kind.label for kind in took_part}
        elsewhere = {
            edge.type for edge in self.edges if edge.source == "Customer" and edge.target not in labels
        }
        types = dict.fromkeys(edge for kind in took_part for edge in kind.parties.values())
        return tuple(type_ for type_ in types if type_ and type_ not in elsewhere)

    @cached_property
    def party_properties(self) -> tuple[Property, ...]:
        """Every property a party may have, those of persons first, whether the graph shows it or not."""
        found: dict[str, Property] = {}
        for kind in self.kinds.values():
            if kind.sort == "party":
                found.update({p.name: p for p in kind.properties if p.name not in found})
        return tuple(found.values())

    def type_of(self, kind: Kind, name: str) -> Type:
        """The type of one of a kind's values; what nobody declares is text."""
        declared = kind.property(name)
        return declared.type if declared else "text"

    @cached_property
    def flags(self) -> Mapping[str, str]:
        """Roles of parties that say a property or group was checked (`email_verified`), and which one."""
        declared = {p.name for p in self.party_properties}
        checked = {*declared, *GROUPS} - set(NAME_GROUP) - set(ADDRESS_GROUP)
        return {name + VERIFIED: name for name in sorted(checked) if name + VERIFIED not in declared}

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything this schema says, flags included."""
        said = repr(([*self.kinds.items()], [*self.identifiers.items()]))
        return blake2b(said.encode(), digest_size=12).hexdigest()

    @cached_property
    def asides(self) -> frozenset[str]:
        """Roles of parties that are no properties of theirs: they say something about the row."""
        return frozenset({*self.flags, *TYPED, BRAND}) - {p.name for p in self.party_properties}

    @cached_property
    def golden(self) -> tuple[Property, ...]:
        """Properties of a party that the graph shows, its `name` aside: every node has one."""
        return tuple(p for p in self.party_properties if p.graph != "no" and p.name != "name")

    @cached_property
    def counts(self) -> tuple[str, ...]:
        """Properties of a Customer that count events, by the `count` of their kinds."""
        return tuple(dict.fromkeys(kind.count for kind in self.kinds.values() if kind.count))

    @cached_property
    def nodes(self) -> Mapping[str, tuple[Column, ...]]:
        """Columns of every node table, `id` left out: it is always first and always text."""
        tables = {
            "Threesixty": (Column("name", "text"), Column("seq", "integer"), Column("as_of", "instant"),
                           Column("schema", "text")),
            "Customer": CUSTOMER_COLUMNS
            + tuple(Column(p.name, p.type) for p in self.golden)
            + tuple(Column(name, "integer") for name in self.counts),
            "Record": (Column("name", "text"), Column("source", "text"), Column("kind", "text"),
                       Column("at", "instant"), Column(BRAND, "text")),
            "Identifier": (Column("name", "text"), Column("type", "text"), Column("value", "text"),
                           Column("holders", "integer"), Column("generic", "boolean")),
            "Household": (Column("name", "text"), Column("kind", "text"), Column("members", "integer")),
            "Address": (Column("name", "text"), Column("city", "text"), Column("postcode", "text"),
                        Column("country", "text")),
            "Alias": (Column("name", "text"),),
        }  # fmt: skip
        standard = {column.name for column in THING_COLUMNS}
        for kind in self.things:
            own = (Column(p.name, p.type) for p in kind.properties
                   if p.graph != "no" and p.name not in standard)  # fmt: skip
            tables[kind.label] = THING_COLUMNS + tuple(own)
        return tables

    @cached_property
    def edges(self) -> Mapping[EdgeKind, tuple[Column, ...]]:
        """Columns of every edge table, by the labels of its ends and its type."""
        tables = {
            EdgeKind("Record", "RESOLVES_TO", "Customer"): (
                Column("since", "instant"), Column("bits", "number"), Column("why", "text"),
                Column("wins", "text")),
            EdgeKind("Record", "CARRIES", "Identifier"): (),
            EdgeKind("Customer", "USES", "Identifier"): _SPAN,
            EdgeKind("Customer", "LIVES_AT", "Address"): _SPAN,
            EdgeKind("Customer", "MEMBER_OF", "Household"): (
                Column("role", "text"), Column("since", "instant"), Column("until", "instant"),
                Column("evidence", "text")),
            EdgeKind("Alias", "NOW", "Customer"): (),
            EdgeKind("Customer", "BOUGHT", "Product"): (
                Column("count", "integer"), Column("first", "instant"), Column("last", "instant"),
                Column("amount", "money")),
        }  # fmt: skip
        tables.update(self._declared_edges())
        return tables

    def _declared_edges(self) -> Iterator[tuple[EdgeKind, tuple[Column, ...]]]:
        for kind in self.kinds.values():
            for rule in kind.links.values():
                source = "Customer" if kind.sort == "event" else kind.label
                target = self.kinds[rule.kind].label
                if source and target:
                    shown = (p for p in rule.properties if kind.sort == "event" or p.graph != "no")
                    columns = tuple(Column(p.name, p.type) for p in shown)
                    yield EdgeKind(source, rule.edge, target), columns
            if kind.sort != "event" and kind.label:
                for edge in kind.parties.values():
                    yield EdgeKind("Customer", edge, kind.label), (Column("role", "text"),)

    def with_(self, kinds: Mapping[str, Kind], identifiers: Mapping[str, IdentifierType]) -> Schema:
        """This schema with kinds and identifier types added or replaced."""
        return replace(self, kinds={**self.kinds, **kinds}, identifiers={**self.identifiers, **identifiers})


DEFAULT = Schema(
    {kind.name: kind for kind in DEFAULT_KINDS},
    {identifier.name: identifier for identifier in DEFAULT_IDENTIFIERS},
)
