"""What tests of several parts share: an empty graph on every backend."""

import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Timer

import pytest

from threesixty.graph.bolt import Bolt
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT

BACKENDS = ("ladybug", "arcadedb")
PASSWORD = "threesixty"
SERVER = Path(__file__).parent / "graph" / "arcadedb.py"


@pytest.fixture(scope="session")
def arcadedb(tmp_path_factory):
    """The address of an ArcadeDB server that lives as long as the tests."""
    if not find_spec("arcadedb_embedded"):
        pytest.skip("arcadedb-embedded is not installed")
    folder = tmp_path_factory.mktemp("arcadedb")
    bolt_port, http_port = free_ports(2)
    with (folder / "server.log").open("wb") as log:
        command = [sys.executable, str(SERVER), str(folder), str(bolt_port), str(http_port), PASSWORD]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        too_late = Timer(90, process.kill)
        too_late.start()
        try:
            if not any(line.strip() == "ready" for line in process.stdout):
                pytest.fail(f"ArcadeDB did not start: see {folder / 'server.log'}")
            too_late.cancel()
            yield f"bolt://root:{PASSWORD}@localhost:{bolt_port}/threesixty"
        finally:
            too_late.cancel()
            process.stdin.close()
            process.kill()
            process.wait()
            process.stdout.close()


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


@pytest.fixture
def open_graph(request, tmp_path):
    """Opens an empty graph on the backend of that name."""
    opened = []

    def open_(backend):
        if backend == "arcadedb":
            graph = request.getfixturevalue("server_graph")
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
