"""Who lives with whom, as a user sees it: on the card, in the graph, through everything that may happen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.pipeline.conftest import Row, Town, person

from threesixty.identity.doors import CROWD

SUN = {"street": "Rua do Sol 9", "postcode": "4000-001", "city": "Porto"}
SEA = {"street": "Rua do Mar 3", "postcode": "8000-002", "city": "Faro"}


def at(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def lives(key: str, given: str, family: str, where: Row, day: str, **rest: str) -> Row:
    return person(key, given, family, **where, at=day, email=f"{given}{family}@x.pt".lower(), **rest)


ANA = lives("1", "Ana", "Costa", SUN, "2019-05-01", born="1985-01-02")
RUI = lives("2", "Rui", "Costa", SUN, "2018-01-01", born="1983-07-09")
ANA_MOVED = lives("3", "Ana", "Costa", SEA, "2022-03-01", born="1985-01-02")
JAN = lives("4", "Jan", "Berg", SEA, "2021-01-01", born="1986-11-11")


@pytest.fixture
def moved(town: Town) -> Town:
    """Ana lived with Rui, and lives with Jan."""
    town.put("crm", ANA, RUI, ANA_MOVED, JAN)
    assert frozenset({"crm/1", "crm/3"}) in town.clusters()
    return town


def homes(town: Town, key: str) -> list[tuple[object, ...]]:
    """The homes on a card: kind, from when, until when, and who else is a member."""
    card = town.c360.customer(key)
    return [
        (home.kind, home.since, home.until, *(one.name for one in home.members if one.id != card.id))
        for home in card.households
    ]


def test_who_moves_has_the_old_home_with_its_dates_and_the_new_one(moved: Town):
    assert homes(moved, "crm/1") == [
        ("unsure", at("2022-03-01"), None, "Jan Berg"),
        ("family", at("2019-05-01"), at("2022-03-01"), "Rui Costa"),
    ]
    assert homes(moved, "crm/2") == [("family", at("2018-01-01"), None, "Ana Costa")]
    assert moved.c360.customer("crm/1").household.name == "Berg / Costa household"


def test_the_household_left_behind_counts_who_lives_there(moved: Town):
    rows = moved.c360.ask("household", customer="crm/2").rows
    by_name = {row[1]: row for row in rows}

    assert [by_name[name][4] for name in ("Rui Costa", "Ana Costa")] == [None, at("2022-03-01")]
    assert {row[5] for row in rows} == {"address, surname"}
    nodes = dict(part for part in moved.c360.graph().export() if part[0] == "Household")["Household"]
    assert sorted(row[2:] for row in nodes) == [("family", 1), ("unsure", 2)]


@pytest.mark.parametrize("key", ["crm/1", "crm/2", "crm/4"])
def test_graph_and_ledger_tell_the_same_homes(moved: Town, key: str):
    assert moved.same_card(key)


def test_the_graph_made_anew_has_the_same_homes(moved: Town):
    assert moved.export() == moved.rebuilt()


def test_a_split_gives_each_its_own_home_and_its_undo_takes_it_back(moved: Town):
    before = homes(moved, "crm/1")
    moved.c360.split("crm/1", "crm/3")

    assert homes(moved, "crm/1") == [("family", at("2019-05-01"), None, "Rui Costa")]
    assert homes(moved, "crm/3") == [("unsure", at("2022-03-01"), None, "Jan Berg")]
    moved.c360.undo()
    assert homes(moved, "crm/1") == before


def test_two_who_are_made_one_do_not_live_with_themselves(moved: Town):
    moved.c360.merge("crm/2", "crm/1")

    assert homes(moved, "crm/2") == [("unsure", at("2022-03-01"), None, "Jan Berg")]
    assert moved.same_card("crm/2")


def test_a_change_of_address_moves_and_a_deletion_takes_back(town: Town):
    town.put("crm", {**ANA, "version": "1"}, {**RUI, "version": "1"})
    assert homes(town, "crm/2") == [("family", at("2018-01-01"), None, "Ana Costa")]

    town.put("crm", {**RUI, **SEA, "version": "2"})
    assert homes(town, "crm/1") == []

    town.put("crm", {**RUI, "version": "3"})
    town.delete("crm", "1")
    assert homes(town, "crm/2") == []


def test_the_seventh_behind_a_door_makes_it_a_house_and_leaves_it_a_home(town: Town):
    few = [lives(str(n), given, family, SUN, "2020-01-01") for n, (given, family) in enumerate(
        [("Ana", "Costa"), ("Jan", "Berg"), ("Eva", "Roth"), ("Max", "Ney"), ("Pia", "Lux"), ("Ole", "Dahl")]
    )]  # fmt: skip
    seventh = lives("7", "Ida", "Falk", SUN, "2021-01-01")
    town.put("crm", *few)
    assert len(homes(town, "crm/0")[0]) == 3 + 5

    town.put("crm", {**seventh, "version": "1"})
    assert homes(town, "crm/0") == []
    town.put("crm", {**seventh, **SEA, "version": "2"})
    assert homes(town, "crm/0")[0][0] == "shared"


def test_the_twenty_fifth_makes_it_a_crowd(town: Town):
    """Of the Costas in a house of flats a home is known; of those in an office tower none."""
    house = [lives(str(n), f"G{n}", f"F{n}", SUN, "2020-01-01") for n in range(10, 10 + CROWD - 2)]
    last = lives("9", "Ida", "Falk", SUN, "2021-01-01")
    town.put("crm", ANA, RUI, *house)
    assert homes(town, "crm/2") == [("family", at("2018-01-01"), None, "Ana Costa")]

    town.put("crm", {**last, "version": "1"})
    assert homes(town, "crm/2") == []
    town.put("crm", {**last, **SEA, "version": "2"})
    assert homes(town, "crm/2") == [("family", at("2018-01-01"), None, "Ana Costa")]


def test_a_work_address_is_no_home(town: Town):
    town.put("crm", {**ANA, "at_home": "work"}, {**RUI, "at_home": "home"})

    assert homes(town, "crm/2") == []


def test_who_is_forgotten_lives_nowhere(moved: Town):
    moved.c360.forget("crm/1")

    assert homes(moved, "crm/2") == homes(moved, "crm/4") == []
    assert not moved.c360.ledger.households()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_who_married_lives_under_the_newer_of_two_equally_common_surnames(town: Town, order):
    clara = {"email": "clara.b@example.org"}
    rows = [
        person("1", "Clara", "Bettencourt", **clara, **SEA, at="2020-01-10"),
        person("2", "Clara", "Sampaio", **clara, **SUN, at="2022-05-01"),
        person("3", "Duarte", "Sampaio", email="duarte.s@example.org", **SUN, at="2022-05-02"),
    ]
    for place in order:
        town.put("crm", rows[place])
    assert frozenset({"crm/1", "crm/2"}) in town.clusters()

    assert [home[0] for home in homes(town, "crm/3")] == ["family"]
