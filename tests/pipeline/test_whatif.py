"""What if: what is told is what comes about when it is done, and telling it writes nothing."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import Town, person

import threesixty
from threesixty.errors import NotFound, QuestionError, SourceError

PEOPLE = (
    person("1", "Ada", "Pestana", email="ada@example.org", born="1988-04-12"),
    person("2", "Ada", "Pestana", email="ada@example.org"),
    person("3", "Maria", "Quadros"),
    person("4", "Maria", "Quadros"),
    person("5", "Nuno", "Nunes", phone="+351912345678"),
    person("6", "Nuno", "Nunes", city="Faro"),
)


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path / "town", graph="none")
    made.put("crm", *PEOPLE)
    yield made
    made.c360.close()


def said(groups):
    return {frozenset(group.records) for group in groups}


def under(town, threshold):
    """Who is who when the project file says so."""
    toml = town.folder / "threesixty.toml"
    text = toml.read_text("utf-8").partition("\n[rules]")[0]
    toml.write_text(f"{text}\n[rules]\nthreshold = {threshold}\n", "utf-8")
    town.c360.close()
    town.c360 = threesixty.open(toml)
    town.c360.refresh()
    return town.clusters()


@pytest.mark.parametrize("threshold", [0.6, 0.99, 0.999, 0.9999])
def test_a_threshold_does_what_was_told(town, threshold):
    before, ids = town.clusters(), town.ids()

    found = town.c360.what_if(rules={"threshold": threshold}).difference

    lost = {group for one in found.examples for group in said(one.before)}
    new = {group for one in found.examples for group in said(one.after)}
    kept = {group.id for one in found.examples for group in one.after} & set(ids.values())
    after = under(town, threshold)
    assert (before - lost) | new == after
    assert (found.customers_before, found.customers) == (len(before), len(after))
    assert kept == {i for group, i in town_ids(town).items() if group in new and i in ids.values()}


def town_ids(town):
    """The id of every customer by its Records."""
    return {cluster: town.c360.customer(min(cluster), from_ledger=True).id for cluster in town.clusters()}


def test_a_weight_is_supposed_and_nothing_is_written(town):
    before, entries = town.clusters(), town.c360.ledger.seq()

    found = town.c360.what_if(bits={"given.common": -20})

    assert found.settings[0].startswith("given.common +")
    assert found.difference.splits == 1
    assert said(found.difference.examples[0].after) == {frozenset({"crm/3"}), frozenset({"crm/4"})}
    assert (town.clusters(), town.c360.ledger.seq()) == (before, entries)


def test_a_weight_of_organisations_is_supposed_by_itself(town):
    found = town.c360.what_if(bits={"organisation.name.rare": 0})

    assert found.settings == ("organisation.name.rare +11 → +0 bits",)
    assert found.difference.splits == 0


def test_without_a_change_everybody_stays(town):
    found = town.c360.what_if(rules={"bridge_bits": 9}).difference

    assert (found.merges, found.splits, found.regroups) == (0, 0, 0)
    assert found.kept == found.customers


def test_limit_says_how_many_are_told_by_name(town):
    found = town.c360.what_if(rules={"threshold": 0.9999}, limit=1).difference

    assert found.splits > 1
    assert len(found.examples) == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"rules": {"bridge": 3}}, NotFound),
        ({"rules": {"threshold": 1.5}}, QuestionError),
        ({"bits": {"emial.same": 3}}, NotFound),
        ({"bits": {"email": 3}}, NotFound),
        ({"bits": {"organisation.given.same": 3}}, NotFound),
        ({}, QuestionError),
    ],
)
def test_what_is_not_there_cannot_be_otherwise(town, given, error):
    with pytest.raises(error):
        town.c360.what_if(**given)


def test_rows_do_what_was_told(town):
    """One row that joins two customers: told, not written, and then done."""
    town.put("shop", person("a", "Zoe", "Reis", email="zoe@example.org"))
    town.put("shop", person("b", "Zoe", "Reis", phone="+351913000111"))
    row = person("z", "Zoe", "Reis", email="zoe@example.org", phone="+351913000111", born="1990-01-02")
    before, entries = town.clusters(), town.c360.ledger.seq()

    found = town.c360.what_if_rows("crm", [row])

    assert (town.clusters(), town.c360.ledger.seq()) == (before, entries)
    assert found.records == ("crm/z",)
    assert found.why[0].same
    told = {change.after for change in found.changes if change.after}
    town.put("crm", row)
    assert {frozenset(after) for after in told} == town.clusters() - before
    assert found.customers == (town.c360.customer("crm/z", from_ledger=True).id,)


def test_a_row_about_somebody_new_stands_alone(town):
    found = town.c360.what_if_rows("crm", [person("9", "Grace", "Hopper")])

    assert [change.what for change in found.changes] == ["formed"]
    assert found.why == ()


def test_a_row_that_changes_nobody_says_so(town):
    assert town.c360.what_if_rows("crm", [PEOPLE[0]]).changes == ()


def test_a_row_that_is_no_record_is_refused(town):
    for rows in ([{"given": "Ada"}], []):
        with pytest.raises(SourceError):
            town.c360.what_if_rows("crm", rows)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e308, 101.0])
def test_what_no_evidence_can_be_worth_is_refused(town, value):
    with pytest.raises(QuestionError, match="from -100 to 100"):
        town.c360.what_if(bits={"email.same": value})
    with pytest.raises(QuestionError, match="from -100 to 100"):
        town.c360.what_if(rules={"bridge_bits": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 2.5])
def test_a_count_is_a_whole_number(town, value):
    with pytest.raises(QuestionError, match="whole number"):
        town.c360.what_if(rules={"generic_names": value})
    with pytest.raises(QuestionError, match="probability"):
        town.c360.what_if(rules={"threshold": value})
