"""Avro as text, and what is broken in it."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal

import fastavro
import pytest

from threesixty.errors import SourceError
from threesixty.sources.formats import find_format, read_rows

HOME = {"type": "record", "name": "home", "fields": [{"name": "city", "type": "string"}]}
SCHEMA = fastavro.parse_schema({
    "type": "record", "name": "person", "fields": [
        {"name": "id", "type": "string"},
        {"name": "email", "type": ["null", "string"]},
        {"name": "born", "type": {"type": "int", "logicalType": "date"}},
        {"name": "seen", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "spent", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "home", "type": HOME},
    ],
})  # fmt: skip
ADA = {
    "id": "007", "email": None, "born": dt.date(1815, 12, 10),
    "seen": dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC), "spent": Decimal("17.10"), "tags": ["a", "b"],
    "home": {"city": "Lisboa"},
}  # fmt: skip


def written(path, records, codec="deflate"):
    with path.open("wb") as out:
        fastavro.writer(out, SCHEMA, records, codec=codec, sync_interval=100)
    return path


@pytest.mark.parametrize("name", ["people.avro", "people"])
def test_avro_comes_as_text(tmp_path, name):
    path = written(tmp_path / name, [ADA])
    rows, *_ = read_rows(path)

    assert find_format(path) == "avro"
    assert {column: values[0] for column, values in rows.columns.items()} == {
        "id": "007", "email": None, "born": "1815-12-10", "seen": "2026-01-02 03:04:00+00:00",
        "spent": "17.10", "tags": '["a","b"]', "home.city": "Lisboa",
    }  # fmt: skip


def test_a_number_of_32_bits_has_no_more_digits_than_it_knows(tmp_path):
    kinds = {"a": "float", "b": ["null", "float"], "c": "double"}
    fields = [{"name": name, "type": kind} for name, kind in kinds.items()]
    with (tmp_path / "people.avro").open("wb") as out:
        schema = {"type": "record", "name": "person", "fields": fields}
        fastavro.writer(out, schema, [{"a": 0.1, "b": 12.345, "c": 0.1}, {"a": 3.0, "b": None, "c": 1e20}])
    rows, *_ = read_rows(tmp_path / "people.avro")

    assert rows.columns == {"a": ["0.1", "3"], "b": ["12.3450", None], "c": ["0.1", "1e+20"]}


@pytest.mark.parametrize("schema", ["string", ["null", "string"]])
def test_what_is_no_record_is_rejected(tmp_path, schema):
    with (tmp_path / "people.avro").open("wb") as out:
        fastavro.writer(out, schema, ["Ada"])
    rows, *_ = read_rows(tmp_path / "people.avro")

    assert [bad.reason for bad in rows.bad] == ["not an Avro record"]


def test_a_torn_file_keeps_the_records_before_the_tear_and_says_so(tmp_path):
    path = written(tmp_path / "people.avro", [{**ADA, "id": str(n)} for n in range(1_000)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    parts = list(read_rows(path))

    keys = [key for part in parts for key in part.columns.get("id", [])]
    assert keys == [str(n) for n in range(len(keys))]
    assert 100 < len(keys) < 1_000
    [broken] = [bad for part in parts for bad in part.bad]
    assert broken.line == len(keys) + 1
    assert "damaged from here on" in broken.reason


@pytest.mark.parametrize("content", [b"", b"Obj\x01", b"id,name\n1,Ada\n"])
def test_what_is_no_avro_is_told_so(tmp_path, content):
    path = tmp_path / "people.avro"
    path.write_bytes(content)

    with pytest.raises(SourceError, match="does not begin as an Avro file") as error:
        list(read_rows(path))
    assert error.value.hint


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    path = written(tmp_path / "people.avro", [ADA])
    monkeypatch.setitem(sys.modules, "fastavro", None)

    with pytest.raises(SourceError, match="nothing here can read Avro") as error:
        list(read_rows(path))
    assert error.value.hint == "pip install 'threesixty[avro]'"


def test_an_empty_file_of_a_schema_has_no_rows(tmp_path):
    assert [len(rows) for rows in read_rows(written(tmp_path / "people.avro", []))] == [0]
