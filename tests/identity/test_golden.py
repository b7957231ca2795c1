from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity.golden import Claim, golden

GROUPS = (("given", "middle", "family"), ("street", "city"))


def claim(record, *, trust=1, at=None, **values):
    return Claim(record, f"s{record}", trust, at, hash(record) % 97, values)


def won(*claims):
    return {name: one.value for name, one in golden(claims, GROUPS).items()}


def test_trust_comes_before_the_newest():
    assert won(claim(1, trust=2, at=1, email="crm"), claim(2, at=9, email="shop")) == {"email": "crm"}


def test_the_newest_comes_before_the_most_frequent():
    assert won(claim(1, at=1, email="a"), claim(2, at=1, email="a"), claim(3, at=2, email="b")) == {
        "email": "b"
    }


def test_the_most_frequent_decides_between_equals():
    assert won(claim(1, email="a"), claim(2, email="b"), claim(3, email="b")) == {"email": "b"}


def test_a_name_wins_whole():
    """No first name of one Record with the surname of another."""
    found = won(claim(1, at=1, given="Ada", family="Byron"), claim(2, at=2, given="A", family="Lovelace"))

    assert found == {"given": "A", "family": "Lovelace"}


def test_half_a_name_loses_to_a_whole_one():
    """A newsletter that knows only the first name does not take the surname away."""
    assert won(claim(1, at=1, given="Ada", family="Byron"), claim(2, at=2, given="Addie")) == {
        "given": "Ada",
        "family": "Byron",
    }


def test_losing_values_are_told_with_their_record_best_first():
    found = golden([claim(1, at=1, email="a"), claim(2, at=3, email="c"), claim(3, at=2, email="b")])

    assert (found["email"].record, found["email"].losing) == (2, [("b", 3), ("a", 1)])


def test_nothing_said_is_nothing_won():
    assert won(claim(1, email=""), claim(2, email=None)) == {}


CLAIMS = st.lists(
    st.builds(
        lambda trust, at, email, given: (trust, at, email, given),
        st.integers(1, 2),
        st.sampled_from([None, 1, 2]),
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["Ada", "Addie", None]),
    ),
    max_size=6,
).map(lambda said: [claim(n, trust=t, at=at, email=e, given=g) for n, (t, at, e, g) in enumerate(said)])


@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(claims, random):
    shuffled = claims[:]
    random.shuffle(shuffled)

    assert golden(shuffled, GROUPS) == golden(claims, GROUPS)
