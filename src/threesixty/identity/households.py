"""Who lives together: never a merge, only a bond between Customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from threesixty.identity.names import join

MOST = 12


@dataclass(frozen=True, slots=True)
class Resident:
    """A Customer as a neighbour sees it: `keys` are its identifiers that are not generic."""

    customer: int
    tie: int
    given: str
    family: str
    keys: frozenset[str]
    addresses: frozenset[str]
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A household: `anchor` is its smallest customer; evidence names what is shared, not the values."""

    anchor: int
    members: list[tuple[int, str]]
    evidence: str


def households(customers: Sequence[Resident]) -> list[Home]:
    """Homes of two to twelve Customers, in any order of customers.

    Bound together are those who share an address and the surname, phone or email, or the surname and a
    phone or email. Where that makes more than twelve, two of the three are not enough; else it is none.
    """
    residents = sorted(customers, key=lambda one: one.customer)
    bonds = _bonds(residents)
    homes = []
    for group in _connected(residents, bonds):
        if len(group) <= MOST:
            homes.append(_home(group, bonds))
        else:
            firm = {pair: shared for pair, shared in bonds.items() if len(shared) == 3}
            homes += [_home(part, firm) for part in _connected(group, firm) if len(part) <= MOST]
    return sorted(homes, key=lambda home: home.anchor)


def _bonds(residents: Sequence[Resident]) -> dict[tuple[int, int], frozenset[str]]:
    """What each pair shares, where that is enough."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    surname = {one.customer: join(one.family) for one in residents}
    for what, one, other in _meetings(residents, surname):
        found[one, other].add(what)
        if surname[one] and surname[one] == surname[other]:
            found[one, other].add("surname")
    return {pair: frozenset(shared) for pair, shared in found.items() if len(shared) >= 2}


def _meetings(residents: Sequence[Resident], surname: dict[int, str]) -> Iterable[tuple[str, int, int]]:
    """Pairs at one address, or with one phone or email; in a crowd only those of one surname meet."""
    at: dict[tuple[str, Hashable], list[int]] = defaultdict(list)
    for one in residents:
        for address in one.addresses:
            at["address", address].append(one.customer)
        for key in one.keys:
            at["contact", key].append(one.customer)
    for (what, _), here in at.items():
        for crowd in [here] if len(here) <= 2 * MOST else _by_surname(here, surname):
            yield from ((what, one, other) for one, other in combinations(crowd, 2))


def _by_surname(here: list[int], surname: dict[int, str]) -> list[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in here:
        if surname[one]:
            found[surname[one]].append(one)
    return [group for group in found.values() if len(group) <= 2 * MOST]


def _connected(
    residents: Sequence[Resident], bonds: dict[tuple[int, int], frozenset[str]]
) -> list[list[Resident]]:
    """Groups of at least two that bonds hold together."""
    near: dict[int, set[int]] = defaultdict(set)
    for one, other in bonds:
        near[one].add(other)
        near[other].add(one)
    by_number, seen, found = {one.customer: one for one in residents}, set(), []
    for start in by_number:
        if start not in seen and near[start]:
            group, waiting = {start}, [start]
            while waiting:
                fresh = (near[waiting.pop()] & by_number.keys()) - group
                group |= fresh
                waiting += fresh
            seen |= group
            found.append([by_number[number] for number in sorted(group)])
    return [group for group in found if len(group) > 1]


def _home(group: Sequence[Resident], bonds: dict[tuple[int, int], frozenset[str]]) -> Home:
    pairs = combinations([one.customer for one in group], 2)
    inside = [bonds[pair] for pair in pairs if pair in bonds]
    surnames = [join(one.family) for one in group]
    roles = [
        (one.customer, "family" if name and surnames.count(name) > 1 else "member")
        for one, name in zip(group, surnames, strict=True)
    ]
    return Home(group[0].customer, roles, ", ".join(sorted(frozenset().union(*inside))))
