"""How a source writes what can be written in several ways."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_YEAR = 1800


@dataclass(frozen=True, slots=True)
class Habits:
    """How a source writes its dates, times and amounts, and the country whose way of writing it has.

    `date_orders` ('dmy', 'mdy', 'ymd') are tried one after the other; without any, only a date that reads
    one way is read. `written` is the day, or the year, on which the source was written: it decides two-digit
    years. No year before `first_year` is likely (0 is 1 BC). `year_only` is the month and day ('01-01')
    that stand where only the year is known. `currency` is that of amounts that name none.
    """

    country: str = ""
    date_orders: tuple[str, ...] = ()
    time_zone: str = "UTC"
    written: str = ""
    first_year: int = FIRST_YEAR
    year_only: str = ""
    currency: str = ""


USUAL = Habits()
