"""The doctor where the graph is no cluster: the embedded file, a Bolt server, none."""

import pytest

from threesixty.conformance.town import Town
from threesixty.graph import files
from threesixty.graph.bolt import Bolt
from threesixty.graph.connect import embedded_path
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT


@pytest.fixture
def home(tmp_path):
    """A project's folder with a graph in it that was closed in order."""
    graph = Ladybug.open(embedded_path(tmp_path), DEFAULT)
    graph.apply(Town().delta)
    graph.close()
    return tmp_path


def test_an_embedded_graph(examined, home):
    found = examined("embedded", home=home)

    assert {finding.state for finding in found.values()} == {"ok"}
    assert found["Customer 360"].what == "it shows 7 entries of the ledger"


def test_an_embedded_graph_that_is_not_there_is_not_made(examined, tmp_path):
    found = examined("embedded", home=tmp_path)

    assert found["file"].what == "there is none yet"
    assert not list(tmp_path.iterdir())


def test_an_embedded_graph_that_somebody_has_open(examined, home):
    graph = Ladybug.open(embedded_path(home), DEFAULT)
    found = examined("embedded", home=home)
    graph.close()

    assert found["open"].state == "warning"
    assert "in use by process" in found["open"].what


def test_an_embedded_graph_that_is_damaged(failing, home):
    files.unmark(embedded_path(home))
    embedded_path(home).write_bytes(b"noise")
    hop, said = failing("embedded", home=home)

    assert hop == "open"
    assert "threesixty rebuild" in said


def test_a_bolt_server(examined, arcadedb):
    graph = Bolt.open(arcadedb, DEFAULT)
    graph.clear()
    graph.close()
    found = examined(arcadedb)

    assert {finding.state for finding in found.values()} == {"ok"}
    assert found["Customer 360"].what == "there is none in it yet"


def test_a_bolt_server_that_refuses_the_password(failing, arcadedb):
    user, _, rest = arcadedb.removeprefix("bolt://").partition("@")
    hop, said = failing(f"bolt://{user.partition(':')[0]}:wrong@{rest}")

    assert hop == "login"
    assert "refused user or password" in said


def test_a_bolt_server_that_is_not_there(failing, closed):
    hop, _ = failing(f"bolt://127.0.0.1:{closed}")

    assert hop == "TCP"


def test_a_project_without_a_graph(examined):
    assert examined("none")["address"].state == "skipped"
