"""How groups come about: the joins that are told lead to the groups that there are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identity.test_cluster import persons

from threesixty.identity.cluster import joins


@settings(max_examples=60)
@given(persons(), st.data())
def test_joins_lead_to_the_groups_that_cluster_finds(world, records, data):
    here, keys = world(records), sorted(records)
    ends = st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True)
    drawn = data.draw(st.lists(st.tuples(st.sampled_from(["same", "different"]), ends), max_size=4))
    decisions = [here.decision(v, *pair, seq) for seq, (v, pair) in enumerate(drawn)]
    found = here.clustering(decisions)

    taken = joins(here.parties, here.matches(), decisions, here.weights, here.band)

    groups = {number: frozenset([number]) for number in here.parties.numbers.tolist()}
    for join in taken:
        one, other = (groups[end] for end in join.ends)
        assert {frozenset(join.a), frozenset(join.b)} == {one, other}
        assert one != other
        groups.update(dict.fromkeys(one | other, one | other))
    anchors = dict(zip(here.parties.numbers.tolist(), found.anchors.tolist(), strict=True))
    assert {number: min(group) for number, group in groups.items()} == anchors
