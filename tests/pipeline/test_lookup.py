"""Records are named by what their sources call them, by their own ids, and by what they carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pipeline.conftest import Town, person

import threesixty
from threesixty.customer360 import Customer360
from threesixty.errors import SeveralMatches

BOTH = """
[[sources.accounts.records]]
kind = "person"
key = "id"
columns = { full_name = "contact", email = "mail" }

[[sources.accounts.records]]
kind = "organisation"
key = "id"
columns = { name = "firm", tax_id = "vat", city = "city" }
"""
ADA = {"given": "Ada", "family": "Silva", "born": "1980-01-01", "email": "ada@x.pt", "version": "1"}


@pytest.fixture
def three(town: Town) -> Town:
    """One customer of three records, of which the second carries a telephone."""
    town.put("crm", {**ADA, "id": "1"}, {**ADA, "id": "2", "phone": "+351912345678"}, {**ADA, "id": "3"})
    return town


@pytest.mark.parametrize("named_by", ["key", "id", "phone"])
def test_who_leaves_is_who_is_named_and_not_who_gives_the_id(three: Town, named_by: str):
    names = {"key": "crm/2", "id": three.c360.record_id("crm/2"), "phone": "phone:+351912345678"}

    assert three.c360.parting("crm/1", names[named_by]).leaving == ("crm/2",)
    three.c360.split("crm/1", names[named_by])

    assert three.clusters() == {frozenset({"crm/1", "crm/3"}), frozenset({"crm/2"})}


def test_a_former_id_is_that_of_its_record_when_something_is_said_of_it(town: Town):
    town.put("crm", {**ADA, "id": "1"}, person("9", "Bob", "Zwicky", email="bob@x.pt"))
    once = town.c360.customer("crm/9").id
    town.c360.merge("crm/1", "crm/9")
    town.c360.pin(once, "given", "Robert")

    town.c360.different("crm/1", once)

    assert town.c360.customer(once).name == "Robert Zwicky"
    assert town.c360.customer("crm/1").name == "Ada Silva"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Customer360]:
    """Rows of which each gives a person and an organisation under one key."""
    (tmp_path / "threesixty.toml").write_text('[sources.accounts]\npath = "a.csv"\n' + BOTH, "utf-8")
    rows = ["id,contact,mail,firm,vat,city"]
    rows += [
        f"{key},Ada Silva,ada@x.pt,{firm},,Porto" for key, firm in (("1", "Hall Lda"), ("2", "Hall & Co"))
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    with threesixty.open(tmp_path / "threesixty.toml") as c360:
        c360.load()
        yield c360


def test_a_key_of_two_records_is_answered_with_the_id_of_each(accounts: Customer360):
    with pytest.raises(SeveralMatches) as told:
        accounts.same("accounts/1", "accounts/2")

    assert {name for _, name in told.value.matches} == {"person", "organisation"}
    assert "2 records" in told.value.message


def test_what_is_proposed_of_two_records_with_one_key_can_be_done(accounts: Customer360):
    [person_id] = {one.id for one in accounts.find("Ada")}

    accounts.split(person_id, *accounts.parting(person_id).leaving)
    [doubt] = accounts.review().doubts
    accounts.different(*doubt.records)

    assert accounts.review().doubts == ()
    assert accounts.status().customers == 4
