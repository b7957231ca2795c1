"""Countries and time zones, as the tz database knows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from threesixty.project.table import Table


@cache
def countries() -> Mapping[str, str]:
    """Names of countries by their two-letter code."""
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8").splitlines()
    return dict(line.split("\t")[:2] for line in lines if not line.startswith("#"))


def country(table: Table, default: str) -> str:
    """A two-letter country code; a country's name is understood in the hint."""
    given = table.text("country", default)
    if given in countries():
        return given
    by_name = {name.casefold(): code for code, name in countries().items()}
    code = given.upper() if given.upper() in countries() else by_name.get(given.casefold())
    hint = f"did you mean {code!r}?" if code else "two capital letters, such as 'PT' or 'US'"
    table.problem("country", f"there is no country {given!r}", hint)
    return default


def time_zone(table: Table, default: str) -> str:
    """A time zone of the tz database."""
    return table.text("time_zone", default, among=available_timezones() if "time_zone" in table else ())
