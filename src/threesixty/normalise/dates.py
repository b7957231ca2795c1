"""Dates and instants. A date that could be read in two ways is not read, unless the order is declared."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from zoneinfo import ZoneInfo

from threesixty.normalise.text import plain, said

# Two-digit years are read without looking at the clock, so that the same text is always the same date.
# Nobody is born after 2025 in this reading; other dates turn at 1969, as POSIX does.
BIRTH_PIVOT = 25
PIVOT = 68
FIRST_YEAR, LAST_YEAR = 1800, 9999

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar janvier enero ene janeiro gennaio gen januari janv",
            "feb february februar fevrier febrero fevereiro fev febbraio februari fevr",
            "mar march marz maerz mars marzo marco maart mrz mrt",
            "apr april avril abril abr aprile avr",
            "may mai mayo maio maggio mei mag",
            "jun june juni juin junio junho giugno giu",
            "jul july juli juillet julio julho luglio lug juil",
            "aug august aout agosto ago augustus agos",
            "sep sept september septembre septiembre setembro settembre set",
            "oct october oktober octobre octubre outubro ottobre okt out ott",
            "nov november novembre noviembre novembro",
            "dec december dezember decembre diciembre dezembro dicembre dez dic",
        ),
        start=1,
    )
    for word in words.split()
}
_NUMBERS = re.compile(r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})\.?$")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})$|(\d{1,2})[-/.](\d{4})$")
_TIME = re.compile(
    r"[T\s,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[a-z]+|\d+")
_WEEKDAYS = frozenset("mon tue wed thu fri sat sun".split())


def date(raw: str, order: str = "", *, pivot: int = PIVOT) -> str | None:
    """A date as ISO text: '1965-05-14', or '1965-05', '1965' where no more is said; None when empty.

    `order` is 'dmy', 'mdy' or 'ymd'; without it '03/04/2020' is a ValueError, '13/04/2020' is not.
    """
    found = said(raw)
    if found is None:
        return None
    if len(found) == 10 and found[4] == "-" and found[7] == "-":
        return _iso(int(found[:4]), int(found[5:7]), int(found[8:]))
    return _date(_TIME.sub("", found).strip(), order, pivot)


def birth_date(raw: str, order: str = "") -> str | None:
    """A date of birth: as `date`, but '14/05/65' is 1965."""
    return date(raw, order, pivot=BIRTH_PIVOT)


def instant(raw: str, order: str = "", zone: str = "UTC") -> int | None:
    """A date, or date and time, as milliseconds since 1970 UTC.

    What names no offset of its own is in `zone`; a bare number of 10 or 13 digits counts seconds or
    milliseconds already.
    """
    found = said(raw)
    if found is None:
        return None
    if found.isdigit() and len(found) in (10, 13):
        return int(found) * (1000 if len(found) == 10 else 1)
    time = _TIME.search(found)
    day = _date(found[: time.start()].strip() if time else found, order, PIVOT)
    if len(day) != 10:
        raise ValueError("not a whole date")
    moment = dt.datetime.fromisoformat(day) + (_time_of_day(time) if time else dt.timedelta())
    local = moment.replace(tzinfo=_offset(time[6] if time else None, zone))
    return round((local - _EPOCH) / dt.timedelta(milliseconds=1))


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _date(text: str, order: str, pivot: int) -> str:
    if numbers := _NUMBERS.match(text):
        return _from_numbers(numbers[1], numbers[2], numbers[3], order, pivot)
    if text.isdigit():
        return _from_digits(text, order)
    if partial := _YEAR_MONTH.match(text):
        year, month = (partial[1], partial[2]) if partial[1] else (partial[4], partial[3])
        return _iso(int(year), int(month), 1)[:7]
    return _from_words(text, pivot)


def _from_numbers(first: str, second: str, third: str, order: str, pivot: int) -> str:
    if len(first) == 4:
        return _iso(int(first), int(second), int(third))
    if len(first) == 3 or len(third) in (1, 3):
        raise ValueError("not a year")
    orders = (order,) if order else ("dmy", "mdy", "ymd")
    readings = {reading for each in orders if (reading := _read(each, first, second, third, pivot))}
    if len(readings) != 1:
        raise ValueError("reads in more than one way" if readings else "no such day")
    return readings.pop()


def _read(order: str, first: str, second: str, third: str, pivot: int) -> str | None:
    parts = dict(zip(order, (first, second, third), strict=True))
    if order == "ymd" and len(third) == 4:
        return None
    try:
        return _iso(_year(parts["y"], pivot), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def _from_digits(text: str, order: str) -> str:
    if len(text) == 4:
        return _iso(int(text), 1, 1)[:4]
    if len(text) != 8:
        raise ValueError("not a date")
    if order in ("dmy", "mdy"):
        return _from_numbers(text[:2], text[2:4], text[4:], order, PIVOT)
    return _iso(int(text[:4]), int(text[4:6]), int(text[6:]))


def _from_words(text: str, pivot: int) -> str:
    words = _WORDS.findall(plain(text))
    months = [_MONTHS[word] for word in words if word in _MONTHS and word[:3] not in _WEEKDAYS]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1 or not 1 <= len(numbers) <= 2:
        raise ValueError("not a date")
    if len(numbers) == 1:
        if len(numbers[0]) != 4:
            raise ValueError("not a year")
        return _iso(int(numbers[0]), months[0], 1)[:7]
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _iso(_year(year, pivot), months[0], int(day))


def _year(text: str, pivot: int) -> int:
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise ValueError("not a year")
    short = int(text)
    return 2000 + short if short <= pivot else 1900 + short


def _iso(year: int, month: int, day: int) -> str:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("not a likely year")
    return dt.date(year, month, day).isoformat()


def _time_of_day(time: re.Match[str]) -> dt.timedelta:
    hours, minutes, seconds = int(time[1]), int(time[2]), int(time[3] or 0)
    if half := time[5]:
        if not 1 <= hours <= 12:
            raise ValueError("no such hour")
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    if hours > 24 or minutes > 59 or seconds > 60:
        raise ValueError("no such time")
    milliseconds = int((time[4] or "0").ljust(3, "0")[:3])
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)


def _offset(written: str | None, zone: str) -> dt.tzinfo:
    if written is None:
        return _zone(zone)
    if written[0] not in "+-":
        return dt.UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return dt.timezone(dt.timedelta(minutes=-minutes if written[0] == "-" else minutes))


@cache
def _zone(name: str) -> dt.tzinfo:
    return ZoneInfo(name)
