"""Matches and Decisions become groups: heaviest Match first, asking both whole groups every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import compare, organisations
from threesixty.identity.firewall import Firewall
from threesixty.identity.parties import Bools, Ints, Parties
from threesixty.identity.profile import Compatibility, Profile
from threesixty.identity.score import unpack
from threesixty.identity.weights import Band, Weights
from threesixty.record import Decision


@dataclass(frozen=True)
class Matches:
    """Scored pairs of Record numbers, a < b, in any order."""

    a: Ints
    b: Ints
    bits: NDArray[np.float64]
    levels: Ints


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
    groups = _Groups(parties)
    set_aside = _decide(groups, decisions)
    strong = _ordered(parties, matches, weights)
    firewall = Firewall(parties, weights.most, weights.most_records)
    labels, simple = _simple(groups, strong, firewall)
    groups.unite(labels, simple)
    hard = _take(strong, ~simple[strong.a])
    parked, refused = _merge(groups, parties, hard, weights, band, firewall)
    return Clustering(groups.anchors(), parked, refused, set_aside)


@dataclass(frozen=True, slots=True)
class Join:
    """Two groups that became one: by which two Records, and with which evidence.

    `bits` are those of the two Records, `together` those of the groups as wholes; a Decision has none.
    """

    a: tuple[int, ...]
    b: tuple[int, ...]
    ends: tuple[int, int]
    bits: float
    together: float
    decided: bool = False


def joins(
    parties: Parties, matches: Matches, decisions: Sequence[Decision], weights: Weights, band: Band
) -> list[Join]:
    """How `cluster` comes to its groups, one join after the other; Decisions first, heaviest Match next."""
    groups, found = _Groups(parties), list[Join]()

    def tell(x: int, y: int, bits: float, together: float, *, decided: bool = False) -> None:
        one, other = (tuple(parties.numbers[groups.of(groups.find(row))].tolist()) for row in (x, y))
        ends = int(parties.numbers[x]), int(parties.numbers[y])
        found.append(Join(one, other, ends, bits, together, decided))

    _decide(groups, decisions, lambda x, y: tell(x, y, 0.0, 0.0, decided=True))
    strong = _ordered(parties, matches, weights)
    firewall = Firewall(parties, weights.most, weights.most_records)
    _, simple = _simple(groups, strong, firewall)
    for x, y, bits in zip(strong.a.tolist(), strong.b.tolist(), strong.bits.tolist(), strict=True):
        if simple[x] and groups.find(x) != groups.find(y):
            tell(x, y, bits, bits)
            groups.join(x, y)
    _merge(groups, parties, _take(strong, ~simple[strong.a]), weights, band, firewall, tell)
    return found


def contradicting(parties: Parties, decisions: Sequence[Decision]) -> list[Decision]:
    """Decisions that contradict stronger ones, of some that speak of these Parties."""
    return _decide(_Groups(parties), decisions)


class _Groups:
    """Disjoint sets of rows; the root of a set is its smallest row, so the root names the anchor."""

    def __init__(self, parties: Parties) -> None:
        self.numbers = parties.numbers
        self.organisation = parties.organisation
        self.parent = list(range(len(parties)))
        self.members: dict[int, list[int]] = {}
        self.apart: dict[int, set[int]] = {}

    def find(self, row: int) -> int:
        parent = self.parent
        while parent[row] != row:
            parent[row] = row = parent[parent[row]]
        return row

    def of(self, root: int) -> list[int]:
        return self.members.get(root) or [root]

    def join(self, a: int, b: int) -> None:
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        a, b = min(a, b), max(a, b)
        self.parent[b] = a
        self.members[a] = self.of(a) + self.members.pop(b, [b])
        if b in self.apart:
            self.apart.setdefault(a, set()).update(self.apart.pop(b))

    def unite(self, labels: Ints, chosen: Bools) -> None:
        """Give chosen rows, none of them joined yet, the roots that labels name."""
        self.parent = np.where(chosen, labels, self.parent).tolist()

    def forbidden(self, a: int, b: int) -> bool:
        """Whether a Decision keeps the groups of two roots apart, or their sorts do."""
        if self.organisation[a] != self.organisation[b]:
            return True
        if a not in self.apart or b not in self.apart:
            return False
        return any(self.find(row) == b for row in self.apart[a])

    def anchors(self) -> Ints:
        roots = np.array(self.parent, np.int64)
        while not np.array_equal(roots, again := roots[roots]):
            roots = again
        return self.numbers[roots]


def _decide(
    groups: _Groups, decisions: Sequence[Decision], tell: Callable[[int, int], None] = lambda *_: None
) -> list[Decision]:
    """Apply Decisions, people before sources, then newest first; those that contradict are returned."""
    place = {int(number): row for row, number in enumerate(groups.numbers)} if decisions else {}
    set_aside = []
    for decision in sorted(decisions, key=lambda said: (not said.person, -said.seq, said.a, said.b)):
        if decision.withdrawn or decision.a not in place or decision.b not in place:
            continue
        a, b = groups.find(place[decision.a]), groups.find(place[decision.b])
        same = decision.verdict == "same"
        if groups.forbidden(a, b) if same and a != b else not same and a == b:
            set_aside.append(decision)
        elif same:
            if a != b:
                tell(place[decision.a], place[decision.b])
            groups.join(a, b)
        else:
            groups.apart.setdefault(a, set()).add(place[decision.b])
            groups.apart.setdefault(b, set()).add(place[decision.a])
    return set_aside


def _ordered(parties: Parties, matches: Matches, weights: Weights) -> Matches:
    """The Matches that may merge, as rows, heaviest first; ties by the hashes of the Records' names."""
    strong = matches.bits >= weights.threshold
    a, b = parties.rows(matches.a[strong]), parties.rows(matches.b[strong])
    one, other = parties.ties[a], parties.ties[b]
    order = np.lexsort((np.maximum(one, other), np.minimum(one, other), -matches.bits[strong]))
    return Matches(a[order], b[order], matches.bits[strong][order], matches.levels[strong][order])


