"""The 360° view: its rows folded from the ledger, and the card filled in with what only the ledger has.

`rows` are those that the Question `customer_360` gives. They answer when the graph is away or behind, and in
tests the graph is held against them. `filled` adds losing values, consents, source keys, whole identifiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from threesixty.card import Card, GoldenValue, LosingValue, SourceRecord
from threesixty.graph import delta
from threesixty.graph.delta import Elements, Row
from threesixty.ledger import HouseholdRow
from threesixty.pipeline import contacts, masters
from threesixty.pipeline.consents import consents
from threesixty.pipeline.draw import picture
from threesixty.pipeline.draw.picture import USES
from threesixty.pipeline.mapped import mapped
from threesixty.pipeline.relations import leading_to, owners, relations
from threesixty.pipeline.things import thing_nodes
from threesixty.pipeline.view import Person, View, people, shown_name
from threesixty.record import Scalar
from threesixty.schema import EdgeKind

Part = dict[str, Scalar]
_SHOWN = 20
_RELATED = {
    "WORKS_FOR": ("works_for", "employee"),
    "PART_OF": ("part_of", "part"),
    "REFERRED": ("referred", "referred_by"),
}
_NEVER = -9007199254740991


def rows(view: View, anchor: int) -> list[Part]:
    """The parts of one Customer's card, in the columns of the Question `customer_360`."""
    own = picture.customers(view, [anchor])
    [customer] = own.nodes["Customer"]
    named = dict(zip((c.name for c in view.schema.nodes["Customer"]), customer[1:], strict=True))
    return [
        *_header(str(customer[0]), named),
        *_records(own),
        *_identifiers(view, own),
        *_household(view, anchor),
        *_sharing(view, anchor, own),
        *_relations(view, anchor, own),
        *_things(view, own),
        *_aliases(view, anchor),
        _marker(view),
    ]


def _part(part: str, node: Scalar, **columns: Scalar) -> Part:
    empty: Part = {"name": "", "kind": "", "source": "", "text": "", "note": "",
                   "at": 0, "until": 0, "amount": 0, "count": 0, "number": 0.0,
                   "role": ""}  # fmt: skip
    return {"part": part, "id": node, **empty, **columns}


def _header(node: str, c: Mapping[str, Scalar]) -> Iterator[Part]:
    yield _part("customer", node, name=c["name"], kind=c["kind"], source=c["public_id"], text=c["profile"],
                note=c["currency"],
                at=c["since"], until=c["last_seen"], amount=c["value"], count=c["records"])  # fmt: skip
    yield _part("figures", node, at=c["first_purchase"], until=c["last_purchase"],
                amount=c["other_currency"], count=c["purchases"])  # fmt: skip
    yield _part("tickets", node, amount=c["tickets"], count=c["open_tickets"])


def _records(own: Elements) -> Iterator[Part]:
    evidence = {row[0]: row for row in own.edges.get(picture.RESOLVES_TO, ())}
    for node, name, source, kind, at, _ in own.nodes["Record"]:
        _, _, _, bits, why, wins = evidence[node]
        yield _part(
            "record", node, name=name, kind=kind, source=source, text=wins, note=why, at=at, number=bits
        )


def _identifiers(view: View, own: Elements) -> Iterator[Part]:
    used = {row[1]: row for row in own.edges.get(USES, ())}
    carried = {row[1] for row in own.edges.get(picture.CARRIES, ())}
    for node, _, kind, value, holders, generic in _identifier_rows(view, own):
        if node in carried and (node in used or generic):
            _, _, first, last = used.get(node, (None, None, None, None))
            yield _part("identifier", node, name=value, kind=kind, at=first, until=last, count=holders,
                        text="generic" if generic else "")  # fmt: skip


def _identifier_rows(view: View, own: Elements) -> list[Row]:
    anchors = _anchors(view, own)
    members = [record for records in view.ledger.members(anchors).values() for record in records]
    numbers = {number for _, number, _, _, _ in view.ledger.carried(members)}
    return picture.identifiers(view, numbers).nodes["Identifier"]


