"""What the graph should show, worked out from the ledger: rows of nodes and of the edges they start.

Every function takes the numbers of what to draw and answers with Elements, so that drawing one
customer and drawing a million is the same code. Nothing here reads or writes a graph.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from threesixty.graph import delta
from threesixty.graph.delta import Elements, Row
from threesixty.identity.golden import Claim, Won, golden
from threesixty.identity.score import reasons
from threesixty.identity.weights import Band, Weights
from threesixty.ledger import Ledger
from threesixty.pipeline.mapped import Mapped, generic, mapped, of_nodes, values_of
from threesixty.pipeline.mask import masked
from threesixty.project import Project
from threesixty.record import Identifier, Name, Scalar
from threesixty.schema import ADDRESS_GROUP, NAME_GROUP, EdgeKind, Kind, Schema

GROUPS = (NAME_GROUP, ADDRESS_GROUP)
RESOLVES_TO = EdgeKind("Record", "RESOLVES_TO", "Customer")
CARRIES = EdgeKind("Record", "CARRIES", "Identifier")
USES = EdgeKind("Customer", "USES", "Identifier")
LIVES_AT = EdgeKind("Customer", "LIVES_AT", "Address")
MEMBER_OF = EdgeKind("Customer", "MEMBER_OF", "Household")
BOUGHT = EdgeKind("Customer", "BOUGHT", "Product")
NOW = EdgeKind("Alias", "NOW", "Customer")


@dataclass(frozen=True)
class View:
    """What drawing needs to know: the ledger, and what the project says about values."""

    ledger: Ledger
    schema: Schema
    currency: str
    trust: Mapping[str, int]
    weights: Weights
    band: Band

    @classmethod
    def of(cls, ledger: Ledger, project: Project, weights: Weights) -> View:
        """The view of a project's ledger as it is now."""
        trust = {source.name: source.trust for source in project.sources}
        band = weights.band(ledger.reached("members"))
        return cls(ledger, project.schema, project.currency, trust, weights, band)

    @cached_property
    def secret(self) -> bytes:
        return self.ledger.secret

    def node_id(self, name: Name) -> str:
        """The node of a thing, by the name of the node."""
        return delta.thing_id(self.secret, name.kind, name.source, name.key)


@dataclass(frozen=True, slots=True)
class Person:
    """A Customer as the ledger knows it: the anchor's number, its Records, and what won."""

    anchor: int
    id: str
    members: tuple[Mapped, ...]
    won: Mapping[str, Won]

    @property
    def kind(self) -> str:
        return self.members[0].kind

    @property
    def name(self) -> str:
        return display_name({name: won.value for name, won in self.won.items()})


def display_name(values: Mapping[str, Scalar]) -> str:
    """What to call a party: its name, else its best contact point."""
    if values.get("name"):
        return str(values["name"])
    words = [str(values[part]) for part in NAME_GROUP if values.get(part) and part != "prefix"]
    return " ".join(words) or str(values.get("email") or values.get("phone") or "unnamed")


def people(view: View, anchors: Iterable[int]) -> list[Person]:
    """Customers with their golden values, by anchor."""
    members = view.ledger.members(sorted(anchors))
    rows = {row.number: row for row in mapped(view.ledger, [r for numbers in members.values() for r in numbers])}
    ids = dict(zip(members, view.ledger.ids(list(members)), strict=True))
    found = []
    for anchor, numbers in members.items():
        own = tuple(rows[number] for number in numbers)
        found.append(Person(anchor, ids[anchor], own, _won(view, own)))
    return found


def _won(view: View, rows: Sequence[Mapped]) -> Mapping[str, Won]:
    claims = [Claim(r.number, r.source, view.trust.get(r.source, 0), r.at, r.tie, r.values) for r in rows]
    return golden(claims, GROUPS)


# --- customers ---------------------------------------------------------------------------------------


def customers(view: View, anchors: Iterable[int]) -> Elements:
    """Customer and Record nodes with every edge that starts at them."""
    found = people(view, anchors)
    owner = {row.number: person for person in found for row in person.members}
    behaviour = _Behaviour(view, owner)
    nodes: dict[str, list[Row]] = {
        "Customer": [_customer_row(view, person, behaviour) for person in found],
        "Record": [(record_node(view, row), f"{row.source} {row.kind}", row.source, row.kind, row.at)
                   for person in found for row in person.members],
    }  # fmt: skip
    edges: dict[EdgeKind, list[Row]] = {RESOLVES_TO: _resolves_to(view, found)}
    edges.update(_identifier_edges(view, owner))
    edges[MEMBER_OF] = _member_of(view, found)
    edges.update(behaviour.edges())
    return Elements(nodes, {kind: rows for kind, rows in edges.items() if rows})


