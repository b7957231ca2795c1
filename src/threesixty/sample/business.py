"""Organisations that buy: the firms, what they are part of, who works there, and what they order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from threesixty.sample import dirt
from threesixty.sample.catalogue import products
from threesixty.sample.clock import BUSY_DAYS, iso, moment
from threesixty.sample.dice import Dice
from threesixty.sample.orders import basket, currency, money
from threesixty.sample.parties import Row, Sheet
from threesixty.sample.people import Person

COMPANIES = (
    "id", "name", "vat", "legal_form", "industry", "website", "email", "phone", "street", "postcode", "city",
    "country", "part_of", "updated_at",
)  # fmt: skip
CONTACTS = ("id", "first_name", "last_name", "email", "mobile", "job_title", "company", "since")
ORDERS = ("order", "placed_at", "status", "currency", "company")

IN_A_GROUP, GROUP_HEADS = 0.4, 5
_TITLES = ("buyer", "buyer", "office manager", "director", "accountant", "events")
_INDUSTRIES = {
    "Turismo": "travel", "Aventura": "travel", "Hotel": "hospitality", "Escola": "education",
    "Clube": "sports club", "Verein": "sports club", "Adventures": "travel", "Logistics": "transport",
    "Studio": "film",
}  # fmt: skip


@dataclass(slots=True)
class Business:
    """Rows of everything about organisations, and who the contacts are."""

    companies: Sheet = field(default_factory=Sheet)
    contacts: Sheet = field(default_factory=Sheet)
    orders: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    buyers: list[tuple[str, Person]] = field(default_factory=list)


def business(dice: Dice, people: Sequence[Person], numbers: Mapping[str, Iterator[int]]) -> Business:
    """The firms among these people; those who work there are private customers as well."""
    found = Business()
    by_country: dict[str, list[Person]] = {}
    for person in people:
        if not person.company:
            by_country.setdefault(person.household.country.code, []).append(person)
    head = ""
    for firm in people:
        if not firm.company:
            continue
        number = next(numbers["company"])
        key, leads = f"B-{number}", number % GROUP_HEADS == 0
        part_of = head if head and not leads and dice.chance(IN_A_GROUP) else ""
        head = key if leads else head
        found.companies.add(_company(dice, key, number, firm, part_of), firm)
        near = by_country.get(firm.household.country.code, ())
        for person in {p.id: p for p in (dice.pick(near) for _ in range(dice.between(1, 3)))}.values():
            found.contacts.add(_contact(dice, f"K-{next(numbers['contact'])}", person, firm, key), person)
        _trade(dice, found, key, firm, numbers["business_order"])
    return found


def _company(dice: Dice, key: str, number: int, firm: Person, part_of: str) -> Row:
    home = firm.household
    name, _, form = firm.company.rpartition(" ")
    trade = next((word for word in name.split() if word in _INDUSTRIES), "")
    return (
        key, firm.company, _vat(home.country.code, number), form, _INDUSTRIES.get(trade, ""),
        f"www.{_domain(firm)}", firm.email, dirt.phone(dice, firm.mobile, home.country.calling),
        *home.address, home.country.code, part_of, moment(dice, dice.between(min(firm.joined, 0), 0)),
    )  # fmt: skip


def _vat(country: str, number: int) -> str:
    """A number as the country's tax office gives them out, and nobody has twice."""
    digits = 10**8 + number * 73_688_087 % (9 * 10**8)
    return f"{digits // 10**7}-{digits % 10**7:07}" if country == "US" else f"{country}{digits}"


def _domain(firm: Person) -> str:
    return f"{dirt.letters(firm.company.rpartition(' ')[0])}.example"


def _contact(dice: Dice, key: str, person: Person, firm: Person, company: str) -> Row:
    given, family = dirt.name(dice, person.given, person.family)
    mailbox = f"{dirt.letters(person.given)}.{dirt.letters(person.family)}@{_domain(firm)}"
    phone = dirt.phone(dice, person.mobile, person.household.country.calling)
    since = iso(dice.between(max(firm.joined, person.joined, 0), 1060))
    return (key, given, family, mailbox, phone, dice.pick(_TITLES), company, since)


def _trade(dice: Dice, found: Business, company: str, firm: Person, numbers: Iterator[int]) -> None:
    """A firm orders by the dozen, and by name: its orders come from the accounts, not from the web shop."""
    in_currency, rate = currency(firm)
    for on in sorted(dice.pick(BUSY_DAYS) for _ in range(1 + dice.streak(0.75))):
        key = f"E-{next(numbers)}"
        found.orders.append((key, moment(dice, on), "invoiced", in_currency, company))
        found.buyers.append((key, firm))
        for line, (sku, _) in enumerate(basket(dice, on), 1):
            cents, quantity = products()[sku].cents * rate * 9 // 1000, dice.between(2, 24)
            row = (key, str(line), sku, str(quantity), money(cents), money(cents * quantity))
            found.lines.append(row)
