"""How a personal value is shown where its full text must not be."""

from __future__ import annotations

from threesixty.record import Scalar
from threesixty.schema import InGraph

_SHOWN = 4


def masked(graph: InGraph, value: Scalar) -> Scalar:
    """The value as the schema lets it into the graph: whole, masked, or not at all (None)."""
    if graph == "no":
        return None
    if graph == "yes" or not isinstance(value, str):
        return value
    return mask(value)


def mask(value: str) -> str:
    """`ada@example.org` → `a…@example.org`, `+351912345678` → `+3…5678`; short values hide whole."""
    local, at, domain = value.partition("@")
    if at and local:
        return f"{local[0]}…@{domain}"
    if len(value) < 2 * _SHOWN:
        return "…"
    return f"{value[:2]}…{value[-_SHOWN:]}"
