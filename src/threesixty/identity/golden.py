"""Which value wins, property by property, and which values lost to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from threesixty.record import Scalar

# A group that lacks one of these is only part of a name or an address, and loses to a whole one.
CORE = ({"given", "family"}, {"street"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What one Record says: higher `trust` wins, then the newest `at`; `tie` hashes the Record's name."""

    record: int
    source: str
    trust: int
    at: int | None
    tie: int
    values: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Won:
    """The winning value and its Record; other values with the best Record for each, best first."""

    value: Scalar
    record: int
    losing: list[tuple[Scalar, int]] = field(default_factory=list)


def golden(claims: Sequence[Claim], groups: Iterable[Sequence[str]] = ()) -> dict[str, Won]:
    """The winner of every property somebody gave, in any order of claims.

    Order: source trust, newest, most frequent, hash. The properties of a group come from one Record.
    """
    if len(claims) == 1:
        [only] = claims
        return {
            name: Won(only.values[name], only.record)
            for name in only.values
            if _given(only, name) is not None
        }
    grouped = [tuple(group) for group in groups]
    taken = {name for group in grouped for name in group}
    single = sorted({name for claim in claims for name in claim.values} - taken)
    found: dict[str, Won] = {}
    for group in [*grouped, *((name,) for name in single)]:
        found |= _win(claims, group)
    return found


def _win(claims: Sequence[Claim], group: tuple[str, ...]) -> dict[str, Won]:
    said = [(claim, tuple(_given(claim, name) for name in group)) for claim in claims]
    said = [(claim, values) for claim, values in said if any(value is not None for value in values)]
    if not said:
        return {}
    often = Counter(values for _, values in said)
    core = next((core for core in CORE if core <= set(group)), set())
    ranked = sorted(
        said,
        key=lambda one: (_whole(one[0], core), *_rank(one[0]), often[one[1]], one[0].tie, one[0].record),
        reverse=True,
    )
    best, winning = ranked[0]
    return {
        name: Won(value, best.record, _losing(value, [(values[place], claim) for claim, values in ranked]))
        for place, (name, value) in enumerate(zip(group, winning, strict=True))
        if value is not None
    }


def _given(claim: Claim, name: str) -> Scalar:
    value = claim.values.get(name)
    return None if value == "" else value


def _whole(claim: Claim, core: set[str]) -> bool:
    return all(_given(claim, name) is not None for name in core)


def _rank(claim: Claim) -> tuple[int, bool, int]:
    return claim.trust, claim.at is not None, claim.at or 0


def _losing(won: Scalar, ranked: list[tuple[Scalar, Claim]]) -> list[tuple[Scalar, int]]:
    seen: dict[Scalar, int] = {}
    for value, claim in ranked:
        if value is not None and value != won:
            seen.setdefault(value, claim.record)
    return list(seen.items())
