"""Amounts in another currency, by the rate of their day: only where somebody asks for it."""

from __future__ import annotations

import csv
import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path

from threesixty.card import TimelineEntry
from threesixty.errors import QuestionError, RatesError
from threesixty.normalise import NO_CURRENCY
from threesixty.project import Project
from threesixty.questions import Question
from threesixty.record import Scalar
from threesixty.report import Answer
from threesixty.wording import NONE
from threesixty.wording import date as day_of

_HEADER = ["date", "from", "to", "rate"]
_CENT = 100
Days = tuple[list[str], list[Decimal]]
"""Days, ascending, and the rate from each of them on."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Amounts as so much of one currency, by rates of pairs of currencies; `home` is the project's own."""

    to: str
    home: str
    rates: Mapping[tuple[str, str], Days]
    file: str
    zone: dt.tzinfo = dt.UTC

    def worth(self, amount: int, currency: str, at: int | None) -> int | None:
        """An amount (1/10,000) in the other currency; None where it has no day, or no currency that is known.
        Raises RatesError.

        The rate is that of its day, as it is shown, else the last before; the other way round, or by way of
        the project's currency, where there is none from the one to the other. Rounded to cents.
        """
        if currency == self.to or not amount:
            return amount
        day = day_of(at, self.zone)
        if day == NONE or currency == NO_CURRENCY:
            return None
        rate = self._rate(currency, self.to, day) or self._through_home(currency, day)
        if rate is None:
            hint = f"add a line to {self.file}: {day},{currency},{self.to},…"
            raise RatesError(f"no rate from {currency} to {self.to} on {day} or before", hint=hint)
        return int((amount * rate / _CENT).to_integral_value()) * _CENT

    def _through_home(self, currency: str, day: str) -> Decimal | None:
        first, second = self._rate(currency, self.home, day), self._rate(self.home, self.to, day)
        return first * second if first and second else None

    def _rate(self, one: str, other: str, day: str) -> Decimal | None:
        if found := _on(self.rates.get((one, other)), day):
            return found
        back = _on(self.rates.get((other, one)), day)
        return 1 / back if back else None


def conversion(project: Project, to: str) -> Conversion:
    """What the project's rate file makes of amounts. Raises RatesError."""
    if not project.rates:
        hint = 'write rates = "rates.csv" under [project]: a file with the columns date, from, to, rate'
        raise RatesError("the project has no rates, so that no amount can be converted", hint=hint)
    code = to.strip().upper()
    rates = _read(Path(project.rates))
    if code not in {project.currency, *chain.from_iterable(rates)}:
        known = ", ".join(sorted({project.currency, *chain.from_iterable(rates)}))
        raise RatesError(f"there are no rates for {to!r}", hint=f"there are some for {known}")
    return Conversion(code, project.currency, rates, Path(project.rates).name, project.zone)


def _on(days: Days | None, day: str) -> Decimal | None:
    place = bisect_right(days[0], day) if days else 0
    return days[1][place - 1] if days and place else None


def _read(path: Path) -> dict[tuple[str, str], Days]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RatesError(f"the rates in {path} cannot be read: {error}") from None
    rows = csv.DictReader(lines)
    if [name.strip().casefold() for name in rows.fieldnames or ()] != _HEADER:
        raise RatesError(f"{path.name} has no rates", hint="its first line must be: date,from,to,rate")
    rows.fieldnames = _HEADER
    found: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        day, one, other, rate = _line(row, f"{path.name}, line {rows.line_num}")
        found[one, other][day] = rate
    return {pair: (sorted(days), [days[day] for day in sorted(days)]) for pair, days in found.items()}


def _line(row: Mapping[str, str | None], where: str) -> tuple[str, str, str, Decimal]:
    day, one, other, rate = ((row.get(name) or "").strip() for name in _HEADER)
    try:
        whole, number = dt.date.fromisoformat(day).isoformat(), Decimal(rate)
    except (ValueError, InvalidOperation):
        number = Decimal(0)
    if not number.is_finite() or number <= 0 or len(one) != 3 or len(other) != 3:
        hint = "such as 2024-05-03,USD,EUR,0.93"
        raise RatesError(f"{where}: {day},{one},{other},{rate} is no rate", hint=hint)
    return whole, one.upper(), other.upper(), number


# --- of a timeline, and of the rows of a Question ---------------------------------------------------


def entries(shown: Iterable[TimelineEntry], in_: Conversion) -> tuple[TimelineEntry, ...]:
    """Entries of a timeline in one currency; what has no day stays as it is."""
    return tuple(_entry(one, in_) for one in shown)


def _entry(one: TimelineEntry, in_: Conversion) -> TimelineEntry:
    worth = None if one.amount is None else in_.worth(one.amount, one.currency or in_.home, one.at)
    return one if worth is None else replace(one, amount=worth, currency=in_.to)


def answer(result: Answer, question: Question, in_: Conversion) -> Answer:
    """The rows of a Question in one currency. Raises QuestionError where its rows have no day each."""
    amounts = [column.name for column in question.columns if column.type == "money"]
    if not amounts:
        raise QuestionError(f"{question.name} gives no amounts", hint="leave the currency out")
    if not {"currency", "at"} <= {column.name for column in question.columns}:
        raise QuestionError(
            f"{question.name} adds up amounts of many days, and a sum has no rate",
            hint="ask for what it adds up, such as `purchases` or `timeline`, in another currency",
        )
    return replace(result, rows=tuple(_row(result.columns, row, amounts, in_) for row in result.rows))


def _row(
    columns: Sequence[str], row: Sequence[Scalar], amounts: Sequence[str], in_: Conversion
) -> tuple[Scalar, ...]:
    said = dict(zip(columns, row, strict=True))
    at = said["at"] if isinstance(said["at"], int) else None
    worths = {
        name: in_.worth(int(value), str(said["currency"] or in_.home), at)
        for name in amounts
        if isinstance(value := said[name], int)
    }
    if not worths or None in worths.values():
        return tuple(row)
    return tuple({**said, **worths, "currency": in_.to}.values())
