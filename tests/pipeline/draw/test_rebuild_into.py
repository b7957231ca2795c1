"""Another graph is filled from the ledger, compared with it, and only then named by the project."""

from __future__ import annotations

import shutil

import pytest
from tests.pipeline.conftest import Town, company

from threesixty.errors import GraphError, GraphUnavailable
from threesixty.graph.connect import connect
from threesixty.graph.delta import Delta
from threesixty.pipeline.draw.rebuild_into import shown
from threesixty.schema import DEFAULT


@pytest.fixture(scope="module", params=["arcadedb", "emulator"])
def address(request):
    """Where another graph may be filled; it is a server, so that both can be looked at."""
    found = request.getfixturevalue(request.param)
    return found if isinstance(found, str) else found.address


@pytest.fixture
def other(address):
    """That graph, empty."""
    graph = connect(address, None, DEFAULT)
    graph.clear()
    yield graph
    graph.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A company in a folder, loaded and drawn once."""
    town = Town(tmp_path_factory.mktemp("made") / "town")
    company(town)
    town.c360.close()
    return town.folder


@pytest.fixture
def town(made, tmp_path):
    """A copy of it, opened."""
    town = Town(shutil.copytree(made, tmp_path / "town"))
    yield town
    town.c360.close()


def drawn(graph):
    found = {}
    for what, rows in graph.export():
        found.setdefault(what, []).extend(rows)
    return found


def test_the_other_graph_says_what_the_project_s_says_and_that_one_stays(town, other, address):
    before = drawn(town.c360.graph())

    done = town.c360.rebuild_into(address)

    assert drawn(other) == before == drawn(town.c360.graph())
    assert (done.differing, done.switched) == ({}, False)
    assert done.rows == sum(map(len, before.values())) - 1
    assert len(done.hash) == 32
    assert town.reopen().project.graph == "embedded"


def test_what_was_loaded_since_is_in_it(town, other, address):
    town.c360.rebuild_into(address)
    other.clear()
    town.put("products", {"sku": "stove", "name": "Stove", "price": "50"})

    assert town.c360.rebuild_into(address).differing == {}
    assert drawn(other) == drawn(town.c360.graph())


def test_a_graph_that_holds_ours_is_only_emptied_when_that_was_said(town, other, address):
    other.apply(Delta({"Store": [("store:1", "Corner", *[None] * (len(DEFAULT.nodes["Store"]) - 1))]}))

    with pytest.raises(GraphError, match="holds 1 nodes"):
        town.c360.rebuild_into(address)
    assert [row[0] for row in drawn(other)["Store"]] == ["store:1"]

    assert town.c360.rebuild_into(address, emptied=True).differing == {}
    assert "Store" not in drawn(other)


def test_with_switch_the_project_names_it(town, other, address):
    assert town.c360.rebuild_into(address, switch=True).switched

    assert town.reopen().project.graph == address
    assert town.same_card("crm/1")


def test_graphs_that_differ_are_told_apart_and_not_switched(town, other, address, monkeypatch):
    """A writer that loses an edge: the server's own loss cannot be ordered."""
    load = type(other).load

    def losing(self, nodes, edges):
        load(self, nodes, ((kind, rows[1:]) for kind, rows in edges))

    monkeypatch.setattr(type(other), "load", losing)
    done = town.c360.rebuild_into(address, switch=True)

    assert done.differing["Customer-MADE->Purchase"] == (2, 1)
    assert not done.switched
    assert town.reopen().project.graph == "embedded"


def test_a_project_without_a_graph_may_fill_one(tmp_path):
    town = Town(tmp_path / "town", "none")
    company(town)

    assert town.c360.rebuild_into("embedded", switch=True).differing == {}

    assert town.reopen().customer("crm/1").origin == "graph"
    town.c360.close()


def test_the_graph_in_use_is_refused(town):
    with pytest.raises(GraphError, match="embedded is the project's graph already"):
        town.c360.rebuild_into("embedded")


def test_an_address_that_names_no_graph_is_refused(town):
    with pytest.raises(GraphUnavailable, match="names no graph"):
        town.c360.rebuild_into("ftp://host")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("neo4j+s://root:se/cr@et@host:7687/db", "neo4j+s://host:7687/db"),
        ("bolt://root:secret@host:7687/db", "bolt://host:7687/db"),
        ("neptune://host:8182?region=x", "neptune://host:8182?region=x"),
        ("embedded", "embedded"),
    ],
)
def test_a_password_is_never_shown(address, said):
    assert shown(address) == said
