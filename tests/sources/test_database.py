"""Tables and queries of real databases: as text, streamed, only what is new, errors in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.sources import servers

import threesixty
from threesixty import sources
from threesixty.errors import SourceError
from threesixty.project import Database, Project, RecordMapping, Source
from threesixty.schema import DEFAULT
from threesixty.sources import database
from threesixty.sources.connection import shown
from threesixty.sources.database import Selection
from threesixty.sources.guess import guess

PEOPLE = (
    "CREATE TABLE people (id INTEGER PRIMARY KEY, first VARCHAR(40), updated_at TIMESTAMP NULL)",
    "INSERT INTO people VALUES (1, 'Ada', '2026-01-01 10:00:00'), (2, 'Bob', '2026-01-02 10:00:00')",
)
PERSON = RecordMapping("person", ("id",), {"given": ("first",)})


def asked(shop, table="people", **how) -> Selection:
    how = {"table": "" if "query" in how else table, **how}
    return Selection("crm", Database(shop.address(), **how))


def rows(selection: Selection, position: str = "") -> list[dict[str, str | None]]:
    found = []
    for part in selection.rows(None, position):
        found += [
            dict(zip(part.columns, row, strict=True)) for row in zip(*part.columns.values(), strict=True)
        ]
    return found


def reached(selection: Selection, position: str = "") -> list[str]:
    return [part.reached for part in selection.rows(None, position)]


def refusal(selection: Selection) -> SourceError:
    with pytest.raises(SourceError) as error:
        rows(selection)
    assert servers.SECRET not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.hint
    return error.value


def test_a_table_comes_as_text(shop):
    shop.do(*PEOPLE)

    assert rows(asked(shop)) == [
        {"id": "1", "first": "Ada", "updated_at": rows(asked(shop))[0]["updated_at"]},
        {"id": "2", "first": "Bob", "updated_at": rows(asked(shop))[1]["updated_at"]},
    ]
    assert all(row["updated_at"].startswith("2026-01-0") for row in rows(asked(shop)))


def test_a_number_can_be_read_one_way_only_in_any_country(shop):
    kind = {"sqlite": "REAL", "postgresql": "NUMERIC(10, 3)", "mysql": "DECIMAL(10, 3)"}[shop.name]
    shop.do(f"CREATE TABLE people (id INTEGER, amount {kind}, said VARCHAR(9))")
    shop.do("INSERT INTO people VALUES (1, 12.345, '1.234')")

    assert rows(asked(shop)) == [{"id": "1", "amount": "12.3450", "said": "1.234"}]


def test_a_query_is_somebody_s_own(shop):
    shop.do(*PEOPLE)
    query = (
        "SELECT id, first AS name, ':x 100%% a:b' AS note FROM people WHERE first LIKE 'A%'; -- all of them"
    )
    query = query.replace("%%", "%").replace("; --", " --")

    assert rows(asked(shop, query=query)) == [{"id": "1", "name": "Ada", "note": ":x 100% a:b"}]


@pytest.mark.parametrize("column", ["id", "updated_at"])
def test_only_what_grew_is_read_the_next_time(shop, column):
    shop.do(*PEOPLE)
    [position] = reached(asked(shop, incremental=column))
    shop.do("INSERT INTO people VALUES (3, 'Cyd', '2026-01-02 10:00:00'), (10, 'Dan', '2026-03-01 00:00:00')")

    again = asked(shop, incremental=column)

    # The last row comes again, and with it whatever shares its value: nothing that shares it is missed.
    assert [row["first"] for row in rows(again, position)] == ["Bob", "Cyd", "Dan"]


def test_a_query_grows_too(shop):
    shop.do(*PEOPLE)
    selection = asked(shop, query="SELECT id, first FROM people -- whoever\n;", incremental="id")

    assert reached(selection) == ["2"]
    assert [row["first"] for row in rows(selection, "2")] == ["Bob"]


def test_rows_that_cannot_say_how_new_they_are_are_read_each_time(shop):
    shop.do(*PEOPLE, "INSERT INTO people VALUES (3, 'Cyd', NULL)")
    selection = asked(shop, incremental="updated_at")

    [position] = reached(selection)
    assert position.startswith("2026-01-02")
    assert {row["first"] for row in rows(selection, position)} == {"Bob", "Cyd"}


@pytest.mark.parametrize("column", ["id", "updated_at"])
def test_a_table_that_went_back_says_how_far(shop, column):
    shop.do(*PEOPLE)
    selection = asked(shop, incremental=column)
    [position] = reached(selection)
    first = rows(selection)[0][column]

    assert selection.fell_back(position) == ""
    shop.do("DELETE FROM people WHERE id = 2", "INSERT INTO people VALUES (0, 'Nil', '2020-01-01 00:00:00')")
    assert selection.fell_back(position) == first
    assert asked(shop, query="SELECT * FROM people -- ':x'", incremental=column).fell_back(position) == first
    shop.do("INSERT INTO people VALUES (3, 'Cyd', '2026-03-01 00:00:00')")
    assert selection.fell_back(position) == ""


def test_a_table_that_is_new_or_empty_did_not_go_back(shop):
    shop.do(*PEOPLE)
    selection = asked(shop, incremental="updated_at")
    [position] = reached(selection)

    assert selection.fell_back("") == ""
    assert asked(shop).fell_back("") == ""
    shop.do("DELETE FROM people")
    assert selection.fell_back(position) == ""
    shop.do("INSERT INTO people VALUES (3, 'Cyd', NULL)")
    assert selection.fell_back(position) == ""


def test_a_row_of_no_end_does_not_hide_that_a_table_went_back(postgresql, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", servers.SECRET)
    query = "SELECT 'infinity'::timestamptz AS at UNION SELECT '2024-01-01 00:00:00+00'"
    selection = Selection("crm", Database(postgresql.address(), query=query, incremental="at"))

    assert selection.fell_back("2025-01-01 00:00:00+00") == "2024-01-01 00:00:00+00"


def test_a_big_table_comes_in_batches_each_with_how_far_it_is(shop, monkeypatch):
    monkeypatch.setattr(database, "_FETCHED", 7)
    monkeypatch.setattr(database, "BATCH_ROWS", 20)
    shop.do(PEOPLE[0], *(f"INSERT INTO people VALUES ({n}, 'Ada', NULL)" for n in range(1, 51)))

    assert reached(asked(shop, incremental="id")) == ["21", "42", "50"]


def test_numbers_that_are_kept_as_texts_do_not_tell_what_is_new(shop):
    shop.do(
        "CREATE TABLE people (id VARCHAR(9), first VARCHAR(40))", "INSERT INTO people VALUES ('9999', 'Ada')"
    )
    selection = asked(shop, incremental="id")

    if shop.name == "mysql":  # which compares them as numbers
        shop.do("INSERT INTO people VALUES ('10000', 'Bob')")
        assert {row["first"] for row in rows(selection, "9999")} == {"Ada", "Bob"}
    else:
        assert "texts, which sort 10000 before 9999" in refusal(selection).message
        cast = asked(shop, query="SELECT first, CAST(id AS INTEGER) AS no FROM people", incremental="no")
        assert reached(cast) == ["9999"]


def test_a_name_does_not_tell_what_is_new(shop):
    shop.do(*PEOPLE)

    assert "holds neither numbers nor times" in refusal(asked(shop, incremental="first")).message


def test_two_columns_of_one_name_are_refused(shop):
    shop.do(*PEOPLE)

    error = refusal(asked(shop, query="SELECT a.id, b.id FROM people a JOIN people b ON a.id = b.id"))
    assert "two columns called 'id'" in error.message


def test_a_missing_table_has_a_nearest_one(shop):
    shop.do(*PEOPLE)

    error = refusal(asked(shop, "peopel"))
    assert "has no table 'peopel'" in error.message
    assert error.hint == "did you mean 'people'?"


def test_a_query_that_is_none_is_told_in_the_database_s_words(shop):
    shop.do(*PEOPLE)

    for query in ("SELEKT 1", "SELECT nobody FROM people"):
        assert "does not understand what is asked" in refusal(asked(shop, query=query)).message


def test_a_column_that_is_not_there_cannot_tell_what_is_new(shop):
    shop.do(*PEOPLE)

    error = refusal(asked(shop, incremental="update_at"))
    if shop.name == "sqlite":
        assert error.hint == "did you mean 'updated_at'?"
    else:
        assert "update_at" in error.message


def test_nobody_writes(shop):
    shop.do(*PEOPLE)
    if shop.name == "postgresql":
        shop.do("GRANT ALL ON people TO reader")
    if shop.name == "mysql":
        shop.do("GRANT ALL ON shop.* TO reader@'127.0.0.1'")

    refusal(asked(shop, query="DELETE FROM people"))
    if shop.name == "postgresql":
        shop.do("CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM people RETURNING id'")
        assert "does not allow this" in refusal(asked(shop, query="SELECT wipe()")).message
    assert len(rows(asked(shop))) == 2


def test_a_password_is_filled_in_and_never_shown(shop):
    shop.do(*PEOPLE)
    selection = asked(shop)

    assert rows(selection)
    assert servers.SECRET not in repr(selection) + selection.place + selection.digest()
    assert "reader" not in selection.place


@pytest.fixture(params=["postgresql", pytest.param("mysql", marks=pytest.mark.slow)])
def server(request, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", servers.SECRET)
    return request.getfixturevalue(request.param)


def test_who_may_not_in_is_told_so(server, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "wrong-one")

    error = refusal(Selection("crm", Database(server.address(), "people")))
    assert "does not let 'reader' in" in error.message
    assert "wrong-one" not in str(error)


def test_a_password_that_is_not_set_is_named(server, monkeypatch):
    monkeypatch.delenv("SHOP_PASSWORD")

    error = refusal(Selection("crm", Database(server.address(), "people")))
    assert error.message == "source 'crm': ${SHOP_PASSWORD} is not set"
    assert error.hint == "set it first: export SHOP_PASSWORD=…"
    with pytest.raises(SourceError, match="source 'crm'"):
        _ = Selection("crm", Database(server.address(), "people")).place


def test_a_host_that_is_away(server):
    address = f"{server.name}://reader:${{SHOP_PASSWORD}}@127.0.0.1:1/shop"

    error = refusal(Selection("crm", Database(address, "people")))
    assert f"{shown(address)} cannot be reached" in error.message


def test_a_database_that_is_not_there(server):
    error = refusal(Selection("crm", Database(server.address(user="stranger", database="shopp"), "people")))

    assert "/shopp" in error.message


def test_a_table_one_may_not_read(server):
    server.do("CREATE TABLE hidden (id INTEGER)")
    address = server.address(user="stranger")
    try:
        message = refusal(Selection("crm", Database(address, "hidden"))).message
    finally:
        server.do("DROP TABLE hidden")

    assert "does not allow this" in message


def test_a_whole_address_may_stand_in_the_environment(server, monkeypatch):
    server.do(*PEOPLE)
    monkeypatch.setenv("SHOP", server.address(password="s3cret%2Fof%3Ashop%40home"))

    try:
        assert len(rows(Selection("crm", Database("${SHOP}", "people")))) == 2
    finally:
        server.do("DROP TABLE people")


def test_postgresql_s_own_values_come_as_it_writes_them(postgresql, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", servers.SECRET)
    query = """SELECT 'infinity'::timestamptz AS a, '0044-03-15 BC'::date AS b, 17.10::numeric AS c,
        '2026-07-01 12:00+02'::timestamptz AS d, true AS e, '{"x": 1.50}'::jsonb AS f, 'é'::bytea AS g,
        ARRAY[1, 2] AS h, '1 day'::interval AS i, 1e20::float8 AS j, 9007199254740993::bigint AS k"""

    assert rows(Selection("crm", Database(postgresql.address(), query=query))) == [
        {
            "a": "infinity", "b": "0044-03-15 BC", "c": "17.10", "d": "2026-07-01 10:00:00+00", "e": "true",
            "f": '{"x": 1.50}', "g": "é", "h": "[1,2]", "i": "1 day", "j": "1e+20", "k": "9007199254740993",
        }
    ]  # fmt: skip


@pytest.mark.slow
def test_mysql_s_own_values_come_as_it_writes_them(mysql, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", servers.SECRET)
    query = """SELECT DATE '2026-01-02' AS a, CAST('2026-01-02 03:04:05.6' AS DATETIME(1)) AS b, 17.10 AS c,
        TIME '33:00:00' AS d, TRUE AS e, 18446744073709551615 AS f, g, h FROM bits"""
    mysql.do("CREATE TABLE bits (g BIT(1), h BIT(12))", "INSERT INTO bits VALUES (b'1', b'101010101010')")

    [row] = rows(Selection("crm", Database(mysql.address(), query=query)))
    assert row == {"a": "2026-01-02", "b": "2026-01-02 03:04:05.6", "c": "17.10", "d": "33:00:00", "e": "1",
                   "f": "18446744073709551615", "g": "1", "h": "2730"}  # fmt: skip


def test_a_table_of_another_schema_has_its_name_in_front(postgresql, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", servers.SECRET)
    postgresql.do("CREATE SCHEMA old", 'CREATE TABLE old."The People" (id integer)')
    try:
        assert rows(Selection("crm", Database(postgresql.address(), "old.The People"))) == []
        assert (
            "'old.The People'"
            in refusal(Selection("crm", Database(postgresql.address(), "old.The Peple"))).hint
        )
    finally:
        postgresql.do("DROP SCHEMA old CASCADE")


def test_a_connection_that_is_cut_off_in_the_middle_says_so(postgresql, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", servers.SECRET)
    monkeypatch.setattr(database, "BATCH_ROWS", 1_000)
    query = "SELECT n AS id FROM generate_series(1, 100000) AS n"
    reading = Selection("crm", Database(postgresql.address(), query=query, incremental="id")).rows(None)
    next(reading)
    postgresql.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")

    with pytest.raises(SourceError, match="cannot be reached") as error:
        list(reading)
    assert "what was read so far is kept" in error.value.hint


def test_a_sqlite_file_that_is_none(tmp_path):
    (tmp_path / "shop.db").write_text("id,first\n1,Ada\n" * 100)

    assert "is no SQLite database" in refusal(asked(servers.SQLite(tmp_path))).message


def test_a_duckdb_file_is_only_read_and_not_made(tmp_path):
    pytest.importorskip("duckdb_engine")
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "shop.duckdb"
    there = Selection("crm", Database(f"duckdb:///{path}", "customers"))
    assert "there is no database" in refusal(there).message
    assert not path.exists()

    with duckdb.connect(str(path)) as shop:
        shop.execute("CREATE TABLE customers AS SELECT 1 AS id, ['a', 'b'] AS emails")
    assert rows(there) == [{"id": "1", "emails": '["a","b"]'}]


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path):
    assert "there is no database file" in refusal(asked(servers.SQLite(tmp_path))).message
    assert not (tmp_path / "shop.db").exists()


def test_an_address_that_is_none_is_not_shown(monkeypatch):
    monkeypatch.setenv("SHOP", "not an address s3cret")

    error = refusal(Selection("crm", Database("${SHOP}", "people")))
    assert "s3cret" not in str(error)
    assert "in ${SHOP}" in error.message


def test_a_driver_that_is_missing_says_what_to_install():
    error = refusal(Selection("crm", Database("oracle+nodriver://host/shop", "people")))

    assert error.message == "source 'crm': nothing here can speak to oracle (oracle+nodriver)"


@pytest.mark.parametrize(
    ("scheme", "driver", "extra"), [("postgresql", "psycopg", "postgresql"), ("mysql", "pymysql", "mysql")]
)
def test_an_extra_that_is_missing_is_named(monkeypatch, scheme, driver, extra):
    monkeypatch.setitem(sys.modules, driver, None)

    assert (
        refusal(Selection("crm", Database(f"{scheme}://host/shop", "people"))).hint
        == f"pip install 'threesixty[{extra}]'"
    )


def test_rows_become_records_and_bad_ones_rejects(shop):
    shop.do(*PEOPLE, "INSERT INTO people VALUES (3, NULL, NULL)")
    mapping = RecordMapping("person", ("first",), {"given": ("first",)})
    crm = Source("crm", (), (mapping,), database=Database(shop.address(), "people", incremental="id"))
    project = Project("test", Path(), Path(), (crm,), DEFAULT)
    [delivery] = sources.deliveries(crm)

    [batch] = sources.read(project, crm, delivery)

    assert [record.name.key for record in batch.records] == ["Ada", "Bob"]
    assert [(reject.file, reject.line) for reject in batch.rejects] == [("people", 0)]
    assert (batch.done, batch.reached, batch.rows) == (True, "3", 3)


def test_a_column_that_is_mapped_must_be_there(shop):
    shop.do(*PEOPLE)
    crm = Source(
        "crm", (), (RecordMapping("person", ("idd",), {}),), database=Database(shop.address(), "people")
    )
    project = Project("test", Path(), Path(), (crm,), DEFAULT)

    with pytest.raises(SourceError, match="people has no column 'idd'"):
        list(sources.read(project, crm, Selection("crm", crm.database)))


SHOP = (
    "CREATE TABLE customers (id INTEGER, first_name TEXT, email TEXT, updated_at TIMESTAMP NULL)",
    "CREATE TABLE orders (order_id INTEGER, customer_id INTEGER, amount NUMERIC(9,2), at TIMESTAMP NULL)",
    "CREATE TABLE hollow (id INTEGER)",
    *(
        f"INSERT INTO customers VALUES ({n}, 'Ada{n}', 'ada{n}@example.org', '2026-01-{n:02} 10:00:00')"
        for n in range(1, 21)
    ),
    *(f"INSERT INTO orders VALUES ({n + 500}, {n}, 17.10, '2026-02-01 10:00:00')" for n in range(1, 21)),
)


def test_a_database_is_guessed_like_files_and_loads(shop, tmp_path):
    shop.do(*SHOP)

    text = guess([shop.address()], folder=tmp_path)

    assert servers.SECRET not in text
    assert "holds no rows" in text
    (tmp_path / "threesixty.toml").write_text(text + '[stores]\ngraph = "none"\n')
    with threesixty.open(tmp_path) as c360:
        by_name = {source.name: source for source in c360.project.sources}
        assert by_name["customers"].database.incremental == "updated_at"
        assert by_name["orders"].records[0].parties["buyer"].source == "customers"
        assert {load.source: load.new for load in c360.load().sources} == {"customers": 20, "orders": 20}


def test_one_table_can_be_guessed(shop, tmp_path):
    shop.do(*SHOP)

    text = guess([f"{shop.address()}#customers"], folder=tmp_path)
    assert "[sources.customers]" in text
    assert "orders" not in text


def test_what_cannot_be_guessed_from_a_database_is_told(shop):
    shop.do(*SHOP)

    with pytest.raises(SourceError, match="has no table 'custmers'"):
        guess([f"{shop.address()}#custmers"])


def test_a_password_in_the_address_is_not_written_down():
    with pytest.raises(SourceError, match="a password stands in the address"):
        guess(["postgresql://reader:hunter2@host/shop"])
