"""Who lives together, from the ledger: households of everybody, or of those around some customers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy import int64

from threesixty.identity.doors import CROWD, Stay
from threesixty.identity.households import Resident, households
from threesixty.identity.parties import Bools, Column, Holdings, Ints, Parties
from threesixty.ledger import HouseholdRow, Ledger
from threesixty.pipeline.columns import ReadOnce
from threesixty.pipeline.mapped import generic
from threesixty.record import Identifier

# Sharing one of these, people may live together; devices and cards say too little.
_CONTACTS = ("email", "phone")
ADDRESS = "address"
_AT_HOME = frozenset({*_CONTACTS, ADDRESS})
_WORK = frozenset({"work", "office", "business", "company"})
_NEVER = -(1 << 62)


def households_of(
    everyone: Parties, ats: Sequence[int | None], anchors: Ints, silent: Ints,
    crowded: Collection[str] = (),
) -> list[HouseholdRow]:  # fmt: skip
    """Households, given party Records, their times and Customers, and the keys that mean nothing.

    A row for everyone who lives, or once lived, with somebody. Where not everybody is given, `crowded` are
    addresses at which more others are than a home has room for.
    """
    found = households(_residents(everyone, ats, anchors, silent, crowded))
    return sorted(
        HouseholdRow(m.customer, home.anchor, m.role, m.since, m.until, home.kind, m.evidence)
        for home in found
        for m in home.members
    )


def fill_households(ledger: Ledger, rows: Sequence[HouseholdRow]) -> None:
    """Put these households in the place of all."""
    ledger.fill("household", *(zip(*rows, strict=True) if rows else [()] * len(HouseholdRow._fields)))


def rehouse(
    ledger: Ledger, read: ReadOnce, customers: set[int], former: Iterable[int]
) -> tuple[set[int], set[int]]:
    """Work out anew who lives together around some customers, and where identifiers are carried no more.

    Answers with those who moved, and the houses touched.
    """
    before = ledger.households(sorted(customers))
    neighbours = {home.customer for home in ledger.residents(sorted({home.household for home in before}))}
    once = _at_home(ledger, former)
    left = _near(ledger, once, Counter(list(once)))
    region = _region(ledger, customers | neighbours | left.customers)
    old = ledger.households(sorted(region.customers))
    new = _households_among(ledger, read, sorted(region.sharing & region.customers), region.crowded)
    moved = {home.customer for home in set(old) ^ set(new)}
    # Rows that stay lie all over the file: writing them again would write its pages.
    ledger.replace_households(sorted(moved), [home for home in new if home.customer in moved])
    concerned = moved | customers
    houses = {home.household for home in (*old, *new) if home.customer in concerned}
    return moved, houses


class _Region(NamedTuple):
    """Customers, those of them who share a contact or a door with another, and addresses that are crowded."""

    customers: set[int]
    sharing: set[int]
    crowded: set[str]


def _region(ledger: Ledger, start: Iterable[int]) -> _Region:
    """Whoever can be reached over shared contacts that mean something and shared doors."""
    region = _Region(set(), set(), set())
    frontier = set(start)
    while frontier:
        region.customers.update(frontier)
        held = ledger.held_by(frontier)
        known = _at_home(ledger, {number for number, _ in held})
        asking = Counter(number for number, _ in held)
        near = _near(ledger, known, asking)
        region.sharing.update(near.sharing)
        region.crowded.update(near.crowded)
        frontier = near.customers - region.customers
    return region


def _at_home(ledger: Ledger, numbers: Iterable[int]) -> dict[int, Identifier]:
    return {no: one for no, one in ledger.identifiers(sorted(numbers)).items() if one.type in _AT_HOME}


def _near(ledger: Ledger, known: Mapping[int, Identifier], asking: Mapping[int, int]) -> _Region:
    """Who holds these identifiers, given how many ask for each.

    A crowd that came to be one by those who ask is looked at once more: it was a home before.
    """
    silent = generic(ledger, known)
    doors = {number: one.value for number, one in known.items() if one.type == ADDRESS}
    # A crowd may be very many; what is not silent is held by few.
    large = {n for n in silent & doors.keys() if ledger.crowd(n, most := CROWD + asking[n] + 1) == most}
    held = ledger.customers_sharing(known.keys() - (silent - doors.keys()) - large)
    crowded = large | {n for n in held.keys() & doors.keys() if len(held[n]) > CROWD}
    near = [those for n, those in held.items() if n not in crowded or len(those) - asking[n] <= CROWD]
    sharing = {customer for those in held.values() if len(those) > 1 for customer in those}
    return _Region({c for those in near for c in those}, sharing, {doors[number] for number in crowded})


def _households_among(
    ledger: Ledger, read: ReadOnce, customers: Sequence[int], crowded: Collection[str]
) -> list[HouseholdRow]:
    members = ledger.members(customers)
    if not members:
        return []
    owner = {record: customer for customer, records in members.items() for record in records}
    rows, some = read(list(owner))
    anchors = np.array([owner[record] for record in rows.numbers], np.int64)
    held = [some.identifiers[kind].keys for kind in _CONTACTS if kind in some.identifiers]
    silent = ledger.silent(np.concatenate(held)) if held else np.empty(0, np.int64)
    return households_of(some, rows.ats, anchors, silent, crowded)


# --- residents --------------------------------------------------------------------------------------------


def _residents(
    everyone: Parties, ats: Sequence[int | None], anchors: Ints, silent: Ints, crowded: Collection[str]
) -> list[Resident]:
    """Those who share a door or a contact with another Customer, and what neighbours see of them."""
    held = {
        kind: _held(everyone.identifiers[kind], silent) for kind in _CONTACTS if kind in everyone.identifiers
    }
    if ADDRESS in everyone.identifiers:
        held[ADDRESS] = _doors(everyone, anchors, crowded)
    shared = {kind: _shared(codes, anchors[rows]) for kind, (rows, codes) in held.items()}
    sharing = np.unique(np.concatenate([np.empty(0, int64), *(found[1] for found in shared.values())]))
    keys: dict[int, set[str]] = defaultdict(set)
    for kind in _CONTACTS:
        if kind in shared:
            words = everyone.identifiers[kind].words
            for code, customer in zip(*(each.tolist() for each in shared[kind]), strict=True):
                keys[customer].add(f"{kind}:{words[code]}")
    said = np.array([_NEVER if at is None else at for at in ats], np.int64)
    stays: dict[int, list[Stay]] = defaultdict(list)
    if ADDRESS in held:
        rows, codes = held[ADDRESS]
        among_them = np.isin(anchors[rows], sharing)
        for customer, stay in _stays(everyone, said, anchors, rows[among_them], codes[among_them]):
            stays[customer].append(stay)
    rows = np.flatnonzero(np.isin(anchors, sharing))
    given, family = (_commonest(everyone.column(name), anchors, rows, said) for name in ("given", "family"))
    times = np.where(said == _NEVER, _NEVER, -said)[rows]
    since = _largest(anchors[rows], times)
    first = _largest(anchors[rows], -everyone.numbers[rows])
    tie = _largest(anchors[rows], everyone.ties[rows])
    firms = set(anchors[everyone.organisation].tolist())
    return [
        Resident(
            customer, -first[customer], tie[customer], given.get(customer, ""), family.get(customer, ""),
            frozenset(keys.get(customer, ())), tuple(stays.get(customer, ())),
            None if since[customer] == _NEVER else -since[customer], customer in firms,
        )
        for customer in sharing.tolist()
    ]  # fmt: skip


def _at_work(everyone: Parties) -> Bools:
    """Whether a Record's source says of its address that somebody works there."""
    uses = everyone.column("address_type")
    return np.array([*(word in _WORK for word in uses.words), False], bool)[uses.codes]


