"""What customers did: the things and events that name them, as edges and figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from threesixty.graph import delta
from threesixty.graph.delta import Row
from threesixty.ledger import Tally
from threesixty.pipeline.mask import shown
from threesixty.pipeline.things import Thing, in_window, is_open, targets, things
from threesixty.pipeline.view import Person, View, span, spoken_of
from threesixty.record import Scalar
from threesixty.schema import COMPUTED, EdgeKind

BOUGHT = EdgeKind("Customer", "BOUGHT", "Product")


class Behaviour:
    """What the things and events that name a set of Customers add up to."""

    def __init__(self, view: View, owner: Mapping[int, Person]) -> None:
        self.view = view
        owner = spoken_of(view, owner)
        links = view.ledger.links_of_things_to(sorted(owner))
        node_of = view.ledger.nodes_of(sorted({link.record for link in links}))
        self.things = things(view, set(node_of.values()))
        self.roles: dict[int, set[tuple[int, str]]] = defaultdict(set)
        for link in links:
            if link.record in node_of:
                self.roles[owner[link.to].anchor].add((node_of[link.record], link.role))
        self.people = {person.anchor: person for person in owner.values()}
        self.targets = targets(view, self._rows_of_things())
        self.events: dict[int, list[Tally]] = defaultdict(list)
        for tally in view.ledger.tallies(sorted(owner)):
            self.events[owner[tally.record].anchor].append(tally)
        counted = {kind.name: kind.count for kind in view.schema.kinds.values() if kind.count}
        self.counted: dict[int, Counter[str]] = defaultdict(Counter)
        for record, kind, many in view.ledger.mentions(sorted(owner), counted) if counted else ():
            self.counted[owner[record].anchor][counted[kind]] += many
        self._edges: dict[tuple[str, str], EdgeKind | None] = {}
        self.seen = _nodes(view, {t.target for ts in self.events.values() for t in ts if t.target})

    def _rows_of_things(self) -> list[int]:
        return [row.number for thing in self.things.values() for row in thing.rows]

    def _made(self, person: Person, kind: str, edge: str) -> list[Thing]:
        named = self.roles.get(person.anchor)
        if not named:
            return []
        parties = self.view.schema.kinds[kind].parties if kind in self.view.schema.kinds else {}
        numbers = {n for n, role in named if parties.get(role) == edge}
        return [thing for n in sorted(numbers) if (thing := self.things[n]).name.kind == kind]

    def instants(self, person: Person) -> list[int]:
        """When this Customer did something; that somebody worked out a score is no deed of theirs."""
        if person.anchor not in self.roles:
            return []
        named = {number for number, _ in self.roles[person.anchor]}
        did = (thing for number in named if (thing := self.things[number]).name.kind not in COMPUTED)
        return [thing.at for thing in did if thing.at is not None]

    def computed(self, person: Person) -> dict[str, list[dict[str, Scalar]]]:
        """Scores and segments by the names of their edges, of each name and source the newest."""
        found: dict[str, list[dict[str, Scalar]]] = {}
        if person.anchor not in self.roles:
            return found
        for kind, edge in COMPUTED.items():
            newest: dict[tuple[str, str], Thing] = {}
            for thing in sorted(self._made(person, kind, edge), key=_newest_last):
                newest[str(thing.values.get("name") or ""), thing.source] = thing
            said = [
                {**shown(self.view.schema.kinds[kind], thing.values), "source": thing.source}
                for _, thing in sorted(newest.items())
            ]
            if said:
                found[edge] = said
        return found

    def figures(self, person: Person) -> Row:
        """The columns of a Customer from `purchases` to `open_tickets`, in their order (schema.py)."""
        if person.anchor not in self.roles:
            return 0, 0, self.view.counted_in, 0, None, None, 0, 0
        bought = self._made(person, "purchase", "MADE")
        worth = [self._worth(t, t.values.get("amount")) for t in bought]
        own = [amount for amount in worth if amount is not None]
        first, last = span(t.at for t in bought)
        tickets = self._made(person, "ticket", "RAISED")
        still_open = sum(is_open(t.values) for t in tickets)
        counted = (len(bought), sum(own), self.view.counted_in, len(bought) - len(own))
        return *counted, first, last, len(tickets), still_open

    def _worth(self, thing: Thing, amount: Scalar) -> int | None:
        currency = str(thing.values.get("currency", self.view.currency))
        return self.view.worth(int(amount or 0), currency, thing.at)

    def bought(self, person: Person) -> tuple[int, int]:
        """How many purchases, and their sum in the project's currency."""
        purchases, value, *_ = self.figures(person)
        return int(str(purchases)), int(str(value))

    def counts(self, person: Person) -> dict[str, int]:
        """How many events name this Customer, by the properties that count them."""
        return {name: self.counted[person.anchor][name] for name in self.view.schema.counts}

    def edges(self) -> dict[EdgeKind, list[Row]]:
        drawn: dict[EdgeKind, list[Row]] = defaultdict(list)
        for anchor, person in self.people.items():
            if anchor not in self.roles and anchor not in self.events:
                continue
            source = delta.customer_id(person.id)
            for number, role in sorted(self.roles.get(anchor, ())):
                kind = self.view.schema.kinds[self.things[number].name.kind]
                edge = EdgeKind("Customer", kind.parties.get(role, ""), kind.label)
                if edge in self.view.schema.edges and in_window(self.view, self.things[number]):
                    drawn[edge].append((source, self.things[number].id, role))
            drawn[BOUGHT].extend(self._bought(person, source))
            for edge, row in self._digests(anchor, source):
                drawn[edge].append(row)
        return {kind: _one_each(rows) for kind, rows in drawn.items()}

    def _bought(self, person: Person, source: str) -> list[Row]:
        lines: dict[str, list[tuple[int | None, float, int]]] = defaultdict(list)
        for thing in self._made(person, "purchase", "MADE"):
            for row in thing.rows:
                for target in self.targets.get(row.number, ()):
                    if target.role == "includes":
                        amount = self._worth(thing, target.values.get("amount")) or 0
                        lines[target.id].append((thing.at, float(target.values.get("quantity") or 1), amount))
        return [
            (
                source,
                product,
                round(sum(q for _, q, _ in rows)),
                *span(at for at, _, _ in rows),
                sum(a for *_, a in rows),
            )
            for product, rows in lines.items()
        ]

    def _digests(self, anchor: int, source: str) -> Iterable[tuple[EdgeKind, Row]]:
        seen: dict[tuple[EdgeKind, str], list[Tally]] = defaultdict(list)
        for tally in self.events.get(anchor, ()):
            edge, target = self._edge(tally.kind, tally.role), self.seen.get(tally.target)
            if edge and target:
                seen[edge, target].append(tally)
        for (edge, target), tallies in seen.items():
            if len(tallies) == 1:
                [one] = tallies
                yield edge, (source, target, one.events, one.first, one.last)
                continue
            ends = span(at for tally in tallies for at in (tally.first, tally.last))
            yield edge, (source, target, sum(tally.events for tally in tallies), *ends)

    def _edge(self, kind: str, role: str) -> EdgeKind | None:
        """How what Customers did with something is drawn, for each kind of event and role once."""
        if (kind, role) not in self._edges:
            kinds = self.view.schema.kinds
            rule = kinds[kind].links.get(role)
            self._edges[kind, role] = (
                EdgeKind("Customer", rule.edge, kinds[rule.kind].label) if rule else None
            )
        return self._edges[kind, role]


def _nodes(view: View, numbers: set[int]) -> dict[int, str]:
    """The nodes of those that are things."""
    ordered = sorted(numbers)
    names = zip(ordered, view.ledger.names(ordered), strict=True)
    drawn = {kind.name for kind in view.schema.kinds.values() if kind.sort == "thing"}
    return {no: view.node_id(name) for no, name in names if name.kind in drawn}


def _one_each(rows: Iterable[Row]) -> list[Row]:
    """One edge of each type between two nodes: where a customer has two roles, the edge names both."""
    merged: dict[tuple[Scalar, Scalar], Row] = {}
    for row in rows:
        ends = (row[0], row[1])
        merged[ends] = (*ends, f"{merged[ends][2]},{row[2]}") if ends in merged else row
    return list(merged.values())


def _newest_last(thing: Thing) -> tuple[int, bool, str]:
    """Of two scores of one time, one whose value could not be read hides no other."""
    return (thing.at or 0, thing.values.get("value") is not None, thing.name.key)
