"""Matches and Decisions become groups: heaviest Match first, asking both whole groups every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import log2

import numpy as np

from threesixty.identity.decided import decide
from threesixty.identity.firewall import Firewall
from threesixty.identity.groups import Bridges, Groups, Matches, Whole
from threesixty.identity.levels import LEVEL
from threesixty.identity.parties import Bools, Ints, Parties
from threesixty.identity.profile import Compatibility, meetings
from threesixty.identity.score import unpack
from threesixty.identity.weights import Band, Weights, sorts
from threesixty.record import Decision

_SEVERAL = 3
Tell = Callable[[int, int, float, float, int], None]


def _silence(*_: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Parked:
    """A Match that did not merge: `reason` is 'bridge', 'large' or 'many …' (worth a look), 'different'
    (decided) or a field."""

    a: int
    b: int
    bits: float
    reason: str


@dataclass(frozen=True)
class Clustering:
    """`anchors`: for each row of the Parties the smallest Record number of its group.

    `parked` waits for a look, `refused` was kept apart by evidence or a Decision, `set_aside` are
    Decisions that contradict stronger ones.
    """

    anchors: Ints
    parked: list[Parked] = field(default_factory=list)
    refused: list[Parked] = field(default_factory=list)
    set_aside: list[Decision] = field(default_factory=list)


def cluster(
    parties: Parties, matches: Matches, decisions: Sequence[Decision], weights: Weights, band: Band
) -> Clustering:
    """Groups of the Parties, which must hold every Record that Matches and Decisions connect.

    Decisions on Records that are not here are passed over.
    """
    groups = Groups(parties)
    set_aside = decide(groups, decisions)
    strong = _strong(parties, matches, weights)
    firewall = Firewall(parties, weights.most, weights.most_records, [*groups.members.values()])
    labels, simple = _simple(groups, strong, firewall)
    groups.unite(labels, simple)
    whole = Whole(groups, Compatibility(parties, weights, band), firewall, weights)
    rest = _take(strong, ~simple[strong.a])
    # What hangs together is walked through together: it fits the processor's cache, all Records do not.
    order = np.argsort(labels[rest.a], kind="stable")
    parked, refused = _merge(whole, parties, rest, order, weights)
    _add_up(whole, parties, _weak(parties, matches, weights), [*parked, *refused], weights)
    return Clustering(groups.anchors(), _waiting(groups, parties, parked), refused, set_aside)


@dataclass(frozen=True, slots=True)
class Join:
    """Two groups that became one: by which two Records, and with which evidence.

    `bits` are those of the two Records, `together` those of the groups as wholes; a Decision has none. Of
    `several` Matches that add up, the two Records are those of the heaviest.
    """

    a: tuple[int, ...]
    b: tuple[int, ...]
    ends: tuple[int, int]
    bits: float
    together: float
    decided: bool = False
    several: int = 1

    @property
    def weight(self) -> float:
        """The bits that join the two: each twice as many Matches that add up are one more."""
        return self.bits + log2(self.several)


def joins(
    parties: Parties, matches: Matches, decisions: Sequence[Decision], weights: Weights, band: Band
) -> list[Join]:
    """How `cluster` comes to its groups, one join after the other; Decisions first, heaviest Match next."""
    groups, found = Groups(parties), list[Join]()

    def tell(
        x: int, y: int, bits: float, together: float, several: int = 1, *, decided: bool = False
    ) -> None:
        one, other = (tuple(parties.numbers[groups.of(groups.find(row))].tolist()) for row in (x, y))
        ends = int(parties.numbers[x]), int(parties.numbers[y])
        found.append(Join(one, other, ends, bits, together, decided, several))

    decide(groups, decisions, lambda x, y: tell(x, y, 0.0, 0.0, decided=True))
    strong = _strong(parties, matches, weights)
    firewall = Firewall(parties, weights.most, weights.most_records, [*groups.members.values()])
    _, simple = _simple(groups, strong, firewall)
    for x, y, bits in zip(strong.a.tolist(), strong.b.tolist(), strong.bits.tolist(), strict=True):
        if simple[x] and groups.find(x) != groups.find(y):
            tell(x, y, bits, bits)
            groups.join(groups.find(x), groups.find(y))
    whole = Whole(groups, Compatibility(parties, weights, band), firewall, weights)
    rest = _take(strong, ~simple[strong.a])
    parked, refused = _merge(whole, parties, rest, np.arange(len(rest.a)), weights, tell)
    _add_up(whole, parties, _weak(parties, matches, weights), [*parked, *refused], weights, tell)
    return found


def contradicting(parties: Parties, decisions: Sequence[Decision]) -> list[Decision]:
    """Decisions that contradict stronger ones, of some that speak of these Parties."""
    return decide(Groups(parties), decisions)


def _ordered(parties: Parties, matches: Matches, wanted: Bools | Ints) -> Matches:
    """Some of the Matches, as rows, heaviest first; ties by the hashes of the Records' names."""
    a, b = parties.rows(matches.a[wanted]), parties.rows(matches.b[wanted])
    one, other = parties.ties[a], parties.ties[b]
    order = np.lexsort((np.maximum(one, other), np.minimum(one, other), -matches.bits[wanted]))
    return Matches(a[order], b[order], matches.bits[wanted][order], matches.levels[wanted][order])


