"""Customers in doubt by themselves: held by little, or holding Records that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from threesixty.identity.cluster import Join, joins
from threesixty.identity.groups import Matches
from threesixty.identity.inside import contradictions, pairs_inside, two_sides
from threesixty.identity.parties import Parties
from threesixty.identity.score import score
from threesixty.pipeline.columns import parties
from threesixty.pipeline.resolve import matches_among
from threesixty.pipeline.view import View
from threesixty.record import Decision

LOOSE_BITS = 4.0
"""A Customer is held loosely when a step that made it has fewer bits than this to spare."""
_CUSTOMERS = 10_000
"""So many customers of several Records, the largest, are looked into, beside those of the weakest Matches."""
_WEAKEST = 2_000
_MOST_INSIDE = 30


@dataclass(frozen=True, slots=True)
class Inside:
    """Two Records of a Customer in doubt, their bits, and the bits that hold the Customer between them.

    `held` is infinite where a Decision holds it. A loose one has `spare` bits; `fields` are those in which
    two contradict each other.
    """

    customer: int
    a: int
    b: int
    bits: float
    held: float
    spare: float = 0.0
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found inside Customers, one doubt for each, and into how many of how many was looked."""

    conflicts: tuple[Inside, ...]
    loose: tuple[Inside, ...]
    looked: int
    several: int


def look(view: View) -> Looked:
    """Customers whose Records contradict each other, and others held loosely, that nobody decided about."""
    ledger, several = view.ledger, len(view.ledger.several())
    members = ledger.members(_chosen(view))
    everyone = parties(ledger.parties(sorted(no for numbers in members.values() for no in numbers)))
    owner = {number: customer for customer, numbers in members.items() for number in numbers}
    decisions = ledger.decisions(everyone.numbers.tolist())
    found = joins(everyone, _inside(view, everyone, owner), decisions, view.weights, view.band)
    steps: dict[int, list[Join]] = defaultdict(list)
    for join in found:
        steps[owner[join.ends[0]]].append(join)
    conflicts = tuple(_conflicts(view, everyone, members, steps, decisions))
    loose = _loose(view, steps, {one.customer for one in conflicts})
    return Looked(conflicts, tuple(loose), len(members), several)


def _chosen(view: View) -> list[int]:
    """The largest Customers, and those that the weakest Matches hold."""
    ledger, least = view.ledger, view.weights.threshold
    weakest = ledger.loose(least, least + LOOSE_BITS, _WEAKEST)
    held = ledger.membership(sorted({row.a for row in weakest}))
    return sorted({*held.values(), *(no for no, many in ledger.largest(_CUSTOMERS) if many > 1)})


def _inside(view: View, everyone: Parties, owner: Mapping[int, int]) -> Matches:
    """The Matches that lie within one Customer."""
    found = matches_among(view.ledger, everyone.numbers)
    of = np.array([owner[number] for number in everyone.numbers.tolist()], np.int64)
    return found.take(of[everyone.rows(found.a)] == of[everyone.rows(found.b)])


# --- held loosely -----------------------------------------------------------------------------------------


def _loose(view: View, steps: Mapping[int, Sequence[Join]], without: Collection[int]) -> Iterator[Inside]:
    for customer, taken in steps.items():
        spared = [(spare(view, join), join) for join in taken if not join.decided]
        if customer in without or not spared:
            continue
        least, join = min(spared, key=lambda one: one[0])
        if least < LOOSE_BITS:
            a, b = sorted(join.ends)
            yield Inside(customer, a, b, join.bits, _held(join), least)


def spare(view: View, join: Join) -> float:
    """Bits that could go: the pair's over the threshold, or the groups' own, if those are fewer."""
    over, sizes = join.weight - view.weights.threshold, (len(join.a), len(join.b))
    return over if sizes == (1, 1) else min(over, join.together - view.weights.together_bits(*sizes))