def _held(holdings: Holdings, silent: Ints) -> tuple[Ints, Ints]:
    """The (row, code) pairs of what means something."""
    rows = np.repeat(np.arange(len(holdings.count)), holdings.count)
    speaks = ~np.isin(holdings.keys, silent)[holdings.codes]
    return rows[speaks], holdings.codes[speaks].astype(int64)


def _doors(everyone: Parties, anchors: Ints, crowded: Collection[str]) -> tuple[Ints, Ints]:
    """The (row, code) pairs of addresses that are no crowd's, nor where somebody only works."""
    rows, codes = _held(everyone.identifiers[ADDRESS], np.empty(0, int64))
    words, base = everyone.identifiers[ADDRESS].words, int(anchors.max(initial=0)) + 1
    there = np.unique(codes * base + anchors[rows]) // base
    room = np.bincount(there, minlength=len(words)) <= CROWD
    if crowded:
        room &= np.array([word not in crowded for word in words], bool)
    homes = room[codes] & ~(_at_work(everyone) & ~everyone.organisation)[rows]
    return rows[homes], codes[homes]


def _shared(codes: Ints, customers: Ints) -> tuple[Ints, Ints]:
    """(code, Customer) of identifiers that several Customers hold, each pair once."""
    base = int(customers.max(initial=0)) + 1
    code, customer = np.divmod(np.unique(codes * base + customers), base)
    several = (np.bincount(code) > 1)[code] if len(code) else np.empty(0, bool)
    return code[several], customer[several]


