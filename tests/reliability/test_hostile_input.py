"""Rows that nobody meant well end soon, and with a result that says what became of them.

None of these would end at all where something takes time by the square: of the holders of an email, of the
letters of a name, of rows that say the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.pipeline.conftest import Town, person

from threesixty.errors import SourceError

HEAD = "id,given,family,born,email,phone,street,postcode,city,card,at,version,at_home\n"
IDENTICAL = "1,Ana,Costa,1980-01-02,ana@x.pt,+351912000001,Rua A 1,1000-001,Lisboa,,2024-01-01,1,\n"
ROOM = 1 << 20


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Town]:
    """A town without a graph."""
    town = Town(tmp_path / "town", graph="none")
    yield town
    town.c360.close()


def load(town: Town, rows: Iterable[str]):
    with (town.folder / "crm.csv").open("w", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(rows)
    return town.c360.load("crm")


def test_people_of_whom_nothing_is_said_are_as_many_customers(quiet: Town):
    loaded = load(quiet, (f"{n},,,,,,,,,,,,\n" for n in range(3_000)))

    assert (loaded.records, loaded.customers) == (3_000, 3_000)
    counts = quiet.c360.ledger.counts()
    assert (counts.households, counts.identifiers, counts.parked) == (0, 0, 0)
    assert quiet.c360.customer("crm/7", from_ledger=True).name == "unnamed"


def test_an_email_of_ten_thousand_says_nothing_of_any(quiet: Town):
    loaded = load(quiet, (f"{n},G{n % 977},F{n},,one@x.pt,,,,,,,,\n" for n in range(10_000)))

    assert (loaded.records, loaded.customers) == (10_000, 10_000)
    [held] = quiet.c360.customer("crm/7", from_ledger=True).identifiers
    assert (held.holders, held.generic) == (10_000, True)
    quiet.put("crm", person("new", "Eva", "Berg", email="one@x.pt"))
    assert set(quiet.c360.ledger.changed(10_000)["customer"]) == {10_001}


def test_an_address_of_thousands_is_nobodys_home(quiet: Town):
    load(quiet, (f"{n},G{n},Costa,,,,Rua A 1,1000-001,Lisboa,,,,\n" for n in range(3_000)))

    assert quiet.c360.ledger.households() == []
    quiet.put("crm", person("new", "Eva", "Costa", street="Rua A 1", postcode="1000-001", city="Lisboa"))
    assert quiet.c360.ledger.households() == []


def test_a_name_of_ten_megabytes_is_set_aside_and_the_others_are_loaded(quiet: Town):
    loaded = load(quiet, [f"1,{'A' * 10_000_000},Costa,,,,,,,,,,\n", "2,Ana,Costa,,,,,,,,,,\n"])

    assert (loaded.records, loaded.customers) == (1, 1)
    [held] = quiet.c360.rejects()
    assert "a field of more than 1,048,576 characters" in held.reject.reason
    with pytest.raises(SourceError, match="a field of more than"):
        quiet.put("crm", person("3", "A" * 10_000_000, "Costa"))


@pytest.mark.parametrize("role", ["given", "family", "street", "city"])
def test_texts_that_are_just_not_too_long_are_compared(quiet: Town, role: str):
    dice = random.Random(7)
    same = {"given": "Ana", "family": "Costa", "email": "ana@x.pt", "street": "Rua A 1", "city": "Lisboa"}
    texts = (" ".join(f"{dice.getrandbits(40):x}" for _ in range(ROOM // 12)) for _ in range(3))
    quiet.put("crm", *({"id": str(n), **same, role: text[:ROOM]} for n, text in enumerate(texts)))

    assert sum(map(len, quiet.clusters())) == 3
    assert quiet.c360.customer("crm/1", from_ledger=True).value(role)


@pytest.mark.parametrize("many", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_rows_that_all_say_the_same_are_one_record(quiet: Town, many: int):
    loaded = load(quiet, (IDENTICAL for _ in range(many)))

    assert (loaded.records, loaded.customers) == (1, 1)
    assert load(quiet, [IDENTICAL]).records == 1


@pytest.mark.parametrize("many", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_rows_that_differ_in_their_key_only_end_too(quiet: Town, many: int):
    """So many of one kind are no evidence for any two of them: nothing is merged, and nothing is lost."""
    loaded = load(quiet, (f"{n}{IDENTICAL[1:]}" for n in range(many)))

    assert loaded.records == loaded.customers == many
    assert quiet.c360.ledger.households() == []
