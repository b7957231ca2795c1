"""A whole walk through the command line, on a small sample company and real stores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from threesixty.cli.commands import app
from threesixty.sample import showcase

PERSON, WRONG = showcase()["person"], showcase()["wrong_merge"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, made once for all tests here."""
    folder = tmp_path_factory.mktemp("walk") / "company"
    result = CliRunner().invoke(app, ["demo", "--customers", "40", "--folder", str(folder)])
    assert result.exit_code == 0, result.output
    assert "records are" in result.stdout
    assert "Golden record" in result.stdout
    assert f"threesixty split {WRONG['customer']}" in result.stdout
    return folder


@pytest.fixture
def run(folder: Path):
    def invoke(*args: str) -> Result:
        return CliRunner().invoke(app, ["-p", str(folder), *args])

    return invoke


@pytest.fixture
def asked(run):
    """The answer of a command as data."""

    def answer(*args: str) -> Any:
        result = run("--json", *args)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return answer


def test_a_wrong_merge_is_found_split_and_stays_split_after_loading_again(asked) -> None:
    father, son = WRONG["why"]
    assert asked("why", father, son)["same"]

    asked("split", WRONG["customer"], *WRONG["son"], "--why", "father and son")
    asked("load")

    assert not asked("why-not", father, son)["same"]
    assert asked("customer", father)["id"] != asked("customer", son)["id"]
    assert asked("decisions")[0]["why"] == "father and son"

    asked("undo")

    assert asked("customer", father)["id"] == asked("customer", son)["id"]


def test_a_split_is_proposed_shown_and_done_after_a_yes(run, asked) -> None:
    proposed = asked("split", WRONG["customer"])
    assert set(WRONG["son"]) <= set(proposed["leaving"])
    refused = run("split", WRONG["customer"])
    assert (refused.exit_code, "Both halves" in refused.stdout) == (2, True)

    assert asked("split", WRONG["customer"], "--yes")["changes"]
    assert asked("decisions", WRONG["customer"])[0]["what"] == "different"
    assert run("undo").exit_code == 0


def test_the_question_of_the_whole_view_is_answered_by_a_view(run, asked) -> None:
    shown = run("ask", "customer_360", "--customer", PERSON["customer"]).stdout

    assert "Golden record" in shown
    assert "1970-01-01" not in shown
    assert {row[0] for row in asked("ask", "customer_360", "--customer", PERSON["customer"])["rows"]} > {
        "customer", "figures", "record"
    }  # fmt: skip


def test_a_dry_run_changes_nothing(asked) -> None:
    before = asked("customer", WRONG["customer"])

    assert len(asked("split", WRONG["customer"], WRONG["son"][0], "--dry-run")["halves"]) == 2
    assert asked("customer", WRONG["customer"])["records"] == before["records"]


def test_the_whole_timeline_begins_with_the_view(asked) -> None:
    view = asked("customer", PERSON["customer"])["timeline"]

    assert asked("customer", PERSON["customer"], "--older")["timeline"][: len(view)] == view


def test_the_ledger_answers_the_view_too(asked) -> None:
    assert asked("customer", PERSON["customer"], "--ledger")["origin"] == "ledger"


def test_find_prints_what_customer_takes(asked) -> None:
    found = asked("find", asked("customer", PERSON["customer"])["name"])

    assert asked("customer", found[0]["id"])["id"] == found[0]["id"]


def test_a_question_takes_its_parameters_as_options(asked) -> None:
    assert asked("ask", "records", "--customer", PERSON["customer"])["rows"]


def test_a_question_without_its_parameter_is_refused(run) -> None:
    assert run("ask", "records").exit_code == 2


def test_clusters_are_exported(run, tmp_path) -> None:
    out = tmp_path / "clusters.csv"

    assert run("export", "clusters", "--out", str(out)).exit_code == 0
    assert out.read_text().splitlines()[0].split(",") == ["source", "key", "customer", "record"]


def test_nobody_is_exit_code_4(run) -> None:
    assert run("customer", "crm/nobody").exit_code == 4


@pytest.mark.parametrize(
    "command", ["status", "check", "rejects", "decisions", "rejects list", "why {person}"]
)
def test_every_page_can_be_printed(run, command) -> None:
    result = run(*command.format(person=PERSON["customer"]).split())

    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_backup_is_restored_over_a_reset(run, asked, tmp_path) -> None:
    customers = asked("status")["customers"]
    asked("backup", str(tmp_path / "ledger.bak"))
    asked("reset", "--yes")

    assert asked("status")["customers"] == 0
    assert asked("restore", str(tmp_path / "ledger.bak"), "--yes")["customers"] == customers


def test_deleting_is_refused_without_a_yes(run) -> None:
    assert run("reset").exit_code == 2
    assert run("forget", PERSON["customer"]).exit_code == 2


def test_a_dry_run_opens_and_drops_no_epoch(run, asked, tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    run("epoch", "show", "0", "--out", str(weights))
    weights.write_text(json.dumps(json.loads(weights.read_text("utf-8")) | {"learned": "by hand"}), "utf-8")

    assert asked("epoch", "open", str(weights), "--dry-run")["epoch"]["state"] == "tried"
    assert len(asked("epoch", "list")) == 1
    asked("epoch", "open", str(weights))
    assert "would be dropped" in run("epoch", "drop", "1", "--dry-run").stdout
    assert asked("epoch", "list")[0]["state"] == "open"
    asked("epoch", "drop", "1")


@pytest.mark.parametrize(
    "verb", [["restore", "--to", "1"], ["rebuild"], ["backup", "b"], ["export", "clusters", "-o", "c.csv"]]
)
def test_what_knows_no_dry_run_refuses_one(run, asked, verb: list[str]) -> None:
    before = asked("status")["seq"]

    refused = run(*verb, "--dry-run", "--yes")

    assert refused.exit_code == 2
    assert "has no dry run" in refused.stderr
    assert asked("status")["seq"] == before
