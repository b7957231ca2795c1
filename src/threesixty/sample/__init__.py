"""The sample company: Farol Outdoor, with its sources of three years and the dirt of real life.

`write` makes the same bytes for the same number and seed on every machine, some thousands of customers at
a time, so that a million takes no more memory than a few. The truth, who is really who, lies aside in
`truth/`, where no source and no mapping looks; what comes next lies in `later/` until somebody brings it in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import count
from pathlib import Path

from threesixty.sample import agreed, business, later, mailings, orders, parties, web
from threesixty.sample.catalogue import categories, products
from threesixty.sample.clock import YEARS
from threesixty.sample.desk import Desk, spoiled
from threesixty.sample.dice import Dice
from threesixty.sample.orders import Shelf, money
from threesixty.sample.parties import Row, Sheet
from threesixty.sample.people import Person, Town
from threesixty.sample.shown import rows, showcase, text

__all__ = ["showcase", "write"]

_HERE = files(__name__)
_FIRST = {
    "crm": 2001, "shop": 50001, "loyalty": 700001, "order": 200001, "return": 300001, "ticket": 9001,
    "company": 1001, "contact": 5001, "business_order": 8001, "session": 100001,
}  # fmt: skip
_CRM = tuple(f"crm_{day}.csv" for day, _ in YEARS)
_WHO = ("source", "key", "person", "household")
Numbers = Mapping[str, Iterator[int]]


def write(folder: Path, *, customers: int = 2000, seed: int = 360) -> Path:
    """Write project file, sources and truth of so many customers; returns the project file's path."""
    dice = Dice(seed)
    town = Town(dice, emails={row[parties.CRM.index("email")] for name in _CRM for row in rows(name)})
    numbers = {name: count(first) for name, first in _FIRST.items()}
    with Desk(folder) as desk:
        _begin(desk)
        for people in town.blocks(max(0, customers - len(rows("truth/people.csv")))):
            _block(desk, dice, town, people, numbers)
    project = folder / "threesixty.toml"
    project.write_text((_HERE / "threesixty.toml").read_text("utf-8"), "utf-8", newline="\n")
    return project


def _begin(desk: Desk) -> None:
    """Every file with its heading, what does not depend on chance, and the hand-written rows."""
    sheets = {
        **dict.fromkeys(_CRM, parties.CRM), "shop_customers.csv": parties.SHOP,
        "shop_order_lines.csv": orders.LINES, "returns.csv": orders.RETURNS, "helpdesk.csv": orders.TICKETS,
        "companies.csv": business.COMPANIES, "company_contacts.csv": business.CONTACTS,
        "company_orders.csv": business.ORDERS, "preferences.csv": agreed.PREFERENCES,
        "campaigns.csv": mailings.CAMPAIGNS, "mailings.csv": mailings.RESPONSES,
        "origins.csv": ("code", "name"), "sessions.csv": web.SESSIONS, "views.csv": web.VIEWS,
        "products.csv": ("sku", "name", "brand", "category", "price", "currency", "status"),
        "categories.csv": ("code", "name", "parent"),
        "truth/people.csv": ("person", "household", "given", "family", "birth_date"),
        "truth/records.csv": _WHO, "truth/contacts.csv": ("source", "key", "role", "person", "household"),
    }  # fmt: skip
    for name, heading in sheets.items():
        desk.begin(name, heading)
        desk.add(name, rows(name))
    desk.begin("loyalty.csv", parties.LOYALTY, delimiter=";", encoding="cp1252")
    desk.add("loyalty.csv", rows("loyalty.csv", ";"))
    desk.text("shop_orders.jsonl").write(text("shop_orders.jsonl"))
    desk.text("truth/showcase.toml").write(text("showcase.toml"))
    desk.add("shop_order_lines.csv", _lines_of(rows("baskets.csv")))
    desk.add("products.csv", _products())
    desk.add("categories.csv", categories())
    desk.add("campaigns.csv", mailings.campaign_rows())
    desk.add("origins.csv", web.ORIGINS)
    later.begin(desk, _lines_of)


