"""How a customer came together; and what is said to break it does, when it really happens."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.pipeline.conftest import Town, person

import threesixty
from threesixty.pipeline.how import how
from threesixty.pipeline.put import put
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.record import Name, Record

MAIL, PHONE = {"email": "maria.silva@example.org"}, {"phone": "+351912345678"}
CRM = (
    person("1", "Maria", "Silva", **MAIL, born="1988-04-12", card="L1"),
    person("2", "Maria", "Silva", **MAIL, born="1988-04-12", card="L1"),
)
SHOP = (
    person("8", "Maria", **MAIL, **PHONE),
    person("9", "Maria", **PHONE),
)


@pytest.fixture
def town(tmp_path):
    """Four Records in a row: two that are alike, one with their email, one with the phone of that one."""
    made = Town(tmp_path / "town", graph="none")
    made.put("crm", *CRM)
    made.put("shop", *SHOP)
    assert len(made.clusters()) == 1
    yield made
    made.c360.close()


def told(town, key="crm/1"):
    return town.c360.how(key)


def parts(found):
    return {frozenset(part) for part in found.parts}


def test_steps_go_from_the_strongest_to_the_weakest_and_end_in_the_whole(town):
    steps = told(town).steps

    assert [step.why.bits for step in steps] == sorted((step.why.bits for step in steps), reverse=True)
    assert {*steps[-1].a, *steps[-1].b} == {"crm/1", "crm/2", "shop/8", "shop/9"}
    assert [len(step.a) + len(step.b) for step in steps] == [2, 3, 4]


def test_the_weakest_step_is_marked_and_says_what_it_needs(town):
    [weakest] = [step for step in told(town).steps if step.weakest]

    assert {weakest.why.a.record, weakest.why.b.record} == {"shop/8", "shop/9"}
    assert weakest.needs == ("phone",)
    assert f"step {weakest.number} is the weakest" in told(town).sentence


def test_an_identifier_that_breaks_it_breaks_it(town):
    [broken] = [one for one in told(town).breaks if one.name == "phone:+351912345678"]
    assert parts(broken) == {frozenset({"crm/1", "crm/2", "shop/8"}), frozenset({"shop/9"})}

    town.put("shop", {**SHOP[0], "phone": ""}, {**SHOP[1], "phone": ""})

    assert town.clusters() == parts(broken)


def test_what_too_many_share_may_be_what_holds_it(tmp_path):
    """A phone that says next to nothing is the last bit of two records that say little else."""
    made = Town(tmp_path / "town", graph="none")
    made.put(
        "crm",
        person("1", "Ana", "Quixbi", **PHONE, born="1980-01-02", city="Lisboa"),
        person("2", "Ana", "Quixbi", **PHONE, born="1980-05-07", city="Porto"),
        *(person(name, "", name, **PHONE) for name in ("Vornak", "Silva", "Tesk", "Ombra")),
    )
    assert {"crm/1", "crm/2"} in made.clusters()

    [broken] = told(made).breaks
    made.put(
        "crm",
        person("1", "Ana", "Quixbi", born="1980-01-02", city="Lisboa", version="2"),
        person("2", "Ana", "Quixbi", born="1980-05-07", city="Porto", version="2"),
    )

    assert broken.name == "phone:+351912345678"
    assert parts(broken) <= made.clusters()
    made.c360.close()


def test_what_is_too_common_counts_again_without_a_record(tmp_path):
    """A phone under five surnames says nothing; under four, that two first names are two of a family."""
    made = Town(tmp_path / "town", graph="none")
    shared = {**PHONE, "born": "1980-02-01"}
    home = {"street": "Largo C 3", "city": "Porto"}
    made.put(
        "crm",
        person("0", "Quim", "Zelmo", **shared, **home, email="quixby.family@example.org"),
        person("4", "Quim", "Brodrick", **shared, **home, email="quixby.family@example.org"),
        person("6", "A.", "Brodrick", **shared, city="Lisboa", email="silvas@example.org"),
        *(person(name, "", name, **PHONE) for name in ("Vornak", "Silva", "Tesk")),
    )
    assert {"crm/0", "crm/4", "crm/6"} in made.clusters()

    [broken] = [one for one in told(made, "crm/4").breaks if one.name == "crm/0"]
    made.delete("crm", "0")

    assert parts(broken) == {frozenset({"crm/4"}), frozenset({"crm/6"})} <= made.clusters()
    made.c360.close()


def test_an_identifier_may_keep_somebody_out_who_would_take_one_of_its_records_along(tmp_path):
    """Two cards are two people; with none, who has one's mailbox and phone is nearer than a namesake."""
    made = Town(tmp_path / "town", graph="none")
    shared = {"email": "maria.tesk@example.org", "phone": "+351912345671"}
    made.put(
        "crm",
        person("2", "Jorge", "Quixbi", **shared, card="L1"),
        person("6", "A.", "Tesk", card="L4"),
        person("8", "A.", "Tesk", **shared, card="L4"),
    )
    assert made.clusters() == {frozenset({"crm/2"}), frozenset({"crm/6", "crm/8"})}

    [broken] = [one for one in told(made, "crm/8").breaks if one.name == "loyalty:l4"]
    made.put("crm", person("6", "A.", "Tesk", version="2"), person("8", "A.", "Tesk", **shared, version="2"))

    assert parts(broken) == {frozenset({"crm/6"}), frozenset({"crm/8"})}
    assert made.clusters() == {frozenset({"crm/6"}), frozenset({"crm/2", "crm/8"})}
    made.c360.close()


