"""Trying again has bounds: how long, how often, how many at once, how much at once."""

from threading import Barrier, Lock, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.graph.retry import Batches, Lanes, Wait


@given(st.integers(1, 60))
def test_a_wait_is_never_longer_than_the_longest(attempt):
    assert 0 <= Wait(5, 0.1, 2.0).before(attempt) <= 2.0


@given(st.floats(0.01, 1))
def test_the_first_wait_is_short(first):
    assert Wait(5, first, 2.0).before(1) <= first


def at_once(lanes, threads):
    """How many of some threads were inside together."""
    start, lock, inside, most = Barrier(threads), Lock(), [0], [0]

    def work():
        start.wait()
        for _ in range(20):
            with lanes.one():
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                with lock:
                    inside[0] -= 1

    running = [Thread(target=work) for _ in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return most[0]


def test_no_more_are_inside_than_there_are_lanes():
    assert at_once(Lanes(2), 8) <= 2


def test_lanes_narrow_to_one_and_never_to_none():
    lanes = Lanes(8)
    for _ in range(10):
        lanes.narrow()

    assert at_once(lanes, 4) == 1


def test_lanes_widen_again_after_successes():
    lanes = Lanes(2)
    lanes.narrow()
    for _ in range(20):
        lanes.widen()
    first, second = lanes.one(), lanes.one()

    with first, second:
        pass  # two are inside at once, or this would wait for ever


def test_a_batch_that_was_too_much_is_halved_down_to_one_row():
    batches = Batches(100, 1_000)

    assert [batches.shrink(100), batches.shrink(50), batches.shrink(3), batches.shrink(2)] == [50, 25, 1, 1]


@pytest.mark.parametrize(("sent", "size"), [(100, 125), (99, 100)])
def test_a_full_batch_that_went_well_lets_the_next_be_larger(sent, size):
    batches = Batches(100, 1_000)
    batches.grow(sent)

    assert batches.size == size


def test_batches_do_not_grow_beyond_the_most():
    batches = Batches(100, 110)
    batches.grow(100)

    assert batches.size == 110
