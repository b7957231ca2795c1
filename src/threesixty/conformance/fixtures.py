"""Fixtures of the conformance tests beside `graph`, which is given by whoever runs them.

Give your own in their place where opening your graph takes long and its tests share one.
"""

from __future__ import annotations

import pytest

from threesixty.conformance.drawing import eight_customers
from threesixty.conformance.town import Town
from threesixty.graph import Graph


@pytest.fixture
def town() -> Town:
    """Ada and Ben, the telephone both use, and one purchase; `.delta` puts them."""
    return Town()


@pytest.fixture
def graph_to_close(graph: Graph) -> Graph:
    """A graph that no other test uses: this one closes it."""
    return graph


@pytest.fixture
def town_graph(graph: Graph) -> Graph:
    """A graph with the eight customers in it; the tests only read it, so that they may share it."""
    graph.apply(eight_customers())
    return graph
