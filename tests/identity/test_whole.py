"""All Parties at once: what can be clustered apart is clustered as it would be together."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identity.test_cluster import persons

from threesixty.identity.candidates import SORTS
from threesixty.identity.cluster import cluster
from threesixty.identity.whole import all_proposed, proposed, proposed_to_learn, shares, together


@settings(max_examples=60)
@given(persons(), st.data(), st.integers(1, 4))
def test_shares_come_to_what_all_come_to(world, records, data, count):
    """Whatever hangs together by Matches or Decisions is in one share."""
    here, keys = world(records), sorted(records)
    ends = st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True)
    drawn = data.draw(st.lists(st.tuples(st.sampled_from(["same", "different"]), ends), max_size=4))
    decisions = [here.decision(v, *pair, seq) for seq, (v, pair) in enumerate(drawn)]
    parties, kept, weights = here.parties, here.matches(), here.weights
    whole = cluster(parties, kept, decisions, weights, here.band)

    parts = shares(parties, kept, decisions, weights, count)
    found = together([cluster(parties, *part, weights, here.band) for part in parts])
    assert np.array_equal(found.anchors, whole.anchors)
    for parked in ("parked", "refused", "set_aside"):
        assert sorted(map(repr, getattr(found, parked))) == sorted(map(repr, getattr(whole, parked)))


def test_every_share_has_something_to_do(world):
    records = {
        f"{family}{n}": {"given": "Ada", "family": family, "email": f"{family}@x.pt", "phone": f"+{family}"}
        for family in ("lovelace", "turing", "hopper", "noether")
        for n in range(2)
    }
    here = world(records)

    sizes = [len(share.matches.a) for share in shares(here.parties, here.matches(), (), here.weights, 2)]
    assert sizes == [2, 2]


def test_a_decision_on_a_record_that_is_gone_is_in_no_share(world):
    here = world({"ada": {"given": "Ada"}, "bob": {"given": "Bob"}})
    other = world({"ada": {}, "bob": {}, "eve": {}}).decision("same", "ada", "eve", 1)

    [share] = shares(here.parties, here.matches(), [other], here.weights, 1)
    assert share.decisions == []


@settings(max_examples=60)
@given(persons())
def test_what_sorts_of_keys_propose_apart_comes_to_what_all_propose(world, records):
    here = world(records)
    whole = proposed(here.parties, here.weights)

    found = all_proposed([proposed(here.parties, here.weights, (sort,)) for sort in reversed(SORTS)])

    assert [np.array_equal(*both) for both in zip(columns(found), columns(whole), strict=True)] == [True] * 7


def columns(found):
    held = found.postings
    return held.keys, held.rows, held.names, found.records, found.silent, found.a, found.b


def test_who_shares_a_door_is_only_learned_from(world):
    door = {"street": "Rua Nova 7", "postcode": "1200-286"}
    here = world({"anna": {"given": "Anna", "family": "Silva", **door}, "rui": {"given": "Rui", **door}})

    assert len(proposed(here.parties, here.weights).a) == 0
    assert len(proposed_to_learn(here.parties, here.weights).a) == 1
