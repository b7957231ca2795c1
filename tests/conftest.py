"""What tests of several parts share: an empty graph on every backend."""

import os
import socket
from importlib.util import find_spec

import pytest
from hypothesis import settings

from threesixty.graph.bolt import Bolt
from threesixty.graph.ladybug import Ladybug
from threesixty.graph.neptune import Neptune
from threesixty.neptune.emulator import Emulator
from threesixty.neptune.emulator.arcadedb import ArcadeDB
from threesixty.schema import DEFAULT

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile("threesixty", deadline=None)
settings.load_profile("threesixty")

CLUSTER = os.environ.get("THREESIXTY_NEPTUNE", "")
"""The address of a real cluster, for `pytest -m aws`: everything of ours in it is deleted."""

BACKENDS = ("ladybug", "arcadedb", "neptune", pytest.param("aws", marks=pytest.mark.aws))


@pytest.fixture(scope="session")
def arcadedb_server(tmp_path_factory):
    """An ArcadeDB server that lives as long as the tests: one database as it is, one beneath the emulator."""
    if not find_spec("arcadedb_embedded"):
        pytest.skip("arcadedb-embedded is not installed")
    folder = tmp_path_factory.mktemp("arcadedb")
    with ArcadeDB.start(folder, plain=["threesixty"], neptune=["neptune"]) as server:
        yield server


@pytest.fixture(scope="session")
def arcadedb(arcadedb_server):
    """The address of its plain database."""
    return arcadedb_server.url("threesixty")


def free_ports(count):
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(scope="session")
def server_graph(arcadedb):
    """The graph on the ArcadeDB server, opened once: creating its indexes takes a second."""
    graph = Bolt.open(arcadedb, DEFAULT)
    yield graph
    graph.close()


@pytest.fixture(scope="session")
def emulator(arcadedb_server, tmp_path_factory):
    """A stand-in for Neptune that lives as long as the tests, with its credentials in the environment."""
    folder = tmp_path_factory.mktemp("emulator")
    with Emulator.start(folder, bolt_url=arcadedb_server.url("neptune")) as started:
        before = {name: os.environ.get(name) for name in started.environment}
        os.environ.update(started.environment)
        yield started
        os.environ.update({name: value for name, value in before.items() if value is not None})
        for name in (name for name, value in before.items() if value is None):
            del os.environ[name]


@pytest.fixture(scope="session")
def cluster_graph(emulator):
    """The graph on the emulator, opened once."""
    graph = Neptune.open(emulator.address, DEFAULT)
    yield graph
    graph.close()


@pytest.fixture(scope="session")
def aws_graph():
    """The graph on a real cluster, opened once."""
    if not CLUSTER:
        pytest.skip("THREESIXTY_NEPTUNE names no cluster")
    graph = Neptune.open(CLUSTER, DEFAULT)
    yield graph
    graph.close()


SERVED = {"arcadedb": "server_graph", "neptune": "cluster_graph", "aws": "aws_graph"}


@pytest.fixture
def open_graph(request, tmp_path):
    """Opens an empty graph on the backend of that name."""
    opened = []

    def open_(backend):
        if backend in SERVED:
            graph = request.getfixturevalue(SERVED[backend])
            if backend == "neptune":
                # At once, where a cluster is asked label by label.
                request.getfixturevalue("emulator").clear()
            else:
                graph.clear()
        else:
            graph = Ladybug.open(tmp_path / "graph" / "graph.lbug", DEFAULT)
            opened.append(graph)
        return graph

    yield open_
    for graph in opened:
        graph.close()


@pytest.fixture(params=BACKENDS)
def graph(request, open_graph):
    """An empty graph of the default schema, on every backend."""
    return open_graph(request.param)
