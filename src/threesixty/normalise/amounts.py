"""Numbers and money, as people write them: '$90,000 ', '1.234,56 €', '(12.00)'."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from threesixty.normalise.text import said

# Where a single mark before three digits ('1.234') is a decimal point; elsewhere it groups thousands.
POINT_COUNTRIES = frozenset(
    "US GB IE CA AU NZ IN CN HK TW JP KR MX IL SG MY PH TH PK BD LK NG KE GH ZA EG SA AE CH LI MT".split()
)
CURRENCY_SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₫": "VND",
    "₴": "UAH", "₦": "NGN", "₱": "PHP", "฿": "THB", "zł": "PLN", "Kč": "CZK", "Ft": "HUF",
    "R$": "BRL", "C$": "CAD", "A$": "AUD", "US$": "USD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
}  # fmt: skip
_WORDS = {"euro": "EUR", "euros": "EUR"}
_SHARED = {
    "$": frozenset("USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP UYU JMD BBD TTD BSD BZD FJD NAD LRD".split()),
    "£": frozenset("GBP GIP FKP SHP EGP SYP LBP SDG SSP".split()),
    "¥": frozenset(("JPY", "CNY")),
    "kr": frozenset("SEK NOK DKK ISK".split()),
}
"""Signs that several currencies have."""
NO_CURRENCY = "XXX"
"""What ISO 4217 writes where there is no currency: of amounts in one that cannot be read."""
_DOLLARS = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "HK": "HKD", "SG": "SGD", "MX": "MXN"}
_KRONER = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"}
_MONEY = re.compile(
    r"(?P<before>[^\d.,+-]*)(?P<number>[+-]?[\d.,'\u2019\s]*\d[\d.,'\u2019\s]*(?:[eE][+-]?\d+)?-?)(?P<after>\D*)$"
)
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d*)?[eE][+-]?\d+$")
_CODE = re.compile(r"[A-Za-z]{3}$")
MINUSES = ("-", "\u2212")
_LARGEST = 2**63 - 1


def number(raw: str, country: str = "") -> float | None:
    """A finite number; the country decides what '1.234' is."""
    found = said(raw)
    if found is None:
        return None
    value = float(_decimal(found, country))
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def integer(raw: str, country: str = "") -> int | None:
    """A whole number; '2.0' is 2, '2.5' a ValueError."""
    found = said(raw)
    if found is None:
        return None
    value = _decimal(found, country)
    if value != value.to_integral_value() or abs(value) > _LARGEST:
        raise ValueError("not a whole number")
    return int(value)


def money(raw: str, country: str = "") -> tuple[int, str] | None:
    """An amount in 1/10,000 and its currency, '' where none is written; brackets or a minus are negative."""
    found = said(raw)
    if found is None:
        return None
    sign, number, negative = _apart(found)
    currency = _sign(sign, country) if sign else ""
    value = round(_decimal(number, country) * 10_000)
    if abs(value) > _LARGEST:
        raise ValueError("too large an amount")
    return (-value if negative else value), currency


def may_be_in(raw: str, currency: str) -> bool:
    """Whether an amount, by the sign that stands with it, may be in a currency: '$' is the sign of many."""
    sign = _apart(said(raw) or "")[0]
    return not sign or currency in (_SHARED.get(sign.casefold().rstrip(".")) or {_sign(sign, "")})


def currency(raw: str, country: str = "") -> str | None:
    """A currency's ISO code from its code or sign."""
    found = said(raw)
    if found is None:
        return None
    return _sign(found, country)


def _apart(found: str) -> tuple[str, str, bool]:
    """The sign of an amount, its number, and whether it is negative."""
    bracketed = found.startswith("(") and found.endswith(")")
    bare = re.sub(r"[.,][-\u2013\u2014]+", "", found.strip("()").strip())  # '12.-' has no cents
    minus = bare.startswith(MINUSES)
    parts = _MONEY.match(bare[1:].strip() if minus else bare)
    if not parts:
        raise ValueError("not an amount")
    before, after = parts["before"].strip(), parts["after"].strip()
    if before and after:
        raise ValueError("not an amount")
    return before or after, parts["number"], minus or bracketed


def _sign(sign: str, country: str) -> str:
    if sign == "$":
        return _DOLLARS.get(country, "USD")
    if sign in ("¥", "円", "元"):
        return "CNY" if country == "CN" or sign == "元" else "JPY"
    if sign.casefold().rstrip(".") == "kr":
        return _KRONER.get(country, "SEK")
    if known := CURRENCY_SIGNS.get(sign) or _WORDS.get(sign.casefold()):
        return known
    if _CODE.match(sign):
        return sign.upper()
    raise ValueError("not a currency")


def _decimal(text: str, country: str) -> Decimal:
    bare = re.sub(r"[\s'\u2019]", "", text).replace(MINUSES[1], MINUSES[0])
    if bare.endswith("-"):
        bare = "-" + bare[:-1]
    if not _EXPONENT.match(bare):
        bare = _pointed(bare, country)
    try:
        value = Decimal(bare)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not value.is_finite():
        raise ValueError("not a finite number")
    return value


def _pointed(number: str, country: str) -> str:
    """The number with a point for its decimal mark and nothing between its thousands."""
    mark = _decimal_mark(number, country)
    grouping = "," if mark == "." else "."
    whole, _, fraction = number.rpartition(mark) if mark and mark in number else (number, "", "")
    groups = whole.lstrip("+-").split(grouping)
    if len(groups) > 1 and not (all(2 <= len(g) <= 3 for g in groups[1:]) and len(groups[-1]) == 3):
        raise ValueError("thousands in the wrong place")
    joined = whole.replace(grouping, "")
    return f"{joined}.{fraction}" if fraction else joined


def _decimal_mark(number: str, country: str) -> str:
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "." if number.rindex(".") > number.rindex(",") else ","
    if points + commas != 1:
        return "," if points else "."
    mark = "." if points else ","
    whole, _, fraction = number.lstrip("+-").partition(mark)
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        return "." if not country or country in POINT_COUNTRIES else ","
    return mark
