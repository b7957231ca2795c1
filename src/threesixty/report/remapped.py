"""What a remap answers with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remade:
    """Values of one property, or identifiers of one type, that a remap changes: how many, one example."""

    what: str  # "person.family", "identifier email"
    count: int
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Customers whose Records are together otherwise than before: the ids before and after."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remapped:
    """What a remap did, or would do: Records that are `new`, that `changed`, that `ended`; rows `rejected`
    now and rejects `mended`; how many customers `merged` and `split`, with some of them in `moved`."""

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
    lost_decisions: int
    notices: tuple[str, ...]
    seconds: float
    dry_run: bool = False
