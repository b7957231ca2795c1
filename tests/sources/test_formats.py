"""Every format gives the same rows of text, and a broken row costs only itself."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import sqlite3
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty import normalise
from threesixty.errors import SourceError
from threesixty.sources import delimited, formats
from threesixty.sources.formats import read_rows


def zstd(data: bytes) -> bytes:
    return pa.Codec("zstd").compress(data, asbytes=True)


PACKERS = [gzip.compress, zstd, bz2.compress, lzma.compress]
HEADER = ["id", "name", "note"]
ROWS = [["1", "Ada", "a, b"], ["2", "Jörg", 'says "hi"'], ["3", "Łucja", "two\nlines"]]


def table(path, **how) -> list[list[str | None]]:
    found = []
    for rows in read_rows(path, **how):
        found += [list(row) for row in zip(*rows.columns.values(), strict=True)]
    return found


def bad(path, **how) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for rows in read_rows(path, **how) for each in rows.bad]


def as_csv(rows=ROWS, delimiter=",") -> str:
    quoted = (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [HEADER, *rows])
    return "\n".join(quoted) + "\n"


def as_jsonl() -> str:
    return "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_of_csv_are_found(tmp_path, delimiter, encoding):
    path = tmp_path / "people.csv"
    path.write_text(as_csv(delimiter=delimiter), encoding=encoding)

    assert table(path) == ROWS


def test_bytes_that_are_no_utf8_are_read_as_cp1252(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes("id,name\n1,Jörg €\n".encode("cp1252"))

    assert table(path) == [["1", "Jörg €"]]


def test_a_declared_encoding_wins(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes("id,name\n1,Łucja\n".encode("cp1250"))

    assert table(path, encoding="cp1250") == [["1", "Łucja"]]


def test_an_unknown_encoding_says_which_are_usual(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(as_csv())

    with pytest.raises(SourceError, match="utf-88") as error:
        table(path, encoding="utf-88")

    assert "cp1252" in error.value.hint


@pytest.mark.parametrize("name", ["people.jsonl", "people.ndjson", "people.json", "people"])
def test_json_lines(tmp_path, name):
    path = tmp_path / name
    path.write_text(as_jsonl())

    assert table(path) == ROWS


def test_a_json_array(tmp_path):
    path = tmp_path / "people.json"
    path.write_text(json.dumps([dict(zip(HEADER, row, strict=True)) for row in ROWS], indent=2))

    assert table(path) == ROWS


def test_json_numbers_stay_as_they_are_written(tmp_path):
    path = tmp_path / "numbers.jsonl"
    path.write_text(
        '{"a": 17.10, "b": 1e3, "c": true, "d": null, "e": {"f": 1}, "g": [1, "x"], "h": 12345678901234567}\n'
    )
    (rows,) = read_rows(path)

    assert {name: column[0] for name, column in rows.columns.items()} == {
        "a": "17.10", "b": "1e3", "c": "true", "d": None, "e.f": "1", "g": '["1","x"]',
        "h": "12345678901234567",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["people.jsonl", "people.json"])
def test_a_row_that_says_two_things_under_one_name_is_rejected(tmp_path, name):
    path = tmp_path / name
    lines = [
        '{"id": 1, "id": 2}', '{"id": 3, "id": 3}', '{"id": 4, "at": {"day": 1, "day": 2}}',
        '{"id": 5, "items": [{"sku": "A", "sku": "A"}]}',
        '{"id": 6, "items": [[{"a": {"sku": 1, "sku": 2}}]]}',
        '{"id": 7, "at": {"day": 1}, "at.day": 2}', '{"id": 8, "at": {"day": 1}, "at.day": "1"}',
    ]  # fmt: skip
    text = "[" + ",\n".join(lines) + "]" if name == "people.json" else "\n".join(lines) + "\n"
    path.write_text(text)

    assert [row[0] for row in table(path)] == ["3", "5", "8"]
    assert bad(path) == [
        (1, "'id' stands twice in this row and says two things"),
        (3, "'at.day' stands twice in this row and says two things"),
        (5, "'items.a.sku' stands twice in this row and says two things"),
        (6, "'at.day' stands twice in this row and says two things"),
    ]


@pytest.mark.parametrize("text", ['{\n "data": [\n  {"id": 1}\n ]\n}\n', '{\r\n"n":{"data":[{"id": 1}]}}'])
@pytest.mark.parametrize("name", ["people.jsonl", "people.json"])
def test_one_object_over_several_lines_is_said_to_be_one(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(SourceError, match="is one JSON object over several lines") as error:
        table(path)
    assert "`jq -c '.data[]'` writes one a line" in error.value.hint
    path.write_text('{\n{"id": 1}\n')
    assert table(path) == [["1"]]
    path.write_text('{\n "id": 1\n}\n')
    with pytest.raises(SourceError) as error:
        table(path)
    assert "`jq -c .`" in error.value.hint


def test_parquet(tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(
        pa.table({name: list(column) for name, column in zip(HEADER, zip(*ROWS, strict=True), strict=True)}),
        path,
    )

    assert table(path) == ROWS


def test_parquet_types_become_text(tmp_path):
    path = tmp_path / "types.parquet"
    columns = {
        "whole": pa.array([17, None]),
        "half": pa.array([17.0, 0.5]),
        "money": pa.array([Decimal("1.20"), Decimal("3.00")]),
        "day": pa.array([date(2020, 2, 3), None]),
        "at": pa.array([datetime(2020, 2, 3, 4, 5), None], pa.timestamp("ms", "UTC")),  # noqa: DTZ001
        "on": pa.array([True, False]),
        "bytes": pa.array(["é".encode(), b"\xff"]),
        "inner": pa.array([{"x": "1"}, None]),
        "list": pa.array([["a"], []]),
        "word": pa.array(["a", "b"]).dictionary_encode(),
    }
    pq.write_table(pa.table(columns), path)

    assert table(path) == [
        ["17", "17", "1.20", "2020-02-03", "2020-02-03 04:05:00.000Z", "true", "é", "1", '["a"]', "a"],
        [None, "0.5", "3.00", None, None, "false", "ff", None, "[]", "b"],
    ]


def test_a_uuid_of_parquet_is_written_as_everybody_writes_it(tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"id": pa.array([bytes(15) + b"7"], pa.uuid())}), path)

    assert table(path) == [["00000000-0000-0000-0000-000000000037"]]


def test_a_text_of_parquet_that_is_none_rejects_its_row_alone(tmp_path):
    path = tmp_path / "people.parquet"
    bytes_ = pa.array([b"Ada", b"Jos\xe9"])
    pq.write_table(pa.table({"id": pa.Array.from_buffers(pa.string(), 2, bytes_.buffers())}), path)

    assert table(path) == [["Ada"], ["Jos\udce9"]]


def test_parquet_that_is_damaged_within_is_one_error_with_a_hint(tmp_path):
    path, hints = tmp_path / "people.parquet", set()
    pq.write_table(pa.table({"id": [f"{n} é" for n in range(300)], "n": range(300)}), path)
    whole = path.read_bytes()
    for at in range(4, len(whole) - 8, 7):
        path.write_bytes(whole[:at] + b"\xa7\0\x80" + whole[at + 3 :])
        try:
            table(path)
        except SourceError as error:
            hints.add(error.hint)

    assert all("copy it again" in hint for hint in hints)
    assert len(hints) > 1


def test_what_is_called_parquet_and_is_another_need_not_be_copied_again(tmp_path):
    path = tmp_path / "people.parquet"
    path.write_text(as_csv())

    with pytest.raises(SourceError, match="does not begin like a file of the format 'parquet'") as error:
        table(path)
    assert 'format = "csv"' in error.value.hint


def test_parquet_that_is_cut_short_while_it_is_read_ends_no_process(tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"id": [str(n) for n in range(200_000)]}), path, row_group_size=1_000)
    reading = f"""
