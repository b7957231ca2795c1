"""Who works for whom, what is part of what, who sent whom: as sources say, and wherever records go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.pipeline.conftest import PROJECT, Town, person

from threesixty.ledger import tables

SOURCES = """
[sources.firms]
path = "firms.csv"
kind = "organisation"
key = "id"
columns = { name = "name", email = "email", tax_id = "vat", city = "city", postcode = "postcode" }
links = { part_of = { key = "parent" } }

[sources.registry]
path = "registry.csv"
kind = "organisation"
key = "id"
columns = { name = "name", tax_id = "vat", city = "city", postcode = "postcode" }

[sources.contacts]
path = "contacts.csv"
kind = "person"
key = "id"
columns = { given = "given", family = "family", email = "email", phone = "phone" }
parties = { referred_by = { key = "by" } }
links = { works_for = { source = "firms", key = "firm", values = { role = "title" } } }

[sources.scores]
path = "scores.csv"
kind = "score"
key = ["customer", "name"]
columns = { name = "name", value = "value" }
parties = { of = { customer = "customer" } }

[sources.leads]
path = "leads.csv"
kind = "person"
key = "id"
columns = { given = "given", family = "family", email = "email" }
links = { works_for = { identifiers = { name = "company", tax_id = "vat" } } }
"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path / "town")
    (town.folder / "threesixty.toml").write_text(PROJECT + SOURCES, "utf-8")
    town.reopen()
    yield town
    town.c360.close()


def firm(key: str, name: str, vat: str = "", **rest: str) -> dict[str, str]:
    return {"id": key, "name": name, "vat": vat, **rest}


def related(town: Town, key: str) -> list[str]:
    """Relations in words, and graph and ledger agree about them."""
    assert town.same_card(key)
    return [
        " ".join(filter(None, (one.how, one.name, one.role))) for one in town.c360.customer(key).relations
    ]


def contact(key: str, given: str, family: str, **rest: str) -> dict[str, str]:
    return dict(person(key, given, family, **rest))


def test_a_person_works_for_the_organisation_its_row_names(town: Town):
    town.put("firms", firm("F1", "Hall & Co Ltd", "GB123456789"))
    town.put("contacts", contact("1", "Ada", "Silva", firm="F1", title="buyer"))

    assert related(town, "contacts/1") == ["works_for Hall & Co Ltd buyer"]
    assert related(town, "firms/F1") == ["employee Ada Silva buyer"]


def test_an_organisation_that_arrives_later_has_its_people(town: Town):
    town.put("contacts", contact("1", "Ada", "Silva", firm="F1"))
    assert related(town, "contacts/1") == []

    town.put("firms", firm("F1", "Hall & Co", "GB123456789"))

    assert related(town, "contacts/1") == ["works_for Hall & Co"]


def test_a_bag_names_the_organisation_that_another_source_knows(town: Town):
    town.put("firms", firm("F1", "Hall & Co Ltd", "GB123456789"))
    town.put(
        "leads", {"id": "7", "given": "Bo", "family": "Lund", "company": "Hall & Co", "vat": "GB123456789"}
    )

    assert related(town, "leads/7") == ["works_for Hall & Co Ltd"]


def test_a_person_who_changes_the_employer_leaves_the_old_one(town: Town):
    town.put("firms", firm("F1", "Hall & Co", "GB123456789"), firm("F2", "Zeta Works", "GB987654321"))
    town.put("contacts", contact("1", "Ada", "Silva", firm="F1"))
    town.put("contacts", contact("1", "Ada", "Silva", firm="F2"))

    assert related(town, "firms/F1") == []
    assert related(town, "firms/F2") == ["employee Ada Silva"]


def test_edges_follow_an_organisation_that_merges_and_splits(town: Town):
    town.put("firms", firm("F1", "Hall & Co", "GB123456789"), firm("F2", "Zeta Works", "GB987654321"))
    town.put("contacts", contact("1", "Ada", "Silva", firm="F1"), contact("2", "Bo", "Lund", firm="F2"))

    town.c360.merge("firms/F1", "firms/F2")
    assert sorted(related(town, "firms/F1")) == ["employee Ada Silva", "employee Bo Lund"]

    town.c360.undo()
    assert related(town, "firms/F1") == ["employee Ada Silva"]
    assert related(town, "firms/F2") == ["employee Bo Lund"]
    assert town.export() == town.rebuilt()


def test_a_deleted_organisation_employs_nobody(town: Town):
    town.put("firms", firm("F1", "Hall & Co", "GB123456789"))
    town.put("contacts", contact("1", "Ada", "Silva", firm="F1"))
    town.delete("firms", "F1")

    assert related(town, "contacts/1") == []
    assert town.export() == town.rebuilt()