def record_node(view: View, row: Mapped) -> str:
    """The id of a Record's node."""
    return delta.record_id(view.secret, Name(row.source, row.kind, row.key))


def _customer_row(view: View, person: Person, behaviour: _Behaviour) -> Row:
    figures = behaviour.figures(person)
    instants = [row.at for row in person.members if row.at is not None] + behaviour.instants(person)
    shown = {p.name: masked(p.graph, won.value) for p in view.schema.golden
             if (won := person.won.get(p.name)) and won.value is not None}  # fmt: skip
    if "name" in person.won:
        shown = {"name": person.won["name"].value, **shown}
    since, last = (min(instants), max(instants)) if instants else (None, None)
    profile = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    standard = (person.name, person.kind, since, last, len(person.members), *figures, profile)
    return (delta.customer_id(person.id), *standard, *(shown.get(p.name) for p in view.schema.golden))


def _resolves_to(view: View, found: Sequence[Person]) -> list[Row]:
    evidence = _evidence(view, found)
    rows: list[Row] = []
    for person in found:
        target = delta.customer_id(person.id)
        wins = defaultdict(list)
        for name, won in person.won.items():
            wins[won.record].append(name)
        for row in person.members:
            bits, why = evidence.get(row.number, (0.0, ""))
            rows.append((record_node(view, row), target, row.at, bits, why, ",".join(sorted(wins[row.number]))))
    return rows


def _evidence(view: View, found: Sequence[Person]) -> dict[int, tuple[float, str]]:
    """For each Record the strongest evidence that joins it to another of its Customer, in reason codes."""
    of = {row.number: person.anchor for person in found for row in person.members if len(person.members) > 1}
    best: dict[int, tuple[float, int]] = {}
    for a, b, bits, levels in view.ledger.matches_of(sorted(of)):
        if a in of and of[a] == of.get(b):
            for end in (a, b):
                best[end] = max(best.get(end, (-1e9, 0)), (bits, levels))
    said = {levels: _why(view, levels) for _, levels in best.values()}
    told = {number: (round(bits, 6), said[levels]) for number, (bits, levels) in best.items()}
    return {number: told.get(number, (0.0, "decision")) for number in of}


def _why(view: View, levels: int) -> str:
    return ",".join(reason.field for reason in reasons(levels, view.weights, view.band) if reason.bits > 0)


def _identifier_edges(view: View, owner: Mapping[int, Person]) -> dict[EdgeKind, list[Row]]:
    carried = view.ledger.carried(sorted(owner))
    silent = generic(view.ledger, {c.identifier: Identifier(c.type, c.value) for c in carried})
    at = {row.number: row for person in owner.values() for row in person.members}
    carries: list[Row] = []
    used: dict[tuple[EdgeKind, str, str], list[int | None]] = defaultdict(list)
    for record, number, kind, value in carried:
        person, row = owner[record], at[record]
        if kind == "address":
            used[LIVES_AT, delta.customer_id(person.id), delta.address_id(view.secret, value)].append(row.at)
            continue
        target = delta.identifier_id(view.secret, Identifier(kind, value))
        carries.append((record_node(view, row), target))
        if number not in silent:
            used[USES, delta.customer_id(person.id), target].append(row.at)
    edges: dict[EdgeKind, list[Row]] = {CARRIES: carries, USES: [], LIVES_AT: []}
    for (edge, source, target), ats in used.items():
        edges[edge].append((source, target, *_span(ats)))
    return edges


def _span(instants: Iterable[int | None]) -> tuple[int | None, int | None]:
    known = [at for at in instants if at is not None]
    return (min(known), max(known)) if known else (None, None)


def _member_of(view: View, found: Sequence[Person]) -> list[Row]:
    homes = {home.customer: home for home in view.ledger.households([person.anchor for person in found])}
    ids = dict(zip(anchors := sorted({h.household for h in homes.values()}), view.ledger.ids(anchors), strict=True))
    return [
        (delta.customer_id(person.id), delta.household_id(ids[home.household]), home.role, home.since)
        for person in found
        if (home := homes.get(person.anchor))
    ]


