"""Days of the sample company, counted from its first, and how its files write them."""

from __future__ import annotations

from datetime import date

from threesixty.sample.dice import Dice

FIRST_DAY = date(2023, 10, 1)
DAYS = 3 * 365 + 1
"""Days told by the first delivery; those after them are told by the second."""
YEARS = (("2024-09-30", 365), ("2025-09-30", 730), ("2026-09-30", DAYS - 1))
"""When the CRM delivered, and the last day of which it told."""
LATER, LATER_DAYS = "2026-10", 31

_BEFORE = 1300
_DATES = tuple(
    date.fromordinal(FIRST_DAY.toordinal() + n).isoformat() for n in range(-_BEFORE, DAYS + LATER_DAYS)
)
_SIXTY = tuple(f"{n:02}" for n in range(60))
_MONTHS = (3, 3, 4, 5, 7, 8, 8, 6, 4, 4, 7, 9)
MONTH_OF_DAY = tuple(int(_DATES[_BEFORE + n][5:7]) - 1 for n in range(DAYS + LATER_DAYS))
BUSY_DAYS = tuple(n for n in range(DAYS) for _ in range(_MONTHS[MONTH_OF_DAY[n]]))
"""Days to pick from evenly: those of a busy month stand there often."""


def iso(number: int) -> str:
    """A day as year, month, day."""
    return _DATES[_BEFORE + number]


def day(number: int, separator: str = "/") -> str:
    """A day as day, month, year."""
    year, month, on = iso(number).split("-")
    return separator.join((on, month, year))


def moment(dice: Dice, number: int) -> str:
    """Some time of that day, shop hours likelier than night, as ISO text."""
    roll = dice.roll
    return (
        f"{iso(number)}T{_SIXTY[7 + int(roll() * 16)]}:{_SIXTY[int(roll() * 60)]}:{_SIXTY[int(roll() * 60)]}"
    )