def _lines_of(baskets: Sequence[Row]) -> list[Row]:
    """Order lines of hand-written baskets: order, SKU, quantity."""
    lines: list[Row] = []
    for order, sku, quantity in baskets:
        line = 1 + sum(row[0] == order for row in lines)
        cents = products()[sku].cents
        lines.append((order, str(line), sku, quantity, money(cents), money(cents * int(quantity))))
    return lines


def _products() -> list[Row]:
    return [
        (p.sku, p.name, p.brand, p.category, money(p.cents), "EUR", "on sale") for p in products().values()
    ]


def _block(desk: Desk, dice: Dice, town: Town, people: Sequence[Person], numbers: Numbers) -> None:
    """Everything about some thousands of customers."""
    spoil = 1 + len(people) // 1000
    crm, shop = parties.crm(dice, people, numbers["crm"]), parties.shop(dice, people, numbers["shop"])
    loyalty = parties.loyalty(dice, people, town, numbers["loyalty"])
    firms = business.business(dice, people, numbers)
    mailed = mailings.mailings(dice, crm)
    shelf = orders.trade(dice, people, _accounts(shop), mailed.clicks, numbers)
    seen = web.visits(dice, shop, shelf.bought, numbers["session"])
    for name, told in zip(_CRM, crm.deliveries, strict=True):
        desk.add(name, spoiled(told, spoil) if name == _CRM[-1] else told)
    desk.add("shop_customers.csv", shop.rows)
    desk.add("loyalty.csv", loyalty.rows)
    torn = [order[: len(order) // 2] for order in shelf.orders[:spoil]]
    desk.lines("shop_orders.jsonl", [*shelf.orders[:40], *torn, *shelf.orders[40:]])
    desk.add("shop_order_lines.csv", [*shelf.lines, *firms.lines])
    desk.add("returns.csv", shelf.returns)
    desk.add("helpdesk.csv", spoiled(shelf.tickets, spoil))
    desk.add("companies.csv", firms.companies.rows)
    desk.add("company_contacts.csv", firms.contacts.rows)
    desk.add("company_orders.csv", firms.orders)
    desk.add("preferences.csv", agreed.preferences(dice, shop))
    desk.add("mailings.csv", mailed.rows)
    desk.add("sessions.csv", seen.sessions)
    desk.add("views.csv", seen.views)
    sheets = {
        "crm": crm, "shop": shop, "loyalty": loyalty, "companies": firms.companies,
        "contacts": firms.contacts,
    }  # fmt: skip
    shelf.contacts += [("orders", key, "buyer", firm) for key, firm in firms.buyers]
    shelf.contacts += [("web", key, "visitor", person) for key, person in seen.unknown]
    _truth(desk, people, sheets, shelf)
    later.block(desk, dice, later.So(crm, shop, shelf), numbers)


def _accounts(shop: Sheet) -> dict[str, list[str]]:
    accounts: dict[str, list[str]] = {}
    for row, person in zip(shop.rows, shop.about, strict=True):
        accounts.setdefault(person.id, []).append(row[0])
    return accounts


def _truth(desk: Desk, people: Sequence[Person], sheets: Mapping[str, Sheet], shelf: Shelf) -> None:
    """Who is who: by Record, and by role for orders and tickets, whose parties may be bags of identifiers."""
    desk.add(
        "truth/people.csv",
        ((p.id, p.household.id, p.given, p.company or p.family, p.born) for p in people),
    )
    desk.add("truth/records.csv", (
        (source, row[0], person.id, person.household.id)
        for source, sheet in sheets.items()
        for row, person in zip(sheet.rows, sheet.about, strict=True)
    ))  # fmt: skip
    desk.add(
        "truth/contacts.csv",
        ((source, key, role, p.id, p.household.id) for source, key, role, p in shelf.contacts),
    )
