"""The walk that decides whether people love it: a wrong merge found, explained, undone, and still undone."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import FATHER_AND_SON, Town, company, person

from threesixty.errors import DecisionRefused


@pytest.fixture
def merged(town: Town) -> Town:
    company(town)
    return town


def test_the_wrong_merge_is_there(merged: Town):
    assert frozenset({"crm/2", "shop/20"}) in merged.clusters()


def test_why_says_what_joined_them(merged: Town):
    told = merged.c360.why("crm/2", "shop/20")

    assert told.same
    assert {"email", "phone"} <= {e.field for e in told.evidence if e.bits > 0}
    assert told.bits >= told.threshold


def test_a_dry_run_says_what_a_split_would_do_and_does_nothing(merged: Town):
    before = merged.clusters()

    decided = merged.c360.split("crm/2", "shop/20", dry_run=True)

    assert {c.what for c in decided.changes} == {"split", "formed"}
    assert merged.clusters() == before
    assert merged.c360.ledger.last_action() is None


def test_a_split_parts_them_and_gives_purchases_back(merged: Town):
    merged.c360.split("crm/2", "shop/20", why="father and son")

    assert {frozenset({"crm/2"}), frozenset({"shop/20"})} <= merged.clusters()
    assert merged.c360.customer("crm/2").figures.purchases == 0
    assert merged.c360.customer("shop/20").figures.purchases == 1


def test_the_part_that_left_has_its_own_old_id(town: Town):
    town.put("shop", FATHER_AND_SON[1])
    alone = town.c360.customer("shop/20").id
    town.put("crm", FATHER_AND_SON[0])
    together = town.c360.customer("crm/2").id

    town.c360.split("shop/20", "crm/2")

    assert town.c360.customer("shop/20").id == alone == together
    assert town.c360.customer("crm/2").id != alone


def test_the_split_stands_after_everything_is_loaded_again(merged: Town):
    merged.c360.split("crm/2", "shop/20", why="father and son")
    company(merged)
    c360 = merged.reopen()
    c360.rebuild()
    company(merged)

    assert {frozenset({"crm/2"}), frozenset({"shop/20"})} <= merged.clusters()
    assert "different" in c360.why_not("crm/2", "shop/20").refused


def test_the_split_stands_when_the_records_change(merged: Town):
    merged.c360.split("crm/2", "shop/20")

    merged.put("crm", {**FATHER_AND_SON[0], "version": "2", "city": "Gaia"})

    assert frozenset({"crm/2"}) in merged.clusters()


def test_undo_takes_the_split_back(merged: Town):
    before, id_before = merged.clusters(), merged.c360.customer("crm/2").id
    merged.c360.split("crm/2", "shop/20")

    merged.c360.undo()

    assert merged.clusters() == before
    assert merged.c360.customer("shop/20").id == id_before
    with pytest.raises(DecisionRefused):
        merged.c360.undo()


def test_merge_then_split_is_the_identity(merged: Town):
    before, golden = merged.clusters(), merged.golden()
    ids = {key: merged.c360.customer(key).id for key in ("crm/1", "crm/2")}

    merged.c360.merge("crm/1", "crm/2")
    assert merged.c360.customer("crm/1").id == merged.c360.customer("crm/2").id
    merged.c360.split("crm/1", "crm/2", "shop/20")

    assert merged.clusters() == before
    assert merged.golden() == golden
    assert ids == {key: merged.c360.customer(key).id for key in ("crm/1", "crm/2")}


def test_every_id_ever_given_out_still_answers(merged: Town):
    old = merged.c360.customer("crm/2").id
    merged.c360.merge("crm/1", "crm/2")

    assert merged.c360.customer(old).id == merged.c360.customer("crm/1").id
    assert old in merged.c360.customer("crm/1").aliases


def test_ids_of_records_gone_one_after_the_other_lead_on_in_the_graph(town: Town):
    town.put("crm", person("9", "Rosa", "Lima", email="rosa@example.org"))
    ada = person("", "Ada", "Silva", email="ada@example.org", born="1988-04-12")
    town.put("crm", *({**ada, "id": key} for key in "123"))
    first = town.c360.customer("crm/1").id
    town.delete("crm", "1")
    town.delete("crm", "2")

    town.c360.merge("crm/9", "crm/3")

    assert town.c360.customer(first).id == town.c360.customer("crm/9").id
    assert first in town.c360.customer("crm/9", from_ledger=True).aliases
    assert town.same_card("crm/9")
    assert {"crm/1", "crm/2"} <= {said.record for said in town.c360.history("crm/9").records}
    assert town.export() == town.rebuilt()


def test_a_merge_beats_an_earlier_split(merged: Town):
    merged.c360.split("crm/2", "shop/20")
    merged.c360.merge("crm/2", "shop/20")

    assert frozenset({"crm/2", "shop/20"}) in merged.clusters()