import os
from pathlib import Path
from threesixty.sources.formats import read_rows
rows = read_rows(Path({str(path)!r}))
next(rows)
os.truncate({str(path)!r}, 100)
try:
    list(rows)
except Exception as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", reading], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stdout.strip() in ("", "SourceError")


def test_a_number_that_is_no_text_can_be_read_one_way_only_in_any_country(tmp_path):
    numbers = [12.345, -1.5, 0.125, 1234.567]
    told = ["12.3450", "-1.5", "0.125", "1234.567"]
    decimals = pa.array([Decimal("1.500"), *[None] * 3], pa.decimal128(10, 3))
    columns = {"float": numbers, "decimal": decimals, "text": ["1.234"] * 4}
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    (tmp_path / "people.jsonl").write_text('{"number": 12.345, "text": "1.234", "within": {"n": -1.250}}\n')
    book = openpyxl.Workbook()
    book.active.append(["number", "text"])
    book.active.append([12.345, "1.234"])
    book.save(tmp_path / "people.xlsx")

    assert table(tmp_path / "people.jsonl") == [["12.3450", "1.234", "-1.2500"]]
    assert table(tmp_path / "people.xlsx") == [["12.3450", "1.234"]]
    assert [row[0] for row in table(tmp_path / "people.parquet")] == told
    assert table(tmp_path / "people.parquet")[0][1:] == ["1.5000", "1.234"]
    assert [normalise.number(text, country) for text in told for country in ("DE", "GB")] == [
        number for number in numbers for _ in range(2)
    ]


