"""Master ids of another system hold Records together, until that system or a person says otherwise."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from tests.pipeline.conftest import PROJECT, Row, Town, person

from threesixty.errors import DecisionRefused, NotFound, ProjectError

SOURCES = """
[sources.mdm]
path = "mdm.csv"
kind = "person"
key = "id"
master = "golden"
columns = { given = "given", family = "family", email = "email" }
"""


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


def known(key: str, given: str, golden: str) -> Row:
    return {**person(key, given, f"Family{key}", email=f"{given}{key}@example.org".lower()), "golden": golden}


def together(*keys: str) -> frozenset[str]:
    return frozenset(f"mdm/{key}" for key in keys)


def test_rows_with_the_same_master_id_are_one_customer_however_little_they_share(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"), known("3", "Bo", "M2"))

    assert {together("1", "2"), together("3")} <= town.clusters()
    assert town.same_card("mdm/1")


def test_the_master_id_answers_for_the_customer(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"))

    assert town.c360.customer("M1").id == town.c360.customer("mdm/1").id
    with pytest.raises(NotFound):
        town.c360.customer("M9")


def test_why_says_that_the_source_holds_two_together_that_share_little(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"))

    told = town.c360.why("mdm/1", "mdm/2")

    assert told.same
    assert (told.held, told.refused, told.path) == ("mdm said they are the same: same master id", "", ())
    town.c360.split("mdm/1", "mdm/2", by="eva", why="two women")
    told = town.c360.why("mdm/1", "mdm/2")
    assert (told.held, told.refused) == ("", "eva said they are different: two women")


def test_a_master_id_is_no_record_that_nobody_delivered(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"))

    status = town.c360.status()

    assert (status.dangling, status.notices) == (0, ())


def test_when_the_source_changes_its_mind_so_do_we(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"), known("3", "Bo", "M1"))
    town.put("mdm", known("1", "Ada", "M2"))
    assert {together("1"), together("2", "3")} <= town.clusters()

    town.put("mdm", known("2", "Zoe", ""))
    assert {together("1"), together("2"), together("3")} <= town.clusters()

    town.put("mdm", known("3", "Bo", "M2"))
    assert {together("1", "3"), together("2")} <= town.clusters()
    assert town.export() == town.rebuilt()


def test_those_who_stay_stay_together_when_the_first_is_deleted(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"), known("3", "Bo", "M1"))
    before = town.c360.customer("mdm/1").id
    town.delete("mdm", "1")

    assert together("2", "3") in town.clusters()
    assert town.c360.customer(before).id == town.c360.customer("mdm/2").id


def test_a_person_who_splits_wins_also_after_the_source_says_it_again(town: Town):
    rows = [known("1", "Ada", "M1"), known("2", "Zoe", "M1"), known("3", "Bo", "M1")]
    town.put("mdm", *rows)
    town.c360.split("mdm/1", "mdm/1")
    assert {together("1"), together("2", "3")} <= town.clusters()

    town.put("mdm", {**rows[0], "family": "Other"})
    assert {together("1"), together("2", "3")} <= town.clusters()

    town.c360.undo()
    assert together("1", "2", "3") in town.clusters()


def alike(many: int, golden: str) -> list[Row]:
    """People of one surname, who share nothing else."""
    named = "Ada Bo Cy Dan Eve Fay Gus Hal Ian Joe Kai Lea Mia Nat Ola Pia Quin Rod Sam Tim".split()
    return [{**known(str(n), named[n], golden), "family": "Smith"} for n in range(many)]


def test_who_is_split_off_takes_nobody_along_however_many_bear_the_id(town: Town):
    town.put("mdm", *alike(20, "M1"))
    town.c360.split("M1", "mdm/0")
    town.c360.split("mdm/1", "mdm/10")

    rest = together(*(str(n) for n in range(20) if n not in {0, 10}))
    assert {together("0"), together("10"), rest} <= town.clusters()
    why = town.c360.why("mdm/9", "mdm/11")
    assert (why.held, why.path) == ("mdm said they are the same: same master id", ())


def test_how_says_that_without_the_master_ids_nothing_holds(town: Town):
    town.put("mdm", *alike(3, "M1"))

    [found] = [one for one in town.c360.how("M1").breaks if one.what == "master"]
    assert (found.name, len(found.parts)) == ("mdm", 3)


def test_what_one_master_id_holds_may_be_taken_apart_as_a_person_likes(town: Town):
    town.put("mdm", *alike(3, "M1"))
    told = town.c360.parting("M1")

    assert (len(told.halves), told.held) == (2, ("mdm said they are the same: same master id",))
    town.c360.split("M1", *told.leaving)
    assert together("0", "1", "2") not in town.clusters()


def test_what_if_a_row_came_names_who_bears_its_master_id(town: Town):
    town.put("crm", person("9", "Ada", "Family1", email="ada1@example.org"))
    town.put("mdm", known("1", "Ada", "M1"))
    told = town.c360.what_if_rows("mdm", [known("2", "Zoe", "M1")])

    assert [(one.b.record, one.held) for one in told.why] == [
        ("mdm/1", "mdm said they are the same: same master id")
    ]


def test_of_very_many_that_only_a_source_holds_together_nothing_is_proposed(town: Town):
    town.put("mdm", *({**known(str(n), f"Given{n}", "M1"), "family": "Smith"} for n in range(301)))

    with pytest.raises(DecisionRefused, match="people or sources said"):
        town.c360.parting("M1")
    town.c360.split("M1", "mdm/7")
    assert together("7") in town.clusters()


def test_with_whom_a_third_goes_whom_a_person_keeps_apart_is_not_for_arrival_to_say(tmp_path: Path):
    found = set()
    for number, order in enumerate(permutations(("1", "2", "3"))):
        town = opened(tmp_path / str(number))
        town.put("mdm", *(known(key, {"1": "Ada", "2": "Zoe", "3": "Bo"}[key], "") for key in order))
        town.c360.different("mdm/1", "mdm/2")
        town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"), known("3", "Bo", "M1"))
        found.add(frozenset(town.clusters()))
        town.c360.close()

    assert len(found) == 1


def test_the_order_of_arrival_does_not_matter(tmp_path: Path):
    rows = [known("1", "Ada", "M1"), known("2", "Zoe", "M2"), known("3", "Bo", "M1"), known("4", "Cy", "M2")]
    found = set()
    for number, order in enumerate(list(permutations(rows))[::7]):
        town = opened(tmp_path / str(number))
        for row in order:
            town.put("mdm", row)
        found.add(frozenset(town.clusters()))
        town.c360.close()

    assert found == {frozenset({together("1", "3"), together("2", "4")})}


def test_forgetting_leaves_no_master_id(town: Town):
    town.put("mdm", known("1", "Ada", "M-SECRET-1"), known("2", "Zoe", "M2"))
    town.c360.forget("mdm/1")

    path = town.c360.ledger.path
    town.c360.close()
    assert all(b"M-SECRET-1" not in file.read_bytes() for file in path.parent.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    "filler", ["0", "000", "UNKNOWN", "9999", "#N/A", "(null)", "00000000-0000-0000-0000-000000000000"]
)
def test_a_filler_holds_nobody_together_and_is_named(town: Town, filler: str):
    town.put("mdm", known("1", "Ada", filler), known("2", "Zoe", filler))

    assert {together("1"), together("2")} <= town.clusters()
    with pytest.raises(NotFound):
        town.c360.customer(filler)
    said = f"master id {filler} of mdm is on 2 records of 2 customers: it is a filler"
    assert any(notice.startswith(said) for notice in town.c360.status().notices)


def crowd(start: int, many: int, golden: str) -> list[dict[str, str]]:
    """People whose surnames all begin differently."""
    begin = "Ab Be Ce Di Ec Fa Go Ha Ig Jo Ka Lu Mo Ne Ob".split()
    return [
        {**known(str(n), f"Given{n}", golden), "family": f"{begin[n]}sson"}
        for n in range(start, start + many)
    ]


def test_an_id_on_plainly_different_people_is_set_aside_and_returns_when_they_go(town: Town):
    """What the ninth name takes away, its going gives back; nothing of the rows is lost."""
    town.put("mdm", *crowd(0, 8, "M7"))
    eight = together(*map(str, range(8)))
    assert eight in town.clusters()

    town.put("mdm", *crowd(8, 1, "M7"))
    assert {together(str(n)) for n in range(9)} <= town.clusters()
    assert any("M7 of mdm is on 9 records of 9 customers" in one for one in town.c360.status().notices)
    assert town.export() == town.rebuilt()

    town.delete("mdm", "8")
    assert eight in town.clusters()
    assert not [one for one in town.c360.status().notices if "M7" in one]
    assert town.c360.customer("M7").id == town.c360.customer("mdm/0").id


def test_the_order_in_which_a_filler_shows_itself_does_not_matter(tmp_path: Path):
    rows, found = crowd(0, 10, "M7"), set()
    for number, order in enumerate((rows, rows[::-1])):
        town = opened(tmp_path / str(number))
        for row in order:
            town.put("mdm", row)
        found.add(frozenset(town.clusters()))
        town.c360.close()

    assert len(found) == 1


def test_an_id_that_a_person_overruled_is_told_by_status(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"), known("3", "Bo", "M1"))
    town.c360.split("mdm/1", "mdm/1")

    [told] = [one for one in town.c360.status().notices if "master id" in one]
    assert told.startswith("master id M1 of mdm is on 3 records of 2 customers: a person's decision keeps")


# --- whose ids win -----------------------------------------------------------------------------------


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Town]:
    """A company that comes from another system, whose ids stay its customers' ids."""
    town = Town(tmp_path / "town")
    project = PROJECT.replace("[project]", '[project]\npublic_ids = "mdm"')
    (town.folder / "threesixty.toml").write_text(project + SOURCES, "utf-8")
    town.reopen()
    yield town
    town.c360.close()


