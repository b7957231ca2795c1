"""What waits for somebody to say who is who: the review queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from threesixty.report import Evidence


@dataclass(frozen=True, slots=True)
class Stake:
    """One side of a doubt: a customer, or the part of one, with its Records and what it bought.

    `value` is the sum of its purchases in the project's currency, in 1/10,000.
    """

    customer: str
    name: str
    records: tuple[str, ...]
    purchases: int
    value: int
    currency: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two sides that may, or may not, be one customer.

    `sort`: `near` is just too weak to be one, `parked` waits by a rule, `loose` is one by weak evidence, and
    `conflict` is one whose Records contradict each other. `records` are the two in question, with their
    `bits`; `together` weighs the sides as wholes, as `evidence` does, strongest first, or tells what holds
    one customer. `uncertainty` is from 0 (sure) to 1 (even odds), `impact` grows with the Records and
    purchases at stake; the queue goes by their product.
    """

    sort: Literal["near", "parked", "loose", "conflict"]
    a: Stake
    b: Stake
    records: tuple[str, str]
    evidence: tuple[Evidence, ...]
    bits: float
    together: float
    because: str
    uncertainty: float
    impact: float


@dataclass(frozen=True, slots=True)
class Doubts:
    """The head of the review queue; how many wait of each sort; how many were ranked.

    Any two customers count once, and so does one by itself. Of very many, those that seem to matter most are
    ranked; `loose` and `conflicts` count those. `sampled` says in words what was not looked into.
    """

    doubts: tuple[Doubt, ...]
    near: int
    parked: int
    loose: int
    conflicts: int
    ranked: int
    sampled: tuple[str, ...]
    seconds: float

    @property
    def waiting(self) -> int:
        """How many doubts there are in all."""
        return self.near + self.parked + self.loose + self.conflicts


@dataclass(frozen=True, slots=True)
class Label:
    """A pair of Records that a person decided, as a label to learn from."""

    a: str
    b: str
    same: bool
    by: str
    at: int
    why: str
