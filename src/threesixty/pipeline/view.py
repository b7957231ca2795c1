"""The View: ledger, project and weights together; and Customers as the ledger knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from hashlib import blake2b

from threesixty.graph import delta
from threesixty.identity.golden import NOTHING, Claim, Survivorship, Won, golden, pinned, winners
from threesixty.identity.golden import VERSION as RULES_VERSION
from threesixty.identity.score import reasons
from threesixty.identity.weights import Band, Weights
from threesixty.latin.east_asian import whole_name
from threesixty.ledger import Ledger, PinRow
from threesixty.pipeline.currencies import Conversion
from threesixty.pipeline.mapped import Mapped, mapped
from threesixty.pipeline.mask import shown
from threesixty.project import Project
from threesixty.record import Name, Scalar
from threesixty.schema import BRAND, GROUPS, NAME_GROUP, Schema
from threesixty.window import earliest


@dataclass(frozen=True)
class View:
    """What most of the pipeline needs: the ledger, the project, the weights in force and their size band."""

    ledger: Ledger
    project: Project
    weights: Weights
    band: Band
    conversion: Conversion | None = None

    @classmethod
    def of(cls, ledger: Ledger, project: Project, weights: Weights) -> View:
        """The view of a project's ledger as it is now."""
        return cls(ledger, project, weights, weights.band(ledger.reached("members")))

    @property
    def schema(self) -> Schema:
        return self.project.schema

    @property
    def currency(self) -> str:
        return self.project.currency

    @property
    def counted_in(self) -> str:
        """The currency in which amounts are added up."""
        return self.conversion.to if self.conversion else self.currency

    def worth(self, amount: int, currency: str, at: int | None) -> int | None:
        """What an amount counts for in that currency; None where it is left out."""
        if self.conversion:
            return self.conversion.worth(amount, currency, at)
        return amount if currency == self.currency else None

    @cached_property
    def trust(self) -> Mapping[str, int]:
        """How far each source is trusted, by its name."""
        return {source.name: source.trust for source in self.project.sources}

    @cached_property
    def survivorship(self) -> Survivorship:
        """How this project chooses between values."""
        dates = frozenset(prop.name for prop in self.schema.party_properties if prop.type == "date")
        return Survivorship(GROUPS, self.project.survivorship, self.schema.asides, dates)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything in the project that decides what a graph shows."""
        sources = [(source.name, source.trust, source.brand) for source in self.project.sources]
        rules = [*self.project.survivorship.items()]
        said = repr((RULES_VERSION, sources, rules, self.currency, self.project.public_ids))
        return self.schema.fingerprint + blake2b(said.encode(), digest_size=12).hexdigest()

    @property
    def shows_otherwise(self) -> bool:
        """Whether the project says otherwise what a graph shows than when its graph was drawn."""
        return self.ledger.state("drawn_by") not in (None, self.fingerprint)

    @cached_property
    def _brands(self) -> Mapping[str, str]:
        return {source.name: source.brand for source in self.project.sources if source.brand}

    def brand(self, row: Mapped) -> str:
        """The brand a Record is of: its own word, else that of its source; '' is the company as a whole."""
        return str(row.values.get(BRAND) or self._brands.get(row.source, ""))

    @cached_property
    def shown_from(self) -> Mapping[str, int]:
        """From when on things are drawn, by the kinds that have a window: see `shown_from_at`."""
        return self.shown_from_at(self.ledger.reached("resolved_seq"))

    def shown_from_at(self, seq: int) -> dict[str, int]:
        """Where windows began when the ledger had come as far as a seq: days go by as it hears news."""
        kinds = [kind for kind in self.schema.kinds.values() if kind.keep]
        today = datetime.fromtimestamp(self.ledger.said_at(seq) / 1000, UTC).date() if kinds else date.min
        days = {kind.name: earliest(kind.keep, today) for kind in kinds}
        return {
            name: int(datetime.combine(day, time.min, UTC).timestamp()) * 1000
            for name, day in days.items()
            if day is not None
        }

    def why(self, levels: int) -> str:
        """The fields that speak for a Match with these levels, strongest first."""
        known = self._whys.get(levels)
        if known is None:
            said = reasons(levels, self.weights, self.band)
            known = self._whys[levels] = ",".join(reason.field for reason in said if reason.bits > 0)
        return known

    @cached_property
    def _whys(self) -> dict[int, str]:
        return {}

    @property
    def secret(self) -> bytes:
        return self.ledger.secret

    def node_id(self, name: Name) -> str:
        """The node of a thing, by the name of the node."""
        return delta.thing_id(self.secret, name.kind, name.source, name.key)


@dataclass(frozen=True, slots=True)
class Person:
    """A Customer as the ledger knows it: the anchor's number, its Records, what won and what is pinned."""

    anchor: int
    id: str
    members: tuple[Mapped, ...]
    won: Mapping[str, Won]
    pins: Mapping[str, PinRow] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.members[0].kind

    @property
    def values(self) -> dict[str, Scalar]:
        """The winning values by property."""
        return {name: won.value for name, won in self.won.items()}

    @property
    def name(self) -> str:
        return display_name(self.values)


