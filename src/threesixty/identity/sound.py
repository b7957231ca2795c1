"""Whether a file of weights can be used: names that exist, and numbers within their limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import isfinite, log2
from typing import Any

from threesixty.identity import levels as persons
from threesixty.identity import organisations

MOST_BITS = 100.0
"""No evidence is worth more, for or against: with so many bits, everything is certain already."""
MOST_OF_A_COUNT = 10**9
LEAST_LIKELY, MOST_LIKELY = 0.5, 0.9999
"""Between these is the probability from which two Records are joined."""

_COUNTS = (
    "generic_names",
    "identifier_holders",
    "key_holders",
    "name_holders",
    "known_names",
    "common_names",
    "most_records",
)
_BITS = ("bridge_bits", "group_bits", "contradiction_bits", "support_bits")
_PARTS = ("learned", "limits", "bands", "comparisons", "organisations")
_LIMITS = ("match_probability", "keep_probability", *_COUNTS, *_BITS, "exclusive", "most")


class Unsound(ValueError):
    """A number in weights is outside its limits; says which number, and what it may be."""


def check(limits: Mapping[str, Any], bands: Sequence[Mapping[str, Any]], fields: Iterable[Any]) -> None:
    """Raise Unsound for the first number that is outside its limits."""
    for wrong in (*_limits(limits), *_bands(bands), *_levels(fields)):
        raise Unsound(wrong)


def unknown(read: Mapping[str, Any], types: Iterable[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Names in weights that nothing is called by: the sort of name, the name, and the names there are.

    `types` are the identifier types of the project.
    """
    limits = read["limits"]
    said = (*persons.LEVELS, *organisations.LEVELS, *types)
    yield from _unknown("part", read, _PARTS)
    yield from _unknown("limit", limits, _LIMITS)
    yield from _unknown("field or identifier type of `most`", limits.get("most", ()), said)
    yield from _unknown("identifier type of `exclusive`", limits.get("exclusive", ()), said)
    for part, known in (("comparisons", persons.LEVELS), ("organisations", organisations.LEVELS)):
        fields = read.get(part, ())
        yield from _unknown(f"field of `{part}`", [one["field"] for one in fields], known)
        for one in fields:
            levels = [level["level"] for level in one["levels"]]
            yield from _unknown(f"verdict on {one['field']}", levels, known[one["field"]][1:])


def _unknown(
    what: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    there = tuple(dict.fromkeys(known))
    yield from ((what, name, there) for name in names if name not in there)


def _limits(limits: Mapping[str, Any]) -> Iterator[str]:
    likely = limits["match_probability"]
    if not _between(likely, LEAST_LIKELY, MOST_LIKELY):
        yield f"match_probability is from {LEAST_LIKELY} to {MOST_LIKELY}, not {likely!r}"
    elif not _between(limits["keep_probability"], 1e-9, likely):
        yield f"keep_probability is above 0, and at most match_probability: {limits['keep_probability']!r}"
    counts = {name: limits[name] for name in _COUNTS}
    counts |= {f"most.{name}": count for name, count in limits["most"].items()}
    for name, count in counts.items():
        if not _between(count, 0, MOST_OF_A_COUNT) or count % 1:
            yield f"{name} is a whole number from 0 to {MOST_OF_A_COUNT:,}, not {count!r}"
    yield from (_no_bits(name, limits[name]) for name in _BITS if not _is_bits(limits[name]))
    if isinstance(limits["exclusive"], str):
        yield "exclusive is a list of types"


def _bands(bands: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not bands:
        yield "there is no size band"
    for band in bands:
        if not _between(band["records"], 0, float("inf")):
            yield f"records of the size band {band['name']} is a number of records, not {band['records']!r}"
        for name in ("prior_bits", "identifier_bits"):
            if not _is_bits(band[name]):
                yield _no_bits(f"{name} of the size band {band['name']}", band[name])
    for one, other in pairwise(bands):
        if one["records"] >= other["records"]:
            yield f"size bands go from small to large: {other['name']} follows {one['name']}"


def _levels(fields: Iterable[Any]) -> Iterator[str]:
    for field in fields:
        for level in field["levels"]:
            called = f"{field['field']}.{level['level']}"
            for name in ("m", "u"):
                if not _number(level[name]) or level[name] <= 0:
                    yield f"{name} of {called} is a number above 0, not {level[name]!r}"
                    return
            if abs(log2(level["m"]) - log2(level["u"])) > MOST_BITS:
                yield f"m and u of {called} are further apart than {MOST_BITS:g} bits"


def _no_bits(name: str, value: object) -> str:
    return f"{name} is a number of bits from -{MOST_BITS:g} to {MOST_BITS:g}, not {value!r}"


def _is_bits(value: object) -> bool:
    return _between(value, -MOST_BITS, MOST_BITS)


def _between(value: object, low: float, high: float) -> bool:
    return _number(value) and low <= float(str(value)) <= high


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
