"""The eight customers on every backend, an empty drawing, and the oracle."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

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


SHARED = {"ladybug": "embedded", "arcadedb": "server_graph", "neptune": "cluster_graph", "aws": "aws_graph"}
AWS = pytest.param("aws", marks=pytest.mark.aws)


@pytest.fixture(scope="module", params=["ladybug", "arcadedb", "neptune", AWS])
def shared_graph(request):
    """A graph on every backend that the tests of one file share, with whatever the last one left in it."""
    return request.getfixturevalue(SHARED[request.param])


@pytest.fixture(scope="module")
def town_graph(shared_graph):
    """The eight customers, drawn once for each file of tests and backend; the tests only read it."""
    shared_graph.clear()
    shared_graph.apply(eight_customers())
    return shared_graph


@pytest.fixture(scope="session")
def oracle_of():
    """Makes an oracle of the rows of nodes and edges: see oracle.py."""
    _beside("across")  # oracle imports it
    oracle = _beside("oracle")
    return lambda nodes, edges: oracle.Oracle(nodes, edges, DEFAULT)


def _beside(name):
    """A module that lies beside the tests."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