def _anchors(view: View, own: Elements) -> list[int]:
    publics = [str(row[0]).removeprefix("customer:") for row in own.nodes["Customer"]]
    return [number for public in publics if (number := view.ledger.number_of(public)) is not None]


def _household(view: View, anchor: int) -> Iterator[Part]:
    for home in view.ledger.households([anchor]):
        [(node, name, kind, many)] = picture.households(view, [home.household]).nodes["Household"]
        yield _part("home", node, name=name, kind=kind, at=home.since, until=home.until, count=many)
        lives_there = {one.customer: one for one in view.ledger.residents([home.household])}
        yield from _residents(view, lives_there, node, name)


def _residents(view: View, homes: Mapping[int, HouseholdRow], node: Scalar, name: Scalar) -> Iterator[Part]:
    for person in people(view, homes):
        lives = homes[person.anchor]
        yield _part("household", delta.customer_id(person.id), name=shown_name(view, person),
                    kind=lives.role, source=lives.evidence, text=node, note=name,
                    at=lives.since, until=lives.until)  # fmt: skip


def _sharing(view: View, anchor: int, own: Elements) -> list[Part]:
    used = {row[1] for row in own.edges.get(USES, ())}
    shared = {str(row[0]): row for row in _identifier_rows(view, own) if row[0] in used and not row[5]}
    carried = view.ledger.carried(view.ledger.members([anchor])[anchor])
    node_of = {
        number: delta.identifier_id(view.secret, identifier.type, identifier.value)
        for number, identifier in view.ledger.identifiers(sorted({n for _, n, _, _, _ in carried})).items()
    }
    holders = view.ledger.holders_of(sorted(n for n, node in node_of.items() if node in shared))
    owner = view.ledger.membership(sorted({held.record for held in holders}))
    pairs = {(h.identifier, owner[h.record]) for h in holders if owner.get(h.record, anchor) != anchor}
    names = {p.anchor: p for p in people(view, {other for _, other in pairs})}
    parts = []
    for number, other in pairs:
        row = shared[node_of[number]]
        parts.append(_part("sharing", delta.customer_id(names[other].id), name=shown_name(view, names[other]),
                           kind=row[2], text=row[0], note=row[3]))  # fmt: skip
    return sorted(parts, key=lambda p: (str(p["kind"]), str(p["text"]), str(p["id"])))[:_SHOWN]


def _relations(view: View, anchor: int, own: Elements) -> Iterator[Part]:
    """Those this Customer leads to, and those that lead to it, by what each is to it."""
    node = str(own.nodes["Customer"][0][0])
    back = relations(view, owners(people(view, leading_to(view, anchor))))
    found: dict[str, dict[str, Scalar]] = defaultdict(dict)
    for edge, (out, into) in _RELATED.items():
        role = edge == "WORKS_FOR"
        kind = EdgeKind("Customer", edge, "Customer")
        found[out].update({str(row[1]): row[2] if role else "" for row in own.edges.get(kind, ())})
        those = [row for row in back.get(kind, ()) if row[1] == node]
        found[into].update({str(row[0]): row[2] if role else "" for row in those})
    names = _names(view, {other for ends in found.values() for other in ends})
    for how, ends in found.items():
        for other in sorted(ends)[:_SHOWN]:
            yield _part("relation", other, name=names[other], kind=how, text=ends[other])


def _names(view: View, nodes: Iterable[str]) -> dict[str, str]:
    publics = [node.removeprefix("customer:") for node in nodes]
    anchors = [number for public in publics if (number := view.ledger.number_of(public)) is not None]
    return {delta.customer_id(person.id): shown_name(view, person) for person in people(view, anchors)}


def _things(view: View, own: Elements) -> Iterator[Part]:
    numbers = _thing_numbers(view, own)
    drawn = thing_nodes(view, numbers)
    found = {str(row[0]): (label, row) for label, rows_ in drawn.nodes.items() for row in rows_}
    yield from _products(view, own)
    happened = _happened(view, own)
    entries = []
    for node in happened.keys() & found.keys():
        label, row = found[node]
        c = dict(zip((column.name for column in view.schema.nodes[label]), row[1:], strict=True))
        shown = {name: c[name] for name in ("name", "kind", "source", "at", "amount")}
        entries.append(
            _part("timeline", node, text=c["currency"], note=c["status"], role=happened[node], **shown)
        )
    newest = sorted(
        entries, key=lambda p: (_NEVER if p["at"] is None else int(p["at"]), str(p["id"])), reverse=True
    )
    yield from newest[:_SHOWN]