def display_name(values: Mapping[str, Scalar]) -> str:
    """What to call a party: its name, else its best contact point."""
    if values.get("name"):
        return str(values["name"])
    if east_asian := whole_name(str(values.get("family") or ""), str(values.get("given") or "")):
        return east_asian
    words = [str(values[part]) for part in NAME_GROUP if values.get(part) and part != "prefix"]
    return " ".join(words) or str(values.get("email") or values.get("phone") or "unnamed")


def shown_name(view: View, person: Person) -> str:
    """What the graph calls a Customer: of the values that it shows, as it shows them."""
    return display_name(shown(view.schema.kinds[person.kind], person.values))


Chooser = Callable[[Sequence[Claim], Survivorship, AbstractSet[str]], dict[str, Won]]
"""`golden`, or `winners` where nobody asks what lost."""


def people(view: View, anchors: Iterable[int], *, choose: Chooser = golden) -> list[Person]:
    """Customers with their golden values, by anchor."""
    return people_of(view, view.ledger.members(sorted(anchors)), choose=choose)


def winning(view: View, anchors: Iterable[int], names: AbstractSet[str]) -> dict[int, dict[str, Scalar]]:
    """The golden values of some properties that the graph shows of Customers, as it shows them, by anchor."""
    members = view.ledger.members(sorted(anchors))
    return {
        anchor: shown(view.schema.kinds[own[0].kind], {name: one.value for name, one in won.items()})
        for anchor, own, won, _ in _chosen(view, members, names, winners)
    }


def spoken_of(view: View, owner: Mapping[int, Person]) -> dict[int, Person]:
    """Customers by whatever rows name them by: the numbers of their Records, and what else means them."""
    if not view.ledger.speaks_otherwise:
        return dict(owner)
    people = {person.anchor: person for person in owner.values()}
    by_id = view.ledger.spoken_of_as({record: person.anchor for record, person in owner.items()})
    return {**owner, **{number: people[anchor] for number, anchor in by_id.items()}}


def people_of(view: View, members: Mapping[int, Sequence[int]], *, choose: Chooser = golden) -> list[Person]:
    """Groups of Records, by anchor, as the Customers that they are or would be."""
    ids = dict(zip(members, view.ledger.ids(list(members)), strict=True))
    found = _chosen(view, members, NOTHING, choose)
    return [Person(anchor, ids[anchor], own, won, held) for anchor, own, won, held in found]


def _chosen(
    view: View, members: Mapping[int, Sequence[int]], names: AbstractSet[str], choose: Chooser
) -> Iterator[tuple[int, tuple[Mapped, ...], dict[str, Won], dict[str, PinRow]]]:
    """Anchors with their Records, with what won, of some properties or all, and what is pinned."""
    rows = {
        row.number: row for row in mapped(view.ledger, [r for numbers in members.values() for r in numbers])
    }
    pins = _pins(view.ledger, members)
    for anchor, numbers in members.items():
        own = tuple([rows[number] for number in numbers])
        won = choose(_claims(view, own), view.survivorship, names)
        held = pins.get(anchor, {})
        if held:
            won = pinned(won, {name: pin.value for name, pin in held.items() if not names or name in names})
        yield anchor, own, won, held


def _pins(ledger: Ledger, members: Mapping[int, Sequence[int]]) -> dict[int, dict[str, PinRow]]:
    """The newest pin of every property, by anchor; those of Records that are gone count where they answer."""
    if not ledger.pinned_any():
        return {}
    owner = {number: anchor for anchor, numbers in members.items() for number in numbers}
    for number, heir in ledger.predecessors(owner).items():
        owner[number] = owner[heir]
    found: dict[int, dict[str, PinRow]] = {}
    for pin in ledger.pins(sorted(owner)):
        found.setdefault(owner[pin.no], {})[pin.property] = pin
    return found


def _claims(view: View, rows: Iterable[Mapped]) -> list[Claim]:
    flags, trust = view.schema.flags.keys(), view.trust
    return [
        Claim(number, source, trust.get(source, 0), at, tie, values,
              NOTHING if flags.isdisjoint(values) else _checked(view, values))
        for number, _, _, source, _, tie, at, _, values in rows
    ]  # fmt: skip


def _checked(view: View, values: Mapping[str, Scalar]) -> frozenset[str]:
    flags = view.schema.flags
    return frozenset(flags[flag] for flag in flags.keys() & values.keys() if values[flag])


def span(instants: Iterable[int | None]) -> tuple[int | None, int | None]:
    """The first and the last of some instants, those that are known."""
    known = [at for at in instants if at is not None]
    return (min(known), max(known)) if known else (None, None)
