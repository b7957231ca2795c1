"""One function per role: text in, one normal form out.

Each returns None for what says nothing ('', 'n/a', '-') and raises ValueError for what cannot be read.
They are pure and never look at a clock or a network, so a mapping can be applied again years later.
"""

from __future__ import annotations

from threesixty.normalise.addresses import full_address
from threesixty.normalise.amounts import NO_CURRENCY, currency, integer, may_be_in, money, number
from threesixty.normalise.consents import consent
from threesixty.normalise.contacts import email, identifier, phone
from threesixty.normalise.dates import birth_date, date, sortable
from threesixty.normalise.full_names import full_name
from threesixty.normalise.habits import Habits
from threesixty.normalise.instants import instant
from threesixty.normalise.names import family, given, name, prefix, suffix
from threesixty.normalise.places import address_key, country, known_country, postcode, region, street
from threesixty.normalise.quantities import quantity
from threesixty.normalise.registrations import company_number, tax_id, tax_ids
from threesixty.normalise.text import boolean, clean, gender, plain, said, text

VERSION = 10
"""Raised whenever a text comes out otherwise than before: what is loaded is then mapped anew."""

__all__ = [
    "NO_CURRENCY", "VERSION",
    "Habits", "address_key", "birth_date", "boolean", "clean", "company_number", "consent", "country",
    "currency", "date", "email", "family", "full_address", "full_name", "gender", "given", "identifier",
    "instant", "integer", "known_country", "may_be_in", "money", "name", "number", "phone", "plain",
    "postcode", "prefix", "quantity", "region", "said", "sortable", "street", "suffix", "tax_id", "tax_ids",
    "text",
]  # fmt: skip
