"""What a transaction did to the graph, element by element, and whether Neptune could keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from threesixty.neptune.emulator.refusal import Refusal

Key = tuple[bool, str]
"""Whether it is an edge, and its id."""


@dataclass(frozen=True, slots=True)
class Element:
    """A node or an edge as it is stored; an edge has one label, its type, and two ends."""

    id: str
    labels: tuple[str, ...]
    properties: Mapping[str, Any]
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a transaction did to one element: before is None where it was made, after where it is gone."""

    id: str
    edge: bool
    before: Element | None
    after: Element | None


def element(told: Mapping[str, Any]) -> Element:
    """An element as the ArcadeDB process tells of it (`beneath.py`)."""
    ends = told.get("start", ""), told.get("end", "")
    return Element(told["id"], tuple(told["labels"]), told["properties"], *ends)


def after(touched: Sequence[Mapping[str, Any]]) -> dict[Key, Element | None]:
    """What the touched elements are now. ArcadeDB moves a node whose labels change: it is still there."""
    now: dict[Key, Element | None] = {}
    for one in touched:
        key = (one["edge"], one["id"])
        if one.get("gone"):
            now.setdefault(key, None)
        else:
            now[key] = element(one)
    return now


def between(before: Mapping[Key, Element], now: Mapping[Key, Element | None]) -> tuple[Change, ...]:
    """The changes that are none in name only."""
    return tuple(
        Change(id_, edge, before.get((edge, id_)), then)
        for (edge, id_), then in now.items()
        if then != before.get((edge, id_))
    )


def check(now: Mapping[Key, Element | None]) -> None:
    """Raises a Refusal where an element could not be stored in Neptune as it is now."""
    for (edge, id_), one in now.items():
        if one is None:
            continue
        if not edge and not one.labels:
            raise Refusal("ConstraintViolationException", f"The last label of node {id_} cannot be removed")
        if "\0" in id_:
            raise Refusal("BadRequestException", "An id may not contain \\0")
        for key, value in one.properties.items():
            _check_value(key, value)


def _check_value(key: str, value: Any) -> None:
    if isinstance(value, (list, dict)):
        raise Refusal("UnsupportedOperationException", f"Property {key}: lists and maps cannot be stored")
    if isinstance(value, str) and "\0" in value:
        raise Refusal("BadRequestException", f"Property {key}: a text may not contain \\0")
