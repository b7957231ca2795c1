"""Instants: a day and a time of day in a time zone, or a count since 1970."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from threesixty.normalise.dates import day
from threesixty.normalise.habits import USUAL, Habits
from threesixty.normalise.text import said

_TIME = re.compile(
    r"(?:[T,]\s*|\s+|^)(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?|(?<=T)(\d{2})(\d{2})(\d{2})?)"
    r"\s*([ap]\.?m\.?)?\s*((?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{1,5}\b(?!/))?"
    r"(?:\s*\[?([A-Z][A-Za-z_]+/[\w/+-]+)\]?)?(\s+\d{4})?$",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(-?)(?:(\d{9,10})(?:\.(\d{1,9}))?|(\d{12,13})|(\d{16})|(\d{19}))$")
# What most systems write, in a zone that has no summer; all else takes the longer way to the same answer.
_PLAIN = re.compile(r"(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)Z?", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{2})(\d{2})(\d{2})?$")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_UTC = frozenset({"Z", "UTC", "GMT"})


def instant(raw: str, habits: Habits = USUAL) -> int | None:
    """A date, or date and time, as milliseconds since 1970 UTC.

    What names no offset of its own is in the time zone of its source. An hour that came twice, when clocks
    were set back, is the first of the two, unless it says which ('CET'); one that never came, when they were
    set forward, is as much later. A bare number counts seconds, milli-, micro- or nanoseconds since 1970.
    """
    if habits.time_zone == "UTC" and (plain := _PLAIN.fullmatch(raw)):
        hours, minutes, seconds = int(plain[2]), int(plain[3]), int(plain[4])
        return _day_began(plain[1], habits) + (hours * 3600 + minutes * 60 + seconds) * 1000
    found = said(raw)
    if found is None:
        return None
    if compact := _compact(found, habits):
        return compact
    if count := _COUNT.match(found):
        return _counted(count)
    time = _TIME.search(found)
    if not time:
        return _at(_midnight(found, habits), dt.timedelta(), None, habits.time_zone)
    before, year = found[: time.start()].strip(" ,T"), time[11] or ""
    written = time[9] if time[9] and not (time[10] and time[9].upper() == "T") else None
    return _at(_midnight(before + year, habits), _time_of_day(time), written, time[10] or habits.time_zone)


def _counted(count: re.Match[str]) -> int:
    sign, seconds, fraction, milli, micro, nano = count.groups()
    if seconds:
        value = int(seconds) * 1000 + int((fraction or "0").ljust(3, "0")[:3])
    else:
        value = int(milli or 0) or int(micro or 0) // 1_000 or int(nano or 0) // 1_000_000
    return -value if sign else value


def _compact(text: str, habits: Habits) -> int | None:
    """'20200703120000', unless it is no day: then it is a count."""
    found = _COMPACT.match(text) if len(text) in (12, 14) else None
    if not found:
        return None
    try:
        hours, minutes, seconds = (int(part or 0) for part in (found[2], found[3], found[4]))
        whole = Habits(time_zone=habits.time_zone)
        return _at(_midnight(found[1], whole), _span(hours, minutes, seconds), None, habits.time_zone)
    except ValueError:
        return None


@lru_cache(20_000)
def _day_began(text: str, habits: Habits) -> int:
    return _at(_midnight(text, habits), dt.timedelta(), None, "UTC")


@lru_cache(20_000)
def _midnight(text: str, habits: Habits) -> dt.datetime:
    """The beginning of a day: a million instants lie in a few thousand days."""
    return dt.datetime.fromisoformat(day(text, habits))


def _at(midnight: dt.datetime, time: dt.timedelta, written: str | None, zone: str) -> int:
    local = midnight + time
    moment = local.replace(tzinfo=_zone(zone)) if written is None else _offset(local, written, zone)
    return round((moment - _EPOCH) / _MILLISECOND)


def _time_of_day(time: re.Match[str]) -> dt.timedelta:
    hours, minutes, seconds = int(time[1] or time[5]), int(time[2] or time[6]), int(time[3] or time[7] or 0)
    if half := time[8]:
        if not 1 <= hours <= 12:
            raise ValueError("no such hour")
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    milliseconds = int((time[4] or "0").ljust(3, "0")[:3])
    return _span(hours, minutes, seconds) + milliseconds * _MILLISECOND


def _span(hours: int, minutes: int, seconds: int) -> dt.timedelta:
    if hours > 24 or minutes > 59 or seconds > 60 or (hours == 24 and (minutes or seconds)):
        raise ValueError("no such time")
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _offset(local: dt.datetime, written: str, zone: str) -> dt.datetime:
    """A local time with its offset as written: '+02:00', 'UTC-5', or a name that its zone has for it."""
    bare = written.upper()
    if bare in _UTC:
        return local.replace(tzinfo=dt.UTC)
    bare = bare.removeprefix("UTC").removeprefix("GMT")
    if bare[0] in "+-":
        hours, minutes = _hours_and_minutes(bare[1:])
        apart = dt.timedelta(hours=hours, minutes=minutes)
        return local.replace(tzinfo=dt.timezone(-apart if bare[0] == "-" else apart))
    for fold in (0, 1):
        moment = local.replace(tzinfo=_zone(zone), fold=fold)
        if moment.tzname() == bare:
            return moment
    raise ValueError("not the name of an offset in this time zone")


def _hours_and_minutes(digits: str) -> tuple[int, int]:
    whole = digits.replace(":", "")
    return (int(whole), 0) if len(whole) <= 2 else (int(whole[:-2]), int(whole[-2:]))


@cache
def _zone(name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone") from None
