"""What the graph should show, worked out from the ledger: rows of nodes and of the edges they start.

Every function takes the numbers of what to draw and answers with Elements, so that drawing one
customer and drawing a million is the same code. Nothing here reads or writes a graph.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from threesixty.graph import delta
from threesixty.graph.delta import Elements, Row
from threesixty.identity.golden import winners
from threesixty.ledger import HouseholdRow
from threesixty.pipeline import masters
from threesixty.pipeline.behaviour import Behaviour
from threesixty.pipeline.mapped import Mapped, generic, mapped
from threesixty.pipeline.mask import masked, shown
from threesixty.pipeline.relations import relations
from threesixty.pipeline.view import Person, View, display_name, people
from threesixty.record import Identifier, Name, Scalar
from threesixty.schema import COUNTS, EdgeKind

RESOLVES_TO = EdgeKind("Record", "RESOLVES_TO", "Customer")
CARRIES = EdgeKind("Record", "CARRIES", "Identifier")
USES = EdgeKind("Customer", "USES", "Identifier")
LIVES_AT = EdgeKind("Customer", "LIVES_AT", "Address")
MEMBER_OF = EdgeKind("Customer", "MEMBER_OF", "Household")
NOW = EdgeKind("Alias", "NOW", "Customer")

_LATEST = 2**62  # stands for an instant that is not known
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def customers(view: View, anchors: Iterable[int]) -> Elements:
    """Customer and Record nodes with every edge that starts at them."""
    found = people(view, anchors, choose=winners)
    owner = {row.number: person for person in found for row in person.members}
    behaviour, public = Behaviour(view, owner), masters.public_ids(view, found)
    node_of = {row.number: record_node(view, row) for person in found for row in person.members}
    nodes: dict[str, list[Row]] = {
        "Customer": [_customer_row(view, person, behaviour, public.get(person.anchor)) for person in found],
        "Record": [(node_of[row.number], f"{row.source} {row.kind}", row.source, row.kind, row.at,
                    view.brand(row) or None)
                   for person in found for row in person.members],
    }  # fmt: skip
    edges: dict[EdgeKind, list[Row]] = {RESOLVES_TO: _resolves_to(view, found, node_of)}
    edges.update(_identifier_edges(view, owner, node_of))
    edges[MEMBER_OF] = _member_of(view, found)
    edges.update(behaviour.edges())
    edges.update(relations(view, owner))
    return Elements(nodes, {kind: rows for kind, rows in edges.items() if rows})


def record_node(view: View, row: Mapped) -> str:
    """The id of a Record's node."""
    return delta.record_id(view.secret, Name(row.source, row.kind, row.key))


def _customer_row(view: View, person: Person, behaviour: Behaviour, public: str | None) -> Row:
    figures = behaviour.figures(person)
    instants = [row.at for row in person.members if row.at is not None] + behaviour.instants(person)
    seen = shown(view.schema.kinds[person.kind], person.values)
    since, last = (min(instants), max(instants)) if instants else (None, None)
    counts = behaviour.counts(person)
    aside = behaviour.computed(person) | ({COUNTS: counts} if counts else {})
    profile = _as_json(_ordered(view, seen) | aside)
    standard = (display_name(seen), person.kind, since, last, len(person.members), *figures, profile)
    golden = (seen.get(p.name) for p in view.schema.golden)
    return (delta.customer_id(person.id), *standard, public, *golden, *counts.values())


