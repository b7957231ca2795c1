"""The life of one customer's id, entry by entry of the feed."""

from __future__ import annotations

from dataclasses import dataclass

from threesixty.feed import What


@dataclass(frozen=True, slots=True)
class Stage:
    """One entry of the feed in words: what became of the customer, when, and because of what.

    `records` came to it, by their names (those forgotten since are only counted, in `came`), `gone` so many
    are nobody's now. `out_of` and `into` are ids of other customers. `by` and `why` are those of the decision
    where it was one; `cause` and `action` as in the feed.
    """

    change: int
    entry: int
    at: int
    what: What
    customer: str
    records: tuple[str, ...]
    came: int
    gone: int
    out_of: tuple[str, ...]
    into: tuple[str, ...]
    cause: str
    action: int
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lineage:
    """What became of an id since it was given out, oldest first.

    `customer` answers for it now, '' where nobody does; `forgotten` where the person was. `name` is that of
    the customer who answers.
    """

    id: str
    customer: str
    name: str
    stages: tuple[Stage, ...]
    forgotten: bool = False
