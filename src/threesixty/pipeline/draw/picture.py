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
from threesixty.pipeline.mapped import Mapped, mapped, silent_of
from threesixty.pipeline.mask import masked, shown
from threesixty.pipeline.relations import relations
from threesixty.pipeline.view import Person, View, display_name, people, winning
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
    behaviour = Behaviour(view, owner)
    records: list[Row] = [_record_row(view, row) for person in found for row in person.members]
    node_of = dict(zip(owner, (str(row[0]) for row in records), strict=True))
    nodes = {"Customer": _customer_rows(view, found, behaviour), "Record": records}
    edges: dict[EdgeKind, list[Row]] = {RESOLVES_TO: _resolves_to(view, found, node_of)}
    edges.update(_identifier_edges(view, found, node_of))
    edges[MEMBER_OF] = _member_of(view, found)
    edges.update(behaviour.edges())
    edges.update(relations(view, owner))
    return Elements(nodes, {kind: rows for kind, rows in edges.items() if rows})


def record_node(view: View, row: Mapped) -> str:
    """The id of a Record's node."""
    return delta.record_id(view.secret, row.source, row.kind, row.key)


def _record_row(view: View, row: Mapped) -> Row:
    name = f"{row.source} {row.kind}"
    return record_node(view, row), name, row.source, row.kind, row.at, view.brand(row) or None


def _customer_rows(view: View, found: Sequence[Person], behaviour: Behaviour) -> list[Row]:
    public = masters.public_ids(view, found)
    order = ["name", *(p.name for p in view.schema.golden)]
    return [_customer_row(view, person, behaviour, public.get(person.anchor), order) for person in found]


def _customer_row(
    view: View, person: Person, behaviour: Behaviour, public: str | None, order: Sequence[str]
) -> Row:
    """The columns of a Customer (schema.py); `order` is that of its golden values, the name first."""
    instants = [row.at for row in person.members if row.at is not None] + behaviour.instants(person)
    since, last = (min(instants), max(instants)) if instants else (None, None)
    seen = shown(view.schema.kinds[person.kind], person.values)
    values = [seen.get(name) for name in order]
    told = {name: value for name, value in zip(order, values, strict=True) if value is not None}
    counts = behaviour.counts(person)
    profile = _as_json(told | behaviour.computed(person) | ({COUNTS: counts} if counts else {}))
    standard = (display_name(seen), person.kind, since, last, len(person.members))
    figures = behaviour.figures(person)
    return (delta.customer_id(person.id), *standard, *figures, profile, public, *values[1:], *counts.values())


def _resolves_to(view: View, found: Sequence[Person], node_of: Mapping[int, str]) -> list[Row]:
    evidence = _evidence(view, found)
    rows: list[Row] = []
    for person in found:
        target, wins = delta.customer_id(person.id), dict[int, list[str]]()
        for name, won in sorted(person.won.items()):
            wins.setdefault(won.record, []).append(name)
        unsaid = (0.0, "decision" if len(person.members) > 1 else "")
        for row in person.members:
            number = row.number
            bits, why = evidence.get(number, unsaid)
            rows.append((node_of[number], target, row.at, bits, why, ",".join(wins.get(number, ()))))
    return rows


def _evidence(view: View, found: Sequence[Person]) -> dict[int, tuple[float, str]]:
    """For Records the strongest evidence that joins each to another of its Customer, in reason codes."""
    of = {row.number: person.anchor for person in found if len(person.members) > 1 for row in person.members}
    records = sorted(of)
    a, b, bits, levels = (np.array(column) for column in view.ledger.matches_among(records))
    if not len(a):
        return {}
    anchors = np.array([of[record] for record in records], np.int64)
    within = anchors[np.searchsorted(records, a)] == anchors[np.searchsorted(records, b)]
    ends = np.concatenate([a[within], b[within]])
    bits, levels = np.tile(bits[within], 2), np.tile(levels[within], 2)
    order = np.lexsort((levels, bits, ends))
    best = order[np.diff(ends[order], append=-1) != 0]
    strongest = zip(ends[best].tolist(), bits[best].tolist(), levels[best].tolist(), strict=True)
    return {number: (round(held, 6), view.why(why)) for number, held, why in strongest}