def _strong(parties: Parties, matches: Matches, weights: Weights) -> Matches:
    """The Matches that may merge by themselves."""
    return _ordered(parties, matches, matches.bits >= weights.threshold)


def _weak(parties: Parties, matches: Matches, weights: Weights) -> Matches:
    """The Matches that do not merge by themselves, and are not far from it."""
    weak = np.flatnonzero((matches.bits >= weights.support) & (matches.bits < weights.threshold))
    levels = unpack(matches.levels[weak])
    # However many Records a namesake has, he is no more likely to be that one.
    namesakes = (sorts(levels) == 0) & (levels[:, 0] == LEVEL["given"]["namesake"])
    return _ordered(parties, matches, weak[~namesakes])


def _take(matches: Matches, chosen: Bools) -> Matches:
    return Matches(matches.a[chosen], matches.b[chosen], matches.bits[chosen], matches.levels[chosen])


def _simple(groups: Groups, strong: Matches, firewall: Firewall) -> tuple[Ints, Bools]:
    """Components, and the rows of those in which all Records match each other and nothing is decided.

    There is nothing to weigh in them, unless they say too many things, and they are most. That a Record was
    kept apart from one that no Match leads to decides nothing here.
    """
    size = len(groups.parent)
    joined = [(root, row) for root, rows in groups.members.items() for row in rows]
    one, other = np.array(joined, np.int64).reshape(-1, 2).T
    labels = components(size, np.concatenate((strong.a, one)), np.concatenate((strong.b, other)))
    members = np.bincount(labels, minlength=size)
    edges = np.bincount(labels[strong.a], minlength=size)
    whole: Bools = (edges * 2 == members * (members - 1)) & ~firewall.breached(labels)
    decided = other.tolist()
    decided += [row for row, others in groups.apart.items() if labels[row] in labels[sorted(others)]]
    whole[labels[np.array(decided, np.int64)]] = False
    return labels, whole[labels]


def components(size: int, a: Ints, b: Ints) -> Ints:
    """The smallest row that each row is connected with, by pairs of rows."""
    labels = np.arange(size)
    while True:
        lowest = np.minimum(labels[a], labels[b])
        before = labels.copy()
        np.minimum.at(labels, labels[a], lowest)
        np.minimum.at(labels, labels[b], lowest)
        labels = labels[labels]
        if np.array_equal(before, labels):
            return labels


