"""What a group may not become by Matches alone: a person of too many surnames, or of very many Records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import names
from threesixty.identity.parties import Bools, Codes, Ints, Parties

MANY = "many"
LARGE = "large"


class Firewall:
    """Limits of a group: `most` distinct values of each field or identifier type, and `records` in all.

    Surnames count by sound. Limits are far above what true customers reach: who breaks one is a mistake of
    the data or of ours, or somebody whom a person has to look at. What somebody looked at is no breach any
    more: a group that is `decided` to be one and is beyond a limit wins who adds nothing to what it has too
    many of, and as many Records by evidence as others.
    """

    def __init__(
        self, parties: Parties, most: Mapping[str, int], records: int, decided: Iterable[Sequence[int]]
    ) -> None:
        self.parties = parties
        self.most = most
        self.records = records
        self.decided = {rows[0]: rows for rows in decided}
        # A row says one thing of each field, and may hold several identifiers of a type.
        self.least = min(most.values(), default=records)
        held = [parties.identifiers[kind].count for kind in sorted(most) if kind in parties.identifiers]
        self.weight = np.maximum.reduce([np.ones(len(parties), np.int64), *held])
        self.heaviest = int(self.weight.max(initial=1))
        self.heft: list[int] = self.weight.tolist()

    @cached_property
    def columns(self) -> list[tuple[int, str, NDArray[np.int64], Codes]]:
        """Limit, field, and what each row says of it; only of a group that is large is it asked."""
        columns = [(self.most[field], field, *_held(self.parties, field)) for field in sorted(self.most)]
        # What all Records together do not break, no group of them does.
        return [one for one in columns if int(one[3].max(initial=-1)) >= one[0]]

    @cached_property
    def views(self) -> list[tuple[str, int, int, memoryview[int], memoryview[int]]]:
        """The same to read one number out of many, which a view does twice as fast as an array.

        With how many Records cannot break the limit yet.
        """
        return [
            (field, limit, limit // int(np.diff(start).max()), start.data, codes.data)
            for limit, field, start, codes in self.columns
        ]

    def breach(self, one: Sequence[int], other: Sequence[int]) -> str:
        """Why two groups may not be one without a Decision, or ''."""
        size = len(one) + len(other)
        if size > self.records and size - self._looked_at(one, other) > self.records:
            return LARGE
        if size * self.heaviest <= self.least:
            return ""
        heft = self.heft
        if sum(heft[row] for row in one) + sum(heft[row] for row in other) <= self.least:
            return ""
        for field, limit, enough, start, codes in self.views:
            if size <= enough:
                continue
            held = _many(start, codes, (*one, *other))
            if held > limit and all(_many(start, codes, rows) < held for rows in self._decided(one, other)):
                return f"{MANY} {field}"
        return ""

    def _looked_at(self, one: Sequence[int], other: Sequence[int]) -> int:
        """How many Records a group within two has that Decisions alone made larger than may be, or 0."""
        sizes = map(len, self._decided(one, other))
        return max((size for size in sizes if size > self.records), default=0)

    def _decided(self, one: Sequence[int], other: Sequence[int]) -> list[Sequence[int]]:
        """The groups that Decisions alone make within two groups."""
        return [self.decided[row] for row in (*one, *other) if row in self.decided] if self.decided else []

    def breached(self, labels: Ints) -> Bools:
        """By label, whether the rows of one label break a limit of values."""
        found = np.zeros(len(labels), bool)
        hefty = np.bincount(labels, self.weight, minlength=len(labels)) > self.least
        for limit, _, start, codes in self.columns if hefty.any() else ():
            of_code = np.repeat(labels, np.diff(start))
            worth, base = hefty[of_code], int(codes.max()) + 1
            pairs = np.unique(of_code[worth] * base + codes[worth])
            found |= np.bincount(pairs // base, minlength=len(labels)) > limit
        return found


def _many(start: memoryview[int], codes: memoryview[int], rows: Iterable[int]) -> int:
    """How many distinct values these rows have."""
    held: set[int] = set()
    for row in rows:
        held.update(codes[start[row] : start[row + 1]])
    return len(held)


def _held(parties: Parties, field: str) -> tuple[NDArray[np.int64], Codes]:
    """What each row says of a field: row r `codes[start[r]:start[r + 1]]`."""
    held = parties.identifiers.get(field)
    if held is not None:
        return held.start, held.codes
    column = parties.derived(field, names.sound) if field == "family" else parties.column(field)
    known = column.codes >= 0
    return np.concatenate(([0], np.cumsum(known))).astype(np.int64), column.codes[known]
