"""A small piece of graph to put, take and fetch, and an embedded graph alone."""

import pytest

from threesixty.conformance.fixtures import town  # noqa: F401 - a fixture


@pytest.fixture
def ladybug(open_graph):
    """An empty embedded graph."""
    return open_graph("ladybug")
