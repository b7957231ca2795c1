"""`threesixty cost`: what it prints, in words and as JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from threesixty.cli import neptune_cost, neptune_template
from threesixty.cli.frame import Frame, Group
from threesixty.neptune.prices import shipped
from threesixty.neptune.template import template


@pytest.fixture(scope="module")
def folder(company_folder, tmp_path_factory):
    """The sample company in a folder of its own, which nobody else has open."""
    copy = tmp_path_factory.mktemp("copy") / "company"
    shutil.copytree(company_folder, copy, ignore=shutil.ignore_patterns("graph", "*.lock"))
    return copy


@pytest.fixture
def run(folder):
    """The commands on that company; the answer's exit code, what it printed, and what it remarked."""
    app = typer.Typer(cls=Group)
    neptune_cost.register(app)
    neptune_template.register(app)

    @app.callback()
    def options(ctx: typer.Context, *, json: bool = False, yes: bool = False, project: Path = folder):
        ctx.obj = Frame(project, None, json, yes)

    return lambda *args: CliRunner(env={"COLUMNS": "100"}).invoke(app, args)


def test_a_page_says_what_it_costs_and_what_it_rests_on(run):
    told = run("cost")

    assert told.exit_code == 0
    for said in (
        "About 118 USD a month.",
        "A month on Neptune  USD, US East (N. Virginia)",
        "serverless capacity 117.38",
        "statements in three indexes",
        "customer_360",
        "a new row of crm",
        "The digest BOUGHT",
        "Yes, as far as was measured.",
        "never checked against a bill",
        "the oldest read on 2026-08-23",
    ):
        assert said in told.stdout


def test_json_has_every_line_of_every_bill(run):
    told = json.loads(run("--json", "cost", "--customers", "100000", "--replicas", "2").stdout)
    [serverless, instances] = told["setups"]

    assert told["workload"]["customers"] == 100_000
    assert instances["name"] == "db.r5.large"
    assert {"name": "db.r5.large", "quantity": 2190.0, "price": 0.348, "amount": 762.12}.items() <= instances[
        "likely"
    ]["lines"][0].items()
    assert serverless["low"]["total"] <= serverless["high"]["total"]


def test_prices_can_be_saved_edited_and_used(run, tmp_path):
    mine = tmp_path / "mine.toml"
    assert run("cost", "--save-prices", str(mine)).exit_code == 0
    assert mine.read_text("utf-8") == shipped()
    mine.write_text(shipped().replace("us-east-1", "eu-central-1").replace("0.1608", "0.2"), "utf-8")

    assert (
        "serverless capacity 146.00" in run("cost", "--prices", str(mine), "--region", "eu-central-1").stdout
    )


def test_a_file_that_is_there_is_not_written_over_without_a_yes(run, tmp_path):
    (tmp_path / "mine.toml").write_text("precious", "utf-8")
    told = run("cost", "--save-prices", str(tmp_path / "mine.toml"))

    assert told.exit_code == 2
    assert (tmp_path / "mine.toml").read_text("utf-8") == "precious"


def test_an_unknown_region_is_told_before_anything_is_counted(run, tmp_path):
    told = run("--project", str(tmp_path / "nowhere"), "cost", "--region", "eu-north-9")

    assert told.exit_code == 4
    assert "it has us-east-1" in told.stderr


def test_the_template_is_printed_or_written(run, tmp_path):
    assert run("template").stdout == template()
    assert run("template", "--out", str(tmp_path / "cluster.yaml")).exit_code == 0
    assert (tmp_path / "cluster.yaml").read_text("utf-8") == template()


@pytest.mark.parametrize("args", [("cost", "--save-prices"), ("template", "--out")])
def test_what_cannot_be_written_is_an_error_in_words(run, tmp_path, args):
    told = run(*args, str(tmp_path / "none" / "file"))

    assert told.exit_code == 5
    assert "cannot be written" in " ".join(told.stderr.split())