def test_a_record_less_may_be_another_size_band(town):
    """Among three records, as it is here, nothing that two share says much."""
    ledger, weights = town.c360.ledger, town.c360.weights
    few = replace(weights.bands[0], name="few", records=3, identifier_bits=-12.0)
    weights = replace(weights, bands=(few, *weights.bands))
    resolve(ledger, weights)
    found = how(View.of(ledger, town.c360.project, weights), ledger.named("crm", "1")[0])
    [broken] = [one for one in found.breaks if one.name == "crm/2"]

    ledger.append([Record(Name("crm", "person", "2"), "party", "", {}, version="9", deleted=True)])
    resolve(ledger, weights)

    assert town.clusters() == parts(broken)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_taken_away_what_was_said_of_it_happens(tmp_path, seed):
    """That it breaks, and into what, and of all else that it does not."""
    made, said = Town(tmp_path / "town", graph="none"), Random(seed)
    rows = {key: _somebody(key, said) for key in map(str, range(14))}
    made.put("crm", *rows.values())
    c360 = made.c360

    def left(members, change):
        with c360.ledger.rehearsing():
            change()
            resolve(c360.ledger, c360.weights)
            found = {part & members for part in made.clusters()} - {frozenset()}
        return found if len(found) > 1 else set()

    def unsaid(kind, value):
        held = [row for row in rows.values() if row.get(kind) == value]
        return lambda: put(c360.ledger, c360.project, "crm", [{**r, kind: "", "version": "2"} for r in held])

    def gone(key):
        record = Record(Name("crm", "person", key), "party", "", {}, version="2", deleted=True)
        return lambda: c360.ledger.append([record])

    for members in made.clusters():
        broken = {one.name: parts(one) for one in told(made, min(members)).breaks}
        for key in [name.removeprefix("crm/") for name in members] if len(members) > 2 else ():
            assert broken.get(f"crm/{key}", set()) == left(members, gone(key))
        for kind in ("email", "phone"):
            theirs = [rows[name.removeprefix("crm/")].get(kind) for name in members]
            for value in {one for one in theirs if one and theirs.count(one) > 1}:
                assert broken.get(f"{kind}:{value}", set()) == left(members, unsaid(kind, value))
    made.c360.close()


def _somebody(key, said):
    rest = {
        "email": ["maria.silva@example.org", "tesk.family@example.org", "ana.tesk@example.org"],
        "phone": ["+351912345670", "+351912345671", "+351912345672"],
        "born": ["1988-04-12", "1960-01-11"],
        "card": ["L1", "L2", "L3"],
        "city": ["Lisboa", "Porto"],
    }
    chosen = {name: said.choice(values) for name, values in rest.items() if said.random() < 0.5}
    return person(
        key, said.choice(["Maria", "Ana", "A.", "Jorge", ""]), said.choice(["Silva", "Tesk"]), **chosen
    )


def test_a_record_that_breaks_it_breaks_it(town):
    [broken] = [one for one in told(town).breaks if one.what == "record"]
    assert broken.name == "shop/8"

    town.delete("shop", "8")

    assert town.clusters() == parts(broken)


