"""What the Records of one group say together, and how well two groups go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import compare, organisations
from threesixty.identity.interactions import at_home, nearby, tied
from threesixty.identity.levels import (
    FIELDS,
    LEVEL,
    TYPOS,
    Levels,
    Verdict,
    birth_dates,
    differ,
    exclusive_ids,
    family_names,
    given_names,
    middle_names,
    strongest,
)
from threesixty.identity.parties import Bools, Column, Parties
from threesixty.identity.weights import SORTS, Band, Weights, sorts


class Meeting(NamedTuple):
    """How two Records came together: `at_home` over what families share, `nearby` also over a town or a
    postcode, with their names `swapped`, `tied` by two of email, phone and device.
    """

    at_home: bool = False
    nearby: bool = False
    swapped: bool = False
    tied: bool = False


_MEETINGS = [Meeting(*(bool(way >> place & 1) for place in range(4))) for way in range(16)]


class Varying(NamedTuple):
    """A field of which a group may say several things: its words, and the levels of any two of them."""

    column: Callable[[Parties], Column]
    verdict: Verdict
    same: Callable[[Column], Levels]


def _plain(field: str, verdict: Verdict) -> Varying:
    return Varying(
        lambda parties: parties.column(field), verdict, lambda column: compare.same_levels(field, column)
    )


VARYING: tuple[Mapping[str, Varying], Mapping[str, Varying]] = (
    {
        "given": _plain("given", given_names), "family": _plain("family", family_names),
        "middle": _plain("middle", middle_names), "suffix": _plain("suffix", differ),
        "birth_date": _plain("birth_date", birth_dates), "gender": _plain("gender", differ),
    },
    {
        "name": Varying(
            organisations.name_column, organisations.firm_verdicts, organisations.same_names
        ),
        "legal_form": Varying(
            organisations.form_column, organisations.legal_forms,
            lambda column: compare.same_levels("legal_form", column),
        ),
    },
)  # fmt: skip
"""By sort, as weights.SORTS has them."""
_GIVEN, _BORN = (list(VARYING[0]).index(name) for name in ("given", "birth_date"))


@dataclass(slots=True)
class Profile:
    """A group's words by field, with how many of its Records say each, and its exclusive identifiers.

    `sort` is 1 for a group of organisations.
    """

    sort: int
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

    def __init__(self, field: str, varying: Varying, parties: Parties, bits: NDArray[np.float64]) -> None:
        self.name = field
        self.column = varying.column(parties)
        self.varying = varying
        self.bits: list[float] = bits.tolist()
        self.known: dict[tuple[int, int], int] = {}

    @cached_property
    def same(self) -> list[float]:
        """The bits of each word and itself."""
        return [self.bits[level] for level in self.varying.same(self.column).tolist()]

    def mean(self, one: dict[int, int], other: dict[int, int]) -> float:
        """The bits of every word of one against every word of the other, on average."""
        if len(one) == len(other) == 1:
            return self.between(*one, *other)
        total, weight = 0.0, 0
        for x, often in one.items():
            for y, times in other.items():
                total += often * times * self.between(x, y)
                weight += often * times
        return total / weight

    def between(self, x: int, y: int) -> float:
        """The bits of two words, whichever comes first."""
        return self.same[x] if x == y else self.bits[self.level(x, y)]

    def level(self, x: int, y: int) -> int:
        """The level of two words, whichever comes first; 1 for a word and itself."""
        if x == y:
            return 1
        found = self.known.get((x, y))
        if found is None:
            first, second = (x, y) if self.column.hashes[x] <= self.column.hashes[y] else (y, x)
            words = self.column.words
            found = int(self.varying.verdict([words[first]], [words[second]])[0])
            self.known[x, y] = self.known[y, x] = found
        return found


class _Side:
    """The fields of one sort that are asked of whole groups, and what each of their levels says."""

    def __init__(self, sort: int, parties: Parties, weights: Weights, band: Band) -> None:
        self.sort = sort
        self.levels, self.table = SORTS[sort], weights.table(band)[sort]
        self.place = {field: place for place, field in enumerate(self.levels)}
        self.words = [
            Words(field, varying, parties, self.table[self.place[field]])
            for field, varying in VARYING[sort].items()
        ]
        declared = weights.exclusive_others & parties.identifiers.keys()
        self.typed = sorted(weights.exclusive & parties.identifiers.keys() & self.levels.keys())
        self.exclusive = [*self.typed, *sorted(declared)]
        self.held = [parties.identifiers[kind] for kind in self.exclusive]
        self.another = self.levels["other"].index("another")
        typos = organisations.VERDICTS if sort else TYPOS
        self.unequal = {**typos, **dict.fromkeys(declared, exclusive_ids)}
        self.births = weights.bits[0]["birth_date"]
        given = weights.bits[0]["given"]
        self.twin = given["twin"]
        # Where another first name says nothing, there is nothing to make more of.
        self.relative = 1.0 if sort or not given["different"] else given["relative"] / given["different"]

    @cached_property
    def codes(self) -> memoryview[int]:
        """The words of all rows, those of one side by side: a view gives numbers faster than an array."""
        return np.stack([words.column.codes for words in self.words], axis=1).ravel().data

    def said(self, row: int) -> list[int]:
        """The word that a row says in each field, -1 for none."""
        size = len(self.words)
        found: list[int] = self.codes[row * size : row * size + size].tolist()
        return found

    def replaced(self, levels: Levels) -> NDArray[np.float64]:
        found = np.zeros(len(levels))
        kept = swapped(levels) if not self.sort else np.zeros(len(levels), bool)
        for field in (*(words.name for words in self.words), *self.typed):
            place = self.place[field]
            said = self.table[place, levels[:, place]]
            found += np.where(kept, 0, said) if field in _NAMES else said
        others = self.place["other"]
        return found + np.where(levels[:, others] == self.another, self.table[others, self.another], 0)

    def identifiers(self, which: int, held: set[int], more: set[int]) -> float:
        """The bits of two groups' identifiers of one exclusive type.

        Of a type that a project declared only a difference counts: what is shared counts for the pair.
        """
        kind, words = self.exclusive[which], self.held[which].words
        field = kind if kind in self.place else "other"
        levels = self.levels[field]
        level = levels.index("different" if held.isdisjoint(more) else "same")
        if kind in self.unequal and held.isdisjoint(more):
            pairs = [(words[x], words[y]) for x in held for y in more]
            said = self.unequal[kind]([x for x, _ in pairs], [y for _, y in pairs])
            level = strongest(levels, said)
        if field == "other" and level != self.another:
            return 0.0
        return float(self.table[self.place[field], level])


_NAMES = frozenset({"given", "family"})
_TWO = frozenset(LEVEL["given"][name] for name in ("lookalike", "another"))
_OPEN = frozenset(LEVEL["given"][name] for name in ("initial", "different"))
_ALIEN = _TWO | _OPEN


def swapped(levels: Levels) -> Bools:
    """Which pairs of persons have first name and surname in each other's places."""
    found: Bools = levels[:, FIELDS.index("given")] == LEVEL["given"]["swapped"]
    return found


