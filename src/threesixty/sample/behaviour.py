"""Three years of purchases and help desk tickets: seasons, baskets, gifts, regulars and heavy buyers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from threesixty.sample import dirt
from threesixty.sample.catalogue import in_season, products
from threesixty.sample.dice import Dice
from threesixty.sample.parties import Row, moment
from threesixty.sample.people import DAYS, FIRST_DAY, Person

LINES = ("order", "line", "sku", "quantity", "unit_price", "amount")
TICKETS = (
    "ticket", "opened_at", "closed_at", "status", "channel", "topic", "priority", "subject", "name", "email",
    "phone", "order", "sku",
)  # fmt: skip

_FIRST_ORDINAL = FIRST_DAY.toordinal()
_MONTHS = (3, 3, 4, 5, 7, 8, 8, 6, 4, 4, 7, 9)
_MONTH_OF_DAY = tuple(date.fromordinal(_FIRST_ORDINAL + n).month - 1 for n in range(DAYS))
_BUSY_DAYS = tuple(n for n in range(DAYS) for _ in range(_MONTHS[_MONTH_OF_DAY[n]]))
_TOPICS = (
    ("delivery", "Where is my parcel?"), ("delivery", "Parcel arrived damaged"),
    ("return", "I would like to return this"), ("return", "Wrong size, please exchange"),
    ("payment", "Charged twice"), ("product", "Zip is broken after two weeks"),
    ("product", "Question about the warranty"), ("account", "I cannot log in"),
    ("account", "Please change my address"), ("loyalty", "Points are missing on my card"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """One purchase before it has a number: buyer by account, or as a guest."""

    placed: str
    day: int
    buyer: Person
    account: str
    recipient: Person | None
    basket: tuple[tuple[str, int], ...]
    status: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody writes to the help desk, perhaps about an order and one product of it."""

    day: int
    person: Person
    order: str = ""
    sku: str = ""


@dataclass(slots=True)
class Shelf:
    """Orders, their lines and tickets as rows; `contacts` tells the truth: source, key, role, person."""

    orders: list[str] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    contacts: list[tuple[str, str, str, Person]] = field(default_factory=list)


def trade(dice: Dice, people: Sequence[Person], accounts: Mapping[str, Sequence[str]]) -> Shelf:
    """Everything bought and asked; `accounts` gives each person's shop accounts by person id."""
    found = [o for person in people for o in _bought(dice, person, accounts.get(person.id, ()), people)]
    found.sort(key=lambda order: order.placed)
    shelf = Shelf()
    asked: list[Asked] = []
    for number, order in enumerate(found, 200001):
        key = f"W-{number}"
        _write_order(dice, shelf, key, order)
        if dice.chance(0.14):
            on = min(order.day + dice.between(0, 40), DAYS - 1)
            asked.append(Asked(on, order.buyer, key, dice.pick(order.basket)[0]))
    asked += [Asked(dice.pick(_BUSY_DAYS), person) for person in people if dice.chance(0.12)]
    asked.sort(key=lambda ask: (ask.day, ask.person.id, ask.order))
    for number, ask in enumerate(asked, 9001):
        _write_ticket(dice, shelf, f"T-{number}", ask)
    return shelf


def _bought(dice: Dice, person: Person, accounts: Sequence[str], people: Sequence[Person]) -> Iterator[Order]:
    if not accounts and not dice.chance(0.6):
        return
    count = dice.streak(0.7) + (dice.between(30, 80) if dice.chance(0.01) else 0)
    for _ in range(count):
        on = max(dice.pick(_BUSY_DAYS), person.joined)
        account = dice.pick(accounts) if accounts and dice.chance(0.93) else ""
        recipient = _friend(dice, person, people) if dice.chance(0.07) else None
        yield Order(moment(dice, on), on, person, account, recipient, basket(dice, on), _status(dice, on))


def _friend(dice: Dice, person: Person, people: Sequence[Person]) -> Person | None:
    """Whom a present goes to: mostly another household."""
    friend = dice.pick(people if dice.chance(0.8) else person.household.members)
    return None if friend is person or friend.company else friend


