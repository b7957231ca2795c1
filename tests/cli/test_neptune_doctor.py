"""`threesixty neptune doctor` on the command line: findings in words and in JSON, and how it ends."""

import json

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
def doctor(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments, graph="none"):
        (tmp_path / "threesixty.toml").write_text(PROJECT.format(graph=graph), "utf-8")
        command = ["neptune", "doctor", *arguments, "-p", str(tmp_path)]
        return CliRunner().invoke(app, command)

    return run


def test_the_hop_that_fails_is_named_last_with_what_to_do(doctor):
    result = doctor("neptune://nowhere.invalid?region=eu-central-1&iam=no")

    assert result.exit_code == 5
    assert "✗ DNS" in result.output
    assert "→ compare it with `aws neptune describe-db-clusters" in result.output
    assert "It fails at DNS: nowhere.invalid leads nowhere" in result.output


def test_without_an_address_it_is_the_project_s_graph(doctor):
    result = doctor(graph="neptune://nowhere.invalid?region=eu-central-1&iam=no")

    assert result.exit_code == 5
    assert "Neptune, nowhere.invalid on port 8182" in result.output


def test_a_project_whose_graph_is_well(doctor):
    result = doctor(graph="none")

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "All is well.")


def test_things_to_look_at_are_counted(doctor):
    result = doctor("embedded")

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "It works, with 1 thing to look at.")


def test_findings_in_json(doctor):
    result = doctor("neptune:/x", "--json")
    [address, rest] = json.loads(result.stdout)

    assert result.exit_code == 5
    assert (address["hop"], address["state"], rest["state"]) == ("address", "failed", "skipped")
    assert address["hint"].startswith("such as neptune://")
