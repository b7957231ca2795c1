"""Files of a source in, batches of Records out, resumable at any row."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from threesixty import sources
from threesixty.errors import SourceError
from threesixty.project import Project, RecordMapping, Source
from threesixty.schema import DEFAULT
from threesixty.sources import File, delimited

PERSON = RecordMapping("person", ("Id",), {"given": ("First",)})


def project(path: Path, **source) -> tuple[Project, Source]:
    crm = Source("crm", (str(path),), (PERSON,), **source)
    return Project("test", Path(), Path(), (crm,), DEFAULT), crm


@pytest.fixture
def people(tmp_path, monkeypatch) -> Path:
    """Fifty rows, one of them broken, read ten at a time."""
    monkeypatch.setattr(delimited, "BATCH_ROWS", 10)
    path = tmp_path / "people.csv"
    lines = [f"{n},Person {n}" for n in range(50)]
    lines[23] = "23"
    path.write_text("Id,First\n" + "\n".join(lines) + "\n")
    return path


def test_a_file_comes_in_batches_that_count_rows_and_bytes(people):
    batches = list(sources.read(*project(people), File(people)))

    assert [batch.rows for batch in batches if batch.records] == [10, 20, 30, 40, 50]
    assert [batch.done for batch in batches] == [False] * (len(batches) - 1) + [True]
    assert batches[-1].bytes_read == batches[-1].bytes_total == people.stat().st_size
    assert sum(len(batch.records) for batch in batches) == 49
    assert [(r.file, r.line) for batch in batches for r in batch.rejects] == [("people.csv", 25)]


@pytest.mark.parametrize("skip", [0, 1, 10, 23, 24, 37, 50])
def test_reading_goes_on_where_it_stopped(people, skip):
    whole = list(sources.read(*project(people), File(people)))
    rest = list(sources.read(*project(people), File(people), skip_rows=skip))

    records = [record for batch in whole for record in batch.records]
    assert [record for batch in rest for record in batch.records] == records[skip - (skip > 23) :]
    assert rest[-1].rows == 50


def test_an_empty_file_and_one_with_only_a_header_are_done(tmp_path):
    for text in ("", "Id,First\n"):
        path = tmp_path / "people.csv"
        path.write_text(text)

        (batch,) = sources.read(*project(path), File(path))
        assert (batch.records, batch.rejects, batch.done) == ([], [], True)


def test_a_mapped_column_must_be_there(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("Id,Firts\n1,Ada\n")

    with pytest.raises(SourceError, match="no column 'First'") as error:
        list(sources.read(*project(path), File(path)))

    assert error.value.hint == "did you mean 'Firts'?"


def test_json_may_leave_out_what_is_empty(tmp_path):
    path = tmp_path / "people.jsonl"
    path.write_text('{"Id": 1}\n')

    (batch,) = sources.read(*project(path), File(path))

    assert [record.name.key for record in batch.records] == ["1"]


def test_files_are_found_by_pattern_in_order_of_name(tmp_path):
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).touch()

    assert sources.deliveries(project(tmp_path / "*.csv")[1]) == [
        File(tmp_path / "a.csv"),
        File(tmp_path / "b.csv"),
    ]


@pytest.mark.parametrize(
    ("path", "hint"),
    [("peeple.csv", "did you mean 'people.csv'?"), ("no/people.csv", "is not there"), ("*.tsv", "path")],
)
def test_a_missing_file_is_named_with_what_to_do(people, path, hint):
    with pytest.raises(SourceError, match="crm") as error:
        sources.deliveries(project(people.parent / path)[1])

    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [('{"n": 2, "data": [{"Id": 1}, {"Id": 2}]}', "jq -c '.data[]'"),
     ('{"a": {"rows": [{"Id": 1}]}}', "jq -c '.a.rows[]'"), ('{"data": ["x"], "n": []}', "it has: data, n"),
     ('{"data": [{"Id": 1}]}\n{"data": [{"Id": 2}]}', "it has: data")],
)  # fmt: skip
def test_rows_that_are_a_list_in_an_object_are_pointed_at(tmp_path, text, hint):
    path = tmp_path / "people.json"
    path.write_text(text)

    with pytest.raises(SourceError, match="has no column") as error:
        sources.preview(*project(path))
    assert hint in error.value.hint


def test_preview_shows_the_first_records(people):
    batch = sources.preview(*project(people), 3)

    assert [record.name.key for record in batch.records] == ["0", "1", "2"]


def test_digest_is_that_of_the_bytes(people):
    assert File(people).digest() == hashlib.sha256(people.read_bytes()).hexdigest()


def test_good_rows_land_whatever_stands_between_them(tmp_path):
    hostile = [
        "\x00,x",
        f"7,{'x' * 2_000_000}",
        "8,=cmd|' /C calc'!A0",
        "9,\udcff",
        ",",
        "10",
        '11,"',
        '12,"y"z"',
    ]
    lines = [line for n in range(200) for line in (f"good{n},Ada", hostile[n % len(hostile)])]
    path = tmp_path / "people.csv"
    path.write_text("Id,First\n" + "\n".join(lines) + "\n", errors="surrogateescape")

    keys = {r.name.key for batch in sources.read(*project(path), File(path)) for r in batch.records}

    assert {f"good{n}" for n in range(200)} <= keys
