"""What scoring has learned: for every level of every field, how much it says for or against.

The file has Splink's form as far as it goes: `m` is how often a level is seen when two Records are of
one party, `u` when they are not; their ratio, as bits, is the evidence. Bands say how likely two Records
are of one party to begin with, and how rare a shared identifier is, at a given number of Records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import levels as persons
from threesixty.identity import organisations
from threesixty.identity.levels import Levels
from threesixty.identity.parties import Ints
from threesixty.identity.sound import check

SHARED = frozenset({"same", "mailbox", "alike", "family_box", "beside"})
IDENTIFYING = frozenset({*persons.TYPED, *organisations.TYPED, "other"})
SORTS = (persons.LEVELS, organisations.LEVELS)
"""The fields of a pair and their levels: of two organisations the second, of any others the first."""
WIDTH = len(persons.LEVELS)
Bits = Mapping[str, Mapping[str, float]]


def sorts(levels: Levels) -> Ints:
    """Which of SORTS each pair's levels are of."""
    found: Ints = (levels[:, -1] == organisations.BOTH).astype(np.int64)
    return found


class Untrained(ValueError):
    """Weights say nothing of some levels: `levels`, as 'field.level'."""

    def __init__(self, levels: Sequence[str]) -> None:
        super().__init__(f"weights without {', '.join(levels)}: learn them again, or give m and u by hand")
        self.levels = tuple(levels)


def bits_of(probability: float) -> float:
    """Odds as bits: 0 at one half, 4.25 at .95."""
    return log2(probability / (1 - probability))


@dataclass(frozen=True)
class Band:
    """A range of sizes: `prior_bits` to begin with, `identifier_bits` more for a shared identifier."""

    name: str
    records: int
    prior_bits: float
    identifier_bits: float


@dataclass(frozen=True)
class Weights:
    """Evidence in bits by field and level for each of SORTS, the bands, limits of `silent` and `cluster`."""

    bits: tuple[Bits, Bits]
    bands: tuple[Band, ...]
    probability: float
    keep_probability: float
    generic_names: int
    identifier_holders: int
    key_holders: int
    name_holders: int
    known_names: int
    common_names: int
    bridge_bits: float
    group_bits: float
    contradiction_bits: float
    exclusive: frozenset[str]
    most: Mapping[str, int]
    most_records: int
    support_bits: float
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Weights:
        """Weights from a file, or the shipped ones. Every level must have been learned."""
        return cls.from_dict(json.loads(path.read_text("utf-8") if path else cls.text()))

    @staticmethod
    def text() -> str:
        """The shipped weights as they are written."""
        return files(__package__).joinpath("weights.json").read_text("utf-8")

    @classmethod
    def from_dict(cls, read: Mapping[str, Any]) -> Weights:
        """Weights from what a weights file holds."""
        shipped = json.loads(cls.text())
        # Those of organisations are not learned either.
        firms = read.get("organisations", shipped["organisations"])
        # Limits are not learned: those that weights of another version do not know are the shipped ones.
        limits = {**shipped["limits"], **read["limits"]}
        check(limits, read["bands"], [*read["comparisons"], *firms])
        bits = _all_bits(read["comparisons"]), _all_bits(firms)
        missing = [
            f"{field}.{level}" for known, fields in zip(bits, SORTS, strict=True)
            for field, levels in fields.items() for level in levels[1:] if level not in known.get(field, {})
        ]  # fmt: skip
        if missing:
            # A level nobody trained would silently count as no evidence.
            raise Untrained(missing)
        return cls(
            bits=bits,
            bands=tuple(Band(**band) for band in read["bands"]),
            probability=limits["match_probability"],
            keep_probability=limits["keep_probability"],
            generic_names=limits["generic_names"],
            identifier_holders=limits["identifier_holders"],
            key_holders=limits["key_holders"],
            name_holders=limits["name_holders"],
            known_names=limits["known_names"],
            common_names=limits["common_names"],
            bridge_bits=limits["bridge_bits"],
            group_bits=limits["group_bits"],
            contradiction_bits=limits["contradiction_bits"],
            exclusive=frozenset(limits["exclusive"]),
            most=limits["most"],
            most_records=limits["most_records"],
            support_bits=limits["support_bits"],
            shares={
                each["field"]: {level["level"]: level["m"] for level in each["levels"]}
                for each in read["comparisons"]
            },
        )

    def together_bits(self, one: int, other: int) -> float:
        """How much evidence two groups of so many Records need as wholes, whatever two of them say."""
        return self.group_bits if min(one, other) > 1 else 0.0

    def band(self, live_parties: int) -> Band:
        """The band for so many live party Records: the first that reaches as far."""
        return next((band for band in self.bands if live_parties <= band.records), self.bands[-1])

    @cached_property
    def exclusive_others(self) -> frozenset[str]:
        """The exclusive types that a project declared: all of them share the field 'other'."""
        return self.exclusive - IDENTIFYING

    @cached_property
    def threshold(self) -> float:
        """Bits from which a Match merges."""
        return bits_of(self.probability)

    @cached_property
    def support(self) -> float:
        """Bits from which several Matches may add up."""
        return self.threshold - self.support_bits

    @cached_property
    def keep(self) -> float:
        """Bits from which a Match is kept, for merging or for a look."""
        return bits_of(self.keep_probability)

    @cached_property
    def digest(self) -> str:
        """A digest of everything scoring depends on."""
        values = [getattr(self, each.name) for each in fields(self) if each.compare]
        # A set is printed in another order by every process.
        said = repr([sorted(value) if isinstance(value, frozenset) else value for value in values])
        return blake2b(said.encode(), digest_size=12).hexdigest()

    def table(self, band: Band) -> NDArray[np.float64]:
        """Bits by field and level, as an array of shape (sorts, fields, 16) that nobody may change."""
        if band.name not in self._tables:
            self._tables[band.name] = self._table(band)
        return self._tables[band.name]

    @cached_property
    def _tables(self) -> dict[str, NDArray[np.float64]]:
        return {}

    def _table(self, band: Band) -> NDArray[np.float64]:
        found = np.zeros((len(SORTS), WIDTH, 16))
        for sort, (names, known) in enumerate(zip(SORTS, self.bits, strict=True)):
            for row, (name, levels) in enumerate(names.items()):
                for place, level in enumerate(levels[1:], 1):
                    shared = name in IDENTIFYING and level in SHARED
                    found[sort, row, place] = known[name][level] + (band.identifier_bits if shared else 0.0)
        return found


def _all_bits(comparisons: list[Mapping[str, Any]]) -> Bits:
    return {field["field"]: _bits(field["levels"]) for field in comparisons}


def _bits(levels: list[Mapping[str, Any]]) -> dict[str, float]:
    # In steps of 1/64, so that sums are exact and come out equal in every order.
    return {level["level"]: round(log2(level["m"] / level["u"]) * 64) / 64 for level in levels}
