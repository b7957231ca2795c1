"""Decisions stand until they are withdrawn, and nothing is lost."""

from __future__ import annotations

import pytest

from threesixty.errors import DecisionRefused, NotFound


@pytest.fixture(autouse=True)
def three(ledger, person):
    ledger.append([person(key) for key in "123"])


def test_one_action_groups_its_decisions(ledger):
    action = ledger.decide([("different", 2, 1), ("different", 3, 1)], by="ada", why="twins")

    first, second = ledger.decisions()
    assert (first.action, second.action) == (action, action)
    assert (first.a, first.b, second.a, second.b) == (1, 2, 1, 3)
    assert first.person is True
    assert (first.by, first.why) == ("ada", "twins")


def test_decisions_are_found_at_both_ends(ledger):
    ledger.decide([("same", 1, 2)], by="ada")
    ledger.decide([("same", 2, 3)], by="crm", person=False)

    assert [len(ledger.decisions([number])) for number in (1, 2, 3)] == [1, 2, 1]
    assert ledger.decisions([3])[0].person is False


def test_a_withdrawn_action_stands_no_more_and_stays_on_record(ledger):
    kept, gone = ledger.decide([("same", 1, 2)], by="ada"), ledger.decide([("same", 2, 3)], by="bob")
    ledger.withdraw(gone, by="ada", why="a mistake")

    assert [decision.action for decision in ledger.decisions()] == [kept]
    assert [(row.action, row.withdrawn) for row in ledger.actions()] == [(gone, True), (kept, False)]
    assert ledger.last_action() == kept
    assert [decision.withdrawn for decision in ledger.decisions_of(gone)] == [True]


def test_undo_again_goes_one_action_further(ledger):
    actions = [ledger.decide([("same", 1, other)], by="ada") for other in (2, 3)]
    ledger.decide([("same", 2, 3)], by="crm", person=False)
    undone = []
    while (last := ledger.last_action()) is not None:
        ledger.withdraw(last, by="ada")
        undone.append(last)

    assert undone == actions[::-1]


def test_what_cannot_be_withdrawn_says_so(ledger):
    action = ledger.decide([("same", 1, 2)], by="ada")
    ledger.withdraw(action, by="ada")

    with pytest.raises(DecisionRefused, match="already"):
        ledger.withdraw(action, by="ada")
    with pytest.raises(NotFound):
        ledger.withdraw(999, by="ada")
    with pytest.raises(DecisionRefused, match="nothing to decide"):
        ledger.decide([], by="ada")
