"""A small company to work with: a project file, a few sources, and rows as text."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import threesixty
from threesixty.customer360 import Customer360
from threesixty.record import Name, Record

Row = Mapping[str, str]

PROJECT = Path(__file__).with_name("town.toml").read_text("utf-8")


class Town:
    """A project in a folder, opened."""

    def __init__(self, folder: Path, graph: str = "embedded") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        stores = f'\n[stores]\ngraph = "{graph}"\n'
        (folder / "threesixty.toml").write_text(PROJECT + stores, "utf-8")
        self.c360: Customer360 = threesixty.open(folder / "threesixty.toml")

    def reopen(self) -> Customer360:
        self.c360.close()
        self.c360 = threesixty.open(self.folder / "threesixty.toml")
        return self.c360

    def put(self, source: str, *rows: Row) -> None:
        self.c360.put(source, rows)

    def deliver(self, source: str, *rows: Row) -> None:
        """Write rows where a source of people is read from, for `load`."""
        [found] = [one for one in self.c360.project.sources if one.name == source]
        columns = sorted({"id", "version"}.union(*found.records[0].columns.values()))
        with Path(found.paths[0]).open("w", encoding="utf-8", newline="") as file:
            written = csv.DictWriter(file, columns)
            written.writeheader()
            written.writerows(rows)

    def clusters(self) -> set[frozenset[str]]:
        """Who is with whom, by source keys."""
        ledger = self.c360.ledger
        members = ledger.members(ledger.customers())
        return {frozenset(map(str, ledger.names(records))) for records in members.values()}

    def ids(self) -> dict[str, str]:
        """The public id that every source key answers to."""
        return {
            key: self.c360.customer(key, from_ledger=True).id
            for cluster in self.clusters()
            for key in cluster
        }

    def delete(self, source: str, *keys: str) -> None:
        """What a source that delivers changes would say of rows that are gone."""
        ledger = self.c360.ledger
        [kind] = {source_.records[0].kind for source_ in self.c360.project.sources if source_.name == source}
        names = [Name(source, str(kind), key) for key in keys]
        ledger.append([Record(name, "party", "", {}, version="9", deleted=True) for name in names])
        self.c360.refresh()

    def same_card(self, key: str) -> bool:
        """Whether graph and ledger give the same card."""
        graph, ledger = self.c360.customer(key), self.c360.customer(key, from_ledger=True)
        return replace(graph, origin="ledger", missing=()) == replace(ledger, missing=())

    def export(self) -> list[object]:
        """The graph as sorted rows, bookkeeping left out."""
        return [part for part in self.c360.graph().export() if part[0] != "Threesixty"]

    def rebuilt(self) -> list[object]:
        """The same after the graph file was deleted and made anew."""
        self.c360.close()
        shutil.rmtree(self.c360.project.home / "graph")
        self.reopen()
        return self.export()

    def golden(self) -> dict[frozenset[str], dict[str, object]]:
        """Winning values of every customer, by its source keys."""
        found = {}
        for cluster in self.clusters():
            card = self.c360.customer(min(cluster), from_ledger=True)
            found[cluster] = {g.property: g.value for g in card.golden}
        return found


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path / "town")
    yield town
    town.c360.close()


@pytest.fixture
def new_town(tmp_path: Path) -> Iterator[Callable[[], Town]]:
    towns: list[Town] = []

    def make() -> Town:
        towns.append(Town(tmp_path / f"town{len(towns)}"))
        return towns[-1]

    yield make
    for one in towns:
        one.c360.close()


def person(key: str, given: str = "", family: str = "", **rest: str) -> Row:
    return {"id": key, "given": given, "family": family, **rest}


ADA = (
    person("1", "Ada", "Silva", email="ada.silva@example.org", phone="+351912345678", born="1988-04-12",
           street="Rua Augusta 1", postcode="1100-148", city="Lisboa", at="2023-01-05", version="1"),
    person("17", "Ada", "Silva", email="ada.silva@example.org", street="Rua Augusta 1", postcode="1100-148",
           city="Lisboa", at="2024-02-01"),
)  # fmt: skip
FATHER_AND_SON = (
    person("2", "Manuel", "Costa", email="costa@example.org", phone="+351913000111", street="Rua do Sol 9",
           postcode="4000-001", city="Porto", at="2022-03-01", version="1"),
    person("20", "Manuel", "Costa", email="costa@example.org", phone="+351913000111", street="Rua do Sol 9",
           postcode="4000-001", city="Porto", at="2024-05-01"),
)  # fmt: skip


def company(town: Town) -> None:
    """Two customers of two records each, what they bought, and one ticket."""
    town.put("crm", ADA[0], FATHER_AND_SON[0])
    town.put("shop", ADA[1], FATHER_AND_SON[1])
    town.put(
        "products",
        {"sku": "tent", "name": "Tent", "price": "199.90"},
        {"sku": "lamp", "name": "Lamp", "price": "19"},
    )
    town.put(
        "lines",
        {
            "order": "A1",
            "line": "1",
            "at": "2024-02-02",
            "amount": "199.90",
            "currency": "EUR",
            "buyer": "17",
            "sku": "tent",
            "quantity": "1",
        },
        {
            "order": "A1",
            "line": "2",
            "at": "2024-02-02",
            "amount": "38",
            "currency": "EUR",
            "buyer": "17",
            "sku": "lamp",
            "quantity": "2",
        },
        {
            "order": "A2",
            "line": "1",
            "at": "2024-06-01",
            "amount": "19",
            "currency": "EUR",
            "buyer": "20",
            "sku": "lamp",
            "quantity": "1",
        },
    )
    town.put(
        "tickets",
        {
            "id": "T1",
            "at": "2024-03-01",
            "subject": "Tent leaks",
            "status": "open",
            "email": "ada.silva@example.org",
        },
    )
