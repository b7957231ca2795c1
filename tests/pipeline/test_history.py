"""What was said over time, and what was believed at one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pipeline.changing import Company
from tests.pipeline.conftest import ADA, Town

from threesixty.card import Card
from threesixty.errors import Forgotten, NotFound


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path / "town", graph="none")
    yield town
    town.c360.close()


def ada(**cells: str) -> dict[str, str]:
    return {**ADA[0], **cells}


def told(town: Town, key: str) -> list[tuple[str, dict[str, tuple[str, str]]]]:
    """What each version of the first Record was, and which columns it changed."""
    [record, *_] = town.c360.history(key).records
    return [
        (version.what, {one.column: (one.before, one.after) for one in version.changes})
        for version in record.versions
    ]


# --- versions ---------------------------------------------------------------------------------------


def test_versions_tell_field_by_field_what_changed(town: Town):
    town.put("crm", {"id": "1", "given": "Ada", "version": "1"})
    town.put("crm", {"id": "1", "given": "Ada", "city": "Porto", "version": "2"})
    town.put("crm", {"id": "1", "given": "Eda", "city": "", "version": "3"})

    assert told(town, "crm/1") == [
        ("first", {"id": ("", "1"), "given": ("", "Ada"), "version": ("", "1")}),
        ("changed", {"city": ("", "Porto"), "version": ("1", "2")}),
        ("changed", {"given": ("Ada", "Eda"), "city": ("Porto", ""), "version": ("2", "3")}),
    ]


def test_what_came_late_is_told_and_changed_nothing(town: Town):
    town.put("crm", {"id": "1", "given": "Ada", "version": "2"})
    town.put("crm", {"id": "1", "given": "Eda", "version": "1"})
    town.put("crm", {"id": "1", "given": "Ida", "version": "3"})

    assert told(town, "crm/1")[1:] == [
        ("late", {}),
        ("changed", {"given": ("Ada", "Ida"), "version": ("2", "3")}),
    ]


def test_a_record_that_is_gone_and_back_tells_both(town: Town):
    town.put("crm", {"id": "1", "given": "Ada", "version": "1"})
    town.delete("crm", "1")
    assert [what for what, _ in told(town, "crm/1")] == ["first", "missing"]
    assert not town.c360.history("crm/1").records[0].live

    town.put("crm", {"id": "1", "given": "Ada", "version": "10"})
    assert [what for what, _ in told(town, "crm/1")] == ["first", "missing", "back"]


def test_a_customer_tells_of_all_its_records_and_of_those_that_are_gone(town: Town):
    town.put("crm", ada(version="1"))
    town.put("shop", ada())
    assert town.clusters() == {frozenset({"crm/1", "shop/1"})}
    town.delete("crm", "1")

    history = town.c360.history("shop/1")

    assert {(record.record, record.live) for record in history.records} == {
        ("crm/1", False),
        ("shop/1", True),
    }


def test_who_was_forgotten_has_no_history(town: Town):
    town.put("crm", ada(version="1"))
    public = town.c360.customer("crm/1").id
    town.c360.forget(public, by="test")

    with pytest.raises(Forgotten):
        town.c360.history(public)
    with pytest.raises(NotFound):
        town.c360.history("crm/1")


# --- as of then -------------------------------------------------------------------------------------


def test_a_card_as_of_then_has_the_values_of_then(town: Town):
    town.put("crm", ada(version="1", city="Porto"))
    then = town.c360.ledger.seq()
    town.put("crm", ada(version="2", city="Faro"))

    assert town.c360.customer("crm/1", as_of=str(then)).value("city") == "Porto"
    assert town.c360.customer("crm/1").value("city") == "Faro"


def test_who_is_one_today_was_two_then(town: Town):
    town.put("crm", ada(version="1"))
    town.put("shop", {"id": "9", "given": "Bo", "family": "Berg", "email": "bo@x.pt"})
    then = town.c360.ledger.seq()
    town.c360.merge("crm/1", "shop/9", by="test")

    card = town.c360.customer("crm/1", as_of=str(then))

    assert [record.source for record in card.records] == ["crm"]
    assert any("were then those of Bo Berg" in line for line in card.told)
    assert len(town.c360.customer("crm/1").records) == 2


def test_a_decision_taken_back_since_stands_again(town: Town):
    town.put("crm", ada(version="1"))
    town.put("shop", {"id": "9", "given": "Bo", "family": "Berg", "email": "bo@x.pt"})
    town.c360.merge("crm/1", "shop/9", by="test")
    then = town.c360.ledger.seq()
    town.c360.undo(by="test")

    assert len(town.c360.customer("crm/1", as_of=str(then)).records) == 2
    assert len(town.c360.customer("crm/1").records) == 1


def test_a_record_deleted_since_is_there(town: Town):
    town.put("crm", ada(version="1"))
    then = town.c360.ledger.seq()
    town.delete("crm", "1")

    assert town.c360.customer("crm/1", as_of=str(then)).name == "Ada Silva"
    with pytest.raises(NotFound):
        town.c360.customer("crm/1")


def test_nobody_is_known_before_the_first_record(town: Town):
    town.put("shop", {"id": "9", "given": "Bo"})
    then = town.c360.ledger.seq()
    town.put("crm", ada(version="1"))

    with pytest.raises(NotFound, match="as of"):
        town.c360.customer("crm/1", as_of=str(then))
    with pytest.raises(NotFound, match="the log begins"):
        town.c360.customer("crm/1", as_of="1999-12-31")


def test_who_was_forgotten_since_stays_forgotten(town: Town):
    town.put("crm", ada(version="1"))
    then, public = town.c360.ledger.seq(), town.c360.customer("crm/1").id
    town.put("shop", {"id": "9", "given": "Bo"})
    town.c360.forget(public, by="test")

    with pytest.raises(Forgotten):
        town.c360.customer(public, as_of=str(then))


def test_looking_back_changes_nothing(town: Town):
    town.put("crm", ada(version="1", city="Porto"))
    town.put("crm", ada(version="2", city="Faro"))
    before = list(town.c360.ledger._driver.iterdump())
    town.c360.customer("crm/1", as_of="1")

    assert list(town.c360.ledger._driver.iterdump()) == before


def comparable(card: Card) -> Card:
    """A card without what tells of the run: which store, how far, and figures of others."""
    return replace(card, origin="ledger", as_of=0, missing=(), told=())


ROW = st.fixed_dictionaries({
    "id": st.sampled_from(["1", "2", "3"]),
    "version": st.sampled_from("123456789"),
    "given": st.sampled_from(["Ada", "Bo"]),
    "family": st.sampled_from(["Silva", "Berg"]),
    "email": st.sampled_from(["a@x.pt", "b@x.pt", ""]),
    "phone": st.sampled_from(["912 345 678", ""]),
})  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ROW, min_size=1, max_size=3), min_size=2, max_size=6))
def test_a_card_as_of_then_is_the_card_that_was_shown_then(
    tmp_path_factory, rows: list[list[dict[str, Any]]]
):
    town = Town(tmp_path_factory.mktemp("town"), graph="none")
    shown: list[tuple[int, dict[str, Card]]] = []
    for some in rows:
        town.put("crm", *some)
        keys = {key for cluster in town.clusters() for key in cluster}
        cards = {key: comparable(town.c360.customer(key)) for key in keys}
        shown.append((town.c360.ledger.seq(), cards))

    for seq, cards in shown:
        for key, card in cards.items():
            assert comparable(town.c360.customer(key, as_of=str(seq))) == card
    town.c360.close()


# --- as of before a remap, and of one key of two sources ---------------------------------------------

TWO = """
[sources.crm]
path = "crm.csv"
kind = "person"
key = "{key}"
delivery = "snapshot"
columns = {{ given = "name", email = "mail" }}
[sources.aux]
path = "aux.csv"
kind = "person"
source = "till"
key = "{key}"
columns = {{ given = "name", email = "mail" }}
[sources.abbr]
path = "abbr.csv"
kind = "person"
source = "till"
key = "{key}"
columns = {{ family = "name" }}
"""
ROWS = "id,nr,name,mail\n1,n1,Ada,ada@x.pt\n2,n2,Bo,bo@x.se\n"


def then(company: Company, key: str, seq: int) -> tuple[object, object]:
    card = company.c360.customer(key, as_of=str(seq))
    return card.value("given"), card.value("email")


@pytest.fixture
def two(tmp_path):
    empty = "id,nr,name,mail\n"
    company = Company(tmp_path / "two", TWO.format(key="id"), crm=ROWS, aux=ROWS, abbr=empty)
    yield company
    company.c360.close()


def test_of_two_sources_with_one_name_each_is_read_by_its_own_mapping(two: Company):
    seq = two.c360.ledger.seq()
    two.deliver(aux=ROWS.replace("Ada", "Eda"), abbr=ROWS.replace("Bo", "Berg"))
    two.c360.load()

    assert [then(two, f"till/{key}", seq) for key in "12"] == [("Ada", "ada@x.pt"), ("Bo", "bo@x.se")]


@pytest.mark.parametrize("source", ["crm", "till"])
def test_a_card_as_of_before_a_remap_is_found_by_the_key_of_today(two: Company, source: str):
    seq = two.c360.ledger.seq()
    two.change(TWO.format(key="nr"))
    two.c360.remap()
    two.deliver(
        crm=ROWS.replace("Ada", "Eda").replace("2,n2,Bo,bo@x.se\n", ""), aux=ROWS.replace("Ada", "Eda")
    )
    two.c360.load(accept_shrink=True)

    assert [then(two, f"{source}/{key}", seq) for key in ("n1", "n2")] == [
        ("Ada", "ada@x.pt"), ("Bo", "bo@x.se"),
    ]  # fmt: skip
    assert two.c360.customer(f"{source}/n1").value("given") == "Eda"
    assert not two.c360.customer(f"{source}/n1", as_of=str(seq)).told[1:]
