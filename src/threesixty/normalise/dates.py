"""Dates and instants. A date that could be read in two ways is not read, unless the order is declared."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from threesixty.normalise.habits import USUAL, Habits
from threesixty.normalise.text import plain, said

# Two-digit years are read without looking at the clock, so that the same text is always the same date.
# Where nobody says when a source was written, nobody was born after 2025; other dates turn at 1969, as
# POSIX does. Where it is said, people were born before that day, and other dates lie at most twenty years
# after it.
LATEST_BIRTH = 2025
LATEST = 2068
AHEAD = 20
LAST_YEAR = 9999
# Nobody that a customer database knows is born later, whatever was typed.
LAST_BIRTH = 2100


# A line a month; it goes on where the next one is indented.
_MONTH_WORDS = """
jan january januar janvier enero ene janeiro gennaio gen januari janv stycznia styczen ledna leden
    januara ocak tammikuuta tammikuu ianuarie
feb february februar fevrier febrero fevereiro fev febbraio februari fevr lutego luty unora unor februara
    subat helmikuuta helmikuu februarie
mar march marz maerz mars marzo marco maart mrz mrt marca marzec brezna brezen marcius mart marts
    maaliskuuta maaliskuu martie maret
apr april avril abril abr aprile avr kwietnia kwiecien dubna duben aprila aprilis nisan huhtikuuta
    huhtikuu aprilie
may mai mayo maio maggio mei mag maja kvetna kveten majus maj mayis toukokuuta toukokuu
jun june juni juin junio junho giugno giu czerwca czerwiec cervna cerven juna junius haziran kesakuuta
    kesakuu iunie
jul july juli juillet julio julho luglio lug juil lipca lipiec cervence cervenec jula julius temmuz
    heinakuuta heinakuu iulie
aug august aout agosto ago augustus agos sierpnia sierpien srpna srpen augusta augusztus agustos augusti
    elokuuta elokuu
sep sept september septembre septiembre setembro settembre set wrzesnia wrzesien zari septembra
    szeptember eylul syyskuuta syyskuu septembrie
oct october oktober octobre octubre outubro ottobre okt out ott pazdziernika pazdziernik rijna rijen
    oktobra ekim lokakuuta lokakuu octombrie
nov november novembre noviembre novembro listopadu novembra kasim marraskuuta marraskuu noiembrie
dec december dezember decembre diciembre dezembro dicembre dez dic grudnia grudzien prosince prosinec
    decembra aralik joulukuuta joulukuu decembrie desember
