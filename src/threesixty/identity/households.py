"""Who lives together: never a merge, only a bond between Customers who share a door."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from threesixty.identity.doors import Door, Living, Stay, doors

MOST = 12
"""A household of more is none."""
NOWHERE = -1
FAMILY, SHARED, UNSURE = "family", "shared", "unsure"

Pair = tuple[int, int]
Bonds = Mapping[Pair, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Resident:
    """A Customer as a neighbour sees it; `record` is its first, `tie` a hash.

    `keys` are its emails and phones that mean something ('email:…'), `given` and `family` are folded.
    """

    customer: int
    record: int
    tie: int = 0
    given: str = ""
    family: str = ""
    keys: frozenset[str] = frozenset()
    stays: tuple[Stay, ...] = ()
    since: int | None = None
    organisation: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A Customer's part in a household: from when to when, and what of it is shared with another member."""

    customer: int
    role: str
    since: int | None
    until: int | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Home:
    """A household; `anchor` is the first Record that places one of its members there."""

    anchor: int
    kind: str
    members: tuple[Member, ...]


def households(customers: Iterable[Resident]) -> list[Home]:
    """Homes of two to twelve Customers, in any order of customers. See docs/explanation/households.md."""
    everyone = sorted(customers, key=lambda one: one.customer)
    people = {one.customer: one for one in everyone if not one.organisation}
    offices = {stay.address for one in everyone if one.organisation for stay in one.stays}
    found = doors({n: one.stays for n, one in people.items() if one.stays}, offices)
    contacts = _contacts(people)
    settled = _settled(people, found, contacts)
    homes = []
    for number, door in enumerate(found):
        guests = settled.get(number, {})
        if len(door.people) + len(guests) > 1:
            homes += _homes(people, door.people, guests, _bonds(people, door, guests, contacts))
    homes += _homes(people, {}, lost := settled.get(NOWHERE, {}), _by_contact(people, lost, contacts))
    return sorted(homes, key=lambda home: home.anchor)


