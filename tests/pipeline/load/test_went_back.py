"""A table that went back behind what was read of it: told until it is read anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import threesixty

PROJECT = """
[stores]
graph = "none"

[sources.crm]
database = "sqlite:///shop.db"
table = "people"
incremental = "seq"
kind = "person"
key = "id"
columns = { given = "name", email = "mail" }
"""


class Shop:
    """A project of one table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "threesixty.toml").write_text(PROJECT)
        self.do("CREATE TABLE people (id INTEGER, name TEXT, mail TEXT, seq INTEGER)")

    def do(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "shop.db")) as database, database:
            for statement in statements:
                database.execute(statement)

    def people(self, *names: str) -> None:
        """Fill the table from its beginning."""
        rows = [f"({n}, '{name}', 'p{n}@example.org', {n})" for n, name in enumerate(names, 1)]
        self.do("DELETE FROM people", f"INSERT INTO people VALUES {', '.join(rows)}")

    def load(self, **how: bool) -> tuple[str, ...]:
        """What the load told of the table."""
        with threesixty.open(self.folder) as c360:
            return c360.load(**how).sources[0].told

    def status(self) -> tuple[str, ...]:
        with threesixty.open(self.folder) as c360:
            return c360.status().sources[0].told

    def names(self) -> list[str]:
        with threesixty.open(self.folder) as c360:
            return sorted(c360.find(f"p{n}@example.org")[0].name for n in (1, 2))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_what_is_new_below_what_was_read_is_told_until_it_is_read(shop: Shop):
    shop.people("Ada", "Bob", "Cyd")
    assert shop.load() == ()
    shop.people("Ada Marie", "Robert")

    [told] = shop.load()

    assert "table people went back: its last seq is 2, and it was read up to 3 before" in told
    assert "`threesixty load crm --accept-change`" in told
    assert shop.status() == (f"last time, {told}",)
    assert shop.load() == (told,)
    assert shop.load(accept_change=True) == ()
    assert shop.status() == ()
    assert shop.names() == ["Ada Marie", "Robert"]
    assert shop.load() == ()


def test_it_is_told_no_more_where_the_table_has_caught_up(shop: Shop):
    shop.people("Ada", "Bob", "Cyd")
    shop.load()
    shop.people("Ada", "Bob")
    assert shop.load()
    shop.people("Ada", "Bob", "Cyd", "Dan")

    assert shop.load() == ()
    assert shop.status() == ()


def test_a_table_that_is_empty_or_not_read_yet_is_not_told(shop: Shop):
    assert shop.load() == ()
    shop.people("Ada", "Bob")
    assert shop.load() == ()
    shop.do("DELETE FROM people")

    assert shop.load() == ()
    assert shop.status() == ()


def test_another_column_that_tells_what_is_new_begins_anew(shop: Shop):
    shop.do("ALTER TABLE people ADD COLUMN rev INTEGER DEFAULT 0")
    shop.do("INSERT INTO people VALUES (1, 'Ada', 'p1@example.org', 7, 1)")
    shop.load()
    (shop.folder / "threesixty.toml").write_text(PROJECT.replace('"seq"', '"rev"'))

    assert shop.load() == ()
