"""Quantities with their units, in the unit that the schema declares."""

from __future__ import annotations

import re

from threesixty.normalise.amounts import number
from threesixty.normalise.text import said
from threesixty.units import factor, unit

_PIECE = re.compile(
    r"\s*([+-]?\d[\d.,]*(?:[ \u00a0'\u2019]\d{3}(?!\d))*(?:[.,]\d+)?)\s*([^\d\s+-][^\d+-]*(?:[23](?!\d))?)?"
)


def quantity(raw: str, in_: str, country: str = "") -> float | None:
    """A quantity in a declared unit: '250 g' in kg is 0.25; a bare number is in that unit already.

    Several pieces add up: '5 ft 10 in'. ValueError for a unit that is not known or of another sort.
    """
    found = said(raw)
    if found is None:
        return None
    at, total, pieces = 0, 0.0, 0
    while at < len(found):
        piece = _PIECE.match(found, at)
        if not piece:
            raise ValueError("not a quantity")
        at, pieces = piece.end(), pieces + 1
        total += _worth(piece[1], piece[2] or "", in_, country)
        if not piece[2] and (pieces > 1 or at < len(found)):
            raise ValueError("a quantity without its unit")
    # Twelve digits: what arithmetic adds behind them no scale has measured.
    return float(f"{total:.12g}")


def _worth(figure: str, written: str, in_: str, country: str) -> float:
    value = number(figure, country)
    if value is None:
        raise ValueError("not a quantity")
    if not written.strip():
        return value
    known = unit(written)
    if known is None:
        raise ValueError(f"no unit is called {written.strip()!r}")
    return value * factor(known, in_)
