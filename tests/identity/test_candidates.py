from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity import whole
from threesixty.identity.blocking_keys import is_identifier
from threesixty.identity.candidates import pairs, postings, silent
from threesixty.identity.parties import identifier_key
from threesixty.identity.weights import Weights

WEIGHTS = Weights.load()


def proposed(here):
    found = postings(here.parties)
    a, b = pairs(found.keys, here.parties.numbers[found.rows])
    return set(zip(a.tolist(), b.tolist(), strict=True))


def test_a_shared_identifier_proposes(world):
    assert proposed(
        world({"x": {"email": "a@b.org"}, "y": {"email": "a@b.org"}, "z": {"email": "c@d.org"}})
    ) == {(0, 1)}


def test_a_birth_date_with_a_short_form_proposes(world):
    """Bob and Robert meet though they share no identifier and no surname."""
    bob = {"given": "Bob", "family": "Quigley", "birth_date": "1980-02-03"}

    assert proposed(
        world({"x": bob, "y": {"given": "Robert", "family": "Byrne", "birth_date": "1980-02-03"}})
    )


def test_a_name_in_the_wrong_places_proposes(world):
    assert proposed(
        world({"x": {"given": "Shaw", "family": "Daniella"}, "y": {"given": "Daniella", "family": "Shaw"}})
    )


def test_a_door_alone_proposes_nobody(world):
    door = {"street": "Rua Nova 7", "postcode": "1200-286"}
    people = {
        "anna": {"given": "Anna", "family": "Silva", **door},
        "married": {"given": "Ana", "family": "Costa", **door},
        "neighbour": {"given": "Rui", "family": "Matos", **door},
    }

    assert proposed(world(people)) == {(0, 1)}


def test_names_that_many_bear_propose_nobody_by_themselves(world):
    """Those of them who share anything else still meet."""
    namesakes = {f"{n:02}": {"given": "Ada", "family": "Berg"} for n in range(WEIGHTS.name_holders + 1)}
    born = {"birth_date": "1980-02-03"}
    one = {name: said | (born if name in {"03", "17"} else {}) for name, said in namesakes.items()}

    assert met(one, world) == {("03", "17")}
    del one["05"]
    assert len(met(one, world)) == 30 * 29 / 2


def met(records, world):
    found = whole.proposed(world(records).parties, WEIGHTS)
    names = list(records)
    return {(names[a], names[b]) for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True)}


def test_the_key_of_an_identifier_is_the_one_its_records_are_posted_under(world):
    found = postings(world({"x": {"email": "a@b.org", "phone": "+431"}}).parties)

    assert {identifier_key("email", "a@b.org"), identifier_key("phone", "+431")} == set(
        found.keys[is_identifier(found.keys)].tolist()
    )


def test_every_key_of_a_record_is_posted_once(world):
    found = postings(world({"x": {"email": "a@b.org a@b.org", "given": "Ada", "family": "Berg"}}).parties)
    places = list(zip(found.keys.tolist(), found.rows.tolist(), strict=True))

    assert len(places) == len(set(places))


def test_a_value_held_under_many_names_is_silent(world):
    """Junk like test@test.com proposes nothing; a family's shared email still does."""
    surnames = ["Adler", "Berg", "Cohen", "Dietz", "Eriksen", "Fuchs"]
    records = {name: {"family": name, "email": "test@test.com"} for name in surnames}
    records |= {f"{n}": {"family": "Gruber", "email": "gruber@example.org"} for n in range(4)}
    found = postings(world(records).parties)
    quiet = silent(found.keys, found.names, WEIGHTS)

    assert identifier_key("email", "test@test.com") in quiet
    assert identifier_key("email", "gruber@example.org") not in quiet


@given(st.permutations(range(60)))
def test_what_is_silent_does_not_depend_on_order(order):
    keys = np.array([1] * 10 + [3] * 50)[order]
    names = np.array([*range(10), *[7] * 50])[order]

    assert silent(keys, names, WEIGHTS).tolist() == [1]


def test_pairs_are_distinct_and_ordered_and_can_be_those_of_some_records_only():
    keys = np.array([2, 2, 2, 4, 4])
    records = np.array([30, 10, 20, 20, 10])
    a, b = pairs(keys, records)

    assert list(zip(a.tolist(), b.tolist(), strict=True)) == [(10, 20), (10, 30), (20, 30)]
    assert [part.tolist() for part in pairs(keys, records, np.array([30]))] == [[10, 20], [30, 30]]


def test_nobody_proposes_nothing(world):
    found = postings(world({}).parties)

    assert len(found.keys) == len(silent(found.keys, found.names, WEIGHTS)) == 0
