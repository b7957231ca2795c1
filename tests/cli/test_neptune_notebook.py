"""`threesixty notebook`: a file, for the project's cluster or another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from threesixty.cli import commands, neptune_notebook
from threesixty.cli.frame import Group

app = typer.Typer(cls=Group)
app.callback()(commands.threesixty)
neptune_notebook.register(app)

PROJECT = """
[stores]
graph = "{graph}"

[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
columns = {{ email = "email" }}
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ran(*args: str):
    return CliRunner().invoke(app, ["notebook", *args])


def written(name: str = "customer360.ipynb") -> str:
    made = json.loads(Path(name).read_text("utf-8"))
    return "\n".join("".join(cell["source"]) for cell in made["cells"])


def test_without_a_project_it_says_what_to_do() -> None:
    assert "write the address of your cluster into it" in ran().stdout.replace("\n", " ")
    assert "Write the address of your cluster" in written()


def test_another_cluster_and_another_file() -> None:
    result = ran("--address", "neptune://here:9000?region=eu-west-1&tls=no&iam=no", "-o", "a.ipynb", "--json")

    assert json.loads(result.stdout) == {"notebook": "a.ipynb", "cluster": "http://here:9000"}
    assert '"host": "here"' in written("a.ipynb")


def test_a_graph_that_cannot_be_asked_is_no_hindrance() -> None:
    Path("threesixty.toml").write_text(PROJECT.format(graph="neptune://127.0.0.1:1?region=x&tls=no"), "utf-8")
    result = ran()

    assert result.exit_code == 0
    assert "the notebook asks about nobody" in " ".join(result.output.split())
    assert '"port": 1,' in written()


def test_an_embedded_project_of_nobody() -> None:
    Path("crm.csv").write_text("id,email\n", "utf-8")
    Path("threesixty.toml").write_text(PROJECT.format(graph="embedded"), "utf-8")

    assert ran().exit_code == 0
    assert "Write the address of your cluster" in written()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--address", "bolt://here"], "names no Neptune cluster"),
        (["-p", "elsewhere.toml"], "there is no such project file"),
        (["-o", "nowhere/a.ipynb"], "cannot be written: No such file"),
        (["-o", "."], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(args: list[str], said: str) -> None:
    result = ran(*args)

    assert result.exit_code > 1
    assert said in " ".join(result.output.split())


def test_a_file_that_is_there_is_written_over_only_with_a_yes() -> None:
    Path("customer360.ipynb").write_text("mine", "utf-8")

    assert ran().exit_code == 2
    assert Path("customer360.ipynb").read_text("utf-8") == "mine"
    assert ran("--yes").exit_code == 0