def test_excel(tmp_path):
    path = tmp_path / "people.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["id", "born", "seen", "ok"])
    book.active.append([17, date(1965, 5, 14), datetime(2020, 2, 3, 4, 5), True])  # noqa: DTZ001
    book.active.append([])
    book.active.append(["00042", None, None, None])
    other = book.create_sheet("Other")
    other.append(["id"])
    other.append(["=1+1"])
    book.save(path)

    assert table(path) == [["17", "1965-05-14", "2020-02-03 04:05:00", "true"], ["00042", "", "", ""]]
    with pytest.raises(SourceError, match="no sheet") as error:
        table(path, sheet="other")
    assert "Other" in error.value.hint


def test_a_number_of_sixteen_digits_in_a_workbook_is_a_whole_one(tmp_path):
    path = tmp_path / "cards.xlsx"
    book = openpyxl.Workbook()
    for row in (["card"], [4111111111111111], [1e21]):
        book.active.append(row)
    book.save(path)

    assert table(path) == [["4111111111111111"], ["1e+21"]]


def test_a_workbook_without_sheets_is_one_error_with_a_hint(tmp_path):
    path, whole = tmp_path / "none.xlsx", tmp_path / "whole.xlsx"
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as one, zipfile.ZipFile(path, "w") as other:
        for name in one.namelist():
            text = one.read(name)
            other.writestr(name, re.sub(rb"<sheet .*?/>", b"", text) if name == "xl/workbook.xml" else text)

    with pytest.raises(SourceError, match="has no sheets"):
        table(path)


@pytest.mark.parametrize(
    ("name", "text"), [("people.csv.gz", as_csv()), ("people.jsonl.gz", as_jsonl()), ("people.csv", as_csv())]
)
def test_packing_is_seen_whatever_the_file_is_called(tmp_path, name, text):
    path = tmp_path / name
    for pack in PACKERS:
        path.write_bytes(pack(text.encode()))

        assert table(path) == ROWS


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2", ".xz"])
def test_a_packed_file_has_the_format_of_its_inner_name(tmp_path, suffix):
    path = tmp_path / f"people.jsonl{suffix}"
    path.write_bytes(gzip.compress(b""))

    assert formats.find_format(path) == "jsonl"


@pytest.mark.parametrize(
    ("header", "complaint"),
    [("id,name,id", "'id' stands more than once"), ("id,,note", "column 2 has no name")],
)
def test_a_header_names_every_column_once(tmp_path, header, complaint):
    path = tmp_path / "people.csv"
    path.write_text(f"{header}\n1,2,3\n")

    with pytest.raises(SourceError, match=complaint):
        table(path)