# --- what customers did --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing put together from all the rows that speak of it."""

    number: int
    name: Name
    id: str
    values: Mapping[str, Scalar]
    rows: tuple[Mapped, ...]

    @property
    def at(self) -> int | None:
        at = self.values.get("at")
        return at if isinstance(at, int) else None


def things(view: View, numbers: Iterable[int]) -> dict[int, Thing]:
    """Things by the number of their node; those nobody says anything about any more are left out."""
    rows: dict[int, list[Mapped]] = defaultdict(list)
    for row in of_nodes(view.ledger, numbers):
        rows[row.node].append(row)
    names = dict(zip(rows, view.ledger.names(list(rows)), strict=True))
    return {
        number: Thing(number, names[number], view.node_id(names[number]),
                      _fold(view.schema.kinds[names[number].kind], found), tuple(found))
        for number, found in rows.items()
    }  # fmt: skip


def _fold(kind: Kind, rows: Sequence[Mapped]) -> dict[str, Scalar]:
    """Values of several rows of one thing, each property by its own rule."""
    ordered = sorted(rows, key=lambda row: (row.at or 0, row.tie))
    folded: dict[str, Scalar] = {}
    for prop in kind.properties:
        said = [value for row in ordered if (value := row.values.get(prop.name)) is not None]
        if said:
            folded[prop.name] = _fold_one(prop.fold, said)
    return folded


def _fold_one(fold: str, said: Sequence[Scalar]) -> Scalar:
    if fold == "sum":
        return sum(value for value in said if isinstance(value, int | float))
    if fold == "earliest":
        return min(said, key=lambda value: (isinstance(value, str), value))
    return said[-1]


class _Behaviour:
    """What the things and events that name a set of Customers add up to."""

    def __init__(self, view: View, owner: Mapping[int, Person]) -> None:
        self.view = view
        links = view.ledger.links_to(sorted(owner))
        speakers = {row.number: row for row in mapped(view.ledger, sorted({link.record for link in links}))}
        self.things = things(view, {row.node for row in speakers.values() if row.sort == "thing"})
        self.roles: dict[int, set[tuple[int, str]]] = defaultdict(set)
        self.events: dict[int, dict[int, Mapped]] = defaultdict(dict)
        for link in links:
            row = speakers.get(link.record)
            anchor = owner[link.to].anchor
            if row is not None and row.sort == "thing":
                self.roles[anchor].add((row.node, link.role))
            elif row is not None:
                self.events[anchor][row.number] = row
        self.people = {person.anchor: person for person in owner.values()}
        self.targets = _targets(view, [*self._rows_of_things(), *(e for es in self.events.values() for e in es)])

    def _rows_of_things(self) -> list[int]:
        return [row.number for thing in self.things.values() for row in thing.rows]

    def _made(self, person: Person, kind: str, edge: str) -> list[Thing]:
        parties = self.view.schema.kinds[kind].parties if kind in self.view.schema.kinds else {}
        numbers = {n for n, role in self.roles.get(person.anchor, ()) if parties.get(role) == edge}
        return [thing for n in sorted(numbers) if (thing := self.things[n]).name.kind == kind]

    def instants(self, person: Person) -> list[int]:
        nodes = {self.things[number].at for number, _ in self.roles.get(person.anchor, ())}
        return [at for at in nodes if at is not None]

    def figures(self, person: Person) -> Row:
        """purchases, value, currency, other_currency, first_purchase, last_purchase, tickets, open_tickets."""
        bought = self._made(person, "purchase", "MADE")
        own = [t for t in bought if t.values.get("currency", self.view.currency) == self.view.currency]
        value = sum(int(t.values.get("amount") or 0) for t in own)
        first, last = _span(t.at for t in bought)
        tickets = self._made(person, "ticket", "RAISED")
        still_open = sum(is_open(t.values) for t in tickets)
        currency = self.view.currency
        return len(bought), value, currency, len(bought) - len(own), first, last, len(tickets), still_open

    def edges(self) -> dict[EdgeKind, list[Row]]:
        drawn: dict[EdgeKind, list[Row]] = defaultdict(list)
        for anchor, person in self.people.items():
            source = delta.customer_id(person.id)
            for number, role in sorted(self.roles.get(anchor, ())):
                kind = self.view.schema.kinds[self.things[number].name.kind]
                edge = EdgeKind("Customer", kind.parties.get(role, ""), kind.label)
                if edge in self.view.schema.edges:
                    drawn[edge].append((source, self.things[number].id, role))
            drawn[BOUGHT].extend(self._bought(person, source))
            for edge, row in self._digests(anchor, source):
                drawn[edge].append(row)
        return {kind: _one_each(rows) for kind, rows in drawn.items()}

    def _bought(self, person: Person, source: str) -> list[Row]:
        lines: dict[str, list[tuple[int | None, float, int]]] = defaultdict(list)
        for thing in self._made(person, "purchase", "MADE"):
            in_currency = thing.values.get("currency", self.view.currency) == self.view.currency
            for row in thing.rows:
                for target in self.targets.get(row.number, ()):
                    if target.role == "includes":
                        amount = int(target.values.get("amount") or 0) if in_currency else 0
                        lines[target.id].append((thing.at, float(target.values.get("quantity") or 1), amount))
        return [
            (source, product, round(sum(q for _, q, _ in rows)), *_span(at for at, _, _ in rows), sum(a for *_, a in rows))
            for product, rows in lines.items()
        ]

    def _digests(self, anchor: int, source: str) -> Iterable[tuple[EdgeKind, Row]]:
        seen: dict[tuple[EdgeKind, str], list[int | None]] = defaultdict(list)
        for number, row in self.events.get(anchor, {}).items():
            rules = self.view.schema.kinds[row.kind].links
            for target in self.targets.get(number, ()):
                rule = rules.get(target.role)
                if rule:
                    edge = EdgeKind("Customer", rule.edge, self.view.schema.kinds[rule.kind].label)
                    seen[edge, target.id].append(row.at)
        for (edge, target_id), ats in seen.items():
            yield edge, (source, target_id, len(ats), *_span(ats))


