"""How sound who is who is, told without labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `of`, as a share, with the bounds between which the true share lies nineteen times in twenty.

    Bounds are Wilson's. Where nothing was left out, the share is exact and the bounds say what the next ones
    of the same sort would be like.
    """

    name: str
    hits: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Large:
    """One of the largest customers."""

    customer: str
    name: str
    records: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A customer whose Records contradict each other, in what, and the two Records."""

    customer: str
    field: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Generic:
    """An identifier that too many different people hold to say anything."""

    type: str
    value: str
    holders: int


@dataclass(frozen=True, slots=True)
class Churn:
    """What became of customers' ids in the last days: how many merged, split, or ended."""

    days: int
    merged: int
    split: int
    ended: int
    per_thousand: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A share that is another one among newer Records: of those that say something of a property, of those
    that found another Record (`matched`), or of a verdict among strong Matches (`email: same`)."""

    what: str
    before: Rate
    after: Rate


@dataclass(frozen=True, slots=True)
class Canaries:
    """Invented Records whose customer is known, scored in memory with the real scorer; nothing is written.

    `recall`: copies of real Records, as another source would say them and with a slip, that found their
    customer; `copies` by the slip. `false_merges`: copies and `housemates`, invented people of a customer's
    household, that joined a customer not theirs. `left_out` were not scored: too many Records hang together
    with what they would join.
    """

    recall: Rate
    copies: tuple[Rate, ...]
    false_merges: Rate
    housemates: Rate
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How sound who is who is.

    `findings` says in words what to look at; `sampled`, what was not counted whole. `sizes`
    counts customers by their number of Records, `drift_since` says what newer Records are newer than.
    """

    records: int
    customers: int
    size_band: str
    sizes: tuple[tuple[str, int], ...]
    largest: tuple[Large, ...]
    conflicts: Rate
    conflict_fields: tuple[Rate, ...]
    conflict_examples: tuple[Conflict, ...]
    single_edge: Rate
    near_misses: int
    near_misses_per_thousand: float
    parked: int
    generics: tuple[tuple[str, int], ...]
    top_generics: tuple[Generic, ...]
    churn: Churn
    drift_since: Literal["epoch", "newest tenth", ""]
    drift: tuple[Shift, ...]
    canaries: Canaries | None
    findings: tuple[str, ...]
    sampled: tuple[str, ...]
    seconds: float
