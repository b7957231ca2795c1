from __future__ import annotations

import numpy as np

from threesixty.identity import explain
from threesixty.identity.levels import LEVELS
from threesixty.identity.score import reasons, score
from threesixty.identity.weights import Weights

NOTHING = np.array([], np.int64)
BOB = {"given": "Bob", "family": "Smith", "email": "bob@example.org", "birth_date": "1980-02-03"}
ROBERT = {"given": "Robert", "family": "Smith", "email": "bob@example.org", "birth_date": "1990-02-03"}


def test_why_is_one_sentence_of_plain_words(world):
    here = world({"x": BOB, "y": ROBERT})
    evidence = explain.compare(here.parties, 0, 1, NOTHING, here.weights, here.band)

    assert explain.sentence(evidence) == (
        "same email, birth dates 1980-02-03 and 1990-02-03 differ in one part, same common surname Smith, "
        "first names Bob and Robert are the same name"
    )
    assert (evidence[0].field, evidence[0].a, evidence[0].b) == (
        "email",
        "bob@example.org",
        "bob@example.org",
    )


def test_what_speaks_against_comes_after_a_but(world):
    here = world({"x": BOB, "y": {"given": "Mary", "email": "bob@example.org"}})
    evidence = explain.compare(here.parties, 0, 1, NOTHING, here.weights, here.band)

    assert explain.sentence(evidence) == "same email; but Bob and Mary are two first names"


def test_a_text_without_end_is_quoted_by_its_beginning(world):
    here = world({"x": BOB, "y": BOB | {"given": "A" * 100_000}})
    evidence = explain.compare(here.parties, 0, 1, NOTHING, here.weights, here.band)

    assert "AAAA…" in explain.sentence(evidence)
    assert len(explain.sentence(evidence)) < 300


def test_reasons_are_told_without_anything_personal(world):
    here = world({"x": BOB, "y": ROBERT})
    found = score(here.parties, np.array([0]), np.array([1]), NOTHING, here.weights, here.band)
    told = explain.words(reasons(int(found.levels[0]), here.weights, here.band))

    assert told == (
        "same email, birth date with one part mistyped, same common surname, "
        "first names are forms of one name"
    )


def test_every_level_can_be_told():
    for field, levels in LEVELS.items():
        for level in levels[1:]:
            assert explain._say(field, level, "this", "that")
            assert explain._say(field, level)


def test_every_refusal_has_words():
    assert explain.refusal("different") == "a decision says they are different"
    assert explain.refusal("birth_date") == "their groups disagree on the birth date"
    assert explain.refusal("large").startswith("together they would be one customer of very many records")
    for limit in Weights.load().most:
        assert explain.refusal(f"many {limit}").startswith(
            "together they would be one customer with too many"
        )


def test_two_suffixes_are_named_in_their_plural(world):
    here = world({"x": BOB | {"suffix": "Jr"}, "y": BOB | {"suffix": "Sr"}})
    evidence = explain.compare(here.parties, 0, 1, NOTHING, here.weights, here.band)

    assert "name suffixes Jr and Sr differ" in explain.sentence(evidence)
