"""What a remap answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fate = Literal["changed", "lost", "unreadable"]
"""What becomes of a value: another one, or a first; none any more; a text that can no longer be read."""


@dataclass(frozen=True, slots=True)
class Remade:
    """Values of one property, identifiers of one type or links of one role that come to the same fate in a
    remap: how many, one example."""

    what: str  # "person.family", "identifier email"
    count: int
    key: str
    before: str
    after: str
    fate: Fate = "changed"


@dataclass(frozen=True, slots=True)
class Refused:
    """Rows that can be no Records any more, for one reason: how many, one of them."""

    reason: str
    count: int
    row: str


@dataclass(frozen=True, slots=True)
class Named:
    """A customer by its id and what it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Customers whose Records are together otherwise than before: those before and those after. An id that
    is on both sides stays."""

    before: tuple[Named, ...]
    after: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person decided about two Records of which one ended: it counts again when that is back."""

    verdict: str
    one: str
    other: str
    by: str


@dataclass(frozen=True, slots=True)
class Remapped:
    """What a remap did, or would do: Records that are `new`, that `changed`, that `ended`; rows `rejected`
    now and rejects `mended`; how many customers `merged` and `split`, with some of them in `moved`;
    Decisions that are `waiting`. Some of the Records that `came` and `went` are named, and why rows were
    `refused`."""

    sources: tuple[str, ...]
    rows: int
    new: int
    changed: int
    ended: int
    rejected: int
    mended: int
    changes: tuple[Remade, ...]
    customers_before: int
    customers: int
    merged: int
    split: int
    moved: tuple[Regrouped, ...]
    waiting: tuple[Waiting, ...]
    notices: tuple[str, ...]
    seconds: float
    dry_run: bool = False
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
