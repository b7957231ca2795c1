"""What identity worked out is replaced piece by piece or all at once, and can be dropped."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from threesixty.ledger import HouseholdRow, MatchRow


def whole(*values):
    return np.array(values, dtype=np.int64)


def test_replacing_matches_drops_every_one_that_touches_the_records(ledger):
    ledger.replace_matches([], [(1, 2, 9.5, 7), (2, 3, 4.0, 1), (3, 4, 5.0, 2)])
    ledger.replace_matches([2], [(1, 2, 8.0, 6)])

    assert sorted(ledger.matches_of()) == [MatchRow(1, 2, 8.0, 6), MatchRow(3, 4, 5.0, 2)]
    assert ledger.matches_of([4]) == [MatchRow(3, 4, 5.0, 2)]


def test_membership_moves_and_ends(ledger):
    ledger.replace_membership([(1, 1), (2, 1), (3, 3)])
    ledger.replace_membership([(2, 2)], gone=[3])

    assert ledger.membership() == {1: 1, 2: 2}
    assert ledger.membership([2, 3]) == {2: 2}
    assert ledger.members([1, 2, 3]) == {1: [1], 2: [2]}
    assert ledger.customers() == [1, 2]


def test_households_are_found_by_customer_and_by_house(ledger):
    rows = [
        HouseholdRow(1, 1, "family", 5, None, "family", "address, surname"),
        HouseholdRow(2, 1, "family", None, 9, "family", "address, surname"),
    ]
    ledger.replace_households([1, 2], rows)

    assert ledger.households([2]) == rows[1:]
    assert ledger.residents([1]) == rows
    ledger.replace_households([1], [])
    assert ledger.households() == rows[1:]


def test_whether_two_are_parked_is_found_in_as_few_steps_among_many_as_among_few(ledger):
    ledger.replace_parked([], [(number, number + 1, 5.0, "bridge") for number in range(1, 3_000)])
    steps = []
    ledger._driver.set_progress_handler(lambda: steps.append(1), 100)

    assert [(row.a, row.b) for row in ledger.parked([7])] == [(6, 7), (7, 8)]
    assert len(steps) < 10


def test_a_pair_is_parked_until_one_of_its_records_is_looked_at_again(ledger):
    ledger.replace_parked([], [(1, 2, 5.0, "bridge"), (3, 4, 9.0, "bridge")])

    assert [row.bits for row in ledger.parked()] == [9.0, 5.0]
    assert [row.a for row in ledger.parked([2])] == [1]
    ledger.replace_parked([2], [])
    assert [row.a for row in ledger.parked()] == [3]


def indexes(ledger):
    with closing(sqlite3.connect(ledger.path)) as other:
        return {name for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}


def test_indexes_that_wait_are_made_once_and_those_that_do_not_are_left_alone(ledger):
    before = indexes(ledger)
    ledger.index_later()
    assert before - indexes(ledger) == {"carries_identifier", "link_to", "name_id"}

    ledger.index()
    ledger.index()
    assert indexes(ledger) == before
    ledger.index_later()
    ledger.index()
    assert indexes(ledger) == before


def test_filling_replaces_a_whole_table(ledger):
    ledger.replace_matches([], [(8, 9, 1.0, 1)])
    ledger.fill("match", whole(1, 2), whole(2, 3), np.array([5.5, 6.5]), whole(1, -(2**63)))
    ledger.fill("membership", whole(1, 2, 3), [1, 1, 3])

    assert sorted(ledger.matches_of()) == [MatchRow(1, 2, 5.5, 1), MatchRow(2, 3, 6.5, -(2**63))]
    assert ledger.members([1]) == {1: [1, 2]}


def test_anchors_are_remembered_for_ever(ledger):
    ledger.anchors_given([1, 2], 5)
    ledger.anchors_given([2, 3], 9)
    ledger.drop_derived()

    assert ledger.past_anchors() == {1: 5, 2: 5, 3: 9}


def test_the_latest_successor_answers(ledger):
    ledger.set_successors({1: 2, 3: 4})
    ledger.set_successors({1: 5})

    assert ledger.successors() == {1: 5, 3: 4}


def test_what_to_redraw_is_listed_once_and_pruned(ledger):
    ledger.mark_changed(5, {"customer": [3, 1, 1]})
    ledger.mark_changed(5, {"customer": [1, 2]})
    ledger.mark_changed(7, {"household": [9]})

    assert ledger.changed(0) == {"customer": [1, 2, 3], "household": [9]}
    assert ledger.changed(5) == {"household": [9]}
    ledger.prune(5)
    assert ledger.changed(0) == {"household": [9]}


@pytest.mark.parametrize("value", [7, "text", 1.5, True])
def test_state_is_remembered(ledger, value):
    assert ledger.state("resolved_seq", 0) == 0
    ledger.set_state("resolved_seq", value)

    assert ledger.state("resolved_seq", 0) == value
    ledger.drop_derived()
    assert ledger.state("resolved_seq", -1) == -1


def test_a_record_that_is_back_leads_to_nobody_else_any_more(ledger):
    ledger.replace_membership([(2, 2)])
    ledger.set_successors({1: 2})
    ledger.replace_membership([(1, 1)], gone=[2])
    ledger.set_successors({2: 1}, back=[1])
    ledger.replace_membership([], gone=[1])

    assert ledger.answers([1, 2]) == {}
