"""Where Customers live and lived: addresses as doors, and from when to when somebody was behind one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from threesixty.identity.parties import LONGEST

CROWD = 24
"""Behind more people than this is no home: an office tower, a hostel, a prison, a wall of parcel lockers."""

FEW = 6
"""Behind a door of at most so many people the address alone is enough."""
_SPELLED = 80
_LONG_AGO = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Stay:
    """What sources say of a Customer at one address: `first` and `last` time, and the first such Record."""

    address: str
    first: int | None
    last: int | None
    record: int


@dataclass(frozen=True, slots=True)
class Living:
    """Somebody behind one door: since when, and until when, None where that is still so."""

    record: int
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Door:
    """Who lives or lived behind one door, by Customer. `lone`: so few that they may be one household, and
    neither a house of several flats nor the address of an organisation."""

    people: Mapping[int, Living]
    office: bool
    lone: bool


def doors(stays: Mapping[int, Sequence[Stay]], offices: Iterable[str]) -> list[Door]:
    """Who lives or lived where, given the stays of every Customer and the addresses of organisations.

    Spellings that one person gave of one address are one door. The home that somebody named last is the
    current one; an earlier one lasted until another was named. Where a crowd is, nobody lives; at the
    address of an organisation only who names no other.
    """
    spelled = _spellings(stays.values())
    houses: set[str] = set()
    visited = {customer: _visited(those, spelled, houses) for customer, those in stays.items()}
    behind = Counter(at for those in visited.values() for at in those)
    work = {spelled.get(address, address) for address in offices}
    found: dict[str, dict[int, Living]] = defaultdict(dict)
    for customer, those in visited.items():
        homes = {at: stay for at, stay in those.items() if behind[at] <= CROWD}
        homes = {at: stay for at, stay in homes.items() if at not in work} or homes
        for at, living in _in_order(homes):
            found[at][customer] = living
    return [
        Door(found[at], at in work, len(found[at]) <= FEW and at not in work and at not in houses)
        for at in sorted(found)
    ]


def alike(one: str, other: str) -> bool:
    """Whether two addresses ('street|postcode or city') are spellings of one: all numbers are the same."""
    return _numbers(one) == _numbers(other) and _near(one, other)


def within(flat: str, house: str) -> bool:
    """Whether one address is that of the other with a flat besides."""
    numbers, fewer = _numbers(flat), _numbers(house)
    return len(numbers) > len(fewer) > 0 and numbers[: len(fewer)] == fewer and _near(flat, house)


def _near(one: str, other: str) -> bool:
    (street, place), (road, town) = one.rsplit("|", 1), other.rsplit("|", 1)
    if OSA.distance(place, town, score_cutoff=1) > 1:
        return False
    return ratio(_letters(street)[:LONGEST], _letters(road)[:LONGEST]) >= _SPELLED


def _numbers(address: str) -> list[str]:
    street = address.rsplit("|", 1)[0]
    return [word for word in street.split() if len(word) == 1 or word[0].isdigit()]


def _letters(street: str) -> str:
    return " ".join(word for word in street.split() if len(word) > 1 and not word[0].isdigit())


def _spellings(everyone: Iterable[Sequence[Stay]]) -> dict[str, str]:
    """One name for all spellings of an address; one that is spelled in one way is left out."""
    near: dict[str, set[str]] = defaultdict(set)
    for stays in everyone:
        for one, other in combinations(stays, 2):
            if alike(one.address, other.address):
                near[one.address].add(other.address)
                near[other.address].add(one.address)
    name: dict[str, str] = {}
    for start in sorted(near):
        waiting = [start] if start not in name else []
        while waiting:
            address = waiting.pop()
            if address not in name:
                name[address] = start
                waiting += near[address]
    return name


def _visited(stays: Iterable[Stay], spelled: Mapping[str, str], houses: set[str]) -> dict[str, Stay]:
    """Somebody's stays by door; a house they name without the flat that they also name is that flat."""
    found: dict[str, Stay] = {}
    for stay in stays:
        at = spelled.get(stay.address, stay.address)
        found[at] = _joined(found[at], stay) if at in found else stay
    for flat, house in permutations(sorted(found), 2):
        if flat in found and house in found and within(flat, house):
            houses.add(house)
            found[flat] = replace(_joined(found[flat], found.pop(house)), record=found[flat].record)
    return found


def _joined(one: Stay, other: Stay) -> Stay:
    firsts = [stay.first for stay in (one, other) if stay.first is not None]
    lasts = [stay.last for stay in (one, other) if stay.last is not None]
    return Stay(
        one.address, min(firsts, default=None), max(lasts, default=None), min(one.record, other.record)
    )


def _in_order(homes: Mapping[str, Stay]) -> Iterable[tuple[str, Living]]:
    newest = max((_last(stay) for stay in homes.values()), default=_LONG_AGO)
    for at, stay in homes.items():
        until = None if _last(stay) == newest else _left(stay, homes.values())
        yield at, Living(stay.record, stay.first, until)


def _left(stay: Stay, homes: Iterable[Stay]) -> int:
    """When another home was named after this one, or this one last, whichever is later."""
    later = min(o.first for o in homes if o.first is not None and _last(o) > _last(stay))
    return max(later, _last(stay))


def _last(stay: Stay) -> int:
    return _LONG_AGO if stay.last is None else stay.last
