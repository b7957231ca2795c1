"""`threesixty lint`: files, what is piped in, questions by name; words or JSON; 1 when there are errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from threesixty.cli import commands, neptune_lint
from threesixty.cli.frame import Group
from threesixty.cli.terminal.findings import findings
from threesixty.neptune.lint import lint
from threesixty.schema import DEFAULT

app = typer.Typer(cls=Group)
app.callback()(commands.threesixty)
neptune_lint.register(app)

PROJECT = """
[schema.kinds.boat]
sort = "thing"
label = "Boat"
properties = { sails = "integer" }

[sources.harbour]
path = "boats.csv"
kind = "boat"
key = "id"
columns = { sails = "sails" }
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def ran(*args: str, piped: str = ""):
    return CliRunner().invoke(app, ["lint", *args], input=piped)


def test_a_file_is_told_with_its_line_and_a_caret(tmp_path: Path) -> None:
    (tmp_path / "old.cypher").write_text("MATCH (c:Custmer {id: $id})\nRETURN c.name AS name", "utf-8")
    result = ran("old.cypher")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "old.cypher:1:10 error unknown-label",
        "  1 │ MATCH (c:Custmer {id: $id})",
        "    │          ^",
        "  the schema has no label Custmer: did you mean Customer?",
        "  → a label of the schema",
        "  https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-data-model.html",
        "",
        "1 error in 1 text.",
    ]


def test_warnings_are_no_failure() -> None:
    result = ran("-", piped="MATCH (c:Customer {id: $id}) RETURN c")

    assert result.exit_code == 0
    assert "piped in:1:37 warning whole-node" in result.stdout
    assert result.stdout.endswith("1 warning in 1 text.\n")


def test_questions_by_their_names() -> None:
    result = ran("--question", "sharing", "--question", "path")

    assert (result.exit_code, result.stdout) == (0, "Nothing found in 2 texts.\n")


def test_as_json_for_programs() -> None:
    (told,) = json.loads(ran("-", "--json", piped="RETURN 2 ^ 3 AS eight").stdout)

    assert told["text"] == "piped in"
    assert [(one["rule"], one["level"], one["line"], one["column"]) for one in told["findings"]] == [
        ("power", "error", 1, 8)
    ]


def test_labels_are_those_of_the_project(tmp_path: Path) -> None:
    text = "MATCH (b:Boat {id: $id}) RETURN b.sails AS sails, b.oars AS oars"
    assert "unknown-label" in ran("-", piped=text).stdout

    (tmp_path / "threesixty.toml").write_text(PROJECT, "utf-8")

    assert "no such property: oars" in ran("-", piped=text).stdout
    assert "unknown-label" not in ran("-", piped=text).stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "there is no text"),
        (["missing.cypher"], "missing.cypher cannot be read: No such file"),
        (["."], "cannot be read"),
        (["--question", "shring"], "did you mean 'sharing'?"),
        (["-p", "elsewhere.toml", "-"], "there is no such project file"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(args: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["lint", *args], input="RETURN 1 AS one")

    assert result.exit_code in (2, 4)
    assert said in " ".join(result.output.split())


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.cypher").write_bytes(b"RETURN '\xff' AS x")

    assert "a.cypher cannot be read: it is not UTF-8" in ran("a.cypher").output


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize(
    "text",
    [
        "RETURN '\x1b[2J\x1b]0;owned\x07' ^ 2 AS x",
        f"RETURN '{'株式会社' * 50}' ^ 2 AS x",
        f"RETURN {'1 + ' * 100} 2 ^ 3 + {'1 + ' * 100} 1 AS x",
        "MATCH (c)\u2028WHERE\r c.x ^ 2 = 1 RETURN c.x AS x",
        "MATCH (n",
        "",
    ],
)
def test_whatever_stands_in_a_text_the_screen_stays_whole(printed, text: str, width: int) -> None:
    shown = printed(findings({"x\x1b[2J": (text, lint(text, DEFAULT))}, width), width)

    assert "\x1b" not in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= width
