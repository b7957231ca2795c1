"""Scores and segments that were worked out elsewhere come in by a customer's id, whosever it is by now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pipeline.conftest import PROJECT, Row, Town, person

SOURCES = """
[sources.mdm]
path = "mdm.csv"
kind = "person"
key = "id"
master = "golden"
columns = { given = "given", family = "family", email = "email" }

[sources.other]
path = "other.csv"
kind = "person"
key = "id"
master = "golden"
columns = { given = "given", family = "family", email = "email" }

[sources.scores]
path = "scores.csv"
kind = "score"
key = ["customer", "name", "at"]
date_order = "ymd"
columns = { name = "name", value = "value", model = "model", at = "at" }
parties = { of = { customer = "customer" } }

[sources.segments]
path = "segments.csv"
kind = "segment"
key = ["customer", "name"]
columns = { name = "name" }
parties = { of = { customer = "customer" } }

[sources.visits]
path = "visits.csv"
kind = "session"
key = "id"
columns = { name = "name" }
parties = { visitor = { customer = "customer" } }
links = { came_from = { key = "origin" } }

[sources.origins]
path = "origins.csv"
kind = "origin"
key = "name"
columns = { name = "name" }
"""


def opened(folder: Path, public: str = "") -> Town:
    town = Town(folder)
    head = f'[project]\npublic_ids = "{public}"' if public else "[project]"
    (folder / "threesixty.toml").write_text(PROJECT.replace("[project]", head) + SOURCES, "utf-8")
    town.reopen()
    return town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = opened(tmp_path / "town", "mdm")
    yield town
    town.c360.close()


def known(key: str, given: str, golden: str = "") -> Row:
    return {**person(key, given, f"Family{key}", email=f"{given}{key}@example.org".lower()), "golden": golden}


def score(customer: str, value: float, at: str = "2026-01-01", name: str = "churn") -> Row:
    return {"customer": customer, "name": name, "value": str(value), "model": "v3", "at": at}


def scores(town: Town, key: str) -> list[tuple[str, float | None]]:
    """The scores on a card, whose graph and ledger say the same."""
    assert town.same_card(key)
    return [(one.name, one.value) for one in town.c360.customer(key).scores]


def test_the_card_shows_scores_and_segments_with_source_and_time(town: Town):
    town.put("mdm", known("1", "Ada", "M1"))
    town.put("scores", score("M1", 0.25))
    town.put("segments", {"customer": "M1", "name": "lapsed"})
    card = town.c360.customer("M1")

    [churn], [lapsed] = card.scores, card.segments
    assert (churn.name, churn.value, churn.model, churn.source) == ("churn", 0.25, "v3", "scores")
    assert churn.at == 1767225600000
    assert (lapsed.name, lapsed.value, lapsed.source) == ("lapsed", None, "segments")
    assert town.same_card("M1")
    assert card.last_seen is None  # that somebody worked it out is nothing the customer did


def test_of_a_name_and_source_the_newest_is_shown(town: Town):
    town.put("mdm", known("1", "Ada", "M1"))
    town.put("scores", score("M1", 0.5, "2026-02-01"), score("M1", 0.25, "2026-01-01"),
             score("M1", 0.1, "2026-01-01", "buys"))  # fmt: skip

    assert scores(town, "M1") == [("buys", 0.1), ("churn", 0.5)]


def test_a_score_that_cannot_be_read_hides_no_other_of_its_time(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Ada", "M2"))
    town.put("scores", score("M1", 0.5), {**score("M2", 0), "value": "much"})
    town.c360.merge("mdm/1", "mdm/2")

    assert scores(town, "M1") == [("churn", 0.5)]


def test_ours_and_theirs_and_former_ids_all_name_the_customer(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M2"))
    ours = town.c360.customer("mdm/2").id
    town.put("mdm", known("2", "Zoe", "M1"))
    town.put("scores", score("M1", 1, name="a"), score("M2", 2, name="b"), score(ours, 3, name="c"))

    assert scores(town, "M1") == [("a", 1), ("b", 2), ("c", 3)]
    assert town.export() == town.rebuilt()


def test_our_id_may_come_back_as_the_graph_has_it(town: Town):
    town.put("mdm", person("1", "Ada", "Silva", golden="M1"))
    node = f"customer:{town.c360.customer('M1').id}"
    town.put("scores", {"customer": node, "name": "churn", "value": "1", "at": "2026-01-02"})

    assert town.same_card("M1")
    assert [one.name for one in town.c360.customer("M1").scores] == ["churn"]
    assert town.c360.status().notices == ()
    assert town.export() == town.rebuilt()
    town.c360.forget("M1")
    assert not [row for row in town.export() if "churn" in str(row)]


def test_a_score_that_comes_before_its_customer_waits_for_it(town: Town):
    town.put("scores", score("M1", 0.5))
    assert any("1 row names the customer M1" in one for one in town.c360.status().notices)
    town.put("mdm", known("1", "Ada", "M1"))

    assert scores(town, "M1") == [("churn", 0.5)]
    assert not any("M1" in one for one in town.c360.status().notices)
    assert town.export() == town.rebuilt()


def test_an_id_that_the_mapping_knows_no_more_is_told_until_it_is_back(town: Town):
    town.put("mdm", person("1", "Ada", "Silva", golden="M1"))
    town.put("scores", {"customer": "M1", "name": "churn", "value": "1", "at": "2026-01-02"})
    path = town.folder / "threesixty.toml"
    whole = path.read_text("utf-8")
    path.write_text(whole.replace('master = "golden"\n', "").replace('public_ids = "mdm"', ""), "utf-8")
    town.reopen().remap()
    assert any("1 row names the customer M1" in one for one in town.c360.status().notices)

    path.write_text(whole, "utf-8")
    town.reopen().remap()
    assert [one.name for one in town.c360.customer("mdm/1").scores] == ["churn"]
    assert not any("M1" in one for one in town.c360.status().notices)


def test_a_score_follows_its_id_through_merge_split_move_and_deletion(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M2"))
    town.put("scores", score("M1", 1, name="a"), score("M2", 2, name="b"))
    town.c360.merge("M1", "M2")
    assert scores(town, "M2") == [("a", 1), ("b", 2)]
    town.c360.undo()
    assert (scores(town, "M1"), scores(town, "M2")) == ([("a", 1)], [("b", 2)])

    town.put("mdm", known("1", "Ada", "M2"), known("2", "Zoe", "M1"))
    assert (scores(town, "mdm/1"), scores(town, "mdm/2")) == ([("b", 2)], [("a", 1)])

    town.put("mdm", known("3", "Cy", "M1"))
    town.delete("mdm", "2")
    assert scores(town, "mdm/3") == [("a", 1)]
    assert town.export() == town.rebuilt()


def test_our_id_of_a_record_that_is_gone_still_brings_its_score(town: Town):
    town.put("mdm", known("1", "Ada", "M1"), known("2", "Zoe", "M1"))
    ours = town.c360.customer("mdm/1").id
    town.put("scores", score(ours, 1))
    town.delete("mdm", "1")

    assert scores(town, "mdm/2") == [("churn", 1)]
    assert town.export() == town.rebuilt()


def test_an_id_of_two_systems_means_the_public_one(town: Town):
    town.put("mdm", known("1", "Ada", "17"))
    town.put("other", known("9", "Bo", "17"))
    town.put("scores", score("17", 1))

    assert (scores(town, "mdm/1"), scores(town, "other/9")) == ([("churn", 1)], [])


def test_where_no_ids_are_public_an_id_of_two_systems_means_nobody(tmp_path: Path):
    town = opened(tmp_path / "town")
    town.put("mdm", known("1", "Ada", "17"))
    town.put("scores", score("17", 1))
    assert scores(town, "mdm/1") == [("churn", 1)]
    town.put("other", known("9", "Bo", "17"))
    assert (scores(town, "mdm/1"), scores(town, "other/9")) == ([], [])
    town.c360.merge("mdm/1", "other/9")
    assert scores(town, "mdm/1") == [("churn", 1)]
    assert town.export() == town.rebuilt()
    town.c360.close()


def test_an_id_of_two_customers_is_told_where_none_of_them_is_meant(tmp_path: Path):
    town = opened(tmp_path / "town")
    town.put("mdm", person("1", "Ada", "Silva", golden="7"), person("2", "Zoe", "Poe", golden="8"),
             person("3", "Eva", "Orr", golden="8"))  # fmt: skip
    town.put("other", person("1", "Bo", "Lund", golden="7"))
    for customer in ("7", "8"):
        town.put("scores", {"customer": customer, "name": "churn", "value": "1", "at": "2026-01-02"})
    assert town.c360.ledger.rival_ids() == {"7": 1}
    town.c360.split("mdm/2", "mdm/3")

    assert town.c360.ledger.rival_ids() == {"7": 1, "8": 1}
    said = "1 row names the customer 7, and several customers are known by that id"
    assert any(one.startswith(said) for one in town.c360.status().notices)
    town.c360.close()


def test_events_come_in_by_customer_id_too(town: Town):
    town.put("origins", {"name": "mail"})
    town.put("visits", *({"id": str(n), "name": "", "customer": "M1", "origin": "mail"} for n in range(3)))
    town.put("mdm", known("1", "Ada", "M1"))
    edges = [row for what, rows in town.export() if getattr(what, "type", "") == "CAME_FROM" for row in rows]

    assert [(row[0], row[2]) for row in edges] == [(f"customer:{town.c360.customer('M1').id}", 3)]
    assert town.export() == town.rebuilt()


def test_forgetting_takes_scores_along_and_what_comes_later_finds_nobody(town: Town):
    town.put("mdm", known("1", "Ada", "M-SECRET-1"), known("2", "Zoe", "M2"))
    town.put("mdm", known("1", "Ada", "M-SECRET-2"))
    town.put("scores", score("M-SECRET-1", 0.5), score("M-SECRET-2", 0.5))
    report = town.c360.forget("M-SECRET-1")

    path = town.c360.ledger.path
    assert "2 things" in report.sentence
    town.put("scores", score("M-SECRET-1", 0.5))
    town.c360.close()
    assert all(b"M-SECRET" not in file.read_bytes() for file in path.parent.rglob("*") if file.is_file())
