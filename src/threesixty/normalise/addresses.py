"""An address in one piece, taken apart as well as it can be told."""

from __future__ import annotations

import re
from collections.abc import Mapping

from threesixty.normalise.places import SIGNS, known_country, known_region, postcode
from threesixty.normalise.text import said

_POSTCODE = re.compile(
    r"(?:\b([A-Z]{2})\s+)?\b(?:([A-Z]{1,3})-(?=\d))?"
    r"(\d{5}(?:-\d{4})?|\d{6}|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{4}-\d{3}"
    r"|\d{4}\s?[A-Z]{2}|\d{4})\b"
)
# In North America a town may follow its street without a comma: the word for the street tells where it ends.
_STREET_AND_TOWN = re.compile(
    r"(\d.*\b(?:st|street|rd|road|ave|avenue|dr|drive|ln|lane|blvd|boulevard|ct|court|pl|place|way|pkwy|hwy|cir)"
    r"\b\.?(?:\s+(?:[NS]?[EW]|[NS])\b\.?)?),?\s+([^\W\d][^\d#]*)$",
    re.IGNORECASE,
)
_AMERICA = frozenset({"US", "CA"})
_DIGIT = re.compile(r"\d")


def full_address(raw: str, country: str = "") -> Mapping[str, str]:
    """An address in one piece -> street, city, postcode, region, country, as well as it can be told."""
    whole = said(raw.replace("\n", ", ").replace(";", ","))
    if whole is None:
        return {}
    parts = [part.strip() for part in whole.split(",") if part.strip()]
    found: dict[str, str] = {}
    _take_country(parts, found)
    home = found.get("country", country)
    place = next((at for at in range(len(parts) - 1, 0, -1) if _postcode(parts[at], home)), None)
    if place is not None:
        found |= _place(parts[place], home)
        del parts[place:]
    elif len(parts) == 1 and home in _AMERICA:
        _split_end(parts, found, home)
    _take_country(parts, found)
    if len(parts) > 1 and (short := known_region(parts[-1], home)):
        found["region"] = short
        parts.pop()
    _take_town(parts, found, home)
    return {"street": ", ".join(parts), **{key: value for key, value in found.items() if value}}


def _take_country(parts: list[str], found: dict[str, str]) -> None:
    if len(parts) > 1 and (code := known_country(parts[-1])) and not known_region(parts[-1], "US"):
        found["country"] = code
        parts.pop()


def _postcode(text: str, country: str) -> re.Match[str] | None:
    """A postcode in a text; in North America four digits are a house's, unless a country's sign is before."""
    match = _POSTCODE.search(text)
    short = match and len(match[3]) == 4 and match[3].isdigit() and country in _AMERICA
    return match if match and not (short and match[2] not in SIGNS) else None


def _place(text: str, country: str) -> dict[str, str]:
    """What stands around a postcode: 'Las Vegas NV 89132', 'FL 60527', '56422 Dusseldorf'."""
    match = _postcode(text, country)
    assert match is not None  # noqa: S101 - chosen by this very search
    town = (text[: match.start()] + text[match.end() :]).strip()
    there = SIGNS.get(match[2] or "", "")
    found = {"region": match[1] or "", "postcode": postcode(match[3], there or country) or "", "city": town}
    return {**found, "country": there} if there else found


def _split_end(parts: list[str], found: dict[str, str], country: str) -> None:
    """'80 Delaware Ave SE Washington DC 40040': a state and a postcode at the end of the only part."""
    match = _POSTCODE.search(parts[0], pos=len(parts[0]) // 2)
    if match and match[1] and match.end() == len(parts[0]) and known_region(match[1], country):
        found |= {"region": match[1], "postcode": postcode(match[3], country) or ""}
        parts[0] = parts[0][: match.start()].strip()


def _take_town(parts: list[str], found: dict[str, str], country: str) -> None:
    if found.get("city"):
        return
    if len(parts) > 1 and not _DIGIT.search(parts[-1]):
        found["city"] = parts.pop()
    elif parts and country in _AMERICA and (apart := _STREET_AND_TOWN.match(parts[-1])):
        parts[-1], found["city"] = apart[1], apart[2].strip()