def _contacts(people: Mapping[int, Resident]) -> dict[Pair, set[str]]:
    """Which sorts of contact each pair shares; in a crowd only those of one surname are looked at."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, one in people.items():
        for key in one.keys:
            holders[key].append(number)
    found: dict[Pair, set[str]] = defaultdict(set)
    for key, here in holders.items():
        sort = key.partition(":")[0]
        for crowd in [here] if len(here) <= 2 * MOST else _by_surname(here, people):
            for pair in combinations(crowd, 2):
                found[pair].add(sort)
    return found


def _by_surname(here: Iterable[int], people: Mapping[int, Resident]) -> list[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number in here:
        if people[number].family:
            found[people[number].family].append(number)
    return [group for group in found.values() if len(group) <= 2 * MOST]


def _settled(
    people: Mapping[int, Resident], found: Sequence[Door], contacts: Mapping[Pair, set[str]]
) -> dict[int, dict[int, Living]]:
    """People whose home nobody names, behind the doors of those with whom they share surname and contact.

    By the place of the door; NOWHERE holds those who share them with nobody whose home is known.
    """
    current = {
        number: place
        for place, door in enumerate(found)
        for number, living in door.people.items()
        if living.until is None
    }
    near: dict[int, dict[int, int]] = defaultdict(dict)
    for (a, b), sorts in contacts.items():
        if (a not in current or b not in current) and _one_name(people[a], people[b]):
            near[a][b] = near[b][a] = len(sorts)
    settled: dict[int, dict[int, Living]] = defaultdict(dict)
    seen: set[int] = set()
    for start in near:
        if start in current or start in seen:
            continue
        group, waiting = {start}, [start]
        known: dict[int, int] = {}
        while waiting:
            one = waiting.pop()
            for other, strength in near[one].items():
                if other in current:
                    known[other] = max(known.get(other, 0), strength)
                elif other not in group:
                    group.add(other)
                    waiting.append(other)
        seen |= group
        hosts = sorted(known, key=lambda number: (-known[number], people[number].tie))
        place = current[hosts[0]] if hosts else NOWHERE
        for number in group:
            settled[place][number] = Living(people[number].record, people[number].since, None)
    return settled


def _one_name(one: Resident, other: Resident) -> bool:
    return bool(one.family) and one.family == other.family


def _shared(people: Mapping[int, Resident], pair: Pair, contacts: Mapping[Pair, set[str]]) -> set[str]:
    surname = {"surname"} if _one_name(people[pair[0]], people[pair[1]]) else set()
    return surname | contacts.get(pair, set())


def _bonds(
    people: Mapping[int, Resident], door: Door, guests: Mapping[int, Living],
    contacts: Mapping[Pair, set[str]],
) -> dict[Pair, frozenset[str]]:  # fmt: skip
    """What each pair behind a door shares, where that is enough to be one household."""
    found = _by_contact(people, {**door.people, **guests}, contacts) if guests else {}
    strangers = []
    for pair in combinations(sorted(door.people), 2):
        shared = _shared(people, pair, contacts)
        if ("surname" in shared and len(shared) > 1) or (shared and not door.office):
            found[pair] = frozenset(shared | {"address"})
        elif not shared and _met(*(door.people[number] for number in pair)):
            strangers.append(pair)
    # Two families behind one door are two households: then the door alone does not say who is of which.
    if door.lone and len(_connected(found)) < 2:
        found.update((pair, frozenset({"address"})) for pair in strangers)
    return found


def _by_contact(
    people: Mapping[int, Resident], those: Mapping[int, Living], contacts: Mapping[Pair, set[str]]
) -> dict[Pair, frozenset[str]]:
    found = {}
    for pair in combinations(sorted(those), 2):
        shared = _shared(people, pair, contacts)
        if "surname" in shared and len(shared) > 1:
            found[pair] = frozenset(shared)
    return found


def _met(one: Living, other: Living) -> bool:
    """Whether two people were behind a door at one time, as far as anybody knows."""
    for early, late in ((one, other), (other, one)):
        if early.until is not None and late.since is not None and early.until < late.since:
            return False
    return True


def _homes(
    people: Mapping[int, Resident], those: Mapping[int, Living], guests: Mapping[int, Living], bonds: Bonds
) -> list[Home]:
    living = {**those, **guests}
    found = []
    for group in _connected(bonds):
        parts, within = [group], bonds
        if len(group) > MOST:
            within = {pair: shared for pair, shared in bonds.items() if len(shared) > 2 and pair[0] in group}
            parts = [part for part in _connected(within) if len(part) <= MOST]
        # Who all bear one name may well be one person.
        found += [
            _home(people, living, those, part, within)
            for part in parts
            if len({(people[n].given, people[n].family) for n in part}) > 1
        ]
    return found


def _connected(bonds: Bonds) -> list[list[int]]:
    """Groups that bonds hold together."""
    near: dict[int, set[int]] = defaultdict(set)
    for one, other in bonds:
        near[one].add(other)
        near[other].add(one)
    seen: set[int] = set()
    found = []
    for start in sorted(near):
        if start not in seen:
            group, waiting = {start}, [start]
            while waiting:
                fresh = near[waiting.pop()] - group
                group |= fresh
                waiting += fresh
            seen |= group
            found.append(sorted(group))
    return found


def _home(
    people: Mapping[int, Resident], living: Mapping[int, Living], those: Mapping[int, Living],
    group: Sequence[int], bonds: Bonds,
) -> Home:  # fmt: skip
    evidence: dict[int, set[str]] = defaultdict(set)
    inside = set(group)
    for pair, shared in bonds.items():
        if inside.issuperset(pair):
            for number in pair:
                evidence[number] |= shared
    now = [number for number in group if living[number].until is None]
    kind = _kind(people, now if len(now) > 1 else group, bonds)
    names = Counter((people[number].given, people[number].family) for number in group)
    members = []
    for number in group:
        one, shares = people[number], evidence[number]
        role = "family" if "surname" in shares else "sharer" if kind == SHARED else "member"
        if one.given and one.family and names[one.given, one.family] > 1:
            role = "namesake"
        lived = living[number]
        members.append(Member(number, role, lived.since, lived.until, ", ".join(sorted(shares))))
    placed = [living[number].record for number in group if number in those]
    return Home(min(placed or (living[number].record for number in group)), kind, tuple(members))


def _kind(people: Mapping[int, Resident], group: Sequence[int], bonds: Bonds) -> str:
    """A family where all hang together by surname or contact and some share a surname; shared where three
    or more have nothing in common but the door; else nobody knows."""
    inside = set(group)
    kin = {pair: s for pair, s in bonds.items() if inside.issuperset(pair) and s - {"address"}}
    if any("surname" in shared for shared in kin.values()) and len(_connected(kin)[0]) == len(group):
        return FAMILY
    names = {people[number].family for number in group}
    apart = "" not in names and len(names) == len(group)
    return SHARED if len(group) > 2 and not kin and apart else UNSURE
