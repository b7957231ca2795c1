"""What the Records of one group say together, and how well two groups go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import compare
from threesixty.identity.compare import FIELDS, LEVEL, Verdict
from threesixty.identity.parties import Parties
from threesixty.identity.weights import Band, Weights

VARYING: Mapping[str, Verdict] = {
    "given": compare.given_names, "family": compare.family_names, "middle": compare.middle_names,
    "birth_date": compare.birth_dates, "suffix": compare.differ, "gender": compare.differ,
}  # fmt: skip


@dataclass(slots=True)
class Profile:
    """A group's words by field, with how many of its Records say each, and its exclusive identifiers."""

    words: list[dict[int, int]]
    exclusive: list[set[int]]

    def join(self, other: Profile) -> None:
        """Take in what another group says."""
        for mine, theirs in zip(self.words, other.words, strict=True):
            for word, often in theirs.items():
                mine[word] = mine.get(word, 0) + often
        for held, more in zip(self.exclusive, other.exclusive, strict=True):
            held.update(more)


class Words:
    """One field of all Records: which word each says, and the bits between any two words."""

    def __init__(self, field: str, parties: Parties, table: NDArray[np.float64]) -> None:
        self.name = field
        self.column = parties.column(field)
        self.verdict = VARYING[field]
        self.bits = table[FIELDS.index(field)]
        # A memoryview gives plain numbers, and much faster than an array does.
        self.codes = self.column.codes.data
        self.same = self.bits[compare.same_levels(field, self.column)].tolist()
        self.known: dict[tuple[int, int], float] = {}

    def mean(self, one: dict[int, int], other: dict[int, int]) -> float:
        """The bits of every word of one against every word of the other, on average."""
        total, weight = 0.0, 0
        for x, often in one.items():
            for y, times in other.items():
                total += often * times * self.between(x, y)
                weight += often * times
        return total / weight

    def between(self, x: int, y: int) -> float:
        """The bits of two words, whichever comes first."""
        if x == y:
            return float(self.same[x])
        found = self.known.get((x, y))
        if found is None:
            first, second = (x, y) if self.column.hashes[x] <= self.column.hashes[y] else (y, x)
            words = self.column.words
            found = self.known[x, y] = float(self.bits[self.verdict([words[first]], [words[second]])[0]])
        return found


class Compatibility:
    """Bits for and against two groups being one, from every value of one against every value of the other.

    This takes the place of what the same fields say of the one pair of Records that a Match is about.
    """

    def __init__(self, parties: Parties, weights: Weights, band: Band) -> None:
        self.table = weights.table(band)
        self.contradiction = weights.contradiction_bits
        self.words = [Words(field, parties, self.table) for field in VARYING]
        self.exclusive = sorted(weights.exclusive & parties.identifiers.keys() & LEVEL.keys())
        self.held = [parties.identifiers[kind] for kind in self.exclusive]

    def replaced(self, levels: compare.Levels) -> NDArray[np.float64]:
        """The bits of these fields in pairs with these levels."""
        found = np.zeros(len(levels))
        for field in (*VARYING, *self.exclusive):
            place = FIELDS.index(field)
            found += self.table[place, levels[:, place]]
        return found

    def profile(self, rows: list[int]) -> Profile:
        """What these Records say."""
        words = []
        for field in self.words:
            counts: dict[int, int] = {}
            for row in rows:
                code = field.codes[row]
                if code >= 0:
                    counts[code] = counts.get(code, 0) + 1
            words.append(counts)
        return Profile(words, [{code for row in rows for code in of.of(row)} for of in self.held])

    def bits(self, one: Profile, other: Profile) -> float:
        """Evidence of these fields for two groups."""
        said = [bits for bits, _ in self._said(one, other)]
        # One contradiction may be a slip; two are another person, more often than their sum says.
        against = sum(bits <= -1 for bits in said) - 1
        return sum(said) + max(against, 0) * self.contradiction

    def worst(self, one: Profile, other: Profile) -> str:
        """The field that speaks most against two groups, or 'evidence' where none does."""
        bits, name = min(self._said(one, other), default=(0.0, ""))
        return name if bits < 0 else "evidence"

    def _said(self, one: Profile, other: Profile) -> list[tuple[float, str]]:
        """Bits of each field that both groups say something in."""
        found = [
            (field.mean(mine, theirs), field.name)
            for field, mine, theirs in zip(self.words, one.words, other.words, strict=True)
            if mine and theirs
        ]
        for kind, held, more in zip(self.exclusive, one.exclusive, other.exclusive, strict=True):
            if held and more:
                found.append((self._identifiers(kind, held, more), kind))
        return found

    def _identifiers(self, kind: str, held: set[int], more: set[int]) -> float:
        level = LEVEL[kind]["different" if held.isdisjoint(more) else "same"]
        return float(self.table[FIELDS.index(kind), level])
