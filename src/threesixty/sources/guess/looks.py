"""What the values of a column look like, whatever it is called."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

DateOrder = Literal["", "dmy", "mdy", "ymd"]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+?[\d(][\d\s().\-/x]{5,}\d")
_DATE = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{2,4})([T ]\d.*)?")
_COMPACT = re.compile(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_MONTH = re.compile(
    r"\d{1,2}\.?[ -](?:de )?[^\W\d]{3,10}\.?,?[ -](?:de )?\d{2,4}|[^\W\d]{3,10} \d{1,2},? \d{4}"
)
_NUMBER = re.compile(r"\(?[-+]?\s?[^\w\s]?[A-Z]{0,3}\s?\d[\d.,' \u00a0]*\s?(?:[^\w\s]|[A-Z]{3})?\)?")
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR", "zł": "PLN", "₺": "TRY"}
_CODES = frozenset({
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BRL", "JPY", "CNY", "INR",
    "AUD", "CAD", "MXN", "TRY", "ZAR",
})  # fmt: skip
_YES_NO = frozenset({
    "y", "n", "yes", "no", "true", "false", "t", "f", "0", "1", "j", "ja", "nein", "oui", "non", "s", "si",
    "sim", "nao", "não", "sí", "vero", "falso",
})  # fmt: skip
_SHOWN = 2_000


@dataclass(frozen=True)
class Column:
    """A column of a sample: its name and its texts, '' where there is none.

    `files` are the numbers of texts of each file, where it comes from several.
    """

    name: str
    texts: Sequence[str]
    files: tuple[int, ...] = ()

    @cached_property
    def filled(self) -> list[str]:
        return [text for text in self.texts if text]

    @cached_property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.filled)

    @cached_property
    def some(self) -> list[str]:
        """Up to 2,000 different values, in the order of the file."""
        return list(dict.fromkeys(self.filled))[:_SHOWN]

    @cached_property
    def unique(self) -> bool:
        """Nearly every row of a file has a value of its own: real files have a few bad rows.

        The next delivery may speak of the same keys again.
        """
        rest = iter(self.texts)
        return all(_unique(list(islice(rest, many))) for many in self.files or (len(self.texts),))

    @cached_property
    def look(self) -> str:
        """One of: empty, email, yes or no, date, number, phone, text."""
        if not self.some:
            return "empty"
        repeats = len(self.filled) > len(self.distinct)
        if repeats and {text.casefold() for text in self.some} <= _YES_NO:
            return "yes or no"
        looks = Counter(look_of(text) if text[:1] != "[" else _look_of_list(text) for text in self.some)
        if len(looks) > 1:
            del looks["empty"]
        if looks["phone"] >= 0.2 * len(self.some) and looks["phone"] + looks["number"] >= 0.6 * len(
            self.some
        ):
            return "phone"
        look, count = looks.most_common(1)[0]
        return look if count >= 0.6 * len(self.some) else "text"

    @cached_property
    def phones(self) -> float:
        """The share of values that could be telephone numbers."""
        fit = [
            text for text in self.some if _PHONE.fullmatch(text) and 6 <= sum(map(str.isdigit, text)) <= 15
        ]
        return len(fit) / max(1, len(self.some))

    @cached_property
    def currencies(self) -> Counter[str]:
        """The currencies whose sign or code stands in the values."""
        signs = Counter(code for text in self.some for sign, code in _SIGNS.items() if sign in text)
        return signs + Counter(c for text in self.some for c in re.findall("[A-Z]{3}", text) if c in _CODES)


def _unique(texts: Sequence[str]) -> bool:
    filled = [text for text in texts if text]
    return bool(filled) and len(filled) >= 0.97 * len(texts) and len({*filled}) >= 0.99 * len(filled)


def look_of(text: str) -> str:
    """What one text looks like: email, date, number, phone or text."""
    if _EMAIL.fullmatch(text):
        return "email"
    if is_date(text) and not text.isdigit():  # 19700403 is a date in a column that says so, else a number
        return "date"
    if _NUMBER.fullmatch(text):
        return "phone" if re.match(r"\+\d|\(\d", text) and _PHONE.fullmatch(text) else "number"
    return "phone" if _PHONE.fullmatch(text) else "text"


def _look_of_list(text: str) -> str:
    """What all in a list of JSON look like, where that is email or phone: of these a row may hold several."""
    try:
        found = json.loads(text)
    except ValueError:
        return "text"
    looks = {look_of(one) if isinstance(one, str) else "text" for one in found}
    return "empty" if not looks else looks.pop() if looks in ({"email"}, {"phone"}) else "text"


def is_date(text: str) -> bool:
    """Whether a text is written like a date, or a date with a time."""
    found = _DATE.fullmatch(text)
    if found is None:
        return bool(_MONTH.fullmatch(text) or _COMPACT.fullmatch(text))
    first, second, last = (int(found[n]) for n in (1, 2, 3))
    if len(found[1]) == 4:
        return 1 <= second <= 12 and 1 <= last <= 31
    return 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31 and len(found[1]) <= 2


@dataclass(frozen=True, slots=True)
class Dates:
    """What the dates of a file say about their order: which orders some dates demand, and what shows it."""

    order: DateOrder
    evidence: str


def date_order(columns: Iterable[Column]) -> Dates:
    """The order that the dates of these columns demand; '' when they leave it open, or contradict."""
    demands: Counter[DateOrder] = Counter()
    ambiguous = 0
    for column in columns:
        for text in column.some:
            order = _demand(text)
            ambiguous += order is None
            demands.update([order] if order else [])
    if demands["dmy"] > 20 * demands["mdy"]:
        return Dates("dmy", f"dates with a day above 12 in front: {demands['dmy']:,}")
    if demands["mdy"] > 20 * demands["dmy"]:
        return Dates("mdy", f"dates with a day above 12 in the middle: {demands['mdy']:,}")
    if ambiguous or demands["dmy"]:
        return Dates("", "no date tells the day from the month")
    return Dates("ymd" if demands["ymd"] else "", "every date begins with its year")


def _demand(text: str) -> DateOrder | None:
    """The only order in which a text is a date; None when several are; '' when it is no such date."""
    found = _DATE.fullmatch(text)
    if found is None or not is_date(text):
        return ""
    if len(found[1]) == 4:
        return "ymd"
    if int(found[1]) > 12:
        return "dmy"
    return "mdy" if int(found[2]) > 12 else None
