"""A split is proposed where a customer hangs by least, shown first, and undoes a merge without trace."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pipeline.conftest import Row, Town, company, person
from tests.pipeline.test_invariants import people, some, towns
from tests.two_ledgers import derived_of, differing, graph_of

from threesixty.errors import DecisionRefused
from threesixty.pipeline import put

HOME = {"street": "Rua do Sol 9", "postcode": "4000-001", "city": "Porto", "email": "costa@example.org"}
FATHER = [
    person("2", "Manuel", "Costa", phone="+351913000111", at="2022-03-01", version="1", **HOME),
    person("3", "Manuel", "Costa", phone="+351913000111", at="2022-04-01", version="1", **HOME),
]
SON = [
    person("20", "Manuel", "Costa", phone="+351914000222", at="2024-05-01", **HOME),
    person("21", "Manuel", "Costa", phone="+351914000222", at="2024-06-01", **HOME),
]


@pytest.fixture
def family(town: Town) -> Town:
    """Father and son, taken for one; the son bought a lamp."""
    company(town)
    town.delete("crm", "2")
    town.put("crm", *({**row, "version": "99"} for row in FATHER))
    town.put("shop", *SON)
    assert frozenset({"crm/2", "crm/3", "shop/20", "shop/21"}) in town.clusters()
    return town


def test_it_is_proposed_to_part_those_who_hang_by_least(family: Town):
    parting = family.c360.parting("crm/2")

    halves = [{f"{record.source}/{record.key}" for record in card.records} for card in parting.halves]
    assert {frozenset(half) for half in halves} == {
        frozenset({"crm/2", "crm/3"}), frozenset({"shop/20", "shop/21"}),
    }  # fmt: skip
    assert set(parting.leaving) == halves[1]
    assert parting.bits > 0
    assert parting.strongest.bits > 0


def test_what_is_shown_is_what_will_be_and_nothing_is_written_before(family: Town):
    ledger = family.c360.ledger
    before = (ledger.seq(), ledger.last_change(), family.clusters())

    parting = family.c360.parting("crm/2", "shop/20", "shop/21")
    assert (ledger.seq(), ledger.last_change(), family.clusters()) == before

    family.c360.split("crm/2", *parting.leaving)
    shown = {card.id: card for card in parting.halves}
    assert {card.figures.purchases for card in parting.halves} == {0, 1}
    for public, card in shown.items():
        now = family.c360.customer(public, from_ledger=True)
        assert replace(now, as_of=0) == replace(card, as_of=0)


def test_what_people_said_is_the_same_is_not_parted_by_a_proposal(family: Town):
    family.c360.same("crm/3", "shop/21")

    parting = family.c360.parting("crm/2")

    assert not {"crm/3", "shop/21"} & set(parting.leaving) or {"crm/3", "shop/21"} <= set(parting.leaving)
    family.c360.undo()
    for other in ("crm/3", "shop/20", "shop/21"):
        family.c360.same("crm/2", other)
    with pytest.raises(DecisionRefused, match="all these records are the same") as refused:
        family.c360.parting("crm/2")
    assert "decisions" in refused.value.hint


def test_different_parts_one_customer_between_the_two_that_are_named(family: Town):
    family.c360.different("crm/3", "shop/20")

    assert {frozenset({"crm/2", "crm/3"}), frozenset({"shop/20", "shop/21"})} <= family.clusters()


def test_one_record_alone_cannot_be_split(town: Town):
    town.put("crm", FATHER[0])

    with pytest.raises(DecisionRefused, match="one record"):
        town.c360.parting("crm/2")


# --- as if it had never happened ---------------------------------------------------------------------------


def is_as_if_never(one: Town, other: Town) -> None:
    """Hold two towns against each other; a pair that waited for a person, who decided, is no difference."""
    assert differing(graph_of(one.c360), graph_of(other.c360)) == {}
    left, right = derived_of(one.c360), derived_of(other.c360)
    del left["parked"], right["parked"]
    assert differing(left, right) == {}


def more(town: Town, rows: list[Row]) -> None:
    """What comes later: the same once more, and somebody new."""
    town.put("crm", *rows)
    town.put("shop", person("77", "Ann", "Sousa", email="b@x.pt", phone="+351912000002", at="2024-09-01"))


@some(10)
@given(people(), st.data())
def test_after_a_split_or_undo_it_is_as_if_the_merge_had_never_been(rows: list[Row], data: st.DataObject):
    with towns("embedded") as town_of:
        never, once = town_of("never", rows), town_of("once", rows)
        company(never)
        company(once)
        clusters = sorted(once.clusters(), key=min)
        ids = once.ids()
        one, other = data.draw(st.permutations(clusters))[:2]
        once.c360.merge(min(one), min(other))
        undone = data.draw(st.booleans())
        if undone:
            once.c360.undo()
        else:
            once.c360.split(min(one), *sorted(other))

        assert once.ids() == ids
        is_as_if_never(once, never)
        more(once, rows)
        more(never, rows)
        # A split goes on to count for what comes later, whoever that brings together otherwise.
        if undone:
            is_as_if_never(once, never)
        assert undone or not any({min(one), min(other)} <= group for group in once.clusters())


@some(10)
@given(people(), st.data())
def test_after_a_split_it_is_as_if_they_had_been_known_apart_from_the_first(
    rows: list[Row], data: st.DataObject
):
    with towns("embedded") as town_of:
        once = town_of("once", rows)
        several = sorted((each for each in once.clusters() if len(each) > 1), key=min)
        if not several:
            return
        parting = once.c360.parting(min(data.draw(st.sampled_from(several))))
        once.c360.split(parting.customer, *parting.leaving)

        apart = town_of("apart")
        ledger = apart.c360.ledger
        put.put(ledger, apart.c360.project, "crm", rows)
        names = {str(name): number for number, name in ledger.all_names().items()}
        said = once.c360.ledger.decisions()
        called = once.c360.ledger.all_names()
        ledger.decide([(d.verdict, names[str(called[d.a])], names[str(called[d.b])]) for d in said], by="eva")
        apart.c360.refresh()

        is_as_if_never(once, apart)
        more(once, rows)
        more(apart, rows)
        is_as_if_never(once, apart)
