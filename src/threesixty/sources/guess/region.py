"""Which country, currency and time zone the files speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import phonenumbers

from threesixty.sources.guess.looks import Column
from threesixty.sources.guess.shape import Shape
from threesixty.sources.guess.words import words

_LANGUAGES = {
    "DE": "kunde kunden vorname nachname geburtsdatum strasse plz ort telefon betrag bestellung",
    "FR": "prenom nom naissance rue ville montant commande courriel",
    "ES": "apellido apellidos nacimiento calle ciudad importe pedido correo",
    "PT": "apelido nascimento morada telemovel localidade encomenda contribuinte valor adesao socio",
    "IT": "cognome nascita indirizzo citta importo ordine cellulare",
    "US": "zip zipcode ssn state",
    "GB": "postcode county surname",
}
_HOME_CURRENCY = {
    "US": "USD", "GB": "GBP", "CH": "CHF", "SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK",
    "BR": "BRL", "CA": "CAD", "AU": "AUD", "MX": "MXN", "JP": "JPY", "IN": "INR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """A country, a currency and a time zone, each with the reason for it."""

    country: tuple[str, str]
    currency: tuple[str, str]
    time_zone: tuple[str, str]

    def lines(self) -> Iterator[tuple[str, tuple[str, str]]]:
        yield "currency", self.currency
        yield "country", self.country
        yield "time_zone", self.time_zone


def region(shapes: Sequence[Shape]) -> Region:
    """The region of all files together."""
    columns = [column for shape in shapes for column in shape.sample.columns]
    currencies = _currencies(shapes)
    country = _country(shapes, columns, currencies)
    home = _HOME_CURRENCY.get(country[0], "EUR")
    currency = (home, f"the money of {country[0]}: no amount says otherwise")
    if currencies:
        currency = (currencies.most_common(1)[0][0], "stands with the amounts; sums are in it")
    zone = _zones().get(country[0], "UTC")
    return Region(country, currency, (zone, "of times without a zone"))


def _currencies(shapes: Sequence[Shape]) -> Counter[str]:
    found: Counter[str] = Counter()
    for shape in shapes:
        for column in shape.sample.columns:
            if column.look == "number" or column.name in shape.roles.get("currency", ()):
                found += column.currencies
    return found


def _country(shapes: Sequence[Shape], columns: Sequence[Column], currencies: Counter[str]) -> tuple[str, str]:
    """By a column of countries, else by phone numbers, else by the language of the columns' names."""
    stated = Counter(
        text.upper() for shape in shapes for name in shape.roles.get("country", ())
        for text in shape.sample.column(name).filled if text.upper() in _zones()
    )  # fmt: skip
    if stated:
        return stated.most_common(1)[0][0], "most rows say so; phones without a country code are read so"
    dialled = Counter(_dialled(text) for column in columns if column.look == "phone" for text in column.some)
    dialled.pop("", None)
    if sum(dialled.values()) >= 5:
        return dialled.most_common(1)[0][0], "most phones say so; those without a country code are read so"
    said = Counter(
        country for column in columns for word in words(column.name).split()
        for country, known in _LANGUAGES.items() if word in known.split()
    )  # fmt: skip
    if said:
        return said.most_common(1)[0][0], "by the columns' names; phones without a country code are read so"
    by_money = next((c for c, money in _HOME_CURRENCY.items() if currencies.get(money)), "US")
    return by_money, "nothing says otherwise; phones without a country code are read so"


def _dialled(text: str) -> str:
    if not text.startswith("+"):
        return ""
    try:
        return phonenumbers.region_code_for_country_code(phonenumbers.parse(text, None).country_code or 0)
    except phonenumbers.NumberParseException:
        return ""


@cache
def _zones() -> dict[str, str]:
    """The first time zone of every country: where it has several, that of its capital or largest city."""
    found: dict[str, str] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            found.setdefault(code, zone)
    return found