def _held(join: Join) -> float:
    return inf if join.decided else min(join.weight, join.together)


# --- contradicting itself ---------------------------------------------------------------------------------


def _conflicts(
    view: View,
    everyone: Parties,
    members: Mapping[int, Sequence[int]],
    steps: Mapping[int, Sequence[Join]],
    decisions: Sequence[Decision],
) -> Iterator[Inside]:
    said = [one for one in decisions if one.person and one.verdict == "same"]
    answers: dict[int, list[tuple[int, int]]] = defaultdict(list)
    owner = {number: customer for customer, numbers in members.items() for number in numbers}
    for one in said:
        if one.a in owner and owner[one.a] == owner.get(one.b):
            answers[owner[one.a]] += [(one.a, one.b), (one.b, one.a)]
    sides = _sides(said)
    found = []
    for customer, pairs in _contradicting(view, everyone, members).items():
        asked = [pair for pair in pairs if sides[pair[0]].isdisjoint(_opposite(sides[pair[1]]))]
        open_ = [pair for pair in asked if not _answered(pair, pairs, answers[customer])]
        if open_:
            a, b = min(open_, key=lambda pair: (-len(pairs[pair]), pair))
            found.append((customer, a, b, _between(steps[customer], a, b), tuple(pairs[a, b])))
    ends = np.array([(a, b) for _, a, b, *_ in found], np.int64).reshape(-1, 2)
    silent = view.ledger.silent()
    bits = score(everyone, ends[:, 0], ends[:, 1], silent, view.weights, view.band).bits.tolist()
    for (customer, a, b, held, fields), own in zip(found, bits, strict=True):
        yield Inside(customer, a, b, own, held, fields=fields)


def _sides(said: Sequence[Decision]) -> dict[int, set[tuple[int, int]]]:
    """On which side of which merges Records stand: that two customers are one is said of all of them."""
    by_action: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in said:
        by_action[one.action].append((one.a, one.b))
    merges = [sides for pairs in by_action.values() for sides in two_sides(pairs)]
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for merge, sides in enumerate(merges):
        for side, numbers in enumerate(sides):
            for number in numbers:
                found[number].add((merge, side))
    return found


def _opposite(sides: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    return {(merge, 1 - side) for merge, side in sides}


def _contradicting(
    view: View, everyone: Parties, members: Mapping[int, Sequence[int]]
) -> dict[int, dict[tuple[int, int], list[str]]]:
    """By Customer, its pairs of Records that contradict each other, with the fields."""
    place = {number: row for row, number in enumerate(everyone.numbers.tolist())}
    a, b, of = pairs_inside([[place[no] for no in numbers] for numbers in members.values()], _MOST_INSIDE)
    names, found = list(members), defaultdict[int, dict[tuple[int, int], list[str]]](dict)
    for field, wrong in contradictions(everyone, a, b, view.weights.exclusive_others).items():
        for at in np.flatnonzero(wrong).tolist():
            one, other = sorted((int(everyone.numbers[a[at]]), int(everyone.numbers[b[at]])))
            found[names[of[at]]].setdefault((one, other), []).append(field)
    return found


def _answered(
    pair: tuple[int, int], pairs: Collection[tuple[int, int]], answers: Sequence[tuple[int, int]]
) -> bool:
    """Whether somebody said that two contradicting Records are the same: these, or two that go with them."""

    def agree(one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) not in pairs

    return any(not agree(a, b) and agree(pair[0], a) and agree(pair[1], b) for a, b in answers)


def _between(steps: Sequence[Join], a: int, b: int) -> float:
    """The bits of the weakest step on the way from one Record to another."""
    held = {a: inf}
    frontier = [a]
    while frontier:
        at = frontier.pop()
        for join in steps:
            if at in join.ends:
                [end] = {*join.ends} - {at}
                if end not in held:
                    held[end] = min(held[at], _held(join))
                    frontier.append(end)
    return held.get(b, 0.0)
