"""Everything a graph should show is painted in pieces of bounded size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.pipeline.draw.painting import by_weight


@given(st.lists(st.integers(0, 90_000), max_size=60))
def test_customers_are_painted_once_each_in_their_order(named: list[int]):
    pieces = list(by_weight(range(len(named)), dict(enumerate(named))))

    assert [customer for piece in pieces for customer in piece] == list(range(len(named)))


@pytest.mark.parametrize(
    ("named", "sizes"),
    [
        pytest.param({}, [10_000, 10_000, 1], id="nobody is named"),
        pytest.param(dict.fromkeys(range(20_001), 20), [5_000] * 4 + [1], id="everybody is"),
        pytest.param({0: 2_000_000}, [1, 10_000, 10_000], id="one by all"),
        pytest.param({9_999: 2_000_000}, [10_000, 10_000, 1], id="one by all, the last of a piece"),
    ],
)
def test_a_piece_ends_where_enough_names_its_customers(named: dict[int, int], sizes: list[int]):
    assert [len(piece) for piece in by_weight(range(20_001), named)] == sizes
