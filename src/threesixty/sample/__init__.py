"""The sample company: Farol Outdoor, with households, four source systems and the dirt of real life.

`write` makes the same bytes for the same number and seed on every machine. The truth, who is really
who, lies aside in `truth/`, where no source and no mapping looks.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from threesixty.sample import parties
from threesixty.sample.behaviour import LINES, TICKETS, Shelf, money, trade
from threesixty.sample.catalogue import categories, products
from threesixty.sample.dice import Dice
from threesixty.sample.parties import Row, Sheet
from threesixty.sample.people import Person, Town

_HERE = files(__name__)
_SHOWN = _HERE / "showcase"


def showcase() -> Mapping[str, Any]:
    """Names of Records worth a look: `person` resolves well, `wrong_merge` does not and should be split."""
    return tomllib.loads(_read("showcase.toml"))


def write(folder: Path, *, customers: int = 2000, seed: int = 360) -> Path:
    """Write project file, sources and truth of so many customers; returns the project file's path."""
    dice = Dice(seed)
    town = Town(dice, emails={row[parties.CRM.index("email")] for row in _rows("crm.csv")})
    people = town.settle(max(0, customers - len(_rows("people.csv"))))
    crm, shop = parties.crm(dice, people), parties.shop(dice, people)
    loyalty = parties.loyalty(dice, people, town)
    shelf = trade(dice, people, _accounts(shop))
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    spoiled = 1 + customers // 1000
    _sheet(folder / "crm.csv", parties.CRM, _rows("crm.csv") + _spoil(crm.rows, spoiled))
    _sheet(folder / "shop_customers.csv", parties.SHOP, _rows("shop_customers.csv") + shop.rows)
    _sheet(folder / "loyalty.csv", parties.LOYALTY, _rows("loyalty.csv", ";") + loyalty.rows, ";", "cp1252")
    _orders(folder, shelf, spoiled)
    _sheet(folder / "helpdesk.csv", TICKETS, _rows("helpdesk.csv") + _spoil(shelf.tickets, spoiled))
    _products(folder)
    _truth(folder / "truth", people, {"crm": crm, "shop": shop, "loyalty": loyalty}, shelf)
    project = folder / "threesixty.toml"
    project.write_text((_HERE / "threesixty.toml").read_text("utf-8"), "utf-8", newline="\n")
    return project


def _read(name: str) -> str:
    return (_SHOWN / name).read_text("utf-8")


def _rows(name: str, delimiter: str = ",") -> list[Row]:
    """The hand-written rows of the showcase, heading left out."""
    return [tuple(row) for row in csv.reader(StringIO(_read(name)), delimiter=delimiter)][1:]


def _sheet(
    path: Path, heading: Row, rows: Iterable[Row], delimiter: str = ",", encoding: str = "utf-8"
) -> None:
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


def _spoil(rows: Sequence[Row], count: int) -> list[Row]:
    """The rows, with some put between them that lack their key, and some torn in the middle."""
    spoiled = list(rows)
    for number in range(count if rows else 0):
        at = (number * 7919 + 11) % len(spoiled)
        model = spoiled[at]
        spoiled[at:at] = [("", *model[1:]), (f"{model[0]}-torn", *model[1 : len(model) // 2])]
    return spoiled


def _orders(folder: Path, shelf: Shelf, spoiled: int) -> None:
    torn = [order[: len(order) // 2] for order in shelf.orders[:spoiled]]
    text = "\n".join([_read("shop_orders.jsonl").rstrip("\n"), *shelf.orders[:40], *torn, *shelf.orders[40:]])
    (folder / "shop_orders.jsonl").write_text(text + "\n", "utf-8", newline="\n")
    _sheet(folder / "shop_order_lines.csv", LINES, _showcase_lines() + shelf.lines)


def _showcase_lines() -> list[Row]:
    lines: list[Row] = []
    for order, sku, quantity in _rows("baskets.csv"):
        line = 1 + sum(row[0] == order for row in lines)
        cents = products()[sku].cents
        lines.append((order, str(line), sku, quantity, money(cents), money(cents * int(quantity))))
    return lines


def _products(folder: Path) -> None:
    _sheet(
        folder / "products.csv",
        ("sku", "name", "brand", "category", "price", "currency", "status"),
        [(p.sku, p.name, p.brand, p.category, money(p.cents), "EUR", "on sale") for p in products().values()],
    )
    _sheet(folder / "categories.csv", ("code", "name", "parent"), categories())


def _accounts(shop: Sheet) -> dict[str, list[str]]:
    accounts: dict[str, list[str]] = {}
    for row, person in zip(shop.rows, shop.about, strict=True):
        accounts.setdefault(person.id, []).append(row[0])
    return accounts


def _truth(folder: Path, people: Sequence[Person], sheets: Mapping[str, Sheet], shelf: Shelf) -> None:
    """Who is who: by Record, and by role for orders and tickets, whose parties may be bags of identifiers."""
    rows: list[Row] = [(p.id, p.household.id, p.given, p.company or p.family, p.born) for p in people]
    (folder / "showcase.toml").write_text(_read("showcase.toml"), "utf-8", newline="\n")
    _sheet(
        folder / "people.csv",
        ("person", "household", "given", "family", "birth_date"),
        _rows("people.csv") + rows,
    )
    records: list[Row] = [
        (source, row[0], person.id, person.household.id)
        for source, sheet in sheets.items()
        for row, person in zip(sheet.rows, sheet.about, strict=True)
    ]
    _sheet(folder / "records.csv", ("source", "key", "person", "household"), _rows("records.csv") + records)
    contacts: list[Row] = [
        (source, key, role, p.id, p.household.id) for source, key, role, p in shelf.contacts
    ]
    heading = ("source", "key", "role", "person", "household")
    _sheet(folder / "contacts.csv", heading, _rows("contacts.csv") + contacts)