def public(town: Town, key: str) -> str:
    """The id a card prints first; the graph's and the ledger's are the same."""
    assert town.same_card(key)
    return town.c360.customer(key).public_id


def test_the_ids_of_the_system_before_stay_the_ids_of_customers(migrated: Town):
    migrated.put("crm", person("9", "Ada", "Aaaa", email="ada@example.org"))
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"), known("3", "Bo", "M2"))

    assert (public(migrated, "mdm/2"), public(migrated, "M2")) == ("M1", "M2")
    assert migrated.c360.customer("M1").aliases == ("M1",)
    own = migrated.c360.customer("crm/9")
    assert own.public_id in {own.id, "M1"}
    assert migrated.export() == migrated.rebuilt()


def test_a_search_shows_public_ids(migrated: Town):
    migrated.put("crm", person("9", "Bo", "Bbbb"))
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"))

    [given], [own] = migrated.c360.find("Ada"), migrated.c360.find("Bbbb")

    assert (given.public_id, own.public_id) == ("M1", own.id)
    assert migrated.c360.customer(given.public_id).id == given.id


def test_merged_and_split_again_public_ids_are_those_from_before(migrated: Town):
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M2"))
    migrated.c360.merge("M1", "M2")

    assert public(migrated, "M2") == "M1"
    assert {"M1", "M2"} <= {*migrated.c360.customer("M1").aliases}

    migrated.c360.undo()
    assert (public(migrated, "mdm/1"), public(migrated, "mdm/2")) == ("M1", "M2")
    assert migrated.export() == migrated.rebuilt()