def meetings(levels: Levels) -> list[Meeting]:
    """How each pair with these levels came together; of organisations nothing is told."""
    persons = sorts(levels) == 0
    ways = [(way(levels) & persons) << place for place, way in enumerate((at_home, nearby, swapped, tied))]
    return [_MEETINGS[way] for way in np.bitwise_or.reduce(ways).tolist()]


class Compatibility:
    """Bits for and against two groups being one, from every value of one against every value of the other.

    This takes the place of what the same fields say of the one pair of Records that a Match is about.
    """

    def __init__(self, parties: Parties, weights: Weights, band: Band) -> None:
        self.organisation = parties.organisation.tobytes()
        self.contradiction = weights.contradiction_bits
        self.threshold = weights.threshold
        self.asked = parties, weights, band

    @cached_property
    def sides(self) -> list[_Side]:
        """One for each sort that is here, made when first asked: among few Records often nothing is."""
        sorts_here = SORTS if self.asked[0].organisation.any() else SORTS[:1]
        return [_Side(sort, *self.asked) for sort in range(len(sorts_here))]

    def replaced(self, levels: Levels) -> NDArray[np.float64]:
        """The bits of these fields in pairs with these levels."""
        found, sort = np.zeros(len(levels)), sorts(levels)
        for number, side in enumerate(self.sides):
            found[sort == number] = side.replaced(levels[sort == number])
        return found

    def profile(self, rows: list[int]) -> Profile:
        """What these Records say, all of one sort."""
        side = self.sides[self.organisation[rows[0]]]
        words = [{code: 1} if code >= 0 else {} for code in side.said(rows[0])]
        for row in rows[1:]:
            for counts, code in zip(words, side.said(row), strict=True):
                if code >= 0:
                    counts[code] = counts.get(code, 0) + 1
        held = [{code for row in rows for code in of.of(row)} for of in side.held]
        return Profile(side.sort, words, held)

    def bits(self, one: Profile, other: Profile, meeting: Meeting) -> float:
        """Evidence of these fields for two groups that a Match brought together."""
        found = self._said(one, other)
        if meeting.swapped:
            # Names of groups are only asked in their own places.
            found = {name: bits for name, bits in found.items() if name not in _NAMES}
        if meeting.at_home and found.get("given", 0.0) < 0 < found.get("family", 0.0):
            found["given"] *= self.sides[one.sort].relative
        needed = 0.0  # of what a pair needs: a third Record that says less makes nobody likelier to be one
        if self._two_births(found, meeting):
            found["birth_date"] = min(found["birth_date"], self.sides[0].births["apart"])
            needed = self.threshold
        if found.get("suffix", 0.0) <= -1:
            needed = self.threshold
        if self._two_people(one, other, found, meeting):
            needed = self.threshold
            if meeting.tied or not one.words[_BORN].keys().isdisjoint(other.words[_BORN]):
                found["given"] = min(found["given"], self.sides[0].twin)
        said = found.values()
        # One contradiction may be a slip; two are another person, more often than their sum says.
        against = len([bits for bits in said if bits <= -1]) - 1
        return sum(said) + max(against, 0) * self.contradiction - needed

    def _two_births(self, found: Mapping[str, float], meeting: Meeting) -> bool:
        """Whether births are those of two people, as in a pair: see compare."""
        born, births = found.get("birth_date", 0.0), self.sides[0].births
        heirs = meeting.nearby and found.get("given", 0.0) > 0 and found.get("family", 0.0) > 0
        if "birth_date" not in found or found.get("tax_id", 0.0) > 0:
            return False
        return (heirs and born <= births["generation"]) or (
            born <= births["two_parts"] and found.get("tax_id", 0.0) <= -1
        )

    def _two_people(self, one: Profile, other: Profile, found: Mapping[str, float], meeting: Meeting) -> bool:
        """Whether first names are those of two who share what a family does, as in a pair: see compare."""
        if found.get("given", 0.0) >= 0 or found.get("tax_id", 0.0) > 0:
            return False
        family = meeting.at_home and found.get("family", 0.0) > 0
        return (family or meeting.tied) and self._two_names(one, other)

    def _two_names(self, one: Profile, other: Profile) -> bool:
        """Whether the first names of two groups of persons are those of two, and none goes with another."""
        if one.sort:
            return False
        given = self.sides[0].words[_GIVEN]
        two = False
        for x in one.words[_GIVEN]:
            for y in other.words[_GIVEN]:
                level = given.level(x, y)
                if level not in _ALIEN:
                    return False  # one that goes with another is enough: large groups have many names
                two = two or level in _TWO
        return two

    def worst(self, one: Profile, other: Profile) -> str:
        """The field that speaks most against two groups, or 'evidence' where none does."""
        said = self._said(one, other).items()
        bits, name = min(((bits, name) for name, bits in said), default=(0.0, ""))
        return name if bits < 0 else "evidence"

    def _said(self, one: Profile, other: Profile) -> dict[str, float]:
        """Bits of each field that both groups say something in."""
        side = self.sides[one.sort]
        found = {
            field.name: field.mean(mine, theirs)
            for field, mine, theirs in zip(side.words, one.words, other.words, strict=True)
            if mine and theirs
        }
        for which, (held, more) in enumerate(zip(one.exclusive, other.exclusive, strict=True)):
            if held and more:
                found[side.exclusive[which]] = side.identifiers(which, held, more)
        return found
