"""Master ids that do not do what they are there for, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from threesixty.ledger import Ledger, MasterId

_NAMED = 5


def told(ledger: Ledger) -> tuple[str, ...]:
    """Ids that are none, and so hold nobody together, and those whose Records stand apart all the same."""
    torn, fillers = ledger.torn(), ledger.fillers()
    return (
        *_each((one for no, one in torn if no in fillers), _filler),
        *_each((one for no, one in torn if no not in fillers), _apart),
    )


def _each(found: Iterable[MasterId], say: Callable[[MasterId], str]) -> list[str]:
    ordered = sorted(found, key=lambda one: (-one.records, one))
    more = len(ordered) - _NAMED
    last = [f"and {more:,} more master ids like the last one"] if more > 0 else []
    return [*map(say, ordered[:_NAMED]), *last]


def _filler(one: MasterId) -> str:
    return f"{_on(one)}: it is a filler, and holds nobody together"


def _apart(one: MasterId) -> str:
    return f"{_on(one)}: a person's decision keeps them apart, or they are of different kinds"


def _on(one: MasterId) -> str:
    many = f"{one.records:,} records of {one.customers:,} customers"
    return f"master id {one.key} of {one.source} is on {many}"
