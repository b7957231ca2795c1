"""What people decided, as it is listed."""

from __future__ import annotations

from dataclasses import dataclass, field

from threesixty.record import Scalar


@dataclass(frozen=True, slots=True)
class Action:
    """One merge, split, assertion or pin: what it says shares the number.

    `what` is `same`, `different`, or the pinned properties, comma-joined. `sides`: the Records that it says
    are the same, or the groups that are different. `aside`: it contradicts a stronger one, `waits`: of no two
    Records that it speaks of both are there now; so it has no effect. `partly`: it contradicts a stronger one
    in some pairs of Records, and holds in the others. `values`: what was pinned, by property,
    None that there is none; `types`: of what type each is in the schema.
    """

    action: int
    at: int
    by: str
    why: str
    count: int
    withdrawn: bool
    what: str = ""
    sides: tuple[tuple[str, ...], ...] = ()
    aside: bool = False
    partly: bool = False
    waits: bool = False
    values: dict[str, Scalar] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
