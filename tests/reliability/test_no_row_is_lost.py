"""Rows in = rows that became Records + rows without news + rejected rows + rows of forgotten people."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

import threesixty
from threesixty.errors import ContractBroken
from threesixty.pipeline import load
from threesixty.pipeline.load import intake
from threesixty.report import Account
from threesixty.sources import delimited

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("THREESIXTY_DATA", ROOT.parent / "shared" / "data"))
EXAMPLES = {
    "adventureworks": ("ADVENTUREWORKS", DATA / "public" / "adventureworks"),
    "customers": ("CUSTOMERS", DATA / "customers" / "c10k.parquet"),
    "senzing": ("SENZING", DATA / "public" / "senzing"),
    "historical": ("HISTORICAL", DATA / "public" / "historical_50k"),
    "pseudopeople": ("PSEUDOPEOPLE", DATA / "public" / "pseudopeople"),
}

PROJECT = """
[stores]
graph = "none"

[sources.crm]
path = "crm.csv"
[[sources.crm.records]]
kind = "person"
key = "id"
columns = { given = "name", email = "mail" }
[[sources.crm.records]]                     # the same row says what a person agreed to
kind = "consent"
key = ["id", { constant = "mail" }]
columns = { status = "ads" }
parties.of = { source = "crm", kind = "person", key = "id" }
"""
HEADER = "id,name,mail,ads\n"


def accounts(project: Path, home: Path) -> dict[str, Account]:
    """What became of the rows of every source of a project."""
    with threesixty.open(project, home=home) as c360:
        loaded, stopped = load.load_sources(c360.ledger, c360.project, c360.weights, (), lambda _: None)
    assert not stopped
    return {source.source: source.account for source in loaded.sources}


@pytest.fixture
def crm(tmp_path):
    (tmp_path / "threesixty.toml").write_text(PROJECT)

    def load_(*rows: str) -> Account:
        (tmp_path / "crm.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
        return accounts(tmp_path, tmp_path / "home")["crm"]

    return load_


def test_every_row_is_one_of_four(crm, tmp_path):
    assert crm("1,Ada,a@x.pt,yes", "2,Bo,b@x.pt,no", ",Cy,,", "1,Ada,a@x.pt,yes") == Account(4, 2, 1, 1, 0)
    with threesixty.open(tmp_path, home=tmp_path / "home") as c360:
        c360.forget(c360.customer("crm/2").id, by="test")

    again = crm("1,Ada,a@x.pt,yes", "2,Bo,b@x.pt,no", ",Cy,,", "3,Di,d@x.pt,yes", "one,too,many,cells,here")

    assert again == Account(5, taken=1, known=1, rejected=2, forgotten=1)
    assert again.lost == 0


def test_a_row_with_news_in_one_of_its_records_brings_news(crm):
    crm("1,Ada,a@x.pt,yes")

    assert crm("1,Ada,a@x.pt,no") == Account(1, taken=1, changed=1)


# --- rows that repeat a key --------------------------------------------------------------------------

SAYS = "with something else to say, such as crm/1: the last one of a key counts"


def repeats(project: Path) -> tuple[int, str]:
    """How many rows of a delivery repeated a key, and what a load tells of it."""
    with threesixty.open(project) as c360:
        [crm] = c360.load().sources
        return crm.repeated, " ".join(crm.told)


@pytest.fixture
def people(tmp_path):
    def write(*rows: str, how: str = "") -> tuple[int, str]:
        (tmp_path / "threesixty.toml").write_text(
            '[stores]\ngraph = "none"\n[sources.crm]\npath = "crm.csv"\nkind = "person"\n'
            f'key = "id"\ncolumns = {{ full_name = "name" }}\n{how}\n'
        )
        (tmp_path / "crm.csv").write_text("id,name,v\n" + "".join(f"{row}\n" for row in rows))
        return repeats(tmp_path)

    return write


def test_several_people_under_one_key_are_told(people):
    many, told = people("1,Ada,", "1,Bo,", "2,Cy,", "1,Di,")

    assert many == 2
    assert told.startswith("2 rows repeated a key of the same delivery")
    assert SAYS in told


def test_they_are_told_in_batches_of_their_own_too(people, monkeypatch):
    monkeypatch.setattr(delimited, "BATCH_ROWS", 1)

    assert people("1,Ada,", "1,Bo,", "2,Cy,", "1,Di,")[0] == 2


def test_a_row_that_says_the_same_once_more_and_a_later_delivery_repeat_nothing(people):
    assert people("1,Ada,", "1,Ada,", "2,Bo,") == (0, "")
    assert people("1,Eve,", "2,Bo,") == (0, "")


def test_the_files_of_a_snapshot_are_one_delivery(tmp_path):
    (tmp_path / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n[sources.crm]\npath = "crm_*.csv"\nkind = "person"\n'
        'key = "id"\ncolumns = { full_name = "name" }\ndelivery = "snapshot"\n'
    )
    (tmp_path / "crm_north.csv").write_text("id,name\n1,Ada\n2,Bo\n")
    (tmp_path / "crm_south.csv").write_text("id,name\n1,Eve\n2,Bo\n")

    many, told = repeats(tmp_path)

    assert many == 1
    assert SAYS in told


def test_a_snapshot_that_holds_what_was_before_is_told_of(people):
    how = 'version = "v"\ndelivery = "snapshot"'

    assert people("1,Ada,1", "2,Bo,1", how=how)[1] == ""
    assert people("1,Ada B,2", "2,Bo,1", how=how)[1] == ""
    assert people("1,Ada,1", "2,Bo,1", how=how)[1].startswith("1 record is older in the snapshot")
    assert people("1,Ada,1", "1,Ada B,2", "2,Bo,1", how=how)[1] == ""


def test_a_feed_of_changes_may_name_a_key_as_often_as_it_likes(people):
    how = 'version = "v"\ndelivery = "changes"'

    assert people("1,Ada,1", "1,Ada B,2", how=how)[1] == ""


def test_late_rows_are_told_by_load_and_status(people, tmp_path):
    how = 'version = "v"\ndelivery = "changes"'
    people("1,Ada,5", "2,Bo,5", how=how)

    assert "1 row came late, such as crm/1" in people("1,Eve,3", "2,Bob,6", how=how)[1]

    with threesixty.open(tmp_path) as c360:
        [told] = c360.status().sources[0].told
        assert told.startswith("last time, 1 row came late: ")
    assert people("1,Ada C,7", "2,Bob,6", how=how)[1] == ""


def test_several_rows_of_one_thing_repeat_no_key(tmp_path):
    (tmp_path / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n[sources.crm]\npath = "crm.csv"\n'
        '[[sources.crm.records]]\nkind = "person"\nkey = "who"\ncolumns = { full_name = "name" }\n'
        '[[sources.crm.records]]\nkind = "purchase"\nkey = ["no", "line"]\nnode = "no"\n'
        'columns = { name = "no" }\nparties.buyer = { source = "crm", kind = "person", key = "who" }\n'
    )
    (tmp_path / "crm.csv").write_text("no,line,who,name\n7,1,1,Ada\n7,2,1,Ada\n8,1,1,Ada\n")

    assert repeats(tmp_path) == (0, "")


def test_the_key_that_is_told_is_not_kept_with_the_delivery(people, tmp_path):
    people("1,Ada,", "1,Bo,")

    with threesixty.open(tmp_path) as c360:
        [told] = c360.status().sources[0].told
        assert told.startswith("last time, 1 row repeated")
        assert "crm/1" not in told


def test_what_was_read_before_a_load_was_stopped_is_not_counted_again(crm, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "BATCH_ROWS", 10)
    monkeypatch.setattr(intake, "TOGETHER", 0.0)

    class Stopped(Exception):
        pass

    def stop(progress):
        raise Stopped

    (tmp_path / "crm.csv").write_text(HEADER + "".join(f"{n},P{n},p{n}@x.pt,no\n" for n in range(35)))
    with threesixty.open(tmp_path, home=tmp_path / "home") as c360, pytest.raises(Stopped):
        load.load_sources(c360.ledger, c360.project, c360.weights, (), stop)

    assert accounts(tmp_path, tmp_path / "home")["crm"] == Account(25, taken=25)


@pytest.mark.parametrize(("seconds", "batches"), [(0.0, 1), (60.0, 4)])
def test_batches_are_made_durable_together_and_only_then_told(crm, tmp_path, monkeypatch, seconds, batches):
    monkeypatch.setattr(delimited, "BATCH_ROWS", 10)
    monkeypatch.setattr(intake, "TOGETHER", seconds)
    monkeypatch.setattr(intake, "WORTH_IT", 0.0)
    (tmp_path / "crm.csv").write_text(HEADER + "".join(f"{n},P{n},p{n}@x.pt,no\n" for n in range(35)))
    durable: list[int] = []

    with threesixty.open(tmp_path, home=tmp_path / "home") as c360:

        def note(_progress):
            with closing(sqlite3.connect(c360.ledger.path)) as other:
                durable.extend(*other.execute("SELECT rows FROM file"))

        load.load_sources(c360.ledger, c360.project, c360.weights, (), note)

    assert durable[:4] == [min(35, 10 * batches * (1 + place // batches)) for place in range(4)]


def test_rows_of_a_table_are_accounted_for_and_are_a_delivery_when_they_bring_news(tmp_path):
    def table(statement: str) -> None:
        with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
            shop.executescript(statement)

    source = PROJECT.replace('path = "crm.csv"', f'database = "sqlite:///{tmp_path}/shop.db"\ntable = "crm"')
    (tmp_path / "threesixty.toml").write_text(source)
    table("CREATE TABLE crm (id, name, mail, ads); INSERT INTO crm VALUES (1, 'Ada', 'a@x.pt', 'yes');")
    table("INSERT INTO crm VALUES (2, 'Bo', 'b@x.pt', 'no'), (NULL, 'Cy', '', '');")

    assert accounts(tmp_path, tmp_path / "home")["crm"] == Account(3, taken=2, rejected=1)
    table("DELETE FROM crm WHERE id IS NULL")
    assert accounts(tmp_path, tmp_path / "home")["crm"] == Account(2, known=2)
    with threesixty.open(tmp_path, home=tmp_path / "home") as c360:
        assert c360.ledger.deliveries()["crm"].rows == 3
    table("ALTER TABLE crm DROP COLUMN mail")
    with threesixty.open(tmp_path, home=tmp_path / "home") as c360, pytest.raises(ContractBroken):
        c360.load()


def test_no_row_of_the_sample_company_is_lost(company, tmp_path):
    found = accounts(company.project, tmp_path / "home")

    with company.open(tmp_path / "home") as c360:
        files = {source.name: files_of(source.paths) for source in c360.project.sources}
    written = {name: sum(map(rows_in, paths)) for name, paths in files.items()}
    assert {name: account.rows for name, account in found.items()} == written
    assert {name: account.lost for name, account in found.items()} == dict.fromkeys(written, 0)


def files_of(paths: Iterable[str]) -> list[Path]:
    return [path for pattern in map(Path, paths) for path in sorted(pattern.parent.glob(pattern.name))]


def rows_in(path: Path) -> int:
    """The rows of a file, counted without any of our code."""
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        if path.suffix == ".jsonl":
            return sum(1 for line in lines if line.strip())
        mark = ";" if path.stem == "loyalty" else ","
        return sum(1 for row in csv.reader(lines, delimiter=mark) if row) - 1


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES)
def test_no_row_of_real_data_is_lost(example, tmp_path, monkeypatch):
    name, place = EXAMPLES[example]
    if not place.exists():
        pytest.skip(f"{place} is absent (set THREESIXTY_DATA)")
    monkeypatch.setenv(name, str(place))

    found = accounts(ROOT / "examples" / example, tmp_path)

    assert sum(account.rows for account in found.values()) > 100
    assert {source: account.lost for source, account in found.items()} == dict.fromkeys(found, 0)
