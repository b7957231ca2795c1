"""A group falls apart where two customers were taken for one, and never through what people decided."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity.cut import cheapest


def held(*groups, bits=20.0):
    """Bits between every two Records of each group."""
    return {tuple(sorted(pair)): bits for group in groups for pair in combinations(group, 2)}


def test_two_groups_that_hang_by_a_thread_fall_apart_there():
    bits = held([1, 2, 3], [4, 5, 6]) | {(3, 4): 6.0}

    assert cheapest([1, 2, 3, 4, 5, 6], bits) == ({4, 5, 6}, 6.0)


def test_father_and_son_fall_apart_though_one_record_would_be_fewer_bits():
    father, son = [1, 5], [2, 3, 4]
    bits = held([*father, *son], bits=14.0) | held(father, bits=19.0) | held(son, bits=22.0)

    leaving, _ = cheapest([1, 2, 3, 4, 5], bits)

    assert leaving == set(son)


def test_what_stays_together_is_not_parted():
    bits = held([1, 2, 3], [4, 5, 6]) | {(3, 4): 6.0}

    leaving, _ = cheapest([1, 2, 3, 4, 5, 6], bits, together=[(3, 4)])

    assert {3, 4} <= leaving or not {3, 4} & leaving
    assert cheapest([1, 2], {(1, 2): 20.0}, together=[(2, 1)]) is None


def test_records_that_nothing_holds_leave_for_nothing():
    assert cheapest([1, 2, 3], {(1, 2): 9.0}) == ({3}, 0.0)


def test_large_groups_fall_apart_at_the_thread_too():
    one, other = list(range(1, 41)), list(range(41, 101))
    bits = held(one, other) | {(40, 41): 6.0, (7, 60): 6.0}

    assert cheapest([*one, *other], bits) == (set(other), 12.0)


@given(st.integers(2, 18), st.randoms(use_true_random=False))
def test_the_first_record_stays_and_somebody_leaves(size, random):
    records = list(range(1, size + 1))
    bits = {pair: random.uniform(0, 30) for pair in combinations(records, 2) if random.random() < 0.5}

    leaving, cut = cheapest(records, bits)

    assert leaving
    assert 1 not in leaving
    assert abs(cut - sum(b for (x, y), b in bits.items() if (x in leaving) != (y in leaving))) < 1e-6


def test_the_cut_goes_between_two_that_are_named():
    bits = held([1, 2, 3], [4, 5, 6], bits=20.0) | {(3, 4): 6.0}

    assert cheapest([1, 2, 3, 4, 5, 6], bits, leaves=2) == ({2, 3}, 46.0)
    assert cheapest([1, 2, 3, 4, 5, 6], bits, leaves=5) == ({4, 5, 6}, 6.0)
    assert cheapest([1, 2, 3], bits, together=[(1, 2)], leaves=2) is None
