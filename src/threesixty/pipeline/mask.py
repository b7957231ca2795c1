"""How a personal value is shown where its full text must not be."""

from __future__ import annotations

from collections.abc import Mapping

from threesixty.record import Scalar
from threesixty.schema import InGraph, Kind, Type

_SHOWN = 4


def masked(graph: InGraph, value: Scalar, type_: Type = "text") -> Scalar:
    """The value as the schema lets it into the graph: whole, masked, or not at all (None).

    Of a date the year is shown; numbers and instants have no part that could be.
    """
    if graph == "yes":
        return value
    if graph == "no" or not isinstance(value, str):
        return None
    return value[:1] + value[1:].partition("-")[0] if type_ == "date" else mask(value)


def shown(kind: Kind, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The values of a party or a thing that the graph shows, as it shows them."""
    found: dict[str, Scalar] = {}
    for p in kind.properties:
        if p.name in values and (value := masked(p.graph, values[p.name], p.type)) is not None:
            found[p.name] = value
    return found


def mask(value: str) -> str:
    """`ada@example.org` → `a…@example.org`, `+351912345678` → `+3…5678`; short values hide whole."""
    local, at, domain = value.partition("@")
    if at and local:
        return f"{local[0]}…@{domain}"
    if len(value) < 2 * _SHOWN:
        return "…"
    return f"{value[:2]}…{value[-_SHOWN:]}"