@dataclass(frozen=True, slots=True)
class _Target:
    role: str
    id: str
    values: Mapping[str, Scalar]


def _targets(view: View, records: Iterable[int]) -> dict[int, list[_Target]]:
    """The things each of some rows speaks of, by the row's number."""
    links = view.ledger.links_from(sorted(records))
    ends = sorted({link.to for link in links})
    names = dict(zip(ends, view.ledger.names(ends), strict=True))
    found: dict[int, list[_Target]] = defaultdict(list)
    for link in links:
        if view.schema.kinds[names[link.to].kind].sort == "thing":
            found[link.record].append(_Target(link.role, view.node_id(names[link.to]), values_of(link.values)))
    return found


def _one_each(rows: Iterable[Row]) -> list[Row]:
    """No parallel edges: where a customer plays two roles of one edge type, the roles are joined."""
    merged: dict[tuple[Scalar, Scalar], Row] = {}
    for row in rows:
        ends = (row[0], row[1])
        merged[ends] = (*ends, f"{merged[ends][2]},{row[2]}") if ends in merged else row
    return list(merged.values())


def is_open(values: Mapping[str, Scalar]) -> bool:
    """Whether a ticket still waits for somebody: no closing time and no closing status."""
    status = str(values.get("status") or "").casefold()
    return not values.get("closed_at") and status not in {"closed", "resolved", "solved", "done", "cancelled"}


# --- everything that is not a customer ---------------------------------------------------------------------


def thing_nodes(view: View, numbers: Iterable[int]) -> Elements:
    """Thing nodes with the edges that start at them."""
    found = things(view, numbers)
    targets = _targets(view, [row.number for thing in found.values() for row in thing.rows])
    nodes: dict[str, list[Row]] = defaultdict(list)
    edges: dict[EdgeKind, list[Row]] = defaultdict(list)
    for thing in found.values():
        kind = view.schema.kinds[thing.name.kind]
        if kind.label:
            nodes[kind.label].append(_thing_row(view, kind, thing))
            for edge, row in _thing_edges(view, kind, thing, targets):
                edges[edge].append(row)
    return Elements(dict(nodes), dict(edges))


