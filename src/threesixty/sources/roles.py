"""What a column's role makes of its text: values, identifiers, or the word that it could not be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from threesixty import normalise
from threesixty.normalise import Habits
from threesixty.project import Project, Source
from threesixty.record import Identifier, Scalar
from threesixty.schema import VERIFIED, IdentifierType, Kind, Property, Type
from threesixty.sources.rows import as_text

ADDRESS = "address"
"""The identifier that street and place make together."""
JOINED = {"full_address": ", ", "street": ", ", "full_name": " ", "name": " ",
          "given": " ", "middle": " ", "family": " "}  # fmt: skip
"""Roles that several columns fill together; for all others the first readable column wins."""
REGIONAL = frozenset({"phone", "company_number", "tax_id", "postcode", "region", "full_address", "currency"})
"""Roles that are read by the country of their row."""


@dataclass(slots=True)
class Reading:
    """What one text says: the value of a property, an Identifier, or both.

    `implied` gives way to what another column says outright; `unreadable` names the property that the
    text should have been. `text` is what could not be read, or an amount that names its currency. `others`
    are what the other texts of a list say. (Nobody changes one. Frozen it would take three times as long to
    make, and there is one for every different text of every column.)
    """

    property: str = ""
    value: Scalar = None
    identifier: Identifier | None = None
    implied: Mapping[str, Scalar] | None = None
    unreadable: str = ""
    text: str = ""
    others: tuple[Reading, ...] = ()


NOTHING = Reading()
Reader = Callable[[str, str], Reading]
"""Text and the country of its row -> what it says."""


def habits(project: Project, source: Source) -> Habits:
    """How the rows of a source are written."""
    return Habits(
        country=source.country or project.country,
        date_orders=source.date_orders,
        time_zone=source.time_zone,
        written=source.written,
        first_year=source.first_year,
        year_only=source.year_only,
        currency=project.currency,
    )


def reader(role: str, kind: Kind, identifiers: Mapping[str, IdentifierType], habits: Habits) -> Reader:
    """How the text of a role is read for a kind: of identifiers there may be a list."""
    read = _guarded(role, _reader(role, kind, identifiers, habits))
    return _each(read) if kind.sort == "party" and role in identifiers else read


def property_reader(prop: Property, habits: Habits, *, label: str) -> Reader:
    """How the text of one property is read, where it stands alone; `label` names what is unreadable."""
    read = _money(prop.name) if prop.type == "money" else _scalar(prop.name, _converter(prop, habits))
    return _guarded(label, read)


def in_use(read: Reader, use: str) -> Reader:
    """A reader of a contact point that is known by what it is for (home, work, mobile)."""
    if not use:
        return read

    def used(reading: Reading) -> Reading:
        held = reading.identifier
        if held is None:
            return reading
        return replace(reading, identifier=replace(held, use=use), others=tuple(map(used, reading.others)))

    return lambda text, country: used(read(text, country))


def _each(read: Reader) -> Reader:
    """Reads a list as JSON writes it, each of its texts: the first that can be read is the value."""

    def read_each(text: str, country: str) -> Reading:
        texts = _listed(text)
        if texts is None:
            return read(text, country)
        found = [one for each in texts if (one := read(each, country)) is not NOTHING]
        found.sort(key=lambda one: one.unreadable != "")
        return replace(found[0], others=tuple(found[1:])) if found else NOTHING

    return read_each


def _listed(text: str) -> list[str] | None:
    """The texts of a list, None of what is none."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return [said for one in found if (said := as_text(one))]


def _guarded(label: str, read: Reader) -> Reader:
    def guarded(text: str, country: str) -> Reading:
        if text == "[]":  # a list of nothing
            return NOTHING
        try:
            return read(text, country)
        except (ValueError, OverflowError):
            return Reading(unreadable=label, text=text[:200])

    return guarded


def _reader(role: str, kind: Kind, identifiers: Mapping[str, IdentifierType], habits: Habits) -> Reader:
    if role == "full_name":
        return _split(lambda text, country: _full_name(text, kind, country))
    if role == "full_address":
        return _split(normalise.full_address)
    if role in ("given", "family") and kind.property("suffix"):
        return _with_suffix(role)
    if kind.sort == "party" and role in identifiers:
        return _identifier(role, kind)
    prop = kind.property(role) or Property(role, _IMPLIED.get(role[-len(VERIFIED) :], "text"))
    if prop.type == "money":
        has_currency = kind.property("currency") is not None
        return _money(role, only="" if has_currency else habits.currency, implies_currency=has_currency)
    return _scalar(role, _converter(prop, habits, party=kind.sort == "party"))