def _take(matches: Matches, chosen: Bools) -> Matches:
    return Matches(matches.a[chosen], matches.b[chosen], matches.bits[chosen], matches.levels[chosen])


def _simple(groups: _Groups, strong: Matches, firewall: Firewall) -> tuple[Ints, Bools]:
    """Components, and the rows of those in which all Records match each other and nothing is decided.

    There is nothing to weigh in them, unless they say too many things, and they are most.
    """
    size = len(groups.parent)
    labels = _components(size, strong)
    members = np.bincount(labels, minlength=size)
    edges = np.bincount(labels[strong.a], minlength=size)
    whole: Bools = (edges * 2 == members * (members - 1)) & ~firewall.breached(labels)
    decided = [row for root, rows in groups.members.items() for row in (root, *rows)]
    whole[labels[np.array([*decided, *groups.apart], np.int64)]] = False
    return labels, whole[labels]


def _components(size: int, matches: Matches) -> Ints:
    """The smallest row that each row is connected with."""
    labels = np.arange(size)
    while True:
        lowest = np.minimum(labels[matches.a], labels[matches.b])
        before = labels.copy()
        np.minimum.at(labels, labels[matches.a], lowest)
        np.minimum.at(labels, labels[matches.b], lowest)
        labels = labels[labels]
        if np.array_equal(before, labels):
            return labels


