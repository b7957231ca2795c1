from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity.households import MOST, Resident, households


def resident(number, family="", *, keys=(), at=()):
    return Resident(number, number * 7919, f"G{number}", family, frozenset(keys), frozenset(at))


def test_one_address_and_one_surname_are_a_household():
    (home,) = households(
        [resident(4, "Silva", at=["a1"]), resident(2, "silva", at=["a1"]), resident(3, "Berg")]
    )

    assert (home.anchor, home.members, home.evidence) == (
        2,
        [(2, "family"), (4, "family")],
        "address, surname",
    )


def test_a_shared_phone_at_one_address_needs_no_surname():
    (home,) = households(
        [resident(1, "Silva", keys=["p"], at=["a1"]), resident(2, "Berg", keys=["p"], at=["a1"])]
    )

    assert home.members == [(1, "member"), (2, "member")]


def test_an_address_alone_is_not_a_household():
    """Flats of one house are not one home."""
    assert households([resident(1, "Silva", at=["a1"]), resident(2, "Berg", at=["a1"])]) == []


def test_a_household_never_has_more_than_twelve():
    """Thirteen Smiths in one house are a coincidence, unless a phone binds some of them."""
    crowd = [resident(n, "Smith", at=["a1"], keys=["p"] if n < 3 else []) for n in range(MOST + 1)]

    assert [home.members for home in households(crowd)] == [[(0, "family"), (1, "family"), (2, "family")]]


RESIDENTS = st.lists(
    st.tuples(
        st.sampled_from(["Silva", "Berg", ""]), st.sets(st.sampled_from("pq")), st.sets(st.sampled_from("ab"))
    ),
    max_size=16,
).map(lambda said: [resident(n, family, keys=keys, at=at) for n, (family, keys, at) in enumerate(said)])


@given(RESIDENTS, st.randoms(use_true_random=False))
def test_homes_are_a_function_of_the_set(residents, random):
    shuffled = residents[:]
    random.shuffle(shuffled)
    homes = households(residents)

    assert households(shuffled) == homes
    assert all(2 <= len(home.members) <= MOST for home in homes)
    assert len({number for home in homes for number, _ in home.members}) == sum(len(h.members) for h in homes)
