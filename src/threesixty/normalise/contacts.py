"""Email addresses, phone numbers and other identifiers, in the one form that can be compared."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from threesixty.normalise.text import plain, said

# Written this way an address needs no library to be understood, and most are.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}$"
)
_ANGLED = re.compile(r"<([^<>]+)>\s*$")
_NOT_ALNUM = re.compile(r"[^0-9a-z]")
# All the library asks of a national number in these countries, and the most common case there.
_TEN_DIGITS = re.compile(r"\(?([2-9]\d\d)\)?[-. ]?(\d{3})[-. ]?(\d{4})$")
_NORTH_AMERICA = frozenset({"US", "CA"})
_PUNCTUATED = frozenset({"card", "tax_id", "loyalty", "lei", "duns", "company_number"})


def email(raw: str) -> str | None:
    """An address in small letters; ValueError when it cannot be one. Nothing is looked up."""
    found = said(raw)
    if found is None:
        return None
    if angled := _ANGLED.search(found):
        found = angled[1]
    found = found.lower().removeprefix("mailto:").strip(" .,;<>\"'")
    if found.isascii() and len(found) < 64 and _PLAIN_EMAIL.match(found):
        return found
    try:
        valid = validate_email(found, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise ValueError("not an email address") from None
    if "." not in valid.domain:
        raise ValueError("not an email address that others could reach")
    return valid.normalized.lower()


def phone(raw: str, country: str = "") -> str | None:
    """A possible phone number as E.164 ('+351912345678'); national ones are of the country."""
    found = said(raw)
    if found is None:
        return None
    if country in _NORTH_AMERICA and (ten := _TEN_DIGITS.match(found)):
        return f"+1{ten[1]}{ten[2]}{ten[3]}"
    if found.startswith("00") and (country != "US" or found[2:3] != "0"):
        found = "+" + found[2:]
    try:
        parsed = phonenumbers.parse(found, country or None)
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError("not a possible phone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def identifier(raw: str, type_: str = "") -> str | None:
    """Any other identifier: small letters, without spaces; cards and numbers also without marks."""
    found = said(raw)
    if found is None:
        return None
    bare = plain(found) if type_ in _PUNCTUATED else found.casefold()
    if type_ in _PUNCTUATED:
        return _NOT_ALNUM.sub("", bare) or None
    return bare.replace(" ", "")
