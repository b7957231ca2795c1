from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest
import typer
from typer.testing import CliRunner

from threesixty.cli.asking import parameters
from threesixty.cli.commands import app
from threesixty.errors import QuestionError

TOP = typer.main.get_command(app)
NAMES = [*TOP.commands, *(f"rejects {name}" for name in TOP.commands["rejects"].commands)]
HEAVY = ("duckdb", "pyarrow", "ladybug", "numpy", "sqlalchemy", "threesixty.customer360")


def ran(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The installed command line in a process of its own, without a terminal."""
    code = "from threesixty.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(app, [*name.split(), "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_help_starts_without_the_engines() -> None:
    code = (
        "import sys\nsys.argv = ['threesixty', '--help']\nfrom threesixty.cli import main\n"
        f"try:\n    main()\nexcept SystemExit:\n    sys.exit([m for m in {HEAVY} if m in sys.modules] or 0)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"threesixty {version('threesixty')}\n"


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "threesixty", "--version"], capture_output=True, check=True)

    assert version("threesixty") in done.stdout.decode()


def test_a_wrong_command_is_usage() -> None:
    assert ran("frobnicate").returncode == 2


def test_an_unforeseen_error_is_one_line_and_a_way_to_see_more(tmp_path) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text("import sys\nsys.modules['threesixty.questions'] = None\n")
    result = ran("ask", "--list", PYTHONPATH=str(tmp_path))

    assert result.returncode == 70
    assert "Traceback" not in result.stderr
    assert "THREESIXTY_DEBUG=1" in result.stderr
    assert "Traceback" in ran("ask", "--list", PYTHONPATH=str(tmp_path), THREESIXTY_DEBUG="1").stderr


def test_other_options_of_ask_are_the_parameters_of_the_question() -> None:
    assert parameters(["--customer", "crm/17", "--at-least=3"]) == {"customer": "crm/17", "at_least": "3"}


@pytest.mark.parametrize("args", [["customer"], ["--customer"], ["crm/17", "--depth", "2"]])
def test_a_parameter_without_name_or_value_is_refused(args: list[str]) -> None:
    with pytest.raises(QuestionError, match="--name value"):
        parameters(args)


def test_all_questions_are_listed() -> None:
    assert "customer_360" in CliRunner().invoke(app, ["ask", "--list"]).stdout


def test_a_question_shows_its_text_with_its_own_lines() -> None:
    assert (
        "\nMATCH (c:Customer {id: $customer})"
        in CliRunner().invoke(app, ["ask", "sharing", "--query"]).stdout
    )


def test_a_question_nobody_knows_offers_the_nearest() -> None:
    result = CliRunner().invoke(app, ["ask", "sharin"])

    assert result.exit_code == 4
    assert "did you mean 'sharing'?" in result.stderr


def test_no_project_is_said(tmp_path) -> None:
    result = CliRunner().invoke(app, ["-p", str(tmp_path / "none.toml"), "load"])

    assert result.exit_code == 2
    assert "threesixty init" in result.stderr.replace("\n    ", " ")


def test_json_of_a_load_that_was_partly_stopped_tells_both(tmp_path) -> None:
    (tmp_path / "crm.csv").write_text("id,email\n1,ada@example.org\n", "utf-8")
    said = 'kind = "person"\nkey = "id"\ncolumns = { email = "email" }\n'
    sources = [f'[sources.{name}]\npath = "{name}.csv"\n{said}' for name in ("crm", "shop")]
    (tmp_path / "threesixty.toml").write_text("\n".join(sources), "utf-8")

    result = CliRunner().invoke(app, ["-p", str(tmp_path), "--json", "load"])

    told = json.loads(result.stdout)
    assert result.exit_code == 2
    assert "shop" in told["message"]
    assert [(one["source"], one["new"]) for one in told["loaded"]["sources"]] == [("crm", 1)]