def test_an_unknown_format_offers_the_nearest(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(as_csv())

    with pytest.raises(SourceError) as error:
        table(path, format="parket")

    assert "'parquet'" in error.value.hint


@pytest.mark.parametrize("name", ["people.parquet", "people.xlsx"])
def test_a_file_that_is_not_what_it_says_is_one_error_with_a_hint(tmp_path, name):
    path = tmp_path / name
    path.write_text(as_csv())

    with pytest.raises(SourceError) as error:
        table(path)

    assert error.value.hint


@pytest.mark.parametrize("name", ["people.zip", "people.csv.zip", "people.xlsx", "people"])
def test_a_zip_archive_is_called_one_and_what_is_read_packed_is_said(tmp_path, name):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("people.csv", as_csv())

    with pytest.raises(SourceError, match="is a zip archive") as error:
        table(path)
    assert "gzip, zstd, bzip2 or xz" in error.value.hint


@pytest.mark.parametrize("name", ["people.csv", "people.tsv", "people.txt"])
def test_a_file_that_is_called_csv_and_is_another_is_called_what_it_is(tmp_path, name):
    path = tmp_path / name
    book = openpyxl.Workbook()
    book.active.append(["id", "mail"])
    book.save(path)
    with pytest.raises(SourceError, match="begins like one of the format 'excel'") as error:
        table(path)
    assert 'format = "excel"' in error.value.hint
    assert table(path, format="excel") == []

    pq.write_table(pa.table({"id": [1]}), path)
    with pytest.raises(SourceError, match="'parquet'"):
        table(path)
    path.write_bytes(b"\x7fELF\2\1\1" + bytes(range(255)))
    with pytest.raises(SourceError, match="the first line is no text"):
        table(path)
    path.write_text("PAR1\tid\n1\t2\n")
    assert table(path) == [["1", "2"]]


@pytest.mark.parametrize("name", ["people.csv", "people.jsonl", "people.json", "people"])
@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture (JPEG)"),
        (b"%PDF-1.4\n", "a PDF document"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<html><title>Sign in</title>", "a page of the web"),
        (b'<?xml version="1.0"?>\n<Error/>', "XML"),
        (b"people.csv".ljust(257, b"\0") + b"ustar\0", "a tar archive"),
        (bytes(8) + b"DUCK@\0\0\0", "a DuckDB database"),
    ],
)
def test_a_file_of_no_rows_is_called_what_it_is(tmp_path, name, start, what):
    path = tmp_path / name
    path.write_bytes(start + bytes(range(255)))
    with pytest.raises(SourceError, match=re.escape(f"is {what}, and no file of rows")):
        table(path)


def test_a_column_may_be_called_like_the_beginning_of_another_file(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("id,name,DUCK\n1,Ada,2\n")
    assert table(path) == [["1", "Ada", "2"]]


def test_a_sqlite_file_is_named_by_its_address(tmp_path):
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (id, email)")
    connection.close()

    with pytest.raises(SourceError, match="is a SQLite database") as error:
        table(path)
    assert f"sqlite:///{path}" in error.value.hint


def test_too_large_a_json_array_says_its_limit_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "JSON_LIMIT", 10)
    path = tmp_path / "people.json"
    path.write_text("[" + as_jsonl().replace("\n", ",") + "{}]")

    with pytest.raises(SourceError) as error:
        table(path)

    assert "JSONL" in error.value.hint


