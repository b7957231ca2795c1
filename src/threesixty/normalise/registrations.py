"""Numbers under which companies are registered, in the one form that can be compared."""

from __future__ import annotations

import re

from threesixty.normalise.contacts import identifier

# Whose tax ids are written with the country in front or without it, and how they look without. Only what can
# be no other number there: the codes of companies in LT look like their tax ids, and are others.
_TAX_IDS = {
    country: re.compile(shape)
    for country, shape in {
        "at": r"u\d{8}", "be": r"[01]?\d{9}", "bg": r"\d{9,10}", "ch": r"e\d{9}(?:mwst|tva|iva)?",
        "cy": r"\d{8}[a-z]", "cz": r"\d{8,10}", "de": r"\d{9}", "dk": r"\d{8}", "ee": r"\d{9}",
        "el": r"\d{9}", "es": r"[a-z]\d{7}[a-z0-9]|\d{8}[a-z]", "fi": r"\d{8}",
        "fr": r"(?:\d{2}|[a-z]\d|\d[a-z])\d{9}", "gb": r"\d{9}|\d{12}", "hr": r"\d{11}", "hu": r"\d{8}",
        "ie": r"\d{7}[a-z]{1,2}|\d[a-z]\d{5}[a-z]", "it": r"\d{11}", "lt": r"\d{12}", "lu": r"\d{8}",
        "lv": r"\d{11}", "mt": r"\d{8}", "nl": r"\d{9}b\d{2}", "no": r"\d{9}(?:mva)?", "pl": r"\d{10}",
        "pt": r"\d{9}", "ro": r"\d{2,10}", "se": r"\d{12}", "si": r"\d{8}", "sk": r"\d{10}",
    }.items()
}  # fmt: skip
_OTHERWISE = {"gr": "el"}
"""Countries that stand in front of tax ids by other letters than their code."""
_BEHIND = {"ch": ("mwst", "tva", "iva"), "no": ("mva",)}
_REGISTER = re.compile(r"\s*([A-Za-z]{2}):(.*)$")


def company_number(raw: str, country: str = "") -> str | None:
    """A number in a register of companies, with the country whose it is: 'gb:01234567'."""
    if told := _REGISTER.match(raw):
        country, raw = told[1], told[2]
    found = identifier(raw, "company_number")
    return found and f"{country.casefold()}:{found}"


def tax_id(raw: str, country: str = "") -> str | None:
    """The tax id of a company with its country in front, where it has one or can be no other's.

    '123.456.789' in DE is 'de123456789'; a number that does not look like one of its country stays as it is.
    """
    found = identifier(raw, "tax_id")
    if found is None:
        return None
    own = _prefix(country)
    return _with_country(_prefix(found[:2]), found[2:]) or _with_country(own, found) or found


def tax_ids(raw: str) -> list[str]:
    """All that a tax id may be, whichever country it is of."""
    return list(filter(None, dict.fromkeys([identifier(raw, "tax_id"), *(tax_id(raw, c) for c in _TAX_IDS)])))


def _prefix(country: str) -> str:
    small = country.casefold()
    return _OTHERWISE.get(small, small)


def _with_country(country: str, number: str) -> str:
    """The number behind its country, '' where it does not look like one of that country."""
    if country not in _TAX_IDS or not _TAX_IDS[country].fullmatch(number):
        return ""
    for behind in _BEHIND.get(country, ()):
        number = number.removesuffix(behind)
    return country + (number.zfill(10) if country == "be" else number)
