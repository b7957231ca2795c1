"""The second delivery, of October 2026: what a month brings, with everything that goes wrong in one.

It waits in `later/` until somebody copies it beside the first. The CRM calls a column otherwise, moves and
deletes people, says things twice and too late; the shop's full list has lost some accounts; orders of
September come in October, and orders known already come once more, some of them another way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from threesixty.sample import orders, parties
from threesixty.sample.catalogue import products
from threesixty.sample.clock import DAYS, LATER, LATER_DAYS, moment
from threesixty.sample.desk import Desk
from threesixty.sample.dice import Dice
from threesixty.sample.orders import Shelf, money
from threesixty.sample.parties import Crm, Row, Sheet
from threesixty.sample.people import Person
from threesixty.sample.shown import rows, text

CRM = f"later/crm_{LATER}-31.csv"
SHOP = "later/shop_customers.csv"
ORDERS = f"later/shop_orders_{LATER}.jsonl"
LINES = f"later/shop_order_lines_{LATER}.csv"
HELPDESK = f"later/helpdesk_{LATER}.csv"
LOYALTY = f"later/loyalty_{LATER}.csv"

MOVED, DELETED, TOLD_LATE, TOLD_TWICE, CLOSED_ACCOUNT = 0.02, 0.01, 0.01, 0.1, 0.015
ORDERS_AGAIN, ORDERS_ANEW, OF_SEPTEMBER = 0.01, 0.04, 0.2
_AT = parties.CRM.index("updated_at")
_STREET, _CITY = parties.CRM.index("street"), parties.CRM.index("city")
_STATUS, _CLOSED, _OPENED = (orders.TICKETS.index(name) for name in ("status", "closed_at", "opened_at"))


class So(NamedTuple):
    """How things stood when the first delivery ended."""

    crm: Crm
    shop: Sheet
    shelf: Shelf


def begin(desk: Desk, lines_of: Callable[[Sequence[Row]], list[Row]]) -> None:
    """Every file with its heading and the hand-written rows."""
    heading = tuple("mobile_phone" if name == "mobile" else name for name in parties.CRM)
    for name, columns in {CRM: heading, LINES: orders.LINES, HELPDESK: orders.TICKETS}.items():
        desk.begin(name, columns)
        desk.add(name, rows(name))
    desk.begin(SHOP, parties.SHOP)
    desk.add(SHOP, rows("shop_customers.csv"))
    desk.begin(LOYALTY, parties.LOYALTY, delimiter=";", encoding="cp1252")
    desk.add(LOYALTY, rows(LOYALTY, ";"))
    desk.text(ORDERS).write(text(ORDERS))
    desk.add(LINES, lines_of(rows("later/baskets.csv")))


def block(desk: Desk, dice: Dice, so: So, numbers: Mapping[str, Iterator[int]]) -> None:
    """What October brings of some thousands of customers."""
    desk.add(CRM, list(_crm(dice, so.crm)))
    desk.add(SHOP, (row for row in so.shop.rows if not dice.chance(CLOSED_ACCOUNT)))
    desk.add(HELPDESK, [_closed(dice, row) for row in so.shelf.tickets if row[_STATUS] != "closed"])
    desk.lines(ORDERS, _known(dice, so.shelf))
    for account, person in zip(so.shop.rows, so.shop.about, strict=True):
        if dice.chance(ORDERS_ANEW):
            _order(desk, dice, f"W-{next(numbers['order'])}", account[0], person)


def _crm(dice: Dice, crm: Crm) -> Iterator[Row]:
    for row, person in zip(crm.rows, crm.about, strict=True):
        roll = dice.roll()
        if roll > MOVED + DELETED + TOLD_LATE or person.company:
            continue
        at = moment(dice, dice.between(DAYS, DAYS + LATER_DAYS - 1))
        home = dice.pick(crm.about).household.address
        moved = (*row[:_STREET], *home, *row[_CITY + 1 : _AT])
        if roll < MOVED:
            told = (*moved, at, "U")
        elif roll < MOVED + DELETED:
            told = (*row[:_AT], at, "D")
        else:  # written long before what is known, and lost in the post
            told = (*moved, moment(dice, -700), "U")
        yield from [told] * (2 if dice.chance(TOLD_TWICE) else 1)


def _closed(dice: Dice, ticket: Row) -> Row:
    """A ticket that was open, closed in October."""
    closed = moment(dice, dice.between(DAYS, DAYS + LATER_DAYS - 1))
    told = dict(zip(orders.TICKETS, ticket, strict=True)) | {"status": "closed", "closed_at": closed}
    return tuple(told.values())


def _known(dice: Dice, shelf: Shelf) -> Iterator[str]:
    """Orders told once more: as they were, or where they were on their way, arrived."""
    for line, order in zip(shelf.orders, shelf.bought, strict=True):
        if order.status in ("processing", "shipped"):
            status = "returned" if dice.chance(0.05) else "delivered"
            yield json.dumps({**json.loads(line), "status": status}, ensure_ascii=False)
        elif dice.chance(ORDERS_AGAIN):
            yield line


def _order(desk: Desk, dice: Dice, key: str, account: str, person: Person) -> None:
    late = dice.chance(OF_SEPTEMBER)
    on = dice.between(DAYS - 20, DAYS - 1) if late else dice.between(DAYS, DAYS + LATER_DAYS - 1)
    currency, rate = orders.currency(person)
    row = {"order": key, "placed_at": moment(dice, on), "status": "delivered" if late else "shipped",
           "channel": "web", "currency": currency, "account": account}  # fmt: skip
    desk.lines(ORDERS, [json.dumps(row, ensure_ascii=False)])
    desk.add(LINES, (
        (key, str(number), sku, str(quantity), money(cents), money(cents * quantity))
        for number, (sku, quantity) in enumerate(orders.basket(dice, on), 1)
        for cents in [products()[sku].cents * rate // 100]
    ))  # fmt: skip