def test_a_public_id_on_two_customers_is_that_of_the_earliest_record(migrated: Town):
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"))
    migrated.c360.split("M1", "mdm/2")
    other = migrated.c360.customer("mdm/2")

    assert (public(migrated, "mdm/1"), public(migrated, "mdm/2")) == ("M1", other.id)
    assert migrated.c360.customer("M1").id == migrated.c360.customer("mdm/1").id
    migrated.delete("mdm", "1")
    assert public(migrated, "mdm/2") == "M1"
    assert migrated.export() == migrated.rebuilt()


def test_an_id_that_moves_to_other_records_takes_its_alias_along(migrated: Town):
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Bo", "M2"))
    migrated.put("mdm", known("1", "Ada", "M3"), known("2", "Bo", "M1"))

    assert (public(migrated, "mdm/1"), public(migrated, "mdm/2")) == ("M3", "M1")
    assert migrated.c360.customer("mdm/2").aliases == ("M1", "M2")
    assert migrated.export() == migrated.rebuilt()


def test_an_id_spelled_like_one_of_ours_is_no_public_id(migrated: Town):
    migrated.put("mdm", known("1", "Ada", "M1"))
    ours = migrated.c360.customer("M1").id
    migrated.put("mdm", known("2", "Bo", ours))

    assert (public(migrated, ours), public(migrated, "mdm/2")) == ("M1", migrated.c360.customer("mdm/2").id)
    assert migrated.c360.customer(ours).id == ours


