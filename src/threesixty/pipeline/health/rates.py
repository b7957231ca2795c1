"""Shares with their error bars."""

from __future__ import annotations

from math import sqrt

from threesixty.report.health import Rate

_Z = 1.96  # nineteen times in twenty


def rate(name: str, hits: int, of: int) -> Rate:
    """A share with Wilson's bounds; of nothing, everything is possible."""
    if not of:
        return Rate(name, 0, 0, 0.0, 0.0, 1.0)
    share, square = hits / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Rate(
        name, hits, of, round(share, 5), round(low if hits else 0.0, 5), round(high if hits < of else 1.0, 5)
    )