def _merge(
    groups: _Groups,
    parties: Parties,
    matches: Matches,
    weights: Weights,
    band: Band,
    firewall: Firewall,
    tell: Callable[[int, int, float, float], None] = lambda *_: None,
) -> tuple[list[Parked], list[Parked]]:
    whole = _Whole(groups, Compatibility(parties, weights, band))
    levels = unpack(matches.levels)
    firm = matches.bits - whole.compatibility.replaced(levels)
    bridges = _Bridges(parties, matches, levels)
    parked, refused = [], []
    rows = zip(matches.a.tolist(), matches.b.tolist(), matches.bits.tolist(), firm.tolist(), strict=True)
    for x, y, bits, base in rows:
        a, b = groups.find(x), groups.find(y)
        if a == b:
            continue
        reason = "different" if groups.forbidden(a, b) else whole.objection(a, b, bits, base)
        if reason:
            refused.append(_said(parties, x, y, bits, reason))
        elif whole.last < weights.bridge_bits and bridges.single(groups, a, b):
            parked.append(_said(parties, x, y, bits, "bridge"))
        elif breach := firewall.breach(groups.of(a), groups.of(b)):
            parked.append(_said(parties, x, y, bits, breach))
        else:
            tell(x, y, bits, whole.last)
            whole.join(a, b)
    return parked, refused


def _said(parties: Parties, x: int, y: int, bits: float, reason: str) -> Parked:
    return Parked(int(parties.numbers[min(x, y)]), int(parties.numbers[max(x, y)]), bits, reason)


class _Whole:
    """Groups with what their Records say, looked at as wholes; `last` is the evidence last weighed."""

    def __init__(self, groups: _Groups, compatibility: Compatibility) -> None:
        self.groups = groups
        self.compatibility = compatibility
        self.profiles: dict[int, Profile] = {}
        self.last = 0.0

    def objection(self, a: int, b: int, bits: float, firm: float) -> str:
        """What keeps two groups apart, or ''; `firm` is the part of bits that is not about the groups."""
        if a not in self.groups.members and b not in self.groups.members:
            self.last = bits
            return ""
        one, other = self._of(a), self._of(b)
        self.last = firm + self.compatibility.bits(one, other)
        return self.compatibility.worst(one, other) if self.last < 0 else ""

    def join(self, a: int, b: int) -> None:
        """Make two groups one."""
        one, other = self.profiles.pop(a, None), self.profiles.pop(b, None)
        self.groups.join(a, b)
        if one and other:
            one.join(other)
            self.profiles[self.groups.find(a)] = one

    def _of(self, root: int) -> Profile:
        found = self.profiles.get(root)
        if found is None:
            found = self.profiles[root] = self.compatibility.profile(self.groups.of(root))
        return found


class _Bridges:
    """Which groups of two Records or more hang together by one Match, or by one identifier only."""

    def __init__(self, parties: Parties, matches: Matches, levels: NDArray[np.uint8]) -> None:
        self.parties, self.matches, self.levels = parties, matches, levels
        ends = np.concatenate((matches.a, matches.b))
        self.order = np.argsort(ends, kind="stable")
        self.ends = ends[self.order]

    def single(self, groups: _Groups, a: int, b: int) -> bool:
        one, other = groups.of(a), groups.of(b)
        if len(one) < 2 or len(other) < 2:
            return False
        few, root = (one, b) if len(one) <= len(other) else (other, a)
        between = [match for row in few for match, end in self._of(row) if groups.find(end) == root]
        if len(between) <= 1:
            return True
        resting = [self._shared(match) for match in between]
        return all(resting) and len(set().union(*resting)) == 1

    def _of(self, row: int) -> list[tuple[int, int]]:
        size = len(self.matches.a)
        start, stop = np.searchsorted(self.ends, (row, row + 1))
        places = [place % size for place in self.order[start:stop].tolist()]
        return [
            (p, int(self.matches.b[p] if self.matches.a[p] == row else self.matches.a[p])) for p in places
        ]

    def _shared(self, match: int) -> set[tuple[str, int]]:
        """The identifiers that both ends of a Match hold."""
        a, b, found = int(self.matches.a[match]), int(self.matches.b[match]), set()
        firms = bool(self.parties.organisation[a] and self.parties.organisation[b])
        sort = organisations if firms else compare
        agreed = {name for place, name in enumerate(sort.FIELDS) if self.levels[match, place] == 1}
        for kind, held in self.parties.identifiers.items():
            if kind in agreed or (kind not in sort.TYPED and "other" in agreed):
                found |= {(kind, code) for code in set(held.of(a)).intersection(held.of(b))}
        return found
