"""What sources say about Customers among themselves: who works for whom, is part of it, referred whom.

A row names the other party by key, bag or customer id; whoever that Record belongs to by now is meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from threesixty.graph import delta
from threesixty.graph.delta import Row
from threesixty.ledger import Ledger, Superseded
from threesixty.pipeline.mapped import Mapped, mapped, values_of
from threesixty.pipeline.mask import masked
from threesixty.pipeline.things import fold_values
from threesixty.pipeline.view import Person, View, spoken_of
from threesixty.record import Scalar
from threesixty.schema import EdgeKind, Property

Told = tuple[int, int, Mapping[str, Scalar]]
"""The anchors of both ends, and what was said of the edge."""


def owners(found: Iterable[Person]) -> dict[int, Person]:
    """Customers by the numbers of their Records."""
    return {row.number: person for person in found for row in person.members}


def relations(view: View, owner: Mapping[int, Person]) -> dict[EdgeKind, list[Row]]:
    """Edges that start at these Customers and lead to others, one of each type between two."""
    told: dict[tuple[EdgeKind, tuple[Property, ...]], list[Told]] = defaultdict(list)
    for edge, properties, one in (*_links(view, owner), *_parties(view, owner)):
        if one[0] != one[1]:
            told[edge, properties].append(one)
    anchors = sorted({end for ones in told.values() for one in ones for end in one[:2]})
    ids = dict(zip(anchors, map(delta.customer_id, view.ledger.ids(anchors)), strict=True))
    return {edge: list(_rows(ids, properties, ones)) for (edge, properties), ones in told.items()}


def _links(view: View, owner: Mapping[int, Person]) -> Iterator[tuple[EdgeKind, tuple[Property, ...], Told]]:
    """From the Customer whose Record says so: `works_for`."""
    rules = {(kind.name, role): rule for kind in view.schema.kinds.values() if kind.sort == "party"
             for role, rule in kind.links.items()
             if view.schema.kinds[rule.kind].sort == "party"}  # fmt: skip
    roles = {role for _, role in rules}
    links = [link for link in view.ledger.links_from(sorted(owner)) if link.role in roles]
    now = view.ledger.owners(sorted({link.to for link in links}))
    speaking = {person.anchor: person for person in (owner[link.record] for link in links)}
    row_of = {row.number: row for person in speaking.values() for row in person.members}
    for link in sorted(links, key=lambda link: _age(row_of[link.record])):
        rule = rules.get((row_of[link.record].kind, link.role))
        if rule and link.to in now:
            shown = tuple(p for p in rule.properties if p.graph != "no")
            edge = EdgeKind("Customer", rule.edge, "Customer")
            yield edge, shown, (owner[link.record].anchor, now[link.to], values_of(link.values))


def _parties(
    view: View, owner: Mapping[int, Person]
) -> Iterator[tuple[EdgeKind, tuple[Property, ...], Told]]:
    """From the Customer whom another one's Record names: `referred_by`."""
    edges = {(kind.name, role): edge for kind in view.schema.kinds.values() if kind.sort == "party"
             for role, edge in kind.parties.items()}  # fmt: skip
    roles = {role for _, role in edges}
    owner = spoken_of(view, owner)
    links = [link for link in view.ledger.links_of_things_to(sorted(owner)) if link.role in roles]
    speakers = {row.number: row for row in mapped(view.ledger, sorted({link.record for link in links}))}
    now = view.ledger.membership(sorted(speakers))
    for link in links:
        speaker = speakers.get(link.record)
        edge = edges.get((speaker.kind, link.role)) if speaker else None
        if edge and link.record in now:
            said = (owner[link.to].anchor, now[link.record], {"role": link.role})
            yield EdgeKind("Customer", edge, "Customer"), (Property("role"),), said


def _age(row: Mapped) -> tuple[int, int]:
    return (row.at or 0, row.tie)


def _rows(ids: Mapping[int, str], properties: Sequence[Property], told: Iterable[Told]) -> Iterator[Row]:
    said: dict[tuple[int, int], list[Mapping[str, Scalar]]] = defaultdict(list)
    for one, other, values in told:
        said[one, other].append(values)
    for (one, other), all_values in said.items():
        columns = (masked(p.graph, fold_values(p.fold, [v.get(p.name) for v in all_values]), p.type)
                   for p in properties)  # fmt: skip
        yield (ids[one], ids[other], *columns)


# --- who is concerned --------------------------------------------------------------------------------


def leading_to(view: View, anchor: int) -> set[int]:
    """Customers that may have an edge to this one."""
    members = view.ledger.members([anchor])[anchor]
    return _ends(view.ledger, members, members) - {anchor}


def neighbours(
    ledger: Ledger, moved: Sequence[int], changed: Sequence[int], former: Sequence[Superseded]
) -> set[int]:
    """Customers whose edges to others may be others, now that some Records moved or changed."""
    once = {to for row in former if row.sort == "party" for _, to in row.links}
    return _ends(ledger, moved, sorted({*moved, *changed})) | set(ledger.owners(sorted(once)).values())


def _ends(ledger: Ledger, named: Sequence[int], speaking: Sequence[int]) -> set[int]:
    ends = {link.record for link in ledger.links_of_things_to(ledger.named_as(named))}
    ends |= {link.to for link in ledger.links_from(sorted(speaking))}
    return set(ledger.owners(sorted(ends)).values())
