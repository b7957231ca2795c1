"""What a transaction did to the graph, element by element, and whether Neptune could keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from threesixty.neptune.emulator.beneath import ID
from threesixty.neptune.emulator.refusal import Refusal

Key = tuple[bool, str]
"""Whether it is an edge, and its id."""


class WithoutLabel(Refusal):
    """A node would have no label."""

    def __init__(self, id_: str) -> None:
        super().__init__("ConstraintViolationException", f"The last label of node {id_} cannot be removed")


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


def elements(
    written: Sequence[Mapping[str, Any]], labels: Mapping[str, Sequence[str]], ends: Mapping[str, str]
) -> dict[Key, Element]:
    """Elements as the ArcadeDB process shows them; labels are those of a type, ends the ids at a place.

    A node whose labels change moves to another place, and stays the same.
    """
    found: dict[Key, Element] = {}
    for one in written:
        edge, id_ = one["@cat"] == "e", one.get(ID)
        if id_ is None:
            raise Refusal("BadRequestException", f"{ID} has to be a String, but it is null")
        properties = {key: value for key, value in one.items() if key != ID and not key.startswith("@")}
        places = ends.get(one.get("@out", ""), ""), ends.get(one.get("@in", ""), "")
        found[edge, id_] = Element(id_, tuple(labels[one["@type"]]), properties, *places)
    return found


def between(before: Mapping[Key, Element], now: Mapping[Key, Element | None]) -> tuple[Change, ...]:
    """What differs."""
    return tuple(
        Change(id_, edge, before.get((edge, id_)), then)
        for (edge, id_), then in now.items()
        if not _alike(then, before.get((edge, id_)))
    )


def _alike(one: Element | None, other: Element | None) -> bool:
    """Equal, and so are the types of the values: 1, 1.0 and true are three."""
    if one is None or other is None or one != other:
        return one is other
    return all(type(value) is type(other.properties[key]) for key, value in one.properties.items())


def check(now: Mapping[Key, Element]) -> None:
    """Raises a Refusal where an element could not be stored in Neptune as it is now."""
    for (edge, id_), one in now.items():
        if not edge and not one.labels:
            raise WithoutLabel(id_)
        if "\0" in id_:
            raise Refusal("BadRequestException", "An id may not contain \\0")
        for key, value in one.properties.items():
            _check_value(key, value)


def _check_value(key: str, value: Any) -> None:
    if isinstance(value, (list, dict)):
        raise Refusal("UnsupportedOperationException", f"Property {key}: lists and maps cannot be stored")
    if isinstance(value, str) and "\0" in value:
        raise Refusal("BadRequestException", f"Property {key}: a text may not contain \\0")
