"""Tables are compared by key, whole or cut into parts, and every difference is told once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threesixty.pipeline.draw import differ
from threesixty.schema import Column

COLUMNS = (Column("id", "text"), Column("size", "integer"))
ROWS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2) | st.none(), max_size=8)


def found(wanted, present, folder, size=0):
    told = differ.differences([wanted], [present], COLUMNS, keys=1, size=size, folder=folder)
    return Counter((what, row) for what, row in told)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, ROWS, st.sampled_from([0, differ.PART_BYTES * 3, 1 << 60]))
def test_every_difference_is_told_once(tmp_path, wanted, present, size):
    told = found(list(wanted.items()), list(present.items()), tmp_path, size)

    assert told == Counter(
        [("missing", row) for row in wanted.items() if row[0] not in present]
        + [("extra", row) for row in present.items() if row[0] not in wanted]
        + [("different", row) for row in wanted.items() if row[0] in present and present[row[0]] != row[1]]
    )


def test_what_is_there_twice_is_told_even_if_it_is_right(tmp_path):
    assert found([("a", 1)], [("a", 1), ("a", 1)], tmp_path) == Counter([("twice", ("a", 1))])


def test_what_has_no_key_is_told_apart(tmp_path):
    assert found([], [(None, 1), (None, 2)], tmp_path) == Counter(
        [("nameless", (None, 1)), ("nameless", (None, 2))]
    )


@pytest.mark.parametrize("wrong", ["1", 1.0, True])
def test_a_value_of_another_type_is_a_difference(tmp_path, wrong):
    assert found([("a", 1)], [("a", wrong)], tmp_path) == Counter([("different", ("a", 1))])
