"""`threesixty neptune certify` on the command line: what it says before, asks, refuses."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from threesixty.cli.commands import app

PROJECT = """
[stores]
graph = "{graph}"

[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
columns = {{ email = "email" }}
"""


@pytest.fixture
def cluster(emulator):
    emulator.faults.clear()
    emulator.clear()
    yield emulator
    emulator.clear()


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    def run_(*arguments, graph="none"):
        (tmp_path / "threesixty.toml").write_text(PROJECT.format(graph=graph), "utf-8")
        out = ("--out", str(tmp_path / "out"), "-p", str(tmp_path))
        return CliRunner().invoke(app, ["neptune", "certify", *arguments, *out])

    return run_


def test_it_says_what_it_would_do_and_writes_nothing(run, cluster, tmp_path):
    result = run(cluster.address, "--dry-run")

    assert result.exit_code == 0
    assert "This is the emulator, engine 1.4.7.0.R1." in result.output
    assert "takes all of it away again" in result.output
    assert "It costs nothing" in result.output
    assert not (tmp_path / "out").exists()


def test_and_says_it_in_json(run, cluster):
    told = json.loads(run(cluster.address, "--dry-run", "--json", "--quiet").stdout)

    assert (told["where"], told["ours"], told["others"]) == ("the emulator", {}, [])


def test_a_customer_360_is_refused_and_not_deleted_by_yes(run, cluster):
    cluster.engine.run("CREATE (:Customer {`~id`: 'customer:ada', id: 'customer:ada'})")
    result = run(cluster.address, "--yes")

    assert result.exit_code == 5
    assert "holds a Customer 360 (1 Customer)" in result.output
    assert cluster.engine.run("MATCH (n:Customer) RETURN count(n) AS n").rows == [{"n": 1}]


def test_deleting_one_is_asked_for_once_more(run, cluster):
    cluster.engine.run("CREATE (:Customer {`~id`: 'customer:ada', id: 'customer:ada'})")
    result = run(cluster.address, "--delete")

    assert result.exit_code == 2
    assert "It deletes what the cluster holds of ours: 1 Customer." in result.output
    assert "say it with --yes" in result.output
    assert cluster.engine.run("MATCH (n:Customer) RETURN count(n) AS n").rows == [{"n": 1}]


def test_a_cluster_that_is_not_there(run):
    result = run("neptune://nowhere.invalid?region=eu-central-1&iam=no")

    assert result.exit_code == 5
    assert "it fails at DNS: nowhere.invalid leads nowhere" in result.output


def test_what_is_not_installed_is_named(run, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("threesixty.neptune.certify")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pytest", None)
    result = run("neptune://nowhere.invalid?region=eu-central-1&iam=no")

    assert result.exit_code == 5
    assert "a certification needs pytest" in result.output
    assert "pip install 'threesixty[certify]'" in result.output


def test_without_an_address_it_is_the_project_s_graph(run, cluster):
    assert "This is the emulator" in run("--dry-run", graph=cluster.address).output


def test_a_project_without_a_cluster(run):
    result = run(graph="embedded")

    assert result.exit_code == 5
    assert "the project's graph is no Neptune cluster" in result.output


def test_who_stops_it_is_told_that_nothing_is_left(cluster, tmp_path):
    command = [sys.executable, "-m", "threesixty", "neptune", "certify", cluster.address, "--yes"]
    certify = subprocess.Popen([*command, "--out", str(tmp_path)], stderr=subprocess.PIPE, text=True)
    said = ""
    while "passed: " not in said and certify.poll() is None:
        said += certify.stderr.readline()
    certify.terminate()
    said = certify.communicate(timeout=120)[1]

    assert certify.returncode == 130
    assert "taken away again" in said
    assert cluster.engine.run("MATCH (n) RETURN count(n) AS n").rows == [{"n": 0}]
