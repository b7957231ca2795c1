"""A row names a customer by key, and need not know whether the source has a person or a firm under it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from tests.pipeline.conftest import PROJECT, Row, Town

from threesixty.errors import NotFound

SOURCES = """
[schema.kinds.view]
count = "views"

[sources.accounts]
path = "accounts.csv"
kind = { column = "type", values = { P = "person", C = "organisation" } }
key = "id"
columns = { given = "given", family = "family", name = "name", email = "email" }

[sources.traders]
path = "traders.csv"
[[sources.traders.records]]
kind = "person"
key = "id"
columns = { full_name = "owner" }
[[sources.traders.records]]
kind = "organisation"
key = "id"
columns = { name = "firm" }

[sources.sold]
path = "sold.csv"
kind = "purchase"
key = "id"
columns = { at = "at", amount = "amount", currency = { constant = "EUR" } }
parties = { buyer = { source = "accounts", key = "customer" } }

[sources.jobs]
path = "jobs.csv"
kind = "purchase"
key = "id"
columns = { amount = "amount", currency = { constant = "EUR" } }
parties = { buyer = { kind = "organisation", source = "traders", key = "customer" } }

[sources.seen]
path = "seen.csv"
kind = "view"
key = "id"
columns = { at = "at" }
parties = { visitor = { source = "accounts", key = "customer" } }

[sources.agreed]
path = "agreed.csv"
kind = "consent"
key = "id"
columns = { purpose = "purpose", status = "status" }
parties = { of = { source = "accounts", key = "customer" } }
"""
ADA = {"id": "1", "type": "P", "given": "Ada", "family": "Silva", "email": "ada@example.org"}
ACME = {"id": "2", "type": "C", "name": "Acme Lda", "email": "info@acme.example"}
SOLD: list[Row] = [
    {"id": "O1", "at": "2026-01-02", "amount": "10", "customer": "1"},
    {"id": "O2", "at": "2026-01-03", "amount": "20", "customer": "2"},
]


def opened(folder: Path) -> Town:
    town = Town(folder)
    (folder / "threesixty.toml").write_text(PROJECT + SOURCES, "utf-8")
    town.reopen()
    return town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = opened(tmp_path / "town")
    yield town
    town.c360.close()


def spent(town: Town, key: str) -> int:
    """What a customer spent, in which graph and ledger agree."""
    assert town.same_card(key)
    return town.c360.customer(key).figures.value // 10_000


def test_a_purchase_that_names_an_account_is_its_customers_whatever_that_is(town: Town):
    town.put("accounts", ADA, ACME)
    town.put("sold", *SOLD)
    town.put("seen", {"id": "V1", "at": "2026-01-04", "customer": "2"})
    town.put("agreed", {"id": "C1", "purpose": "news", "status": "yes", "customer": "2"})

    assert (spent(town, "accounts/1"), spent(town, "accounts/2")) == (10, 20)
    assert dict(town.c360.customer("accounts/2").counts) == {"views": 1}
    assert [one.status for one in town.c360.customer("accounts/2").consents] == ["granted"]
    assert town.c360.status().dangling == 0
    assert town.export() == town.rebuilt()


def test_it_does_not_matter_which_of_them_comes_first(tmp_path: Path):
    found = set()
    for number, order in enumerate(permutations([("accounts", ADA), ("accounts", ACME), ("sold", SOLD[1])])):
        town = opened(tmp_path / str(number))
        for source, row in order:
            town.put(source, row)
        found.add((spent(town, "accounts/1"), spent(town, "accounts/2"), town.c360.status().dangling))
        town.c360.close()

    assert found == {(0, 20, 0)}


def test_an_account_that_nobody_delivered_is_told(town: Town):
    town.put("accounts", ADA)
    town.put("sold", *SOLD)

    assert town.c360.status().dangling == 1


def test_where_the_source_has_both_the_row_means_the_kind_it_says(town: Town):
    town.put("traders", {"id": "T1", "owner": "Cy Hall", "firm": "Hall Tiles"})
    town.put("jobs", {"id": "J1", "amount": "5", "customer": "T1"})

    [firm], [person] = town.c360.find("Tiles"), town.c360.find("Cy Hall")
    assert (spent(town, firm.id), spent(town, person.id)) == (5, 0)


def test_who_comes_under_the_kind_that_was_meant_has_what_was_said_of_the_key_and_gives_it_back(town: Town):
    town.put("accounts", ACME)
    town.put("sold", *SOLD)
    firm = town.c360.customer("accounts/2").id
    town.put("accounts", {**ADA, "id": "2"})

    [person] = town.c360.find("Ada")
    assert (spent(town, firm), spent(town, person.id)) == (0, 20)
    assert town.export() == town.rebuilt()

    town.c360.forget(person.id)
    assert spent(town, firm) == 0
    assert town.export() == town.rebuilt()


def test_a_firm_is_forgotten_with_what_was_said_of_its_key(town: Town):
    town.put("accounts", ADA, ACME)
    town.put("sold", *SOLD)
    firm = town.c360.customer("accounts/2").id
    report = town.c360.forget("accounts/2")

    assert (report.records, report.things) == (1, 1)
    assert spent(town, "accounts/1") == 10
    with pytest.raises(NotFound):
        town.c360.customer("accounts/2")
    assert town.c360.lineage(firm).stages[-1].what == "erased"
    assert town.export() == town.rebuilt()
