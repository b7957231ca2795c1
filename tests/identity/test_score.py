from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.identity.levels import FIELDS, LEVELS
from threesixty.identity.score import pack, reasons, score, unpack

CASES = [
    [part.strip() for part in line.split("|")]
    for line in Path(__file__).with_name("cases").joinpath("pairs.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
NOTHING = np.array([], np.int64)


def said(text):
    return {name: value.replace("_", " ") for name, value in (part.split("=") for part in text.split())}


@pytest.mark.parametrize(("verdict", "one", "other"), CASES)
def test_pairs_have_their_verdict(world, verdict, one, other):
    """Each line of cases/pairs.txt holds."""
    here = world({"one": said(one), "other": said(other)})
    bits = here.bits("one", "other")

    heard = "same" if bits >= here.weights.threshold else "unsure" if bits >= here.weights.keep else "apart"

    assert (heard, bits) == (verdict, bits)


PEOPLE = [said(text) for _, *both in CASES for text in both]


@settings(max_examples=4)
@given(st.permutations(range(len(PEOPLE))))
def test_a_pair_scores_the_same_either_way_round_alone_or_among_others(world, order):
    """Symmetric, and n = 1 equals bulk bit for bit."""
    crowd = world({str(number): PEOPLE[number] for number in order})
    size, rows = len(PEOPLE), np.arange(len(PEOPLE))
    everyone = score(
        crowd.parties, np.repeat(rows, size), np.tile(rows, size), NOTHING, crowd.weights, crowd.band
    )
    bits, levels = everyone.bits.reshape(size, size), everyone.levels.reshape(size, size)

    assert (bits == bits.T).all()
    assert (levels == levels.T).all()
    for number in range(0, size, 2):
        one, other = PEOPLE[number : number + 2]
        alone = world({"one": one, "other": other}).bits("one", "other")
        assert bits[crowd.number(str(number)), crowd.number(str(number + 1))] == alone


def test_a_door_alone_makes_nobody_one(world):
    """However few the records are: whoever has no name may be anybody of the house."""
    door = {"street": "1 Elm St", "city": "Salem"}
    phone = {"phone": "+4312"}
    alone = world({"one": door | {"given": "Gil", "family": "Quixby"}, "other": door}, live=100)
    more = world({"one": door | phone | {"given": "Gil"}, "other": door | phone}, live=100)

    assert alone.bits("one", "other") < alone.weights.threshold
    assert more.bits("one", "other") > more.weights.threshold


def test_levels_survive_packing():
    """Four bits a field hold every level, and no number is negative."""
    highest = np.array([[len(levels) - 1 for levels in LEVELS.values()]], np.uint8)

    assert max(len(levels) for levels in LEVELS.values()) <= 16
    assert pack(highest)[0] > 0
    assert unpack(pack(highest)).tolist() == highest.tolist()


def test_reasons_add_up_to_the_score(world):
    """The prior and the reasons are all there is to the bits."""
    here = world({"one": PEOPLE[0], "other": PEOPLE[1]})
    found = score(here.parties, np.array([0]), np.array([1]), NOTHING, here.weights, here.band)
    told = reasons(int(found.levels[0]), here.weights, here.band)

    assert [(reason.field, reason.code) for reason in told] == [
        ("email", "same"), ("family", "common"), ("given", "short_form"),
    ]  # fmt: skip
    assert sum(reason.bits for reason in told) + here.band.prior_bits == pytest.approx(
        found.bits[0], abs=0.05
    )
    assert {reason.field for reason in told} <= set(FIELDS)


def test_a_silent_identifier_is_no_evidence(world):
    """Sharing what everybody shares says nothing for."""
    here = world({"one": {"email": "test@test.com"}, "other": {"email": "test@test.com"}})
    silent = here.parties.identifiers["email"].keys
    found = score(here.parties, np.array([0]), np.array([1]), silent, here.weights, here.band)

    assert found.bits[0] < here.weights.keep