def _thing_row(view: View, kind: Kind, thing: Thing) -> Row:
    values = {
        p.name: masked(p.graph, value)
        for p in kind.properties
        if p.graph != "no" and (value := thing.values.get(p.name)) is not None
    }
    known = {"kind": kind.name, "source": thing.rows[0].source, **values}
    known["name"] = values.get("name") or f"{kind.name.replace('_', ' ')} {thing.name.key}"
    if "at" not in values:
        known["at"] = None
    if values.get("amount") is not None:
        known.setdefault("currency", view.currency)
    return (thing.id, *(known.get(column.name) for column in view.schema.nodes[kind.label]))


def _thing_edges(
    view: View, kind: Kind, thing: Thing, targets: Mapping[int, list[_Target]]
) -> Iterable[tuple[EdgeKind, Row]]:
    lines: dict[tuple[str, str], list[_Target]] = defaultdict(list)
    for row in thing.rows:
        for target in targets.get(row.number, ()):
            if target.role in kind.links:
                lines[target.role, target.id].append(target)
    for (role, target_id), said in lines.items():
        rule = kind.links[role]
        edge = EdgeKind(kind.label, rule.edge, view.schema.kinds[rule.kind].label)
        values = (
            _fold_one(p.fold, told) if (told := [t.values[p.name] for t in said if t.values.get(p.name) is not None]) else None
            for p in rule.properties
        )
        yield edge, (thing.id, target_id, *values)


def identifiers(view: View, numbers: Iterable[int]) -> Elements:
    """Identifier nodes: how many customers hold each, and whether that makes it too common to mean anything."""
    wanted = sorted(numbers)
    holders = view.ledger.customers_holding(wanted)
    known = view.ledger.identifiers(wanted)
    common = generic(view.ledger, known)
    rows: list[Row] = []
    for number, identifier in known.items():
        if identifier.type != "address" and holders.get(number):
            kind = view.schema.identifiers.get(identifier.type)
            shown = masked(kind.graph if kind else "masked", identifier.value)
            node = delta.identifier_id(view.secret, identifier)
            rows.append((node, f"{identifier.type} {shown or ''}".strip(), identifier.type, shown,
                         holders[number], number in common))  # fmt: skip
    return Elements({"Identifier": rows})


def addresses(view: View, numbers: Iterable[int]) -> Elements:
    """Address nodes."""
    carried = [c for c in view.ledger.holders_of(sorted(numbers)) if c.type == "address"]
    speakers = {row.number: row for row in mapped(view.ledger, sorted({c.record for c in carried}))}
    newest: dict[str, Mapped] = {}
    for c in carried:
        row = speakers[c.record]
        newest[c.value] = max(newest.get(c.value, row), row, key=lambda r: (r.at or 0, r.tie))
    rows: list[Row] = []
    for value, row in newest.items():
        place = row.values
        name = ", ".join(str(place[p]) for p in ("street", "postcode", "city") if place.get(p))
        rows.append((delta.address_id(view.secret, value), name, *(place.get(p) for p in ("city", "postcode", "country"))))
    return Elements({"Address": rows})


def households(view: View, anchors: Iterable[int]) -> Elements:
    """Household nodes, named for the family names of those who live there."""
    homes: dict[int, list[int]] = defaultdict(list)
    for home in view.ledger.residents(sorted(anchors)):
        homes[home.household].append(home.customer)
    persons = {p.anchor: p for p in people(view, {c for residents in homes.values() for c in residents})}
    ids = dict(zip(homes, view.ledger.ids(list(homes)), strict=True))
    rows: list[Row] = []
    for household, residents in homes.items():
        families = {str(won.value) for c in residents if (won := persons[c].won.get("family"))}
        name = f"{' / '.join(sorted(families))} household".strip()
        rows.append((delta.household_id(ids[household]), name, len(residents)))
    return Elements({"Household": rows})


def aliases(view: View, numbers: Iterable[int]) -> Elements:
    """Ids that once were a Customer's and now answer for another."""
    now = view.ledger.answers(sorted(numbers))
    ends = sorted({*now, *now.values()})
    ids = dict(zip(ends, view.ledger.ids(ends), strict=True))
    pairs = [(ids[old], ids[new]) for old, new in now.items() if old != new]
    return Elements(
        {"Alias": [(delta.alias_id(old), old) for old, _ in pairs]},
        {NOW: [(delta.alias_id(old), delta.customer_id(new)) for old, new in pairs]},
    )
