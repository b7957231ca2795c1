"""What training and epochs answer with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

_CLEAR = 2.0
"""Bits from which on a verdict clearly speaks for or against."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a verdict on a field says, in bits; the same verdict in the weights it is held against.

    `pairs`: how many were seen with it; None where it was not learned from this ledger.
    """

    field: str
    level: str
    m: float
    u: float
    bits: float
    before: float
    pairs: int | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """Weights, who opened them and when; epoch 0 are the shipped ones. `learned` says from what."""

    number: int
    state: Literal["in force", "open", "former", "dropped", "tried"]
    learned: str
    at: int | None = None
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are, or would be, one customer, and the id it answers to."""

    id: str
    name: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Customers whose Records would be together otherwise: `before` and `after`.

    The ids among `after` are those that are kept; the others answer as aliases.
    """

    what: Literal["merge", "split", "regroup"]
    before: tuple[Group, ...]
    after: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs that people decided, and on how many the evidence alone says the same, by either weights."""

    pairs: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What another epoch would make of the ledger as it is; nothing of it is written.

    `kept` customers keep id and Records. Examples are the largest regroupings of each sort.
    """

    epoch: int
    than: int
    customers_before: int
    customers: int
    kept: int
    merges: int
    splits: int
    regroups: int
    examples: tuple[Regrouping, ...]
    judged: Judged
    seconds: float


@dataclass(frozen=True, slots=True)
class EpochShown:
    """An epoch with its weights, and what it would change."""

    epoch: Epoch
    threshold: float
    prior: float
    levels: tuple[Level, ...]
    difference: Difference | None = None

    @property
    def turned(self) -> tuple[Level, ...]:
        """Learned verdicts that clearly say the opposite of what they say in the weights held against."""
        clear = (one for one in self.levels if min(abs(one.bits), abs(one.before)) >= _CLEAR)
        return tuple(one for one in clear if one.pairs and one.bits * one.before < 0)


@dataclass(frozen=True, slots=True)
class Switched:
    """That another epoch counts (or would), and what came of it."""

    epoch: int
    before: int
    difference: Difference
    dry_run: bool = False
    notices: tuple[str, ...] = field(default=())
