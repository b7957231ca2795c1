"""How a source writes its dates, as the project file says it."""

from __future__ import annotations

import datetime as dt
import re

from threesixty.project.table import Table

DATE_ORDERS = ("dmy", "mdy", "ymd")
_WRITTEN = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_DAY = re.compile(r"(\d\d)-(\d\d)")


def orders(table: Table) -> tuple[str, ...]:
    """`date_order`: one order, or several of which the first wins in which a text is a date."""
    value = table.take("date_order")
    found = []
    for given in value if isinstance(value, list) else [] if value in (None, "") else [value]:
        if given in DATE_ORDERS:
            found.append(given)
        else:
            table.unknown("date_order", "date order", str(given), DATE_ORDERS)
    return tuple(dict.fromkeys(found))


def written(table: Table) -> str:
    """`written`: the day, month or year in which the source was written."""
    value = table.take("written")
    text = value.isoformat() if type(value) is dt.date else str(value) if type(value) is int else value
    if text in (None, ""):
        return ""
    if isinstance(text, str) and _WRITTEN.fullmatch(text) and _is_day(text + "-01-01"[len(text) - 4 :]):
        return text
    table.problem("written", f"{value!r} is no date", 'such as written = 2020-12-31, or "2020"')
    return ""


def first_year(table: Table) -> int:
    """`first_year`: dates before it are taken for mistakes; 0 is 1 BC, -43 is 44 BC."""
    value = table.typed("first_year", int)
    if value is None:
        return 1800
    if not -99_999 <= value <= 9999:
        table.problem("first_year", f"there is no year {value}", "such as first_year = 1500, or -1000")
    return int(value)


def year_only(table: Table) -> str:
    """`year_only`: the month and day that stand where only the year is known."""
    given = table.text("year_only")
    if given and not (_DAY.fullmatch(given) and _is_day(f"2000-{given}")):
        table.problem("year_only", f"{given!r} is no month and day", 'such as year_only = "01-01"')
        return ""
    return given


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
