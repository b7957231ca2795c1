"""Master ids of another system hold Records together, until that system or a person says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from tests.pipeline.conftest import PROJECT, Row, Town, person

from threesixty.errors import NotFound

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