def _merge(
    whole: Whole, parties: Parties, matches: Matches, order: Ints, weights: Weights, tell: Tell = _silence
) -> tuple[list[Parked], list[Parked]]:
    """Join what Matches join, in an order in which every component has its heavier ones first.

    Those that did not join are returned in the order of the Matches.
    """
    if not len(matches.a):
        return [], []
    groups, levels = whole.groups, unpack(matches.levels)
    firm = matches.bits - whole.compatibility.replaced(levels)
    bridges = Bridges(parties, matches, levels)
    parked, refused = dict[int, Parked](), dict[int, Parked]()
    columns = (matches.a, matches.b, matches.bits, firm)
    rows = zip(*(column[order].tolist() for column in columns), meetings(levels[order]), strict=True)
    parent = groups.parent
    for place, (x, y, bits, base, meeting) in zip(order.tolist(), rows, strict=True):
        if parent[x] == parent[y]:
            continue  # as most are, which needs no look at the roots
        a, b = groups.find(x), groups.find(y)
        if a == b:
            continue
        reason = "different" if groups.forbidden(a, b) else whole.objection(a, b, bits, base, meeting)
        if reason:
            refused[place] = _said(parties, x, y, bits, reason)
        elif whole.last < weights.bridge_bits and whole.once(
            "bridge", a, b, partial(bridges.single, groups, a, b)
        ):
            parked[place] = _said(parties, x, y, bits, "bridge")
        elif breach := whole.once("breach", a, b, partial(whole.firewall.breach, groups.of(a), groups.of(b))):
            parked[place] = _said(parties, x, y, bits, breach)
        else:
            tell(x, y, bits, whole.last, 1)
            whole.join(a, b)
    return [parked[place] for place in sorted(parked)], [refused[place] for place in sorted(refused)]


def _add_up(
    whole: Whole,
    parties: Parties,
    weak: Matches,
    apart: Sequence[Parked],
    weights: Weights,
    tell: Tell = _silence,
) -> None:
    """Join a Record or two to a group that many weak Matches lead to: each twice as many is one bit more.

    At least three, and half of all pairs between the two, must speak for it, and nothing stand against it.
    """
    if len(weak.a) < _SEVERAL:
        return
    groups = whole.groups
    ends = [(groups.find(x), groups.find(y)) for x, y in zip(weak.a.tolist(), weak.b.tolist(), strict=True)]
    between: dict[tuple[int, int], list[int]] = {}
    for place, (a, b) in enumerate(ends):
        if a != b:
            between.setdefault((min(a, b), max(a, b)), []).append(place)
    kept_apart = {
        (min(a, b), max(a, b))
        for one in apart
        for a, b in [[groups.find(row) for row in parties.rows(np.array([one.a, one.b])).tolist()]]
    }
    found = []
    for pair, places in between.items():
        one, other = (len(groups.of(root)) for root in pair)
        bits = float(weak.bits[places[0]]) + log2(len(places))
        enough = len(places) >= max(_SEVERAL, one * other / 2) and min(one, other) < _SEVERAL
        if enough and bits >= weights.threshold and pair not in kept_apart:
            found.append((-bits, places[0], len(places)))
    levels = unpack(weak.levels)
    firm, how = weak.bits - whole.compatibility.replaced(levels), meetings(levels)
    for minus, place, several in sorted(found):
        a, b = groups.find(int(weak.a[place])), groups.find(int(weak.b[place]))
        base = float(firm[place]) - minus - float(weak.bits[place])
        if a == b or groups.forbidden(a, b) or whole.objection(a, b, -minus, base, how[place]):
            continue
        if not whole.firewall.breach(groups.of(a), groups.of(b)):
            tell(int(weak.a[place]), int(weak.b[place]), float(weak.bits[place]), whole.last, several)
            whole.join(a, b)


def _waiting(groups: Groups, parties: Parties, parked: Sequence[Parked]) -> list[Parked]:
    """Those parked whose ends are still two: what a group won later may have joined them after all."""
    ends = parties.rows(np.array([(one.a, one.b) for one in parked], np.int64).reshape(-1, 2)).tolist()
    return [one for one, (x, y) in zip(parked, ends, strict=True) if groups.find(x) != groups.find(y)]


def _said(parties: Parties, x: int, y: int, bits: float, reason: str) -> Parked:
    return Parked(int(parties.numbers[min(x, y)]), int(parties.numbers[max(x, y)]), bits, reason)