def basket(dice: Dice, on: int) -> tuple[tuple[str, int], ...]:
    """SKUs with quantities: something in season, what goes with it, and what lay beside the till."""
    season, shelf = in_season()[_MONTH_OF_DAY[min(on, DAYS - 1)]], products()
    first = dice.pick(season)
    found = [first] + [sku for sku in shelf[first].along if dice.chance(0.45)]
    found += [dice.pick(season) for _ in range(dice.streak(0.3))]
    return tuple((sku, 1 + dice.streak(0.12)) for sku in dict.fromkeys(found))


def _status(dice: Dice, on: int) -> str:
    if on > DAYS - 8:
        return "processing" if on > DAYS - 3 else "shipped"
    roll = dice.roll()
    return "delivered" if roll > 0.06 else "returned" if roll > 0.02 else "cancelled"


def _write_order(dice: Dice, shelf: Shelf, key: str, order: Order) -> None:
    buyer = order.buyer
    country = buyer.household.country
    currency, rate = ("GBP", 86) if country.code == "GB" else ("EUR", 100)
    channel = "web" if dice.chance(0.7) else "app"
    row = {"order": key, "placed_at": order.placed, "status": order.status, "channel": channel,
           "currency": currency, "account": order.account}  # fmt: skip
    if not order.account:
        row["guest_name"], row["guest_email"] = _full_name(dice, buyer), dirt.email(dice, _mail(dice, buyer))
        row["guest_phone"] = dirt.phone(dice, buyer.mobile, country.calling) if dice.chance(0.6) else ""
    if order.recipient:
        row |= _gift(dice, order.recipient)
        shelf.contacts.append(("orders", key, "recipient", order.recipient))
    shelf.contacts.append(("orders", key, "buyer", buyer))
    shelf.orders.append(json.dumps(row, ensure_ascii=False))
    for line, (sku, quantity) in enumerate(order.basket, 1):
        cents = products()[sku].cents * rate // 100
        shelf.lines.append((key, str(line), sku, str(quantity), money(cents), money(cents * quantity)))


def _gift(dice: Dice, person: Person) -> dict[str, str]:
    calling = person.household.country.calling
    reach = (person.email, "") if dice.chance(0.6) else ("", dirt.phone(dice, person.mobile, calling))
    street, postcode, city = person.household.address
    return {"gift_name": _full_name(dice, person), "gift_email": reach[0], "gift_phone": reach[1],
            "gift_street": street, "gift_postcode": postcode, "gift_city": city}  # fmt: skip


def _write_ticket(dice: Dice, shelf: Shelf, key: str, ask: Asked) -> None:
    on, person = ask.day, ask.person
    topic, subject = dice.pick(_TOPICS)
    is_open = dice.chance(0.6 if on > DAYS - 30 else 0.03)
    closed = "" if is_open else moment(dice, on + 1 + dice.streak(0.7))
    status = dice.pick(("open", "pending")) if is_open else "closed"
    mail = dirt.email(dice, _mail(dice, person)) if dice.chance(0.9) else ""
    calling = person.household.country.calling
    phone = dirt.phone(dice, person.mobile, calling) if not mail or dice.chance(0.4) else ""
    shelf.tickets.append((
        key, moment(dice, on), closed, status, dice.pick(("email", "email", "phone", "chat")), topic,
        dice.pick(("low", "normal", "normal", "high")), subject, _full_name(dice, person), mail, phone,
        ask.order, ask.sku if dice.chance(0.6) else "",
    ))  # fmt: skip
    shelf.contacts.append(("helpdesk", key, "contact", person))


def _full_name(dice: Dice, person: Person) -> str:
    return person.company or " ".join(dirt.name(dice, person.given, person.family))


def _mail(dice: Dice, person: Person) -> str:
    shared = person.household.email
    return shared if shared and dice.chance(0.3) else person.email


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