def test_circles_of_organisations_end(town: Town):
    town.put("firms", firm("F1", "Hall & Co", "GB123456789", parent="F2"))
    town.put("firms", firm("F2", "Zeta Works", "GB987654321", parent="F1"))
    town.put("firms", firm("F3", "Own Parent", "GB555555555", parent="F3"))

    assert related(town, "firms/F1") == ["part Zeta Works", "part_of Zeta Works"]
    assert related(town, "firms/F3") == []


def test_a_referral_starts_at_who_sent_the_other(town: Town):
    town.put("contacts", contact("1", "Ada", "Silva"), contact("2", "Bo", "Lund", by="1"))

    assert related(town, "contacts/1") == ["referred Bo Lund"]
    assert related(town, "contacts/2") == ["referred_by Ada Silva"]

    town.put("contacts", contact("2", "Bo", "Lund"))
    assert related(town, "contacts/1") == []


def test_a_person_never_merges_with_an_organisation_that_shares_everything(town: Town):
    town.put("firms", firm("F1", "Ada Silva", "GB123456789", email="ada@example.org"))
    town.put("contacts", contact("1", "Ada", "Silva", email="ada@example.org"))

    assert {frozenset({"firms/F1"}), frozenset({"contacts/1"})} <= town.clusters()


def test_organisations_of_two_sources_are_one_by_registration_whatever_the_legal_form(town: Town):
    town.put("firms", firm("F1", "Hall & Co Ltd", "GB123456789", city="Leeds", postcode="LS1 1AA"))
    town.put("registry", firm("R1", "HALL & CO LIMITED", "GB 123 456 789", city="Leeds", postcode="LS1 1AA"))
    town.put("registry", firm("R2", "Hall Transport", "GB000000001", city="York", postcode="YO1 1AA"))

    assert frozenset({"firms/F1", "registry/R1"}) in town.clusters()
    assert frozenset({"registry/R2"}) in town.clusters()


def test_scores_computed_elsewhere_come_in_by_customer_id_and_follow_merges_and_splits(town: Town):
    town.put("contacts", contact("1", "Ada", "Silva"), contact("2", "Bo", "Lund"))
    ada, bo = (town.c360.customer(f"contacts/{key}").id for key in "12")
    town.put("scores", {"customer": ada, "name": "churn", "value": "0.25"},
             {"customer": bo, "name": "churn", "value": "0.75"},
             {"customer": "nobodyatall", "name": "churn", "value": "0.5"})  # fmt: skip
    assert scored(town) == {ada: 1, bo: 1}

    town.c360.merge("contacts/1", "contacts/2")
    assert scored(town) == {ada: 2}

    town.c360.undo()
    assert scored(town) == {ada: 1, bo: 1}
    assert town.export() == town.rebuilt()


def scored(town: Town) -> dict[str, int]:
    """How many scores the graph shows for each customer."""
    ends = [rows for what, rows in town.c360.graph().export() if getattr(what, "type", "") == "SCORED"]
    return dict(Counter(str(row[0]).removeprefix("customer:") for rows in ends for row in rows))


def test_a_gift_never_makes_two_people_one(town: Town):
    town.put("crm", person("1", "Ada", "Silva", email="ada@example.org"),
             person("2", "Bo", "Lund", email="bo@example.org"))  # fmt: skip
    town.put("gifts", {"id": "G1", "at": "2024-02-02", "amount": "10", "buyer": "1", "recipient": "2"})

    assert {frozenset({"crm/1"}), frozenset({"crm/2"})} <= town.clusters()
    assert town.c360.customer("crm/2").figures.purchases == 0
    assert related(town, "crm/2") == []


def test_who_named_a_forgotten_person_stays_and_says_so_no_more(town: Town):
    """The record of somebody who was referred is hers, and not a thing of who referred her."""
    town.put("contacts", contact("C-1001", "Ada", "Silva"), contact("2", "Bea", "Costa", by="C-1001"))
    before = town.c360.customer("contacts/2")
    assert [one.how for one in before.relations] == ["referred_by"]
    town.c360.forget("contacts/C-1001")

    after = town.c360.customer("contacts/2")
    assert (after.id, after.golden, after.relations) == (before.id, before.golden, ())
    [version] = town.c360.history("contacts/2").records[0].versions
    assert "C-1001" not in str(version)
    assert town.c360.remap("contacts").changes == ()
    assert "C-1001" not in str(town.c360.view.ledger._rows(select(tables.version.c.raw)))


def test_an_organisation_is_forgotten_without_its_people(town: Town):
    town.put("firms", firm("F-100", "Quorex", "gb123456789"))
    town.put("contacts", contact("2", "Bea", "Costa", firm="F-100"))
    town.c360.forget("firms/F-100")

    assert town.c360.customer("contacts/2").relations == ()
