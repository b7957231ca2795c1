"""Matches and Decisions become groups: heaviest Match first, asking both whole groups every time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    rest, parked, refused = _group(groups, parties, matches, weights, band)
    anchors = groups.anchors()
    # What a group won later may have joined those who were parked after all.
    waiting = {at: why for at, why in parked.items() if anchors[rest.a[at]] != anchors[rest.b[at]]}
    return Clustering(anchors, _said(parties, rest, waiting), _said(parties, rest, refused), set_aside)


def anchors_of(
    parties: Parties, matches: Matches, decisions: Sequence[Decision], weights: Weights, band: Band
) -> Ints:
    """The anchors that `cluster` comes to, and nothing else."""
    groups = Groups(parties)
    decide(groups, decisions)
    _group(groups, parties, matches, weights, band)
    return groups.anchors()


def _group(
    groups: Groups, parties: Parties, matches: Matches, weights: Weights, band: Band
) -> tuple[Matches, dict[int, str], dict[int, str]]:
    """Join what Matches join; those that had to be weighed, and why some of them, by place, did not join:
    parked ones, and refused ones."""
    strong = _strong(parties, matches, weights)
    firewall = Firewall(parties, weights.most, weights.most_records, [*groups.members.values()])
    labels, simple = _simple(groups, strong, firewall)
    groups.unite(labels, simple)
    whole = Whole(groups, Compatibility(parties, weights, band), firewall, weights)
    rest = strong.take(~simple[strong.a])
    # What hangs together is walked through together: it fits the processor's cache, all Records do not.
    order = np.argsort(labels[rest.a], kind="stable")
    parked, refused = _merge(whole, parties, rest, order, weights)
    _add_up(whole, _weak(parties, matches, weights), _ends(rest, [*parked, *refused]), weights)
    return rest, parked, refused


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
    rest = strong.take(~simple[strong.a])
    parked, refused = _merge(whole, parties, rest, np.arange(len(rest.a)), weights, tell)
    _add_up(whole, _weak(parties, matches, weights), _ends(rest, [*parked, *refused]), weights, tell)
    return found


def contradicting(parties: Parties, decisions: Sequence[Decision]) -> list[Decision]:
    """Decisions that contradict stronger ones, of some that speak of these Parties."""
    return decide(Groups(parties), decisions)


def _ordered(parties: Parties, matches: Matches, wanted: Bools | Ints) -> Matches:
    """Some of the Matches, as rows, heaviest first; ties by the hashes of the Records' names."""
    some = matches.take(wanted)
    rows = replace(some, a=parties.rows(some.a), b=parties.rows(some.b))
    one, other = parties.ties[rows.a], parties.ties[rows.b]
    return rows.take(np.lexsort((np.maximum(one, other), np.minimum(one, other), -rows.bits)))


def _strong(parties: Parties, matches: Matches, weights: Weights) -> Matches:
    """The Matches that may merge by themselves."""
    return _ordered(parties, matches, matches.bits >= weights.threshold)


def _weak(parties: Parties, matches: Matches, weights: Weights) -> Matches:
    """The Matches that do not merge by themselves, but may together: `support` bits or more."""
    weak = np.flatnonzero((matches.bits >= weights.support) & (matches.bits < weights.threshold))
    levels = unpack(matches.levels[weak])
    # However many Records a namesake has, he is no more likely to be that one.
    namesakes = (sorts(levels) == 0) & (levels[:, 0] == LEVEL["given"]["namesake"])
    return _ordered(parties, matches, weak[~namesakes])


def _simple(groups: Groups, strong: Matches, firewall: Firewall) -> tuple[Ints, Bools]:
    """The component of every row, and which rows are in a simple one: all match each other, nobody decided.

    Most components are simple. They need no weighing of whole groups, unless they break a limit of the
    firewall. A Decision that keeps Records of two components apart makes neither of them less simple.
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
) -> tuple[dict[int, str], dict[int, str]]:
    """Join what Matches join, in an order in which every component has its heavier ones first.

    Why those that did not join did not, by their places: the parked ones, and the refused ones.
    """
    if not len(matches.a):
        return {}, {}
    groups, levels = whole.groups, unpack(matches.levels)
    firm = matches.bits - whole.compatibility.replaced(levels)
    bridges = Bridges(parties, matches, levels)
    parked, refused = dict[int, str](), dict[int, str]()
    columns = (matches.a, matches.b, matches.bits, firm)
    rows = zip(*(column[order].tolist() for column in columns), meetings(levels[order]), strict=True)
    parent = groups.parent
    for place, (x, y, bits, base, meeting) in zip(order.tolist(), rows, strict=True):
        if parent[x] == parent[y]:
            continue  # as most are, which needs no look at the roots
        a, b = groups.find(x), groups.find(y)
        if a == b:
            continue
        if groups.forbidden(a, b):
            refused[place] = "different"
            continue
        two = whole.two(a, b)
        evidence = two.evidence(bits, base, meeting)
        if reason := two.objection(evidence):
            refused[place] = reason
        elif evidence < weights.bridge_bits and two.single(bridges):
            parked[place] = "bridge"
        elif breach := two.breach():
            parked[place] = breach
        else:
            tell(x, y, bits, evidence, 1)
            whole.join(a, b)
    return parked, refused


def _add_up(
    whole: Whole,
    weak: Matches,
    apart: Iterable[tuple[int, int]],
    weights: Weights,
    tell: Tell = _silence,
) -> None:
    """Join a Record or two to a group that many weak Matches lead to: each twice as many is one bit more.

    At least three, and half of all pairs between the two, must speak for it, and nothing stand against it:
    no two rows `apart` either, whose Match did not join them.
    """
    if len(weak.a) < _SEVERAL:
        return
    groups = whole.groups
    ends = [(groups.find(x), groups.find(y)) for x, y in zip(weak.a.tolist(), weak.b.tolist(), strict=True)]
    between: dict[tuple[int, int], list[int]] = {}
    for place, (a, b) in enumerate(ends):
        if a != b:
            between.setdefault((min(a, b), max(a, b)), []).append(place)
    roots = [(groups.find(x), groups.find(y)) for x, y in apart]
    kept_apart = {(min(a, b), max(a, b)) for a, b in roots}
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
        if a == b or groups.forbidden(a, b):
            continue
        two = whole.two(a, b)
        evidence = two.evidence(-minus, base, how[place])
        if not two.objection(evidence) and not two.breach():
            tell(int(weak.a[place]), int(weak.b[place]), float(weak.bits[place]), evidence, several)
            whole.join(a, b)


def _ends(matches: Matches, places: Sequence[int]) -> list[tuple[int, int]]:
    """The rows of both Records of Matches at some places."""
    return list(zip(matches.a[places].tolist(), matches.b[places].tolist(), strict=True))


def _said(parties: Parties, matches: Matches, reasons: Mapping[int, str]) -> list[Parked]:
    """Matches that did not join, by their places, in order."""
    places = sorted(reasons)
    ends = np.sort(parties.numbers[np.stack((matches.a[places], matches.b[places]))], axis=0)
    columns = (*ends.tolist(), matches.bits[places].tolist(), (reasons[place] for place in places))
    return [Parked(*said) for said in zip(*columns, strict=True)]
