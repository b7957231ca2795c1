"""The review queue: what is in doubt, in which order, and what deciding does to it."""

from __future__ import annotations

import csv

import pytest
from tests.pipeline.conftest import Town, person

from threesixty.errors import DecisionRefused

# A weak pair: one name in one town. Two of each, so that one can matter more than the other.
ANA = person("1", "Ana", "Reis", city="Porto"), person("a", "Ana", "Reis", city="Porto")
EVA = person("2", "Eva", "Nunes", city="Faro"), person("b", "Eva", "Nunes", city="Faro")


@pytest.fixture
def town(tmp_path):
    """A town without a graph, in which same-named people are not one."""
    made = Town(tmp_path / "town", graph="none")
    toml = made.folder / "threesixty.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[rules]\nthreshold = 0.9999\n", "utf-8")
    made.reopen()
    for crm, shop in (ANA, EVA):
        made.put("crm", crm)
        made.put("shop", shop)
    yield made
    made.c360.close()


@pytest.fixture
def empty(tmp_path):
    made = Town(tmp_path / "empty", graph="none")
    yield made
    made.c360.close()


def buy(town, account, *orders):
    row = {"line": "1", "at": "2024-02-02", "amount": "10", "currency": "EUR", "sku": "tent", "quantity": "1"}
    town.put("lines", *({**row, "order": order, "buyer": account} for order in orders))


def asked(town, **options):
    return [doubt.records for doubt in town.c360.review(**options).doubts]


def test_of_two_equal_doubts_the_one_with_more_purchases_comes_first(town):
    buy(town, "b", "A1", "A2", "A3")
    assert asked(town) == [("crm/2", "shop/b"), ("crm/1", "shop/a")]

    buy(town, "a", *(f"B{at}" for at in range(9)))
    assert asked(town) == [("crm/1", "shop/a"), ("crm/2", "shop/b")]


def test_a_doubt_tells_both_sides_and_the_evidence(town):
    buy(town, "a", "A1", "A2")

    doubt = town.c360.review().doubts[0]

    assert (doubt.sort, doubt.a.name, doubt.b.records) == ("near", "Ana Reis", ("shop/a",))
    assert (doubt.b.purchases, doubt.b.value, doubt.b.currency) == (2, 200_000, "EUR")
    assert {evidence.field for evidence in doubt.evidence} == {"given", "family", "address"}
    assert 0 < doubt.uncertainty <= 1


def test_same_makes_one_and_is_not_asked_again(town):
    decided = town.c360.same("crm/1", "shop/a", by="ines")

    assert frozenset({"crm/1", "shop/a"}) in town.clusters()
    assert decided.changes
    assert asked(town) == [("crm/2", "shop/b")]


def test_different_holds_for_ever_and_is_not_asked_again(town):
    town.c360.different("crm/1", "shop/a")
    assert asked(town) == [("crm/2", "shop/b")]

    # Now everything speaks for them, and still they are two.
    same = {"email": "ana@example.org", "phone": "+351912345678"}
    town.put("crm", {**ANA[0], **same, "version": "2"})
    town.put("shop", {**ANA[1], **same})

    assert frozenset({"crm/1", "shop/a"}) not in town.clusters()
    town.c360.undo()
    assert frozenset({"crm/1", "shop/a"}) in town.clusters()


def test_skipped_doubts_are_left_out(town):
    first = asked(town)[0]

    assert first not in asked(town, skip=[first])
    assert len(asked(town, limit=1, skip=[first])) == 1


def test_a_customer_held_by_one_weak_match_is_in_doubt_and_can_be_parted_there(empty):
    held = {"email": "ada@example.org", "phone": "+351912345678", "card": "L1"}
    empty.put("crm", person("1", **held), person("2", "Maria", "Quadros", **held))
    empty.put("shop", person("9", "Maria", "Quadros"))
    assert empty.clusters() == {frozenset({"crm/1", "crm/2", "shop/9"})}

    [doubt] = empty.c360.review().doubts
    assert doubt.sort == "loose"
    assert {doubt.a.records, doubt.b.records} == {("crm/1", "crm/2"), ("shop/9",)}

    empty.c360.different(*doubt.records)
    assert empty.clusters() == {frozenset({"crm/1", "crm/2"}), frozenset({"shop/9"})}
    empty.c360.undo()
    empty.c360.same(*doubt.records)
    assert not empty.c360.review().doubts


