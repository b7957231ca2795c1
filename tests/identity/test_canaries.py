"""Canaries as values: a copy is still the same person, a housemate is another."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity.canaries import COPIES, Said, housemate, typo

ADA = Said(
    {"given": "Ada", "family": "Lovelace", "birth_date": "1975-12-10", "street": "Elm St 1", "city": "Salem"},
    {"email": "ada@example.org", "phone": "+441612345678", "loyalty": "L1"},
)


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_differs_in_its_slip_only(kind):
    copy = COPIES[kind](ADA, Random(7))

    assert copy is not None
    differing = {
        name for part, other in ((ADA.values, copy.values), (ADA.held, copy.held))
        for name in part if part[name] != other.get(name)
    }  # fmt: skip
    slips = {
        "as it is": set(), "surname mistyped": {"family"}, "first name an initial": {"given"},
        "another email": {"email"}, "moved, another phone": {"street", "city", "phone"},
        "birth date mistyped": {"birth_date"},
    }  # fmt: skip
    assert differing == slips[kind]


def test_where_there_is_nothing_to_slip_in_there_is_no_copy():
    bare = Said({"given": "A", "family": "Li"}, {})

    assert [kind for kind, make in COPIES.items() if make(bare, Random(7))] == ["as it is"]


@given(st.integers())
def test_a_housemate_has_another_name_and_shares_nothing_that_is_one_person_s(seed):
    mate = housemate(ADA, "Byron", Random(seed))

    assert mate is not None
    assert (mate.values["given"], mate.values["family"], mate.values["street"]) == (
        "Byron",
        "Lovelace",
        "Elm St 1",
    )
    assert mate.values["birth_date"] != ADA.values["birth_date"]
    assert "loyalty" not in mate.held
    assert len(set(mate.held.items()) & set(ADA.held.items())) <= 1


def test_nobody_lives_with_themselves():
    assert housemate(ADA, "Ada", Random(7)) is None


@given(st.text(min_size=4, max_size=20), st.integers())
def test_a_typo_changes_one_letter_at_most(text, seed):
    assert abs(len(typo(text, Random(seed))) - len(text)) <= 1