@pytest.mark.parametrize("odd", ["crm/9", "email:ada@example.org"])
def test_a_public_id_that_looks_like_another_key_means_its_own_customer(migrated: Town, odd: str):
    migrated.put("crm", person("9", "Ada", "Aaaa", email="ada@example.org"))
    migrated.put("mdm", known("1", "Bo", odd))

    assert public(migrated, odd) == odd
    assert migrated.c360.customer(odd).id == migrated.c360.customer("mdm/1").id


def test_exports_hand_out_both_ids(migrated: Town, tmp_path: Path):
    migrated.put("crm", person("9", "Xenia", "Unrelated", email="x@example.org"))
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"))
    both = {c.id: c.public_id for c in map(migrated.c360.customer, ("crm/9", "mdm/1"))}
    for what in ("clusters", "customers"):
        migrated.c360.export(what, tmp_path / f"{what}.csv")
        with (tmp_path / f"{what}.csv").open(encoding="utf-8") as file:
            assert {row["customer"]: row["public_id"] for row in csv.DictReader(file)} == both


def test_public_ids_name_a_source_that_has_master_ids(tmp_path: Path):
    town = Town(tmp_path / "town")
    project = PROJECT.replace("[project]", '[project]\npublic_ids = "crm"')
    (town.folder / "threesixty.toml").write_text(project + SOURCES, "utf-8")

    with pytest.raises(ProjectError, match="source with a master column"):
        town.reopen()


# --- given out once, an id answers for ever ------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [("M1", "M2"), ("M2", "M1")])
def test_an_id_that_their_system_changed_is_the_new_one_and_the_old_one_answers(
    migrated: Town, before: str, after: str
):
    migrated.put("mdm", known("1", "Ada", before))
    migrated.put("mdm", known("1", "Ada", after))

    assert public(migrated, before) == public(migrated, after) == after
    assert migrated.export() == migrated.rebuilt()


def test_an_id_that_their_system_merged_away_answers_for_the_other(migrated: Town):
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M2"))
    migrated.put("mdm", known("2", "Zoe", "M1"))

    assert public(migrated, "M2") == "M1"
    assert {"M1", "M2"} <= {*migrated.c360.customer("mdm/1").aliases}
    migrated.put("mdm", known("2", "Zoe", "M2"))
    assert (public(migrated, "M1"), public(migrated, "M2")) == ("M1", "M2")
    assert migrated.export() == migrated.rebuilt()


def test_an_id_stays_when_their_system_is_gone(migrated: Town):
    """A company that moved switches the old system off: its last delivery is empty."""
    migrated.put("mdm", known("1", "Ada", "M1"))
    migrated.put("crm", person("9", "Ada", "Family1", email="ada1@example.org"))
    assert migrated.c360.customer("crm/9").id == migrated.c360.customer("M1").id
    migrated.delete("mdm", "1")

    assert public(migrated, "M1") == public(migrated, "crm/9") == "M1"
    assert migrated.export() == migrated.rebuilt()

    migrated.put("mdm", known("7", "Bo", "M1"))
    assert public(migrated, "M1") == "M1"
    assert migrated.c360.customer("M1").id == migrated.c360.customer("mdm/7").id
    assert public(migrated, "crm/9") == migrated.c360.customer("crm/9").id
    assert migrated.export() == migrated.rebuilt()


def test_a_filler_that_was_corrected_answers_for_nobody(migrated: Town):
    migrated.put("mdm", known("1", "Ada", "UNKNOWN"), known("2", "Zoe", "UNKNOWN"))
    migrated.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M2"))

    with pytest.raises(NotFound):
        migrated.c360.customer("UNKNOWN")
