"""Groups of Records while they are being joined, and what is asked of two of them before they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import compare, organisations
from threesixty.identity.firewall import Firewall
from threesixty.identity.parties import Bools, Ints, Parties
from threesixty.identity.profile import Compatibility, Meeting, Profile
from threesixty.identity.weights import Weights

T = TypeVar("T")
_LARGE = 64
"""Pairs of Records between two groups from which on it pays to remember what was asked."""


@dataclass(frozen=True)
class Matches:
    """Scored pairs of Record numbers, a < b, in any order."""

    a: Ints
    b: Ints
    bits: NDArray[np.float64]
    levels: Ints


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
    """Groups with what their Records say, looked at as wholes; `last` is the evidence last weighed."""

    def __init__(
        self, groups: Groups, compatibility: Compatibility, firewall: Firewall, weights: Weights
    ) -> None:
        self.groups = groups
        self.compatibility = compatibility
        self.weights = weights
        self.firewall = firewall
        self.profiles: dict[int, Profile] = {}
        self.asked: dict[tuple[int, int, object], tuple[tuple[int, int], Any]] = {}
        self.last = 0.0

    def objection(self, a: int, b: int, bits: float, firm: float, meeting: Meeting) -> str:
        """What keeps two groups apart, or ''; `firm` is the part of bits that is not about the groups."""
        sizes = len(self.groups.of(a)), len(self.groups.of(b))
        if sizes == (1, 1):
            self.last = bits
            return ""
        self.last = firm + self._weigh(a, b, meeting)
        enough = self.last >= self.weights.together_bits(*sizes)
        return "" if enough else self.compatibility.worst(self._of(a), self._of(b))

    def _weigh(self, a: int, b: int, meeting: Meeting) -> float:
        return self.once(meeting, a, b, lambda: self.compatibility.bits(self._of(a), self._of(b), meeting))

    def once(self, what: object, a: int, b: int, answer: Callable[[], T]) -> T:
        """What is asked of two groups; of large ones, to which very many Matches lead, remembered."""
        sizes = len(self.groups.of(a)), len(self.groups.of(b))
        if sizes[0] * sizes[1] < _LARGE:
            return answer()
        found = self.asked.get((a, b, what))
        if found is None or found[0] != sizes:
            found = self.asked[a, b, what] = sizes, answer()
        known: T = found[1]
        return known

    def join(self, a: int, b: int) -> None:
        """Make two groups one."""
        one, other = self.profiles.pop(a, None), self.profiles.pop(b, None)
        root = self.groups.join(a, b)
        if one and other:
            one.join(other)
            self.profiles[root] = one

    def _of(self, root: int) -> Profile:
        found = self.profiles.get(root)
        if found is None:
            found = self.profiles[root] = self.compatibility.profile(self.groups.of(root))
        return found


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
