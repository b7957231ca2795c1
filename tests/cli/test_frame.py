from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from threesixty.cli import frame
from threesixty.errors import NotFound, Problem, ProjectError, SeveralMatches, ThreesixtyError

CASES = [
    ("load --json", "--json load"),
    ("load crm -p here --home there", "-p here --home there load crm"),
    ("split a b --project=x", "--project=x split a b"),
    ("ask sharing --customer crm/17 -q", "-q ask sharing --customer crm/17"),
    ("find -- --json", "find -- --json"),
    ("load -p", "-p load"),
]


@pytest.mark.parametrize(("typed", "meant"), CASES)
def test_global_options_may_stand_anywhere(typed: str, meant: str) -> None:
    assert frame.global_first(typed.split()) == meant.split()


def raising(error: BaseException) -> typer.Typer:
    """A command line whose only command fails."""
    app = typer.Typer(cls=frame.Group, pretty_exceptions_enable=False)

    @app.callback()
    def top(ctx: typer.Context, *, json: bool = False) -> None:
        ctx.obj = frame.Frame(json=json)

    @app.command()
    def fail() -> None:
        raise error

    return app


ERRORS = [
    (ThreesixtyError("it failed", hint="do this"), 1),
    (ProjectError("p.toml", [Problem("unknown role", "did you mean email?", 3, 4)]), 2),
    (SeveralMatches("ada", [("k4x7", "Ada"), ("p2c5", "Ada")]), 3),
    (NotFound("customer", "x"), 4),
    (KeyboardInterrupt(), 130),
]


@pytest.mark.parametrize(("error", "code"), ERRORS)
def test_every_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert CliRunner().invoke(raising(error), ["fail"]).exit_code == code


def test_an_error_says_what_to_do_next() -> None:
    result = CliRunner().invoke(raising(ERRORS[0][0]), ["fail"])

    assert result.stderr.split() == ["error:", "it", "failed", "→", "do", "this"]


def test_several_matches_are_listed() -> None:
    result = CliRunner().invoke(raising(ERRORS[2][0]), ["fail"])

    assert "k4x7  Ada" in result.stdout


def test_with_json_an_error_is_an_object_too() -> None:
    result = CliRunner().invoke(raising(ERRORS[2][0]), ["fail", "--json"])

    assert json.loads(result.stdout)["matches"] == [["k4x7", "Ada"], ["p2c5", "Ada"]]


def test_ctrl_c_says_what_is_safe_and_how_to_go_on() -> None:
    result = CliRunner().invoke(raising(KeyboardInterrupt()), ["fail"])

    assert "safe in the ledger" in result.stderr
    assert "`threesixty … fail` again" in result.stderr


def test_what_cannot_be_taken_back_is_refused_when_nobody_can_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(ThreesixtyError, match="--yes") as refused:
        frame.sure(frame.Frame(), "Delete everything?")

    assert refused.value.exit_code == 2


def test_yes_is_yes() -> None:
    frame.sure(frame.Frame(yes=True), "Delete everything?")


def test_a_folder_means_the_project_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "threesixty.toml").touch()

    assert frame.project_file(frame.Frame(project=tmp_path)) == tmp_path / "threesixty.toml"


def test_a_missing_project_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="threesixty init"):
        frame.project_file(frame.Frame(project=tmp_path / "nope.toml"))


@dataclass(frozen=True)
class Odd:
    path: Path
    pair: tuple[int, ...]
    more: dict[str, float | None]


def test_answers_become_json() -> None:
    text = frame.as_json_text(Odd(Path("x"), (1, 2), {"ä": None}))

    assert json.loads(text) == {"path": "x", "pair": [1, 2], "more": {"ä": None}}
