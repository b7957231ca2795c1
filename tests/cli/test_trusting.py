"""Trusting on the command line, on a small sample company."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from threesixty.cli.commands import app
from threesixty.sample import showcase

WRONG = showcase()["wrong_merge"]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trust") / "company"
    result = CliRunner().invoke(app, ["demo", "--customers", "40", "--folder", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def run(company):
    def invoke(*args, code=0):
        result = CliRunner().invoke(app, ["-p", str(company), *args])
        assert result.exit_code == code, result.output
        return result.stdout

    return invoke


def test_generated_cases_can_be_run_at_once(run, tmp_path):
    file = tmp_path / "cases.txt"
    run("test", str(file), "--generate", "--each", "1")

    told = json.loads(run("--json", "test", str(file), "--records", "10000"))

    assert (told["passed"], told["failed"], told["errors"]) == (18, 0, 0)


def test_generating_is_rehearsed_on_the_screen(run, company):
    assert "twins" in run("test", "--generate", "--dry-run")
    assert not (company / "identity-tests.txt").exists()


def test_a_failing_case_fails_the_command_and_is_shown_with_its_evidence(run, tmp_path):
    file, xml = tmp_path / "cases.txt", tmp_path / "out.xml"
    father, son = WRONG["why"]
    file.write_text(f"different | {father} | {son} | father & <son>\nsame | crm/nobody | {son}\n", "utf-8")

    shown = run("test", str(file), "--junit", str(xml), code=1)

    assert "0 of 2 cases passed · 1 failed · 1 cannot be told" in shown
    assert f"threesixty why {father} {son}" in shown
    suite = ET.parse(xml).getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "1")
    assert suite[0].get("classname") == "father & <son>"


def test_a_good_file_ends_with_0(run, tmp_path):
    file = tmp_path / "cases.txt"
    father, son = WRONG["why"]
    file.write_text(f"same | {father} | {son}\n", "utf-8")

    assert "1 of 1 case passed" in run("test", str(file))


def test_results_that_cannot_be_written_are_told_in_words(company, tmp_path):
    file, xml = tmp_path / "cases.txt", tmp_path / "nowhere" / "out.xml"
    father, son = WRONG["why"]
    file.write_text(f"same | {father} | {son}\n", "utf-8")

    told = CliRunner().invoke(app, ["-p", str(company), "test", str(file), "--junit", str(xml)])

    assert told.exit_code == 1
    assert "cannot be written" in told.stderr


def test_one_name_twice_is_no_pair_to_look_into(run, tmp_path):
    file, [father, _] = tmp_path / "cases.txt", WRONG["why"]
    file.write_text(f"different | {father} | {father} | himself\n", "utf-8")

    assert f"threesixty why {father} {father}" not in run("test", str(file), code=1)


def test_one_record_is_not_compared_with_itself(company):
    [father, _] = WRONG["why"]

    told = CliRunner().invoke(app, ["-p", str(company), "why", father, father])

    assert told.exit_code == 2
    assert f"error: both are the record {father}" in told.stderr


def test_people_are_not_compared_as_among_nobody(run, tmp_path):
    run("test", str(tmp_path / "cases.txt"), "--records", "0", code=2)


# --- review ----------------------------------------------------------------------------------------------


def test_without_a_terminal_review_lists_and_says_how_to_decide(run):
    shown = run("review", "--limit", "2")

    assert "just too weak" in shown
    assert "--different" in shown


def test_a_command_to_copy_is_whole_on_a_narrow_screen(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")

    lines = run("review", "--limit", "1").splitlines()

    [same] = [line for line in lines if "--same" in line]
    assert same.startswith(" threesixty review ")
    assert len(same) > 40
    assert lines[lines.index(same) + 1].strip() == "if the first are one"


def test_review_decides_two_names_at_once(run):
    father, son = WRONG["why"]

    told = json.loads(run("--json", "review", father, son, "--different", "--dry-run"))

    assert {change["what"] for change in told["changes"]} == {"split", "formed"}


@pytest.mark.parametrize(
    "args", [("crm/1",), ("crm/1", "crm/2"), ("crm/1", "crm/2", "--same", "--different")]
)
def test_half_a_decision_is_refused(run, args):
    run("review", *args, code=2)


def test_in_a_terminal_doubts_are_asked_one_by_one(company, monkeypatch):
    answers = iter(["what?", "k", "different", "q"])
    monkeypatch.setattr("threesixty.cli.trusting.typer.prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr("threesixty.cli.trusting._terminal", lambda: True)

    result = CliRunner().invoke(app, ["-p", str(company), "review", "--dry-run"])

    assert result.exit_code == 0, result.output
    assert result.stdout.count("together") == 3
    assert "3 looked at" in result.output


# --- how -------------------------------------------------------------------------------------------------


def test_how_shows_steps_the_weakest_and_what_would_break_it(run):
    shown = run("how", showcase()["person"]["customer"])

    for words in ("Step by step", "the weakest step", "What would break it", "up to a threshold"):
        assert words in shown


# --- what if ---------------------------------------------------------------------------------------------


def test_what_if_tells_who_would_be_another(run):
    shown = run("what-if", "--threshold", "0.9999")

    assert "If threshold 0.95 → 0.9999" in shown
    assert "Nothing was written" in shown


@pytest.mark.parametrize("form", ["json", "csv", "file.json"])
def test_what_if_takes_rows_as_json_or_from_a_file(run, tmp_path, form):
    row = {"account": "S-99999", "name": "Grace Hopper"}
    file = tmp_path / f"rows.{form.rpartition('.')[2]}"
    text = json.dumps(row) if "json" in form else "account,name\nS-99999,Grace Hopper\n"
    file.write_text(text, "utf-8")

    told = json.loads(
        run("--json", "what-if", "--source", "shop", "--row", text if form == "json" else str(file))
    )

    assert told["records"] == ["shop/S-99999"]


@pytest.mark.parametrize(
    "args",
    [
        ["--row", "{}"],
        ["--source", "shop", "--row", "{"],
        ["--source", "shop", "--row", "nothing.csv"],
        ["--source", "shop", "--row", "[1]"],
        ["--weight", "email.same"],
        ["--threshold", ".9", "--source", "shop", "--row", "{}"],
    ],
)
def test_what_cannot_be_supposed_is_refused(run, args):
    run("what-if", *args, code=2)


# --- health ----------------------------------------------------------------------------------------------


def test_health_shows_every_part(run):
    shown = run("health", "--canaries", "20")

    for title in ("Canaries", "Customers of several records", "Sizes", "At the edges", "Next"):
        assert title in shown


def test_health_can_do_without_canaries(run):
    assert json.loads(run("--json", "health", "--canaries", "0"))["canaries"] is None


# --- lineage ---------------------------------------------------------------------------------------------


def test_what_became_of_an_id_is_told_with_who_and_why(run):
    father, son = WRONG["why"]
    together = run("resolve", son).strip()
    run("split", father, *WRONG["son"], "--yes", "--why", "father & son")
    apart = run("resolve", son).strip()

    assert "father & son" in run("lineage", apart)
    assert f"into {apart}" in run("lineage", together)
    assert json.loads(run("--json", "lineage", apart))["stages"][0]["out_of"] == [together]
    assert run("resolve", son, "--as-of", "1", code=4) == ""

    run("undo")

    told = run("lineage", apart)
    assert f"{apart} is " in told
    assert together in told
    assert json.loads(run("--json", "resolve", apart)) == {"key": apart, "as_of": "", "customer": together}


def test_the_lineage_of_the_forgotten_names_nobody(run):
    key = "crm/C-1003"
    public = run("resolve", key).strip()
    name = json.loads(run("--json", "customer", key))["name"]
    run("forget", key, "--yes")

    told = run("lineage", public)

    assert f"The person behind {public} was forgotten." in told
    assert not any(word in told for word in (*name.split(), key))
    assert run("lineage", key, code=4) == ""


def test_the_id_of_a_record_is_its_own(run, company):
    father, son = WRONG["why"]

    ids = [run("resolve", key, "--record").strip() for key in (father, son)]

    assert len({*ids}) == 2
    assert json.loads(run("--json", "resolve", son, "--record")) == {"key": son, "record": ids[1]}
    run("resolve", son, "--record", "--as-of", "1", code=2)


def answered(company, *answers):
    """What a terminal shows while somebody answers one question after the other."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "threesixty", "-p", str(company), "review", "--by", "asked"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as asking:
        os.close(theirs)
        shown, waiting = "", list(answers)
        while True:
            try:
                shown += os.read(ours, 4096).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                break
            if waiting and shown.count("uit?") == len(answers) - len(waiting) + 1:
                os.write(ours, f"{waiting.pop(0)}\n".encode())
    os.close(ours)
    assert asking.returncode == 0, shown
    return shown


def test_review_asks_one_after_the_other_and_keeps_what_was_said(company, tmp_path):
    shutil.copytree(company, tmp_path / "company")

    shown = answered(tmp_path / "company", "d", "k", "what", "s", "q")

    assert "4 looked at" in shown
    told = CliRunner().invoke(app, ["--json", "-p", str(tmp_path / "company"), "decisions"])
    said = [one["what"] for one in json.loads(told.stdout) if one["by"] == "asked"]
    assert sorted(said) == ["different", "same"]
