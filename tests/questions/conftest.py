"""The eight customers on every backend, and an empty drawing."""

import pytest

from threesixty.conformance.drawing import Drawing, eight_customers
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT


@pytest.fixture
def drawing():
    """An empty drawing, to put customers into."""
    return Drawing


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """An embedded graph that the tests of one file share."""
    graph = Ladybug.open(tmp_path_factory.mktemp("graph") / "graph.lbug", DEFAULT)
    yield graph
    graph.close()


@pytest.fixture(scope="module", params=["ladybug", "arcadedb"])
def town_graph(request):
    """The eight customers, drawn once for each file of tests and backend; the tests only read it."""
    graph = request.getfixturevalue("embedded" if request.param == "ladybug" else "server_graph")
    graph.clear()
    graph.apply(eight_customers())
    return graph