def test_blank_lines_and_empty_rows_are_nothing(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("id,name\n\n1,Ada\n,\n2,Bob")

    assert table(path) == [["1", "Ada"], ["2", "Bob"]]
    assert not bad(path)


def test_a_row_of_the_wrong_width_is_rejected_with_its_line(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('id,name\n1,"two\nlines"\n2\n3,c,d\n4,e\n')

    assert table(path) == [["1", "two\nlines"], ["4", "e"]]
    assert bad(path) == [
        (4, "1 fields where the first line names 2"),
        (5, "3 fields where the first line names 2"),
    ]


def test_a_stray_quote_does_not_swallow_the_rows_behind_it(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('id,name\n1,"Ada\n2,Bob\n3,Cy\n4,"D"\n')

    assert table(path) == [["2", "Bob"], ["3", "Cy"], ["4", "D"]]
    assert [line for line, _ in bad(path)] == [2]


def test_a_huge_field_is_rejected_and_its_neighbours_are_not(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(f"id,name\n1,Ada\n2,{'x' * 10_000_000}\n3,{'x' * 20_000_000}\n4,Bob\n")

    assert table(path) == [["1", "Ada"], ["4", "Bob"]]
    assert [line for line, _ in bad(path)] == [3, 4]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": 1', "not readable as JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "JSON nested too deeply"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "JSON nested too deeply"),
    ],
    ids=["cut", "list", "deep", "deep object"],
)
def test_a_line_that_is_no_json_object_is_rejected(tmp_path, line, reason):
    path = tmp_path / "people.jsonl"
    path.write_text(f'{{"id": 1}}\n{line}\n{{"id": 2}}\n')

    assert table(path) == [["1"], ["2"]]
    assert bad(path) == [(2, reason)]


MANY = [[str(n), f"Nâme {n}", 'quoted, "so"'] for n in range(200)]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_torn_csv_keeps_the_rows_before_the_tear(tmp_path_factory, data):
    whole = as_csv(MANY).encode()
    cut = data.draw(st.integers(60, len(whole) - 1))
    path = tmp_path_factory.getbasetemp() / "torn.csv"
    path.write_bytes(whole[:cut])
    kept = whole[:cut].decode(errors="ignore").count("\n") - 1

    rows = table(path)

    assert rows[:kept] == MANY[:kept]
    assert len(rows) + len(bad(path)) in (kept, kept + 1)
    assert rows[:-1] == MANY[: len(rows) - 1]


@pytest.mark.parametrize("pack", PACKERS[1:])
def test_other_packings_too_keep_the_rows_before_the_tear(tmp_path, pack):
    lines = "".join(f'{{"id": "{n}", "name": "Name {n * 7919 % 100003}"}}\n' for n in range(200_000))
    whole = pack(lines.encode())
    path = tmp_path / "torn.jsonl"
    path.write_bytes(whole[: len(whole) * 3 // 4])

    rows = table(path)

    assert rows == [[str(n), f"Name {n * 7919 % 100003}"] for n in range(len(rows))]
    assert len(rows) > 10_000
    assert [reason for _, reason, *_ in bad(path) if "compressed data" in reason]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_torn_gzip_keeps_the_rows_before_the_tear_and_says_so(tmp_path_factory, data):
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as stream:
        stream.write("".join(f'{{"id": "{n}", "name": "Name {n * 7919}"}}\n' for n in range(5_000)).encode())
    whole = buffer.getvalue()
    path = tmp_path_factory.getbasetemp() / "torn.jsonl.gz"
    path.write_bytes(whole[: data.draw(st.integers(20, len(whole) - 9))])

    rows = table(path)

    assert rows == [[str(n), f"Name {n * 7919}"] for n in range(len(rows))]
    assert len(bad(path)) == 1
    assert "compressed data" in bad(path)[0][1]


def test_a_torn_json_array_keeps_the_objects_before_the_tear(tmp_path):
    path = tmp_path / "people.json"
    path.write_text('[\n{"id": "1"},\n{"id": "2"},\n{"id": "')

    assert table(path) == [["1"], ["2"]]
    assert bad(path) == [(4, "not readable as JSON from here on")]


def test_rows_come_in_batches_of_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "BATCH_BYTES", 320_000)
    path = tmp_path / "people.csv"
    path.write_text("id,name\n" + "".join(f"{n},{'x' * 50}\n" for n in range(45_000)))

    sizes = [len(rows) for rows in read_rows(path)]

    assert sum(sizes) == 45_000
    assert max(sizes) < 7_000
