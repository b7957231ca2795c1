"""Names that many bear among these Records, whatever lists know of them."""

from __future__ import annotations

import pytest

from threesixty.identity.blocking_keys import is_word, proposing
from threesixty.identity.candidates import postings, silent
from threesixty.identity.levels import LEVELS
from threesixty.identity.score import compare_rows
from threesixty.identity.weights import Weights

KNOWN, COMMON = Weights.load().known_names, Weights.load().common_names
OTHERS = [f"{first}o{rest}o" for first in "bcdfghjklmnpqrstvw" for rest in "tm"]
"""Names on no list, each of which sounds otherwise."""
NAMESAKES = {
    "one": {"given": "Zelmo", "family": "Quixby", "email": "zelmo@example.org"},
    "other": {"given": "Zelmo", "family": "Quixby", "phone": "+4312345678"},
}


def town(given_names: int, surnames: int, **also):
    """The namesakes, and others with one of their names beside as many distinct ones, theirs included."""
    born_to = {f"f{name}": {"given": name, "family": "Quixby"} for name in OTHERS[: given_names - 1]}
    called = {f"g{name}": {"given": "Zelmo", "family": name} for name in OTHERS[: surnames - 1]}
    return {**NAMESAKES, **born_to, **called, **also}


def together(world, records):
    return frozenset({"one", "other"}) in world(records).groups()


@pytest.mark.parametrize(
    ("given_names", "surnames", "one"),
    [
        (COMMON, KNOWN, True),
        (COMMON + 1, KNOWN + 1, False),
        (COMMON + 1, KNOWN, True),
        (COMMON, KNOWN + 1, True),
    ],
)
def test_a_known_first_name_a_common_surname_and_nothing_else_make_nobody_one(
    world, given_names, surnames, one
):
    assert together(world, town(given_names, surnames)) is one


def test_more_than_the_names_still_does(world):
    records = town(COMMON + 1, KNOWN + 1)
    for name in NAMESAKES:
        records[name] = {**records[name], "birth_date": "1980-02-03"}

    assert together(world, records)


@pytest.mark.parametrize(
    ("also", "verdict"),
    [({}, "common"), ({"phone": "+4312345678"}, "rare"), ({"street": "1 Elm St", "city": "Salem"}, "rare")],
)
def test_how_many_bear_a_surname_matters_where_nothing_else_agrees(world, also, verdict):
    here = world(town(COMMON + 1, 1, one={"given": "Zelmo", "family": "Quixby", **also},
                      other={"given": "Zelmo", "family": "Quixby", **also}))  # fmt: skip
    found = postings(here.parties)
    silent_keys = silent(found.keys, found.names, Weights.load())
    rows = here.parties.rows([here.number("one"), here.number("other")])

    levels = compare_rows(here.parties, rows[:1], rows[1:], silent_keys, ())

    assert LEVELS["family"][levels[0, 1]] == verdict


def test_a_name_said_again_of_one_person_is_no_more_common(world):
    again = {
        f"again{n}": {"given": "Zelmo", "family": "Quixby", "email": "zelmo@example.org"} for n in range(50)
    }
    people = world({**again, "x": {"given": "Zelmo"}}).parties
    found = postings(people)

    assert not is_word(silent(found.keys, found.names, Weights.load())).any()


def test_a_name_by_itself_proposes_nobody(world):
    found = postings(world({"x": {"given": "Zelmo"}, "y": {"given": "Zelmo"}}).parties)

    assert len(found.keys) == 2
    assert not proposing(found.keys, found.keys[:0]).any()


@pytest.mark.parametrize("said", [{"given": "Z"}, {"given": "Maria"}, {"family": "Smith"}])
def test_initials_and_names_that_lists_know_are_not_counted(world, said):
    assert not len(postings(world({"x": said}).parties).keys)
