"""The promises of Graph, from threesixty.conformance, on every backend; and what needs two of them."""

import pytest

from threesixty.conformance.promises import *  # noqa: F403
from threesixty.conformance.promises import exported
from threesixty.graph.bolt import Bolt
from threesixty.graph.delta import Delta
from threesixty.graph.ladybug import Ladybug
from threesixty.graph.neptune import Neptune
from threesixty.schema import DEFAULT


@pytest.fixture(params=["ladybug", "arcadedb", "neptune"])
def graph_to_close(request, tmp_path):
    if request.param == "ladybug":
        return Ladybug.open(tmp_path / "graph.lbug", DEFAULT)
    if request.param == "neptune":
        return Neptune.open(request.getfixturevalue("emulator").address, DEFAULT)
    return Bolt.open(request.getfixturevalue("arcadedb"), DEFAULT)


@pytest.mark.parametrize("other", ["arcadedb", "neptune"])
def test_equal_graphs_of_two_engines_export_equal(open_graph, town, other):
    whole, piecewise = open_graph("ladybug"), open_graph(other)
    whole.load(town.nodes.items(), town.edges.items())
    for label, rows in reversed(town.nodes.items()):
        piecewise.apply(Delta({label: rows[::-1]}))
    piecewise.apply(Delta(put_edges=town.edges))

    assert exported(whole) == exported(piecewise)
