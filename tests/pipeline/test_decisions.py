"""Decisions are listed with who, when and why, of whom they speak, and whether they count."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import Town, company, person


def test_decisions_are_listed_by_the_records_they_speak_of(town: Town):
    company(town)
    town.c360.different("crm/1", "crm/2", by="eva", why="she knows both")
    town.c360.same("crm/2", "shop/20", by="rui", why="one man")
    town.c360.pin("crm/1", "given", "Adah", by="eva")

    pin, same, different = town.c360.decisions()

    assert (pin.what, pin.sides) == ("given", (("crm/1",),))
    assert (same.what, same.by, same.why, same.sides) == ("same", "rui", "one man", (("crm/2", "shop/20"),))
    ada, manuel = sorted(map(set, different.sides), key=min)
    assert ada >= {"crm/1", "shop/17"}
    assert manuel == {"crm/2", "shop/20"}
    assert different.at > 0


def test_one_customer_s_decisions_are_those_that_speak_of_its_records(town: Town):
    company(town)
    town.c360.split("crm/2", "shop/20")
    town.c360.pin("crm/1", "given", "Adah")

    assert [one.what for one in town.c360.decisions("crm/1")] == ["given"]
    assert [one.what for one in town.c360.decisions("shop/20")] == ["different"]


def test_status_counts_what_people_decided_and_not_the_pairs(town: Town):
    company(town)
    town.c360.different("crm/1", "crm/2")
    assert len(town.c360.ledger.decisions()) > 1

    assert town.c360.status().decisions == len(town.c360.decisions()) == 1
    town.c360.undo()
    assert town.c360.status().decisions == 0


def test_a_decision_that_changes_nobody_says_that_it_is_kept(town: Town):
    company(town)

    assert "stay two: no later evidence joins them" in town.c360.different("crm/1", "crm/2").sentence
    assert "stay one: no later evidence parts them" in town.c360.same("crm/2", "shop/20").sentence


def test_undone_and_set_aside_are_told(town: Town):
    company(town)
    merged = town.c360.merge("crm/1", "crm/2").action
    town.c360.split("crm/1", "crm/2", "shop/20")

    split, merge = town.c360.decisions()
    assert (merge.action, merge.aside, split.aside) == (merged, True, False)

    undone = town.c360.undo()
    assert f"Decision {merged}, which was set aside, is in force again." in undone.sentence
    split, merge = town.c360.decisions()
    assert (split.withdrawn, merge.withdrawn, merge.aside) == (True, False, False)


def test_always_the_same_holds_whatever_their_sources_say_later(town: Town):
    company(town)
    town.c360.same("crm/2", "shop/20", why="one man")

    town.put("shop", {"id": "20", "given": "Xaver", "family": "Quast", "at": "2025-01-01"})

    assert frozenset({"crm/2", "shop/20"}) in town.clusters()
    town.c360.undo()
    assert frozenset({"crm/2", "shop/20"}) not in town.clusters()


def test_the_forgotten_have_no_name_in_decisions(town: Town):
    company(town)
    town.c360.different("crm/1", "crm/2", why="canary")
    town.c360.forget("crm/2")

    [told] = town.c360.decisions()
    assert "crm/2" not in str(told)
    assert "canary" not in str(told)
    assert ("forgotten", "forgotten") in told.sides


TWICE = [person(key, "Ada", "Silva", email="ada@x.pt", born="1980-01-01") for key in "12"]
BOB = person("9", "Bob", "Zwicky", email="bob@x.pt")


def test_a_merge_that_was_split_holds_nobody_together_any_more(town: Town):
    """Of the two that were one before nobody said anything: only evidence keeps them so."""
    town.put("crm", *TWICE, BOB)
    town.c360.merge("crm/1", "crm/9")
    town.c360.split("crm/1", "crm/9")

    town.put("crm", {**person("2", "Eve", "Turing", email="eve@y.pt", born="1955-05-05"), "version": "2"})

    assert town.clusters() == {frozenset({"crm/1"}), frozenset({"crm/2"}), frozenset({"crm/9"})}


def test_a_merge_outlives_the_record_that_gave_the_id(town: Town):
    town.put("crm", *TWICE, BOB)
    town.c360.merge("crm/1", "crm/9")

    town.delete("crm", "1")

    assert town.clusters() == {frozenset({"crm/2", "crm/9"})}


def test_a_merge_of_which_one_record_was_split_off_keeps_the_others(town: Town):
    town.put("crm", *TWICE, BOB)
    town.c360.merge("crm/1", "crm/9")

    town.c360.split("crm/9", "crm/1")

    assert town.clusters() == {frozenset({"crm/1"}), frozenset({"crm/2", "crm/9"})}
    split, merge = town.c360.decisions()
    assert (split.aside, split.partly, merge.aside, merge.partly) == (False, False, False, True)


def test_a_split_says_which_decision_it_sets_aside_and_whether_in_part(town: Town):
    town.put("crm", *TWICE, BOB)
    merged = town.c360.merge("crm/1", "crm/9").action

    part = town.c360.split("crm/9", "crm/1", dry_run=True)
    whole = town.c360.split("crm/1", "crm/9", dry_run=True)

    assert part.set_aside == (f"decision {merged} contradicts a newer one and is set aside in part",)
    assert whole.set_aside == (f"decision {merged} contradicts a newer one and is set aside",)


def test_a_merge_teaches_only_what_it_says(town: Town):
    """That two records were one customer before, nobody decided."""
    town.put("crm", *TWICE, BOB)
    town.c360.merge("crm/1", "crm/9")

    pairs = {frozenset({label.a, label.b}) for label in town.c360.labels()}
    assert pairs == {frozenset({"crm/1", "crm/9"}), frozenset({"crm/2", "crm/9"})}


def test_what_is_set_aside_stays_told_when_others_come_in(town: Town):
    town.put("crm", *TWICE, BOB)
    merged = town.c360.merge("crm/1", "crm/9").action
    town.c360.split("crm/1", "crm/9")

    town.put("crm", person("5", "Zoe", "Quast", email="zoe@x.pt"))

    assert town.c360.status().set_aside == 1
    assert [one.aside for one in town.c360.decisions()] == [False, True]
    assert f"Decision {merged}" in town.c360.undo().sentence


def test_a_decision_tells_only_of_those_that_it_sets_aside_itself(town: Town):
    town.put("crm", *TWICE, BOB)
    merged = town.c360.merge("crm/1", "crm/9").action
    parted = town.c360.split("crm/1", "crm/9")
    kept = town.c360.same("crm/1", "crm/2")

    assert parted.set_aside == (f"decision {merged} contradicts a newer one and is set aside",)
    assert (kept.set_aside, kept.sentence.split(",")[0]) == ((), "They are one customer already")


def test_who_is_kept_apart_by_a_decision_lacks_no_bits(town: Town):
    town.put("crm", *TWICE, BOB)
    town.c360.different("crm/1", "crm/9", by="eva", why="she knows both")
    town.put("crm", person("3", "Ada", "Silva", email="ada@x.pt", born="1980-01-01"))

    assert town.c360.why_not("crm/1", "crm/9").refused == "eva said they are different: she knows both"
    assert town.c360.why_not("crm/3", "crm/9").refused.startswith("eva said crm/")
    town.c360.undo()
    assert town.c360.why_not("crm/3", "crm/9").refused.startswith("they were never compared")


@pytest.mark.parametrize("verb", ["same", "merge"])
def test_two_that_were_named_are_held_together_whoever_else_goes(town: Town, verb: str):
    town.put("crm", *TWICE, BOB, {**BOB, "id": "8"})
    getattr(town.c360, verb)("crm/2", "crm/8", by="eva")
    assert town.c360.why("crm/2", "crm/8").held == "eva said they are the same"

    town.delete("crm", "1")
    town.delete("crm", "9")

    assert town.clusters() == {frozenset({"crm/2", "crm/8"})}
