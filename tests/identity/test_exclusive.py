"""Identifier types that a project declared exclusive: nobody has two, so two are two people's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threesixty.identity.explain import compare
from threesixty.identity.weights import Weights

WEIGHTS = Weights.load()
EXCLUSIVE = replace(WEIGHTS, exclusive=WEIGHTS.exclusive | {"card"})
JOHN = {"given": "John", "family": "Smith", "street": "1 Elm St", "city": "Salem"}
ACME = {"organisation": "yes", "name": "Acme Tools", "city": "Leeds"}


def cards(world, person, *held, weights=EXCLUSIVE):
    """One record of a person for each of the cards."""
    records = {
        f"r{number}": {**person, **({"card": card} if card else {})} for number, card in enumerate(held)
    }
    return world(records, weights=weights)


def told(here, field="other"):
    """What is said of the first two records' identifiers, and its bits."""
    found = compare(here.parties, 0, 1, here.parties.numbers[:0], here.weights, here.band)
    return next((each.verdict, each.bits) for each in found if each.field == field)


@pytest.mark.parametrize("who", [JOHN, ACME])
def test_two_different_ones_are_strong_evidence_against(world, who):
    verdict, bits = told(cards(world, who, "AX5501", "BQ7788"))

    assert verdict == "two identifiers of a sort of which one customer has one"
    assert bits <= -5


@pytest.mark.parametrize("who", [JOHN, ACME])
def test_of_a_type_that_is_not_exclusive_they_say_next_to_nothing(world, who):
    assert told(cards(world, who, "AX5501", "BQ7788", weights=WEIGHTS))[1] == -0.25


def test_a_mistyped_one_is_no_other(world):
    assert told(cards(world, JOHN, "AX5501", "AX5581"))[1] > 0


def test_two_in_a_row_are_two(world):
    assert told(cards(world, JOHN, "7755001", "7755002"))[1] <= -5


def test_namesakes_at_one_address_with_one_each_are_two_people(world):
    assert len(cards(world, JOHN, "AX5501", "BQ7788").groups()) == 2
    assert len(cards(world, JOHN, "AX5501", "BQ7788", weights=WEIGHTS).groups()) == 1


def test_a_record_without_one_does_not_bring_two_together(world):
    groups = cards(world, JOHN, "AX5501", "BQ7788", "").groups()

    assert len(groups) == 2
    assert not [group for group in groups if {"r0", "r1"} <= group]


def test_another_identifier_that_is_shared_does_not_hide_the_two(world):
    both = {**JOHN, "duns": "555"}

    assert len(cards(world, both, "AX5501", "AX5501").groups()) == 1
    assert len(cards(world, both, "AX5501", "BQ7788").groups()) == 2