def _identifier_edges(
    view: View, found: Sequence[Person], node_of: Mapping[int, str]
) -> dict[EdgeKind, list[Row]]:
    carried = view.ledger.carries(sorted(node_of))
    known = view.ledger.identified(sorted({number for _, number in carried}))
    target = {number: _identifier_node(view, type_, value) for number, type_, value in known}
    places = {number for number, type_, _ in known if type_ == "address"}
    silent = silent_of(view.ledger, known) - places
    counting = [one for one in carried if one[1] not in silent] if silent else carried
    customer = {person.anchor: delta.customer_id(person.id) for person in found}
    used: dict[bool, list[Row]] = {True: [], False: []}
    for anchor, number, first, last in _spans(found, counting):
        used[number in places].append((customer[anchor], target[number], first, last))
    carries: list[Row] = [
        (node_of[record], target[number]) for record, number in carried if number not in places
    ]
    return {CARRIES: carries, USES: used[False], LIVES_AT: used[True]}


def _spans(
    found: Sequence[Person], carried: Sequence[tuple[int, int]]
) -> Iterable[tuple[int, int, int | None, int | None]]:
    """(Customer, identifier, first, last): since when and until when Records of a Customer carry each."""
    if not carried:
        return ()
    rows = np.array(
        sorted((row.number, person.anchor, _LATEST if row.at is None else row.at)
               for person in found for row in person.members)
    )  # fmt: skip
    records, numbers = np.array(carried, np.int64).T
    _, anchors, since = rows[np.searchsorted(rows[:, 0], records)].T
    order = np.lexsort((numbers, anchors))
    anchors, numbers, since = anchors[order], numbers[order], since[order]
    pairs = np.flatnonzero((np.diff(anchors, prepend=-1) != 0) | (np.diff(numbers, prepend=-1) != 0))
    first = np.minimum.reduceat(since, pairs).tolist()
    last = np.maximum.reduceat(np.where(since == _LATEST, -_LATEST, since), pairs).tolist()
    spans = zip(anchors[pairs].tolist(), numbers[pairs].tolist(), first, last, strict=True)
    return ((who, what, *((None, None) if a == _LATEST else (a, b))) for who, what, a, b in spans)


def _identifier_node(view: View, type_: str, value: str) -> str:
    if type_ == "address":
        return delta.address_id(view.secret, value)
    return delta.identifier_id(view.secret, type_, value)


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
    known = view.ledger.identified(wanted)
    common = silent_of(view.ledger, known)
    rows: list[Row] = []
    for number, type_, value in known:
        if type_ != "address" and holders.get(number):
            kind = view.schema.identifiers.get(type_)
            seen = masked(kind.graph if kind else "masked", value)
            node = delta.identifier_id(view.secret, type_, value)
            rows.append((node, f"{type_} {seen or ''}".strip(), type_, seen, holders[number],
                         number in common))  # fmt: skip
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
    named = {
        household: [home.customer for home in those if home.until is None]
        or [home.customer for home in those]
        for household, those in homes.items()
    }
    everybody = {customer for customers in named.values() for customer in customers}
    seen = winning(view, everybody, {"family"})
    ids = dict(zip(homes, view.ledger.ids(list(homes)), strict=True))
    rows: list[Row] = []
    for household, those in homes.items():
        now = sum(home.until is None for home in those)
        families = {str(seen[one]["family"]) for one in named[household] if "family" in seen[one]}
        name = f"{' / '.join(sorted(families))} household".strip()
        rows.append((delta.household_id(ids[household]), name, those[0].kind, now))
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