def test_a_decision_that_breaks_it_breaks_it(town):
    town.put("crm", person("5", "Rui", "Nunes"))
    action = town.c360.merge("crm/1", "crm/5", by="ines").action
    [broken] = [one for one in told(town).breaks if one.what == "decision"]
    assert broken.name == str(action)
    assert "ines" in broken.sentence
    assert any(step.spare is None for step in told(town).steps)

    town.c360.undo(action)

    assert town.clusters() == parts(broken)


def test_a_decision_that_keeps_somebody_out_may_hold_it_as_well(tmp_path):
    """Whose other match is stronger goes there as soon as nobody says that it is somebody else."""
    made = Town(tmp_path / "town", graph="none")
    made.put("crm", CRM[0], person("7", "Maria", "Silva", **MAIL, **PHONE, born="1960-07-25", card="L2"))
    made.put("shop", SHOP[0])
    action = made.c360.different("shop/8", "crm/7", by="ines").action
    assert frozenset({"crm/1", "shop/8"}) in made.clusters()
    [broken] = [one for one in told(made).breaks if one.what == "decision"]

    made.c360.undo(action)

    assert parts(broken) == {frozenset({"crm/1"}), frozenset({"shop/8"})}
    assert frozenset({"crm/7", "shop/8"}) in made.clusters()
    made.c360.close()


def test_it_holds_to_the_threshold_that_it_says_and_no_further(town):
    holds_to = told(town).holds_to
    assert 0.95 < holds_to < 0.9999

    for threshold, whole in ((holds_to - 1e-6, True), (holds_to + 1e-4, False)):
        toml = town.folder / "threesixty.toml"
        text = toml.read_text("utf-8").partition("\n[rules]")[0]
        toml.write_text(f"{text}\n[rules]\nthreshold = {threshold}\n", "utf-8")
        town.c360.close()
        town.c360 = threesixty.open(toml)
        town.c360.refresh()
        assert (len(town.clusters()) == 1) is whole


def test_it_holds_as_far_as_several_matches_add_up(tmp_path):
    """Of four that say the same, each match with a fifth is too weak before all of them together are."""
    made = Town(tmp_path / "town", graph="none")
    made.put("crm", *({**CRM[0], **PHONE, "id": key} for key in "1234"))
    made.put("shop", person("9", "Maria", **PHONE))
    assert len(made.clusters()) == 1

    holds_to = told(made).holds_to

    for threshold, whole in ((holds_to - 1e-6, True), (holds_to + (1 - holds_to) / 50, False)):
        found = made.c360.what_if(rules={"threshold": threshold}).difference
        assert (found.splits == 0) is whole
    made.c360.close()


def test_it_holds_as_far_as_matches_add_up_that_are_too_weak_today(tmp_path):
    """No match joins the fifth by itself; four together would under a higher threshold as well."""
    made = Town(tmp_path / "town", graph="none")
    made.put("crm", *({**CRM[0], **PHONE, "id": key, "city": "Lisboa"} for key in "1234"))
    made.put("crm", person("9", "Maria", **PHONE, born="1988-07-25", city="Porto"))
    assert len(made.clusters()) == 1

    found = told(made)
    holds_to, [weakest] = found.holds_to, [step for step in found.steps if step.weakest]

    assert weakest.several == 4
    assert weakest.why.bits < weakest.why.threshold
    assert 2 ** (weakest.why.threshold + weakest.spare) == pytest.approx(holds_to / (1 - holds_to), rel=0.02)
    for threshold, whole in ((holds_to - 1e-6, True), (holds_to + (1 - holds_to) / 50, False)):
        other = made.c360.what_if(rules={"threshold": threshold}).difference
        assert (other.splits == 0) is whole
    made.c360.close()


def test_what_decisions_hold_is_one_under_any_threshold(town):
    town.put("crm", person("5", "Rui", "Nunes"), person("6", "Ana", "Prates"))
    assert told(town, "crm/5").holds_to == 1

    town.c360.merge("crm/5", "crm/6")

    assert told(town, "crm/5").holds_to == 1


def test_one_record_has_no_steps(town):
    town.put("crm", person("5", "Rui", "Nunes"))

    found = told(town, "crm/5")
    assert found.steps == ()
    assert "nothing to join" in found.sentence


def test_of_very_many_steps_the_loosest_are_told(town, monkeypatch):
    monkeypatch.setattr("threesixty.pipeline.how._STEPS", 2)

    assert [step.number for step in told(town).steps] == [2, 3]
    assert "joined in 3 steps" in told(town).sentence