@pytest.fixture
def father_and_son(empty):
    """Two people whom a thin third record joined."""
    name = {"given": "José", "family": "Silva", "city": "", "email": "", "born": ""}
    empty.put(
        "crm",
        person("father", **name | {"born": "1950-03-03", "email": "jose@example.org"}),
        person("till", **name | {"email": "jose@example.org", "city": "Braga"}),
        person("son", **name | {"born": "1980-07-17", "city": "Braga"}),
    )
    assert empty.clusters() == {frozenset({"crm/father", "crm/son", "crm/till"})}
    return empty


def test_a_customer_whose_records_contradict_each_other_is_in_doubt(father_and_son):
    found = father_and_son.c360.review()

    [doubt] = found.doubts
    assert (doubt.sort, doubt.records, found.conflicts) == ("conflict", ("crm/father", "crm/son"), 1)
    assert "contradict each other in birth date" in doubt.because
    assert doubt.uncertainty > 0.5


@pytest.mark.parametrize("verb", ["same", "different"])
def test_a_contradiction_that_somebody_decided_about_is_not_asked_again(father_and_son, verb):
    [doubt] = father_and_son.c360.review().doubts

    getattr(father_and_son.c360, verb)(*doubt.records)

    assert "conflict" not in {one.sort for one in father_and_son.c360.review().doubts}


def test_two_customers_that_were_made_one_are_not_asked_for_what_their_records_contradict(empty):
    one = {"given": "Ada", "family": "Silva", "email": "ada@x.pt", "version": "1"}
    other = {**one, "email": "silva@y.pt"}
    empty.put("crm", {**one, "id": "1"}, {**one, "id": "2", "card": "L1"})
    empty.put("crm", {**other, "id": "8"}, {**other, "id": "9", "card": "L2"})
    assert len(empty.clusters()) == 2

    empty.c360.same("crm/1", "crm/8")

    assert "conflict" not in {one.sort for one in empty.c360.review().doubts}


def test_what_holds_a_customer_is_what_its_groups_say_together_as_in_how(father_and_son):
    weakest = next(step for step in father_and_son.c360.how("crm/son").steps if step.weakest)
    assert weakest.spare < weakest.why.bits - weakest.why.threshold

    [doubt] = father_and_son.c360.review().doubts

    assert doubt.together == weakest.together


def test_what_waits_is_what_is_listed_until_all_is_decided(town):
    found = town.c360.review()
    assert (found.near, found.waiting, len(found.doubts)) == (2, 2, 2)

    for doubt in found.doubts:
        town.c360.different(*doubt.records)

    found = town.c360.review()
    assert (found.near, found.waiting, found.doubts) == (0, 0, ())
    assert town.c360.health(canaries=0).near_misses == 0


def test_several_pairs_of_two_customers_wait_as_one(town):
    ana = {"email": "ana@example.org", "phone": "+351912345678", "city": "Porto"}
    town.put("crm", person("3", "Ana", "Reis", **ana), person("4", "Ana", "Reis", **ana))

    found = town.c360.review()

    assert found.near == found.waiting == len(found.doubts)
    assert len({frozenset((doubt.a.customer, doubt.b.customer)) for doubt in found.doubts}) == found.near


def test_what_people_decided_is_exported_as_labels(town, tmp_path):
    town.c360.same("crm/1", "shop/a", by="ines", why="she said so")
    town.c360.different("crm/2", "shop/b", by="rui")

    out = tmp_path / "labels.csv"
    assert town.c360.export("labels", out) == 2

    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said = {(row["unique_id_l"], row["unique_id_r"]): row["clerical_match_score"] for row in rows}
    assert said == {("1", "a"): "1", ("2", "b"): "0"}
    assert town.c360.labels()[0].why == "she said so"


def test_a_withdrawn_decision_is_no_label(town):
    town.c360.same("crm/1", "shop/a")
    town.c360.undo()

    assert town.c360.labels() == ()


def test_what_is_set_aside_or_forgotten_teaches_nothing(town):
    town.c360.same("crm/1", "shop/a")
    town.c360.same("shop/a", "crm/2")
    town.c360.split("crm/1", "crm/2")

    assert {(one.a, one.b): one.same for one in town.c360.labels()}["crm/1", "crm/2"] is False
    assert not [one for one in town.c360.labels() if one.same and "crm/2" in (one.a, one.b)]

    town.c360.forget("crm/2")
    assert {(one.a, one.b) for one in town.c360.labels()} == {("crm/1", "shop/a")}


def test_a_record_is_not_decided_against_itself(town):
    for verb in (town.c360.same, town.c360.different):
        with pytest.raises(DecisionRefused):
            verb("crm/1", "crm/1")


def test_an_empty_ledger_has_nothing_to_review(empty):
    assert empty.c360.review().doubts == ()
