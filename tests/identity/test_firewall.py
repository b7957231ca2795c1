"""What no group becomes without a person's word."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.identity.weights import Weights

STRICT = replace(Weights.load(), most={"family": 2, "email": 3}, most_records=6)


def siobhan(number, **said):
    return {"given": "Siobhan", "birth_date": "1980-02-03", "phone": "+4411", "account": "A7"} | said


def test_a_customer_of_too_many_emails_waits_for_a_look(world):
    here = world({f"r{n}": siobhan(n, email=f"s{n}@example.org") for n in range(5)}, weights=STRICT)

    found = here.clustering()

    assert max(map(len, here.groups())) == 3
    assert {parked.reason for parked in found.parked} == {"many email"}
    assert not found.refused


def test_surnames_count_by_sound(world):
    alike = {
        "r0": siobhan(0, family="Meyer"),
        "r1": siobhan(1, family="Maier"),
        "r2": siobhan(2, family="Smith"),
    }

    assert world(alike, weights=STRICT).clustering().parked == []


def test_a_group_whose_records_all_match_is_no_exception(world):
    """That everybody matches everybody does not make a customer of three surnames one person."""
    here = world(
        {f"r{n}": siobhan(n, family=name) for n, name in enumerate(["Ash", "Berg", "Cruz"])}, weights=STRICT
    )

    assert len(here.groups()) > 1


def test_a_customer_of_very_many_records_waits_for_a_look(world):
    middle = {f"m{n}": siobhan(n) for n in range(5)}
    chain = middle | {
        f"z{n}": {"given": "Siobhan", "email": "z@example.org", "device": "d1"} for n in range(3)
    }
    chain["link"] = siobhan(9, email="z@example.org", device="d1")
    found = world(chain, weights=STRICT).clustering()

    assert "large" in {parked.reason for parked in found.parked}


def test_a_person_s_word_goes_through(world):
    here = world({f"r{n}": siobhan(n, email=f"s{n}@example.org") for n in range(4)}, weights=STRICT)
    said = [here.decision("same", "r0", f"r{n}", n) for n in range(1, 4)]

    assert here.groups(said) == {frozenset(here.records)}


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["Ash", "Berg", "Cruz"])),
        min_size=2,
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_limits_are_of_the_group_and_not_of_its_history(world, said, random):
    """Order and numbers do not matter, nothing is dropped, and no limit is broken."""
    records = {
        f"r{n}": siobhan(n, email=f"{box}@example.org", family=name) for n, (box, name) in enumerate(said)
    }
    keys = list(records)
    random.shuffle(keys)
    shuffled = world(
        {key: records[key] for key in keys}, {key: 3 + 7 * n for n, key in enumerate(keys)}, STRICT
    )
    groups = world(records, weights=STRICT).groups()

    assert shuffled.groups() == groups
    assert frozenset().union(*groups) == records.keys()
    for group in groups:
        assert len({records[key]["family"] for key in group}) <= 2
        assert len({records[key]["email"] for key in group}) <= 3


def test_what_a_later_record_joined_waits_no_more(world):
    """One phone is too thin a thread between two; a third Record that matches both makes it two threads."""
    pavel = {"given": "Pavel", "family": "Novotnik"}
    two = {
        "a0": pavel | {"email": "pn77x@example.org", "phone": "+4411"},
        "a1": pavel | {"email": "pn77x@example.org", "device": "d1"},
        "b0": pavel | {"email": "qq81z@example.org", "phone": "+4411"},
        "b1": pavel | {"email": "qq81z@example.org", "device": "d2"},
    }
    thin = replace(Weights.load(), bridge_bits=30.0)
    both = {"c": {"given": "Pavel", "device": "d1 d2"}}

    apart, joined = (world(who, weights=thin, live=100_000).clustering() for who in (two, two | both))

    assert {parked.reason for parked in apart.parked} == {"bridge"}
    assert set(joined.anchors.tolist()) == {0}
    assert joined.parked == []


def test_a_customer_whom_somebody_let_through_wins_who_adds_nothing_to_it(world):
    """What was decided is beyond the limit already; whoever would take it further waits as before."""
    decided = {f"r{n}": siobhan(n, email=f"s{n}@example.org") for n in range(5)}
    later = {"known": siobhan(5, email="s4@example.org"), "none": siobhan(6)}
    further = {"new": siobhan(7, email="s7@example.org")}
    here = world(decided | later | further, weights=replace(STRICT, most_records=100))
    five = [here.decision("same", "r0", f"r{n}", n) for n in range(1, 5)]

    assert here.groups(five) == {frozenset(decided | later), frozenset(further)}
    assert {parked.reason for parked in here.clustering(five).parked} == {"many email"}


def test_a_large_customer_whom_somebody_let_through_wins_records_by_evidence_again(world):
    records = {f"r{n}": siobhan(n) for n in range(8)} | {"z": {"given": "Siobhan", "device": "d1"}}
    records["r7"]["device"] = "d1"
    here = world(records, weights=STRICT)
    decided = [here.decision("same", "r0", f"r{n}", n) for n in range(1, 8)]

    assert here.groups(decided) == {frozenset(records)}