def _happened(view: View, own: Elements) -> dict[str, str]:
    """The nodes of what happened to a Customer, each with the first role it played by the alphabet."""
    roles: dict[str, str] = {}
    for kind, rows_ in own.edges.items():
        if kind.type in view.schema.happened:
            for _, node, role in rows_:
                roles[str(node)] = min(str(role), roles.get(str(node), str(role)))
    return roles


def _thing_numbers(view: View, own: Elements) -> set[int]:
    members = view.ledger.members(_anchors(view, own))
    owner = {record: anchor for anchor, records in members.items() for record in records}
    named = sorted({*owner, *view.ledger.spoken_of_as(owner)})
    speakers = mapped(view.ledger, sorted({link.record for link in view.ledger.links_of_things_to(named)}))
    return {row.node for row in speakers if row.sort == "thing"}


def _products(view: View, own: Elements) -> list[Part]:
    bought = own.edges.get(EdgeKind("Customer", "BOUGHT", "Product"), [])
    rows_ = [row.no for row in view.ledger.of_nodes(_thing_numbers(view, own))]
    ends = {link.to for link in view.ledger.links_from(rows_)}
    drawn = thing_nodes(view, ends).nodes.get("Product", [])
    names = {row[0]: row[1] for row in drawn}
    parts = [
        _part("product", product, name=names[product], count=count, at=first, until=last, amount=amount)
        for _, product, count, first, last, amount in bought
        if product in names
    ]
    return sorted(parts, key=lambda p: (-int(p["count"] or 0), str(p["id"])))[:_SHOWN]


def _aliases(view: View, anchor: int) -> Iterator[Part]:
    members = view.ledger.members([anchor])[anchor]
    drawn = picture.aliases(view, view.ledger.anchors_among([*members, *view.ledger.predecessors(members)]))
    for node, name in drawn.nodes["Alias"]:
        yield _part("alias", node, name=name)
    for node, name in masters.of(view, anchor, members):
        yield _part("alias", node, name=name)


def _marker(view: View) -> Part:
    seq = view.ledger.reached("resolved_seq")
    return _part(
        "threesixty", "threesixty", name="Threesixty", text="1", at=view.ledger.said_at(seq), count=seq
    )


# --- what only the ledger has ------------------------------------------------------------------------


def filled(view: View, card: Card, anchor: int, away: str) -> Card:
    """The card with everything the ledger adds; `away` says why the graph did not answer, '' when it did."""
    [person] = people(view, [anchor])
    return replace(
        card,
        name=person.name,
        golden=_golden(view, person),
        identifiers=contacts.identifiers(view, card, person),
        addresses=contacts.addresses(view, person),
        records=_with_keys(view, card, person),
        consents=consents(view, person),
        missing=(f"the graph is away ({away}): folded from the ledger",) if away else (),
    )


def _golden(view: View, person: Person) -> tuple[GoldenValue, ...]:
    sources = {row.number: row for row in person.members}
    kind = view.schema.kinds[person.kind]
    order = [prop.name for prop in kind.properties]
    return tuple(
        GoldenValue(
            name,
            won.value,
            sources[won.record].source if won.record in sources else won.rule,
            tuple(
                LosingValue(lost.value, sources[lost.record].source, sources[lost.record].at, lost.rule)
                for lost in won.losing
            ),
            view.schema.type_of(kind, name),
            won.rule,
        )
        for name, won in sorted(person.won.items(), key=lambda item: _place(order, item[0]))
        if won.value is not None
    )


def _place(order: list[str], name: str) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order), name)


def _with_keys(view: View, card: Card, person: Person) -> tuple[SourceRecord, ...]:
    rows = {picture.record_node(view, row): row for row in person.members}
    return tuple(
        replace(record, key=row.key, brand=view.brand(row)) if (row := rows.get(record.id)) else record
        for record in card.records
    )