def _stays(
    everyone: Parties, said: Ints, anchors: Ints, rows: Ints, codes: Ints
) -> Iterator[tuple[int, Stay]]:
    """What Records say of each Customer at each address, in the order of the addresses."""
    if not len(rows):
        return
    words = everyone.identifiers["address"].words
    order = np.lexsort((codes, anchors[rows]))
    customer, code, said = anchors[rows][order], codes[order], said[rows][order]
    start = np.flatnonzero(np.append(True, (np.diff(customer) != 0) | (np.diff(code) != 0)))
    first = np.minimum.reduceat(np.where(said == _NEVER, -_NEVER, said), start)
    last = np.maximum.reduceat(said, start)
    record = np.minimum.reduceat(everyone.numbers[rows][order], start)
    for one, place, early, late, number in zip(
        *(each.tolist() for each in (customer[start], code[start], first, last, record)), strict=True
    ):
        known = late != _NEVER
        yield one, Stay(words[place], early if known else None, late if known else None, number)


def _commonest(column: Column, anchors: Ints, rows: Ints, said: Ints) -> Mapping[int, str]:
    """The word that most Records of each Customer say; of equally common ones the newest, as who marries."""
    rows = rows[column.codes[rows] >= 0]
    if not len(rows):
        return {}
    base = len(column.words)
    of_rows = anchors[rows] * base + column.codes[rows]
    pairs, place, often = np.unique(of_rows, return_inverse=True, return_counts=True)
    newest = np.full(len(pairs), _NEVER)
    np.maximum.at(newest, place, said[rows])
    customer, code = np.divmod(pairs, base)
    order = np.lexsort((column.hashes[code], -newest, -often, customer))
    start = order[np.flatnonzero(np.append(True, np.diff(customer[order]) != 0))]
    return {
        one: column.words[code]
        for one, code in zip(customer[start].tolist(), code[start].tolist(), strict=True)
    }


def _largest(customers: Ints, numbers: Ints) -> Mapping[int, int]:
    """The largest number of each Customer."""
    if not len(customers):
        return {}
    order = np.argsort(customers, kind="stable")
    start = np.flatnonzero(np.append(True, np.diff(customers[order]) != 0))
    largest = np.maximum.reduceat(numbers[order], start)
    return dict(zip(customers[order][start].tolist(), largest.tolist(), strict=True))
