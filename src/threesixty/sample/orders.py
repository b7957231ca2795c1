"""Three years of purchases, returns and help desk tickets: seasons, baskets, gifts, heavy buyers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from threesixty.sample import dirt
from threesixty.sample.catalogue import in_season, products
from threesixty.sample.clock import BUSY_DAYS, DAYS, MONTH_OF_DAY, moment
from threesixty.sample.dice import Dice
from threesixty.sample.parties import Row
from threesixty.sample.people import Person

LINES = ("order", "line", "sku", "quantity", "unit_price", "amount")
RETURNS = (
    "return", "returned_at", "order", "sku", "quantity", "reason", "refund", "currency", "status", "account",
    "email",
)  # fmt: skip
TICKETS = (
    "ticket", "opened_at", "closed_at", "status", "channel", "topic", "priority", "subject", "name", "email",
    "phone", "order", "sku",
)  # fmt: skip

CLICK_SELLS = 0.12
_REASONS = ("too small", "too small", "too large", "changed my mind", "not as shown", "damaged", "too late")
_TOPICS = (
    ("delivery", "Where is my parcel?"), ("delivery", "Parcel arrived damaged"),
    ("return", "I would like to return this"), ("return", "Wrong size, please exchange"),
    ("payment", "Charged twice"), ("product", "Zip is broken after two weeks"),
    ("product", "Question about the warranty"), ("account", "I cannot log in"),
    ("account", "Please change my address"), ("loyalty", "Points are missing on my card"),
)  # fmt: skip


class Order(NamedTuple):
    """One purchase: buyer by account, or as a guest."""

    placed: str
    day: int
    buyer: Person
    account: str
    recipient: Person | None
    basket: tuple[tuple[str, int], ...]
    status: str


class Asked(NamedTuple):
    """Somebody writes to the help desk, perhaps about an order and one product of it."""

    day: int
    person: Person
    order: str = ""
    sku: str = ""


@dataclass(slots=True)
class Shelf:
    """Orders, lines, returns and tickets as rows; `contacts` tells the truth: source, key, role, person."""

    orders: list[str] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    contacts: list[tuple[str, str, str, Person]] = field(default_factory=list)
    bought: list[Order] = field(default_factory=list)


Accounts = Mapping[str, Sequence[str]]
"""Shop accounts of each person, by the person's id."""
Clicks = Mapping[str, Sequence[int]]
"""Days on which each person followed a link of a mailing."""


def trade(
    dice: Dice, people: Sequence[Person], accounts: Accounts, clicks: Clicks,
    numbers: Mapping[str, Iterator[int]],
) -> Shelf:  # fmt: skip
    """Everything these people bought, sent back and asked."""
    private = [person for person in people if not person.company]
    shelf = Shelf()
    for person in private:
        shelf.bought += _bought(dice, person, accounts.get(person.id, ()), clicks.get(person.id, ()), private)
    shelf.bought.sort(key=lambda order: order.placed)
    asked: list[Asked] = []
    for order in shelf.bought:
        key = f"W-{next(numbers['order'])}"
        _write_order(dice, shelf, key, order)
        _send_back(dice, shelf, key, order, numbers["return"])
        if dice.chance(0.14):
            on = min(order.day + dice.between(0, 40), DAYS - 1)
            asked.append(Asked(on, order.buyer, key, dice.pick(order.basket)[0]))
    asked += [Asked(dice.pick(BUSY_DAYS), person) for person in people if dice.chance(0.12)]
    asked.sort(key=lambda ask: (ask.day, ask.person.id, ask.order))
    for ask in asked:
        _write_ticket(dice, shelf, f"T-{next(numbers['ticket'])}", ask)
    return shelf


def _bought(
    dice: Dice, person: Person, accounts: Sequence[str], clicks: Sequence[int], people: Sequence[Person]
) -> Iterator[Order]:
    if not accounts and not dice.chance(0.6):
        return
    count = dice.streak(0.7) + (dice.between(30, 80) if dice.chance(0.01) else 0)
    days = [max(dice.pick(BUSY_DAYS), person.joined) for _ in range(count)]
    days += [min(on + dice.streak(0.6), DAYS - 1) for on in clicks if dice.chance(CLICK_SELLS)]
    for on in days:
        account = dice.pick(accounts) if accounts and dice.chance(0.93) else ""
        recipient = _friend(dice, person, people) if dice.chance(0.07) else None
        yield Order(moment(dice, on), on, person, account, recipient, basket(dice, on), _status(dice, on))


def _friend(dice: Dice, person: Person, people: Sequence[Person]) -> Person | None:
    """Whom a present goes to: mostly another household."""
    friend = dice.pick(people if dice.chance(0.8) else person.household.members)
    return None if friend is person or friend.company else friend


def basket(dice: Dice, on: int) -> tuple[tuple[str, int], ...]:
    """SKUs with quantities: something in season, what goes with it, and what lay beside the till."""
    season, shelf = in_season()[MONTH_OF_DAY[on]], products()
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
    in_currency, rate = currency(buyer)
    channel = "web" if dice.chance(0.7) else "app"
    row = {"order": key, "placed_at": order.placed, "status": order.status, "channel": channel,
           "currency": in_currency, "account": order.account}  # fmt: skip
    if not order.account:
        calling = buyer.household.country.calling
        row["guest_name"] = _full_name(dice, buyer)
        row["guest_email"] = dirt.email(dice, _mail(dice, buyer, order.day))
        row["guest_phone"] = dirt.phone(dice, buyer.mobile, calling) if dice.chance(0.6) else ""
    if order.recipient:
        row |= _gift(dice, order.recipient)
        shelf.contacts.append(("orders", key, "recipient", order.recipient))
    shelf.contacts.append(("orders", key, "buyer", buyer))
    shelf.orders.append(json.dumps(row, ensure_ascii=False))
    for line, (sku, quantity) in enumerate(order.basket, 1):
        cents = products()[sku].cents * rate // 100
        shelf.lines.append((key, str(line), sku, str(quantity), money(cents), money(cents * quantity)))


def _send_back(dice: Dice, shelf: Shelf, key: str, order: Order, numbers: Iterator[int]) -> None:
    """What came back of an order: all of it, where it says so; else a part, now and then."""
    if order.status not in ("returned", "delivered"):
        return
    share = 1.0 if order.status == "returned" else 0.6 if order.buyer.sends_back else 0.03
    in_currency, rate = currency(order.buyer)
    for sku, quantity in order.basket:
        on = order.day + dice.between(4, 25)
        if not dice.chance(share) or on >= DAYS:
            continue
        refund = money(products()[sku].cents * rate // 100 * quantity)
        email = "" if order.account else order.buyer.mailbox(on)
        shelf.returns.append((
            f"R-{next(numbers)}", moment(dice, on), key, sku, str(quantity), dice.pick(_REASONS), refund,
            in_currency, "refunded", order.account, email,
        ))  # fmt: skip
        if email:
            shelf.contacts.append(("returns", shelf.returns[-1][0], "buyer", order.buyer))


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
    mail = dirt.email(dice, _mail(dice, person, on)) if dice.chance(0.9) else ""
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


def _mail(dice: Dice, person: Person, on: int) -> str:
    shared = person.household.email
    return shared if shared and dice.chance(0.3) else person.mailbox(on)


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def currency(person: Person) -> tuple[str, int]:
    """What somebody pays in, and how many percent of the price in euros that is."""
    return ("GBP", 86) if person.household.country.code == "GB" else ("EUR", 100)