def _ordered(view: View, seen: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Values in the order of the schema, a name first."""
    order = ["name", *(p.name for p in view.schema.golden)]
    return {name: seen[name] for name in order if name in seen}


def _resolves_to(view: View, found: Sequence[Person], node_of: Mapping[int, str]) -> list[Row]:
    evidence = _evidence(view, found)
    rows: list[Row] = []
    for person in found:
        target = delta.customer_id(person.id)
        wins: dict[int, list[str]] = {row.number: [] for row in person.members}
        for name, won in sorted(person.won.items()):
            wins.setdefault(won.record, []).append(name)
        for row in person.members:
            bits, why = evidence.get(row.number, (0.0, ""))
            rows.append((node_of[row.number], target, row.at, bits, why, ",".join(wins[row.number])))
    return rows


def _evidence(view: View, found: Sequence[Person]) -> dict[int, tuple[float, str]]:
    """For each Record the strongest evidence that joins it to another of its Customer, in reason codes."""
    of = {row.number: person.anchor for person in found for row in person.members if len(person.members) > 1}
    within = [match for match in view.ledger.matches_among(sorted(of)) if of[match.a] == of[match.b]]
    ends = np.array([match.a for match in within] + [match.b for match in within], np.int64)
    bits, levels = np.tile([match.bits for match in within], 2), np.tile([m.levels for m in within], 2)
    order = np.lexsort((levels, bits, ends))
    best = order[np.diff(ends[order], append=-1) != 0]
    strongest = zip(ends[best].tolist(), bits[best].tolist(), levels[best].tolist(), strict=True)
    told = {number: (round(held, 6), view.why(int(why))) for number, held, why in strongest}
    return {number: told.get(number, (0.0, "decision")) for number in of}


def _identifier_edges(
    view: View, owner: Mapping[int, Person], node_of: Mapping[int, str]
) -> dict[EdgeKind, list[Row]]:
    carried = view.ledger.carries(sorted(owner))
    known = view.ledger.identifiers(sorted({number for _, number in carried}))
    silent = generic(view.ledger, known)
    target = {number: _identifier_node(view, held) for number, held in known.items()}
    places = {number for number, held in known.items() if held.type == "address"}
    counting = [(record, number) for record, number in carried if number in places or number not in silent]
    customer = {person.anchor: delta.customer_id(person.id) for person in owner.values()}
    used: dict[bool, list[Row]] = {True: [], False: []}
    for anchor, number, first, last in _spans(owner, counting):
        used[number in places].append((customer[anchor], target[number], first, last))
    carries: list[Row] = [
        (node_of[record], target[number]) for record, number in carried if number not in places
    ]
    return {CARRIES: carries, USES: used[False], LIVES_AT: used[True]}


def _spans(
    owner: Mapping[int, Person], carried: Sequence[tuple[int, int]]
) -> Iterable[tuple[int, int, int | None, int | None]]:
    """(Customer, identifier, first, last): since when and until when Records of a Customer carry each."""
    at = {row.number: row.at for person in owner.values() for row in person.members}
    anchors = np.array([owner[record].anchor for record, _ in carried], np.int64)
    numbers = np.array([number for _, number in carried], np.int64)
    since = np.array([_LATEST if (when := at[record]) is None else when for record, _ in carried], np.int64)
    until = np.where(since == _LATEST, -_LATEST, since)
    order = np.lexsort((numbers, anchors))
    anchors, numbers = anchors[order], numbers[order]
    pairs = np.flatnonzero((np.diff(anchors, prepend=-1) != 0) | (np.diff(numbers, prepend=-1) != 0))
    if not len(pairs):
        return ()
    first = np.minimum.reduceat(since[order], pairs).tolist()
    last = np.maximum.reduceat(until[order], pairs).tolist()
    spans = zip(anchors[pairs].tolist(), numbers[pairs].tolist(), first, last, strict=True)
    return ((who, what, *((None, None) if a == _LATEST else (a, b))) for who, what, a, b in spans)


def _identifier_node(view: View, held: Identifier) -> str:
    if held.type == "address":
        return delta.address_id(view.secret, held.value)
    return delta.identifier_id(view.secret, held)


def _member_of(view: View, found: Sequence[Person]) -> list[Row]:
    customer = {person.anchor: delta.customer_id(person.id) for person in found}
    homes = view.ledger.households(sorted(customer))
    anchors = sorted({home.household for home in homes})
    ids = dict(zip(anchors, view.ledger.ids(anchors), strict=True))
    return [
        (customer[home.customer], delta.household_id(ids[home.household]), home.role, home.since,
         home.until, home.evidence)
        for home in homes
    ]  # fmt: skip


# --- what hangs on customers ---------------------------------------------------------------------------


def identifiers(view: View, numbers: Iterable[int]) -> Elements:
    """Identifier nodes: how many customers hold each, and whether it is too common to mean anything."""
    wanted = sorted(numbers)
    holders = view.ledger.customers_holding(wanted)
    known = view.ledger.identifiers(wanted)
    common = generic(view.ledger, known)
    rows: list[Row] = []
    for number, identifier in known.items():
        if identifier.type != "address" and holders.get(number):
            kind = view.schema.identifiers.get(identifier.type)
            seen = masked(kind.graph if kind else "masked", identifier.value)
            node = delta.identifier_id(view.secret, identifier)
            rows.append((node, f"{identifier.type} {seen or ''}".strip(), identifier.type, seen,
                         holders[number], number in common))  # fmt: skip
    return Elements({"Identifier": rows})


def addresses(view: View, numbers: Iterable[int]) -> Elements:
    """Address nodes."""
    newest = view.ledger.newest_holders(sorted(numbers), "address")
    speakers = {row.number: row for row in mapped(view.ledger, sorted(set(newest.values())))}
    rows: list[Row] = []
    for value, number in newest.items():
        row = speakers[number]
        place = shown(view.schema.kinds[row.kind], row.values)
        name = ", ".join(str(place[p]) for p in ("street", "postcode", "city") if place.get(p))
        rows.append(
            (
                delta.address_id(view.secret, value),
                name,
                *(place.get(p) for p in ("city", "postcode", "country")),
            )
        )
    return Elements({"Address": rows})


def households(view: View, anchors: Iterable[int]) -> Elements:
    """Household nodes, named for the family names of those who live there, or once all did."""
    homes: dict[int, list[HouseholdRow]] = defaultdict(list)
    for home in view.ledger.residents(sorted(anchors)):
        homes[home.household].append(home)
    everybody = {home.customer for those in homes.values() for home in those}
    persons = {person.anchor: person for person in people(view, everybody, names={"family"}, choose=winners)}
    ids = dict(zip(homes, view.ledger.ids(list(homes)), strict=True))
    rows: list[Row] = []
    for household, those in homes.items():
        now = [home.customer for home in those if home.until is None]
        named = (persons[customer] for customer in now or [home.customer for home in those])
        seen = (shown(view.schema.kinds[person.kind], person.values) for person in named)
        families = {str(values["family"]) for values in seen if "family" in values}
        name = f"{' / '.join(sorted(families))} household".strip()
        rows.append((delta.household_id(ids[household]), name, those[0].kind, len(now)))
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
