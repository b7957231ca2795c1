"""How far back things are drawn: spans of time such as '24 months'."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_WINDOW = re.compile(r"(\d{1,5}) (day|week|month|year)s?")


def earliest(keep: str, today: date) -> date | None:
    """The first day of a window that reaches back from today ('24 months'), None where it is no window."""
    found = _WINDOW.fullmatch(keep)
    if not found or int(found[1]) == 0:
        return None
    many, unit = int(found[1]), found[2]
    try:
        if unit in ("day", "week"):
            return today - timedelta(days=many * (7 if unit == "week" else 1))
        months = today.year * 12 + today.month - 1 - many * (12 if unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(today.day, monthrange(year, month)[1]))
    except (OverflowError, ValueError):
        return None