Converter = Callable[[str, str], Scalar]
_IMPLIED: Mapping[str, Type] = {"at": "instant", VERIFIED: "boolean"}
"""Types of roles that are no properties, by how they end."""


def _checked(text: str, habits: Habits) -> bool | None:
    """Yes, no, or the day on which it was checked."""
    try:
        return normalise.boolean(text)
    except ValueError:
        return normalise.instant(text, habits) is not None


def _converter(prop: Property, habits: Habits, *, party: bool = False) -> Converter:
    """Text and country -> the property's value, None when nothing is said; ValueError when unreadable."""
    home, birth = habits.country, prop.name == "birth_date"
    by_type: Mapping[str, Converter] = {
        "date": lambda text, _: (normalise.birth_date if birth else normalise.date)(text, habits),
        "instant": lambda text, _: normalise.instant(text, habits),
        "number": lambda text, _: (
            normalise.quantity(text, prop.unit, home) if prop.unit else normalise.number(text, home)
        ),
        "integer": lambda text, _: normalise.integer(text, home),
        "boolean": lambda text, _: (
            _checked(text, habits) if prop.name.endswith(VERIFIED) else normalise.boolean(text)
        ),
        "text": _text(prop.name, party=party),
    }
    return by_type[prop.type]


def _text(name: str, *, party: bool) -> Converter:
    if name == "postcode":
        return normalise.postcode
    if name == "currency":
        return normalise.currency
    if name == "region":
        return normalise.region
    plain = _TEXTS.get(name, normalise.said) if party else normalise.text
    return lambda text, _: plain(text)


_TEXTS: Mapping[str, Callable[[str], str | None]] = {
    "prefix": normalise.prefix,
    "given": normalise.name,
    "middle": normalise.name,
    "family": normalise.name,
    "suffix": normalise.suffix,
    "gender": normalise.gender,
    "street": normalise.street,
    "city": normalise.name,
    "country": normalise.country,
}


def _scalar(role: str, convert: Converter) -> Reader:
    def read(text: str, country: str) -> Reading:
        value = convert(text, country)
        return NOTHING if value is None else Reading(role, value)

    return read


def _split(split: Callable[[str, str], Mapping[str, str]]) -> Reader:
    def read(text: str, country: str) -> Reading:
        pieces = split(text, country)
        return Reading(implied=pieces) if pieces else NOTHING

    return read


def _full_name(text: str, kind: Kind, country: str) -> Mapping[str, str]:
    if kind.property("given"):
        return normalise.full_name(text, country)
    found = normalise.said(text)
    return {"name": found} if found else {}


def _with_suffix(role: str) -> Reader:
    """Reads a part of a name, and the suffix that some write behind it."""
    split = normalise.given if role == "given" else normalise.family

    def read(text: str, _: str) -> Reading:
        pieces = dict(split(text))
        if not pieces:
            return NOTHING
        return Reading(role, pieces.pop(role), implied=pieces or None)

    return read


def _identifier(role: str, kind: Kind) -> Reader:
    keep, normal = kind.property(role) is not None, _normal(role, company=kind.property("given") is None)

    def read(text: str, country: str) -> Reading:
        value = normal(text, country)
        if value is None:
            return NOTHING
        return Reading(role if keep else "", value, Identifier(role, value))

    return read


def _normal(role: str, *, company: bool) -> Callable[[str, str], str | None]:
    if role == "phone":
        return normalise.phone
    if role == "company_number":
        return normalise.company_number
    if role == "tax_id" and company:
        return normalise.tax_id
    if role == "email":
        return lambda text, _: normalise.email(text)
    return lambda text, _: normalise.identifier(text, role)


def _money(role: str, *, only: str = "", implies_currency: bool = False) -> Reader:
    """Reads an amount with the currency it names, which may be `only` one where there is no place for it."""

    def read(text: str, country: str) -> Reading:
        found = normalise.money(text, country)
        if found is None:
            return NOTHING
        amount, currency = found
        if not currency:
            return Reading(role, amount)
        if only and not normalise.may_be_in(text, only):
            raise ValueError("an amount in another currency")
        return Reading(role, amount, implied={"currency": currency} if implies_currency else None, text=text)

    return read
