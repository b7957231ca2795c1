"""Groups of Records while they are being joined, and what is asked of two of them before they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import compare, organisations
from threesixty.identity.firewall import Firewall
from threesixty.identity.parties import Bools, Ints, Parties
from threesixty.identity.profile import Compatibility, Meeting, Profile
from threesixty.identity.weights import Weights


@dataclass(frozen=True)
class Matches:
    """Scored pairs of Record numbers, a < b, in any order."""

    a: Ints
    b: Ints
    bits: NDArray[np.float64]
    levels: Ints

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        """What they are made of, in the order of the fields."""
        return self.a, self.b, self.bits, self.levels

    def take(self, chosen: Bools | Ints) -> Matches:
        """Some of them, in this order."""
        return Matches(*(column[chosen] for column in self.columns))

    @classmethod
    def concatenated(cls, some: Iterable[Matches]) -> Matches:
        """Those of several as one, one after the other."""
        return cls(*map(np.concatenate, zip(*(one.columns for one in some), strict=True)))


class Groups:
    """Disjoint sets of rows; the root of a set is its smallest row, so the root names the anchor."""

    def __init__(self, parties: Parties) -> None:
        self.numbers, self.ties = parties.numbers, parties.ties
        # Bytes give plain numbers, and faster than an array does.
        self.organisation = parties.organisation.tobytes()
        self.parent = list(range(len(parties)))
        self.members: dict[int, list[int]] = {}
        self.united = bytes(len(parties))
        self.together = self.roots = np.zeros(0, np.int64)
        self.apart: dict[int, set[int]] = {}

    def find(self, row: int) -> int:
        parent = self.parent
        while parent[row] != row:
            parent[row] = row = parent[parent[row]]
        return row

    def of(self, root: int) -> list[int]:
        found = self.members.get(root)
        if found is None and self.united[root]:
            start, stop = np.searchsorted(self.roots, (root, root + 1))
            found = self.members[root] = self.together[start:stop].tolist()
        return found or [root]

    def join(self, a: int, b: int) -> int:
        """Make the groups of two roots one; its root."""
        if a == b:
            return a
        a, b = min(a, b), max(a, b)
        self.parent[b] = a
        self.members[a] = self.of(a) + self.members.pop(b, [b])
        if b in self.apart:
            self.apart.setdefault(a, set()).update(self.apart.pop(b))
        return a

    def unite(self, labels: Ints, chosen: Bools) -> None:
        """Give chosen rows, none of them joined yet, the roots that labels name."""
        self.parent = np.where(chosen, labels, self.parent).tolist()
        rows = np.flatnonzero(chosen)
        self.united = chosen.tobytes()
        self.together = rows[np.argsort(labels[rows], kind="stable")]
        self.roots = labels[self.together]
        for row in [row for row in self.apart if chosen[row] and labels[row] != row]:
            self.apart.setdefault(int(labels[row]), set()).update(self.apart.pop(row))

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


class Whole:
    """Groups with what their Records say, looked at as wholes."""

    def __init__(
        self, groups: Groups, compatibility: Compatibility, firewall: Firewall, weights: Weights
    ) -> None:
        self.groups = groups
        self.compatibility = compatibility
        self.weights = weights
        self.firewall = firewall
        self.profiles: dict[int, Profile] = {}
        self.apart: dict[tuple[int, int], Two] = {}

    def two(self, a: int, b: int) -> Two:
        """Two groups as they are now: while neither grows, what was found out about them is known."""
        sizes = len(self.groups.of(a)), len(self.groups.of(b))
        found = self.apart.get((a, b))
        if found is None or found.sizes != sizes:
            found = self.apart[a, b] = Two(self, a, b, sizes)
        return found

    def join(self, a: int, b: int) -> None:
        """Make two groups one."""
        self.apart.pop((a, b), None)
        one, other = self.profiles.pop(a, None), self.profiles.pop(b, None)
        root = self.groups.join(a, b)
        if one and other:
            one.join(other)
            self.profiles[root] = one

    def profile(self, root: int) -> Profile:
        """What the Records of a group say."""
        found = self.profiles.get(root)
        if found is None:
            found = self.profiles[root] = self.compatibility.profile(self.groups.of(root))
        return found


class Two:
    """Two groups that may become one, by their roots; many Matches may ask the same of them."""

    __slots__ = ("_breach", "_met", "_single", "_worst", "a", "b", "sizes", "whole")

    def __init__(self, whole: Whole, a: int, b: int, sizes: tuple[int, int]) -> None:
        self.whole, self.a, self.b, self.sizes = whole, a, b, sizes
        self._met: dict[Meeting, float] = {}
        self._worst: str | None = None
        self._single: bool | None = None
        self._breach: str | None = None

    def evidence(self, bits: float, firm: float, meeting: Meeting) -> float:
        """The bits of a Match with both groups taken as wholes; `firm` are those not about the groups."""
        if self.sizes == (1, 1):
            return bits
        whole, found = self.whole, self._met.get(meeting)
        if found is None:
            one, other = whole.profile(self.a), whole.profile(self.b)
            found = self._met[meeting] = whole.compatibility.bits(one, other, meeting)
        return firm + found

    def objection(self, evidence: float) -> str:
        """What keeps them apart with so much evidence, or ''."""
        whole = self.whole
        if self.sizes == (1, 1) or evidence >= whole.weights.together_bits(*self.sizes):
            return ""
        if self._worst is None:
            self._worst = whole.compatibility.worst(whole.profile(self.a), whole.profile(self.b))
        return self._worst

    def single(self, bridges: Bridges) -> bool:
        """Whether they hang together by one thread only."""
        if self._single is None:
            self._single = bridges.single(self.whole.groups, self.a, self.b)
        return self._single

    def breach(self) -> str:
        """Which limit they break together, or ''."""
        if self._breach is None:
            groups = self.whole.groups
            self._breach = self.whole.firewall.breach(groups.of(self.a), groups.of(self.b))
        return self._breach


class Bridges:
    """Which groups of two Records or more hang together by one Match, or by one identifier only."""

    def __init__(self, parties: Parties, matches: Matches, levels: NDArray[np.uint8]) -> None:
        self.parties, self.matches, self.levels = parties, matches, levels
        ends = np.concatenate((matches.a, matches.b))
        self.order = np.argsort(ends, kind="stable")
        self.start = np.searchsorted(ends[self.order], np.arange(len(parties) + 1)).data

    def single(self, groups: Groups, a: int, b: int) -> bool:
        one, other = groups.of(a), groups.of(b)
        if len(one) < 2 or len(other) < 2:
            return False
        few, root = (one, b) if len(one) <= len(other) else (other, a)
        between = [match for row in few for match, end in self._of(row) if groups.find(end) == root]
        if len(between) <= 1:
            return True
        shared = set[tuple[str, int]]()
        for match in between:
            held = self._shared(match)
            shared |= held
            if not held or len(shared) > 1:
                return False  # a second thread: how many more there are does not matter
        return True

    def _of(self, row: int) -> list[tuple[int, int]]:
        size = len(self.matches.a)
        places = [place % size for place in self.order[self.start[row] : self.start[row + 1]].tolist()]
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
