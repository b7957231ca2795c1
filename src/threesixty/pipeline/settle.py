"""What follows from changed memberships: households, and the list of what the graph must draw anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy import int64
from numpy.typing import NDArray

from threesixty.identity import candidates
from threesixty.identity.households import Resident, households
from threesixty.identity.parties import Holdings, Ints, Parties
from threesixty.ledger import HouseholdRow, Ledger, LinkRow, Superseded
from threesixty.pipeline import masters
from threesixty.pipeline.columns import parties
from threesixty.pipeline.mapped import among, mapped
from threesixty.pipeline.relations import neighbours

# Sharing one of these, people may live together; devices and cards say too little.
_SHARED_AT_HOME = frozenset({"email", "phone", "address"})


def touched(
    ledger: Ledger, seq: int, changed: Sequence[int], moved: Sequence[int], customers: Iterable[int],
    flipped: NDArray[int64], former: Sequence[Superseded],
) -> None:  # fmt: skip
    """Note what the graph must draw anew after some Records changed and some customers with them."""
    once = {i for row in former for i in row.identifiers}
    of_flipped = _identifiers_of(ledger, flipped)
    affected = {*customers, *_customers_carrying(ledger, of_flipped)}
    members = _members(ledger, affected)
    carried = {c.identifier for c in ledger.carried(members)}
    resettled, houses = _rehouse(ledger, affected)
    borne, bearers = masters.concerned(ledger, moved, changed, former)
    ids = {*affected, *members, *changed}
    ledger.mark_changed(seq, {
        "customer": affected | resettled | bearers | neighbours(ledger, moved, changed, former),
        "record": changed,
        "identifier": carried | of_flipped | once,
        "household": houses,
        "master": borne,
        "alias": ledger.anchors_among(ids | set(ledger.heirs_of(ids))),
    })  # fmt: skip


def others(ledger: Ledger, records: Sequence[int], seq: int, former: Sequence[Superseded]) -> None:
    """Note what the graph must draw anew after things and events changed or went."""
    if not records:
        return
    drawn = ledger.reached("resolved_seq")
    before = [row for row in former if row.sort != "party"]
    nodes = {row.node for row in mapped(ledger, records) if row.sort == "thing"} | {
        row.node for row in before if row.node
    }
    speakers = sorted({link.record for link in ledger.links_to(ledger.new_nodes(nodes, drawn))})
    nodes |= {row.node for row in mapped(ledger, speakers) if row.sort == "thing"}
    # Rows that share a node (order lines) may name the buyer in one and the product in another.
    together = [row.no for row in ledger.of_nodes(nodes)]
    links: list[LinkRow] = ledger.links_from(sorted({*records, *speakers, *together}))
    ends = {link.to for link in links} | {to for row in before for _, to in row.links}
    ledger.mark_changed(seq, {"thing": nodes, "customer": ledger.owners(sorted(ends)).values()})


def _members(ledger: Ledger, customers: Iterable[int]) -> list[int]:
    return [record for records in ledger.members(sorted(customers)).values() for record in records]


def _identifiers_of(ledger: Ledger, keys: NDArray[int64]) -> set[int]:
    if not len(keys):
        return set()
    wanted = set(keys.tolist())
    holders = sorted(set(ledger.postings(keys)[1].tolist()))
    return {
        c.identifier for c in ledger.carried(holders) if candidates.identifier_key(c.type, c.value) in wanted
    }


def _customers_carrying(ledger: Ledger, identifiers: Iterable[int]) -> set[int]:
    records = {c.record for c in ledger.holders_of(sorted(identifiers))}
    return set(ledger.membership(sorted(records)).values())


# --- households -----------------------------------------------------------------------------------------


def households_of(
    everyone: Parties, ats: Sequence[int | None], anchors: Ints, silent: Ints
) -> list[HouseholdRow]:
    """Households, given party Records, their times and Customers, and the keys that mean nothing.

    A row for everyone who lives with somebody; `since` is when a source first spoke of them.
    """
    residents = _residents(everyone, ats, anchors, silent)
    since = {one.customer: one.since for one in residents}
    rows = [
        HouseholdRow(c, home.anchor, role, since[c], home.evidence)
        for home in households(residents)
        for c, role in home.members
    ]
    return sorted(rows, key=lambda row: row.customer)


def fill_households(ledger: Ledger, rows: Sequence[HouseholdRow]) -> None:
    """Put these households in the place of all."""
    ledger.fill("household", *(zip(*rows, strict=True) if rows else [()] * len(HouseholdRow._fields)))


def _rehouse(ledger: Ledger, customers: set[int]) -> tuple[set[int], set[int]]:
    """Work out anew who lives together around some customers: those who moved, and the houses touched."""
    before = ledger.households(sorted(customers))
    neighbours = {home.customer for home in ledger.residents(sorted({home.household for home in before}))}
    region = _region(ledger, customers | neighbours)
    old = {home.customer: home for home in ledger.households(sorted(region))}
    new = {home.customer: home for home in _households_among(ledger, sorted(region))}
    ledger.replace_households(sorted(region), list(new.values()))
    moved = {customer for customer in region if old.get(customer) != new.get(customer)}
    houses = {home.household for home in (*old.values(), *new.values()) if home.customer in moved | customers}
    return moved, houses


def _region(ledger: Ledger, start: Iterable[int]) -> set[int]:
    """The customers that can be reached over shared emails, phones and addresses that mean something."""
    reached: set[int] = set()
    frontier = set(start)
    while frontier:
        reached |= frontier
        carried = ledger.carried(_members(ledger, frontier))
        shared = {c.identifier for c in carried if c.type in _SHARED_AT_HOME}
        frontier = _customers_carrying(ledger, shared - among(ledger, shared)) - reached
    return reached


def _households_among(ledger: Ledger, customers: Sequence[int]) -> list[HouseholdRow]:
    members = ledger.members(customers)
    owner = {record: customer for customer, records in members.items() for record in records}
    rows = ledger.parties(sorted(owner))
    some = parties(rows)
    anchors = np.array([owner[record] for record in rows.numbers], np.int64)
    held = [some.identifiers[kind].keys for kind in _SHARED_AT_HOME & some.identifiers.keys()]
    silent = ledger.silent(np.concatenate(held)) if held else np.empty(0, np.int64)
    return households_of(some, rows.ats, anchors, silent)


def _residents(everyone: Parties, ats: Sequence[int | None], anchors: Ints, silent: Ints) -> list[Resident]:
    """The people who share an email, phone or address with another Customer, and only what they share."""
    keys: dict[int, set[str]] = defaultdict(set)
    places: dict[int, set[str]] = defaultdict(set)
    for kind in sorted(_SHARED_AT_HOME & everyone.identifiers.keys()):
        held, found = everyone.identifiers[kind], places if kind == "address" else keys
        for code, customer in _shared(held, anchors, silent):
            found[customer].add(f"{kind}:{held.words[code]}")
    sharing = np.isin(anchors, np.array([*keys, *places], np.int64)) & ~everyone.organisation
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row, customer in zip(np.flatnonzero(sharing).tolist(), anchors[sharing].tolist(), strict=True):
        rows_of[customer].append(row)
    return [
        Resident(
            customer,
            min(everyone.ties[rows].tolist()),
            _commonest(everyone.said("given", row) for row in rows),
            _commonest(everyone.said("family", row) for row in rows),
            frozenset(keys.get(customer, ())),
            frozenset(places.get(customer, ())),
            min((at for row in rows if (at := ats[row]) is not None), default=None),
        )
        for customer, rows in rows_of.items()
    ]


def _shared(held: Holdings, anchors: Ints, silent: Ints) -> Iterable[tuple[int, int]]:
    """(code, Customer) of identifiers that mean something to several Customers, each pair once."""
    speaks = ~np.isin(held.keys, silent)[held.codes]
    customers = np.repeat(anchors, held.count)[speaks]
    base = int(customers.max(initial=0)) + 1
    code, customer = np.divmod(np.unique(held.codes[speaks] * np.int64(base) + customers), base)
    several = (np.bincount(code) > 1)[code]
    return zip(code[several].tolist(), customer[several].tolist(), strict=True)


def _commonest(texts: Iterable[str | None]) -> str:
    said = sorted(text for text in texts if text)
    return max(said, key=said.count) if said else ""
