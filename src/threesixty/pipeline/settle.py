"""What follows from changed memberships: households, and the list of what the graph must draw anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from threesixty.identity import candidates
from threesixty.identity.households import Home, Resident, households
from threesixty.ledger import Ledger

# Sharing one of these, people may live together; devices and cards say too little.
_SHARED_AT_HOME = frozenset({"email", "phone", "address"})


def touched(
    ledger: Ledger, seq: int, changed: Sequence[int], customers: Iterable[int], flipped: Sequence[int]
) -> None:
    """Note what the graph must draw anew after some Records changed and some customers with them."""
    of_flipped = _identifiers_with_keys(ledger, flipped)
    holders = _customers_carrying(ledger, of_flipped)
    affected = {*customers, *holders}
    members = [record for records in ledger.members(sorted(affected)).values() for record in records]
    carried = {identifier for _, identifier, _, _ in ledger.carried(members)}
    homes = _households(ledger, affected)
    ledger.mark_changed(seq, "customer", sorted(affected | homes.moved))
    ledger.mark_changed(seq, "record", changed)
    ledger.mark_changed(seq, "identifier", sorted(carried | of_flipped))
    ledger.mark_changed(seq, "household", sorted(homes.houses))
    ledger.mark_changed(seq, "alias", ledger.past_anchors_among({*affected, *members}))


def others(ledger: Ledger, records: Sequence[int], seq: int) -> None:
    """Note what the graph must draw anew after things and events changed."""
    if not records:
        return
    rows = ledger.mapped(records)
    nodes = sorted({row.node for row in rows if row.sort == "thing"})
    fresh = ledger.nodes_new_since(nodes, int(ledger.state("resolved_seq", 0)))
    speakers = sorted({link.record for link in ledger.links_to(fresh)})
    speaking_nodes = {row.node for row in ledger.mapped(speakers) if row.sort == "thing"}
    parties = {link.to for link in ledger.links_from([*records, *speakers]) if link.party}
    customers = set(ledger.membership(sorted(parties)).values())
    ledger.mark_changed(seq, "thing", sorted({*nodes, *speaking_nodes}))
    ledger.mark_changed(seq, "customer", sorted(customers))


def _identifiers_with_keys(ledger: Ledger, keys: Sequence[int]) -> set[int]:
    if not len(keys):
        return set()
    _, records, _ = ledger.postings(np.asarray(keys, dtype=np.int64), None)
    wanted = set(np.asarray(keys).tolist())
    return {
        number
        for _, number, kind, value in ledger.carried(np.unique(records).tolist())
        if candidates.identifier_key(kind, value) in wanted
    }


def _customers_carrying(ledger: Ledger, identifiers: Iterable[int]) -> set[int]:
    records = [record for _, record in ledger.records_carrying(sorted(identifiers))]
    return set(ledger.membership(records).values())


# --- households -----------------------------------------------------------------------------------------


class _Homes:
    """Which customers changed home, and which houses that touches."""

    def __init__(self) -> None:
        self.moved: set[int] = set()
        self.houses: set[int] = set()


def households_of_everyone(ledger: Ledger) -> None:
    """Households from scratch, over all customers."""
    homes = households(_residents(ledger, ledger.every_customer()))
    ledger.replace_households(None, _rows(homes))


def _households(ledger: Ledger, customers: set[int]) -> _Homes:
    before = ledger.households(sorted(customers))
    start = customers | {c for some in ledger.residents(sorted({h.household for h in before.values()})).values() for c in some}
    region = _region(ledger, start)
    old = {customer: home.household for customer, home in ledger.households(sorted(region)).items()}
    rows = _rows(households(_residents(ledger, sorted(region))))
    ledger.replace_households(sorted(region), rows)
    result = _Homes()
    new = {customer: household for customer, household, *_ in rows}
    result.houses = {*old.values(), *new.values()}
    result.moved = {c for c in region if old.get(c) != new.get(c)} | (new.keys() & customers)
    return result


def _region(ledger: Ledger, start: Iterable[int]) -> set[int]:
    """The customers that can be reached over shared emails, phones and addresses that mean something."""
    reached: set[int] = set()
    frontier = set(start)
    while frontier:
        reached |= frontier
        members = [record for records in ledger.members(sorted(frontier)).values() for record in records]
        shared = {n for _, n, kind, _ in ledger.carried(members) if kind in _SHARED_AT_HOME}
        frontier = _customers_carrying(ledger, shared - ledger.generic(shared)) - reached
    return reached


def _residents(ledger: Ledger, customers: Iterable[int]) -> list[Resident]:
    members = ledger.members(customers)
    owner = {record: customer for customer, records in members.items() for record in records}
    keys: dict[int, set[str]] = defaultdict(set)
    places: dict[int, set[str]] = defaultdict(set)
    carried = ledger.carried(owner)
    generic = ledger.generic({number for _, number, kind, _ in carried if kind in _SHARED_AT_HOME})
    for record, number, kind, value in carried:
        if kind in _SHARED_AT_HOME and number not in generic:
            (places if kind == "address" else keys)[owner[record]].add(f"{kind}:{value}")
    rows = {row.number: row for row in ledger.mapped(owner)}
    found = []
    for customer, records in members.items():
        own = [rows[record] for record in records]
        if own[0].kind == "organisation" or not (keys[customer] or places[customer]):
            continue
        found.append(
            Resident(
                customer,
                min(row.tie for row in own),
                _commonest(row.values.get("given") for row in own),
                _commonest(row.values.get("family") for row in own),
                frozenset(keys[customer]),
                frozenset(places[customer]),
                min((row.at for row in own if row.at is not None), default=None),
            )
        )
    return found


def _commonest(values: Iterable[object]) -> str:
    said = sorted(str(value) for value in values if value)
    return max(said, key=said.count) if said else ""


def _rows(homes: Sequence[Home]) -> list[tuple[int, int, str, int | None, str]]:
    """customer, household, role, since, evidence."""
    return [
        (customer, home.anchor, role, home.since.get(customer) if isinstance(home.since, Mapping) else None, home.evidence)
        for home in homes
        for customer, role in home.members
    ]
