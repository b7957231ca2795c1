"""What hangs together: as far as Matches, Decisions and master ids lead, and not a Record further."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threesixty.ledger import FILLERS
from threesixty.record import Link, Name
from threesixty.schema import MASTER

ENOUGH = 5.0


@pytest.fixture(autouse=True)
def six(ledger, person):
    ledger.append([person(key) for key in "123456"])


def test_matches_are_followed_however_far_from_either_end(ledger):
    ledger.replace_matches([], [(1, 2, 9.0, 0), (2, 3, 9.0, 0), (3, 4, 9.0, 0), (5, 6, 9.0, 0)])

    assert ledger.hanging_together([1], ENOUGH) == [1, 2, 3, 4]
    assert ledger.hanging_together([4], ENOUGH) == [1, 2, 3, 4]
    assert ledger.hanging_together([1, 6], ENOUGH) == [1, 2, 3, 4, 5, 6]


def test_a_circle_of_matches_comes_to_an_end(ledger):
    ledger.replace_matches([], [(1, 2, 9.0, 0), (2, 3, 9.0, 0), (1, 3, 9.0, 0)])

    assert ledger.hanging_together([2], ENOUGH) == [1, 2, 3]


def test_a_match_of_fewer_bits_leads_nowhere(ledger):
    ledger.replace_matches([], [(1, 2, ENOUGH, 0), (2, 3, ENOUGH - 0.1, 0)])

    assert ledger.hanging_together([1], ENOUGH) == [1, 2]
    assert ledger.hanging_together([3], ENOUGH) == [3]


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_decisions_are_followed_until_they_are_withdrawn(ledger, verdict):
    action = ledger.decide([(verdict, 1, 2), (verdict, 3, 1)], by="ada")

    assert ledger.hanging_together([2], ENOUGH) == [1, 2, 3]
    ledger.withdraw(action, by="ada")
    assert ledger.hanging_together([2], ENOUGH) == [2]


def bearing(record, master):
    return replace(record, version="2", links=(Link("master", Name("mdm", MASTER, master)),))


def test_who_bears_one_master_id_hangs_together_unless_it_is_a_filler(ledger, person):
    ledger.append([bearing(person(key), "M-1") for key in "14"])
    [master] = ledger.numbers([Name("mdm", MASTER, "M-1")])

    assert ledger.hanging_together([4], ENOUGH) == [1, 4]
    ledger.set_state(FILLERS, str(master))
    assert ledger.hanging_together([4], ENOUGH) == [4]


def test_all_ways_are_followed_in_turn(ledger, person):
    ledger.append([bearing(person(key), "M-1") for key in "34"])
    ledger.replace_matches([], [(1, 2, 9.0, 0), (4, 5, 9.0, 0)])
    ledger.decide([("same", 2, 3)], by="ada")

    assert ledger.hanging_together([5], ENOUGH) == [1, 2, 3, 4, 5]


def test_from_nobody_nobody_is_reached(ledger):
    assert ledger.hanging_together([], ENOUGH) == []
