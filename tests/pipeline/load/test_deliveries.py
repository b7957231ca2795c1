"""Files, objects and tables loaded as one thing: a delivery, with a mark that says how far it was read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice

import pytest

import threesixty
from threesixty.errors import SnapshotShrank, SourceError
from threesixty.pipeline.load import intake
from threesixty.sources import database

PROJECT = """
[project]
name = "Town"
[stores]
graph = "none"
[sources.crm]
database = "sqlite:///shop.db"
{how}
kind = "person"
key = "id"
columns = {{ given = "first", email = "email" }}
"""
GROWING = 'table = "people"\nincremental = "updated_at"'


@pytest.fixture
def shop(tmp_path):
    """A shop's database of twenty people."""
    connection = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    connection.execute("CREATE TABLE people (id INTEGER, first TEXT, email TEXT, updated_at TEXT)")
    for number in range(20):
        day = f"2026-01-{number + 1:02} 00:00:00"
        connection.execute("INSERT INTO people VALUES (?, 'Ada', ?, ?)", (number, f"a{number}@x.pt", day))
    yield connection
    connection.close()


@pytest.fixture
def town(tmp_path, shop):
    """A function that opens the project, its source read in a certain way."""
    opened = []

    def open_(how: str = GROWING):
        (tmp_path / "threesixty.toml").write_text(PROJECT.format(how=how), "utf-8")
        for each in opened:
            each.close()
        opened.append(threesixty.open(tmp_path))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


def told(c360, **how) -> tuple[int, int, int, int]:
    [crm] = c360.load(**how).sources
    return crm.read, crm.new, crm.changed, crm.deleted


def test_a_table_loaded_twice_is_loaded_once(town):
    c360 = town('table = "people"')

    assert told(c360) == (20, 20, 0, 0)
    assert told(c360) == (20, 0, 0, 0)


def test_every_row_of_a_table_is_accounted_for_and_a_bad_one_is_rejected_once(town, shop):
    shop.execute("INSERT INTO people VALUES (NULL, 'Eve', 'e@x.pt', NULL)")
    c360 = town('table = "people"')

    for _ in range(2):
        account = c360.load().sources[0].account
        assert (account.rows, account.rejected, account.lost) == (21, 1, 0)
    shop.execute("DELETE FROM people WHERE id = 3")
    c360.load()
    assert [held.reject.line for held in c360.rejects()] == [0]


def test_with_an_incremental_column_only_what_grew_is_read(town, shop):
    c360 = town()
    assert told(c360) == (20, 20, 0, 0)
    shop.execute("UPDATE people SET first = 'Eve', updated_at = '2026-02-01 00:00:00' WHERE id = 3")
    shop.execute("INSERT INTO people VALUES (20, 'Bob', 'b@x.pt', '2026-02-02 00:00:00')")

    assert told(c360) == (3, 1, 1, 0)
    assert told(c360) == (1, 0, 0, 0)
    assert c360.customer("crm/20").name == "Bob"


def test_a_load_that_is_interrupted_goes_on_where_it_stopped(town, monkeypatch):
    monkeypatch.setattr(database, "_FETCHED", 5)
    monkeypatch.setattr(database, "BATCH_ROWS", 5)
    c360, whole = town(), intake.batches

    def torn(*given):
        yield from islice(whole(*given), 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, "batches", torn)
    with pytest.raises(KeyboardInterrupt):
        c360.load()
    monkeypatch.setattr(intake, "batches", whole)

    assert c360.status().records == 10
    assert told(c360) == (11, 10, 0, 0)
    with closing(sqlite3.connect(c360.ledger.path)) as ledger:
        # They wait until a first load is resolved, also when it is another load that resolves it.
        made = {name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert {"carries_identifier", "name_id"} <= made


def test_another_query_is_read_from_its_beginning(town):
    how = 'query = "SELECT * FROM people WHERE id < 5"\nincremental = "id"'
    assert told(town(how)) == (5, 5, 0, 0)

    assert told(town(how.replace("5", "7"))) == (7, 2, 0, 0)


def test_a_snapshot_of_a_table_loses_what_the_table_lost(town, shop):
    c360 = town('table = "people"\ndelivery = "snapshot"')
    assert told(c360) == (20, 20, 0, 0)
    shop.execute("DELETE FROM people WHERE id = 7")

    assert told(c360) == (19, 0, 0, 1)
    shop.execute("DELETE FROM people WHERE id > 9")
    with pytest.raises(SnapshotShrank):
        c360.load()


def test_a_dry_run_leaves_the_mark_where_it_was(town):
    c360 = town()

    assert told(c360, dry_run=True) == told(c360) == (20, 20, 0, 0)


def test_a_table_that_is_gone_changes_nothing(town, shop):
    c360 = town()
    c360.load()
    shop.execute("ALTER TABLE people RENAME TO persons")

    with pytest.raises(SourceError, match="has no table 'people'"):
        c360.load()
    assert c360.status().records == 20


def test_the_first_rows_of_a_table_can_be_looked_at(town):
    assert [record.name.key for record in town().check(preview=2)["crm"].records] == ["0", "1"]


def test_what_holds_no_row_is_counted_as_empty_and_what_is_known_is_not(tmp_path, shop, town):
    shop.execute("CREATE TABLE hollow (id INTEGER, first TEXT, email TEXT, updated_at TEXT)")
    assert town(GROWING.replace("people", "hollow")).load().sources[0].empty == 1
    assert town().load().sources[0].empty == 0
    shop.execute("DELETE FROM people WHERE id > 3")
    assert town().load().sources[0].empty == 0

    files = 'kind = "person"\nkey = "id"\ncolumns = { given = "first" }\n'
    (tmp_path / "threesixty.toml").write_text(f'[sources.crm]\npath = "*.csv"\n{files}')
    for name, content in (("a", ""), ("b", "id,first\n"), ("c", "id,first\n1,Ada\n")):
        (tmp_path / f"{name}.csv").write_text(content)
    with threesixty.open(tmp_path, home=tmp_path / "other") as c360:
        [first], [again] = c360.load().sources, c360.load().sources
    assert [(load.empty, load.skipped_files) for load in (first, again)] == [(2, 0), (0, 3)]