"""
_MONTHS = {
    word: number
    for number, words in enumerate(re.split(r"\n(?! )", _MONTH_WORDS.strip()), start=1)
    for word in words.split()
}
# November in Poland is October in Croatia.
_LISTOPAD = {"PL": 11, "CZ": 11, "SI": 11, "HR": 10, "BA": 10}
_NUMBERS = re.compile(r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})\.?$")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})$|(\d{1,2})[-/.](\d{4})$")
# ISO 8601 with a sign: the year 0 is 1 BC, -0043 is 44 BC.
_EXPANDED = re.compile(r"([+-])(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
_BEFORE_CHRIST = re.compile(
    r"\s*\b(?:b\.?\s?c\.?(?:\s?e\.?)?|v\.?\s?chr\.?|a\.\s?c\.|av\.?\s?j\.?-?\s?c\.?)$", re.IGNORECASE
)
_ANNO_DOMINI = re.compile(
    r"^a\.?\s?d\.?\s+|\s*\b(?:a\.?\s?d\.?|c\.?\s?e\.?|n\.?\s?chr\.?|d\.\s?c\.|ap\.?\s?j\.?-?\s?c\.?)$",
    re.IGNORECASE,
)
_TIME = re.compile(r"[T\s,]\s*\d{1,2}:\d{2}.*$", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]+|\d+")
# With these eight digits begin that are a year, a month and a day in whatever order others are written.
_CENTURIES = ("18", "19", "20")
_WEEKDAYS = frozenset("mon tue wed thu fri sat sun".split())


def date(raw: str, habits: Habits = USUAL) -> str | None:
    """A date as ISO 8601 text: '1965-05-14', or '1965-05', '1965' where no more is said; None when empty.

    Years before 1 AD are ISO's: '-0043' is 44 BC.
    """
    return _read(raw, habits, _latest(habits))


def birth_date(raw: str, habits: Habits = USUAL) -> str | None:
    """A date of birth: as `date`, but '14/05/65' is 1965, and nothing is after the source was written."""
    written = habits.written or str(LATEST_BIRTH)
    found = _read(raw, habits, int(written[:4]), written)
    if found and found[0] != "-" and int(found[:4]) > (int(written[:4]) if habits.written else LAST_BIRTH):
        raise ValueError("not born yet")
    return found


def day(text: str, habits: Habits) -> str:
    """The whole day that a text without its time of day says."""
    found = _Reading(habits, _latest(habits)).date(text)
    if len(found) != 10 or found[0] == "-":
        raise ValueError("not a whole date")
    return found


def sortable(date: str) -> tuple[int, str]:
    """What sorts ISO dates as time goes; of other texts, as text. From the year 0 on, dates sort as text."""
    expanded = _EXPANDED.match(date)
    if not expanded or expanded[1] == "+":
        return 0, date
    return -int(expanded[2]), date[len(expanded[2]) + 1 :]


def _latest(habits: Habits) -> int:
    return int(habits.written[:4]) + AHEAD if habits.written else LATEST


def _read(raw: str, habits: Habits, latest: int, day: str = "") -> str | None:
    found = said(raw)
    if found is None:
        return None
    text = found if len(found) <= 10 else _TIME.sub("", found).strip()
    date = _Reading(habits, latest, day).date(text)
    return date[:-6] if habits.year_only and date[-6:] == "-" + habits.year_only else date


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reading one text: two-digit years are at most the `latest`, and not after its `day` where one is."""

    habits: Habits
    latest: int
    day: str = ""

    def date(self, text: str) -> str:
        if expanded := _EXPANDED.match(text):
            sign, year, month, day = expanded.groups()
            return self.iso(-int(year) if sign == "-" else int(year), int(month or 0), int(day or 0))
        if numbers := _NUMBERS.match(text):
            return self.numbers(numbers[1], numbers[2], numbers[3])
        if text.isdigit():
            return self.digits(text)
        if partial := _YEAR_MONTH.match(text):
            year, month = (partial[1], partial[2]) if partial[1] else (partial[4], partial[3])
            return self.iso(int(year), int(month))
        return self.words(text)

    def numbers(self, first: str, second: str, third: str) -> str:
        if len(first) == 4:
            if not any(map(int, (first, second, third))):
                raise ValueError("not a date")  # '0000-00-00' is what some databases write for none
            return self.iso(int(first), int(second), int(third))
        if len(first) == 3 or len(third) in (1, 3):
            raise ValueError("not a year")
        each = ((order, self.in_order(order, first, second, third)) for order in self.orders)
        readings = [reading for _, reading in each if reading]
        if not readings:
            raise ValueError("no such day")
        if not self.habits.date_orders and len(set(readings)) > 1:
            raise ValueError("reads in more than one way")
        return readings[0]

    @property
    def orders(self) -> tuple[str, ...]:
        return self.habits.date_orders or ("dmy", "mdy", "ymd")

    def in_order(self, order: str, first: str, second: str, third: str) -> str | None:
        parts = dict(zip(order, (first, second, third), strict=True))
        if order == "ymd" and len(third) == 4:
            return None
        try:
            return self.with_year(parts["y"], int(parts["m"]), int(parts["d"]))
        except ValueError:
            return None

    def digits(self, text: str) -> str:
        if len(text) == 4:
            return self.iso(int(text))
        order = self.habits.date_orders[0] if self.habits.date_orders else ""
        if len(text) == 6 and order:
            return self.numbers(text[:2], text[2:4], text[4:])
        if len(text) != 8:
            raise ValueError("not a date")
        if order in ("dmy", "mdy"):
            try:
                return self.numbers(text[:2], text[2:4], text[4:])
            except ValueError:
                if text[:2] not in _CENTURIES:
                    raise
        return self.iso(int(text[:4]), int(text[4:6]), int(text[6:]))

    def words(self, text: str) -> str:
        bare = _BEFORE_CHRIST.sub("", text)
        before = bare != text
        bare = _ANNO_DOMINI.sub("", bare)
        words = _WORDS.findall(plain(bare))
        months = [month for word in words if (month := self.month(word)) and word[:3] not in _WEEKDAYS]
        numbers = [word for word in words if word.isdigit()]
        if bare != text:
            return self.of_an_era(words, months, numbers, before=before)
        if len(months) != 1 or not 1 <= len(numbers) <= 2:
            raise ValueError("not a date")
        if len(numbers) == 1:
            if len(numbers[0]) != 4:
                raise ValueError("not a year")
            return self.iso(int(numbers[0]), months[0])
        day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
        return self.with_year(year, months[0], int(day))

    def month(self, word: str) -> int | None:
        """The number of a month by its name; of one that is two months', by the country's."""
        if word in {"listopad", "listopada"}:
            return _LISTOPAD.get(self.habits.country)
        return _MONTHS.get(word)

    def of_an_era(self, words: list[str], months: list[int], numbers: list[str], *, before: bool) -> str:
        """A year that is whole however few digits it has: '15 March 44 BC', '44 BC', 'AD 43'."""
        if len(words) != len(months) + len(numbers) or len(months) > 1 or not numbers:
            raise ValueError("not a date")
        *day, year = numbers
        if len(day) > len(months):
            raise ValueError("not a date")
        whole = 1 - int(year) if before else int(year)
        return self.iso(whole, months[0] if months else 0, int(day[0]) if day else 0)

    def with_year(self, year: str, month: int, day: int) -> str:
        if len(year) == 4:
            return self.iso(int(year), month, day)
        if len(year) != 2:
            raise ValueError("not a year")
        whole = self.latest - (self.latest - int(year)) % 100
        found = self.iso(whole, month, day)
        late = self.day and found[: len(self.day)] > self.day
        return self.iso(whole - 100, month, day) if late else found

    def iso(self, year: int, month: int = 0, day: int = 0) -> str:
        """The date as text; a month or a day of 0 is not known."""
        if not self.habits.first_year <= year <= LAST_YEAR:
            raise ValueError("not a likely year")
        if day and not month:
            raise ValueError("a day of no month")
        # The calendar repeats itself every 400 years, and Python's begins with the year 1.
        dt.date(2000 + year % 400, month or 1, day or 1)
        text = f"{year:05d}" if year < 0 else f"{year:04d}"
        return text + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
