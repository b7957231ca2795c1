"""Groups from inside: bridges by trying every edge, pairs by counting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity.inside import bridges, pairs_inside, two_sides

edges = st.sets(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda edge: edge[0] < edge[1]), max_size=14
)


def reached(start, some):
    found, frontier = {start}, {start}
    while frontier:
        frontier = {end for edge in some if frontier & set(edge) for end in edge} - found
        found |= frontier
    return found


@given(edges)
def test_a_bridge_is_an_edge_without_which_its_ends_are_apart(some):
    assert bridges(some) == {edge for edge in some if edge[1] not in reached(edge[0], some - {edge})}


@given(st.lists(st.lists(st.integers(0, 99), max_size=6, unique=True), max_size=5))
def test_every_pair_within_a_group_comes_once(groups):
    a, b, of = pairs_inside(groups, 30)

    found = {(int(number), frozenset((int(x), int(y)))) for x, y, number in zip(a, b, of, strict=True)}
    assert len(found) == len(a) == sum(len(group) * (len(group) - 1) // 2 for group in groups)


def test_pairs_that_lead_across_have_two_sides_for_each_part_that_hangs_together():
    assert [*two_sides([(1, 8), (1, 9), (2, 8), (5, 6)])] == [({1, 2}, {8, 9}), ({5}, {6})]
    assert [*two_sides([])] == []
