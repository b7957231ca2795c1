"""Rejected rows are tried again as they are, or mended by people."""

from __future__ import annotations

from pathlib import Path

import pytest

import threesixty
from threesixty.customer360 import Customer360
from threesixty.errors import NotFound, SourceError

PROJECT = """
[stores]
graph = "none"
[sources.crm]
path = "crm.jsonl"
kind = "person"
key = "{key}"
columns = {{ given = "name" }}
"""
ROWS = [
    '{"name": "Ada", "no": 1}',
    '{"id": 2, "id": 3, "no": 2}',
    '{"name": "Bo"}',
    '{"id": 4, "name": "Cy"}',
]


def loaded(folder: Path, *rows: str) -> None:
    (folder / "crm.jsonl").write_text("\n".join([*rows, ""]))
    (folder / "threesixty.toml").write_text(PROJECT.format(key="id"))
    with threesixty.open(folder) as c360:
        c360.load()


def number_of(c360: Customer360, line: int) -> int:
    return next(held.number for held in c360.rejects() if held.reject.line == line)


def test_all_that_can_be_read_now_are_taken_in_at_once_and_the_others_say_why(tmp_path):
    loaded(tmp_path, *ROWS)
    (tmp_path / "threesixty.toml").write_text(PROJECT.format(key="no"))
    with threesixty.open(tmp_path) as c360:
        twice, nameless = number_of(c360, 2), number_of(c360, 3)
        still = c360.replay()

        assert still[twice] == "has no columns: 'id' stands twice in this row and says two things"
        assert still[nameless].startswith("no key")
        assert {held.number for held in c360.rejects()} == still.keys() == {twice, nameless}
        assert c360.customer("crm/1").value("given") == "Ada"


def test_rows_of_a_source_that_the_project_lost_stay(tmp_path):
    loaded(tmp_path, *ROWS)
    (tmp_path / "threesixty.toml").write_text(PROJECT.format(key="id").replace("sources.crm", "sources.shop"))
    with threesixty.open(tmp_path) as c360:
        numbers = {held.number for held in c360.rejects()}
        still = c360.replay()

        assert still.keys() == numbers
        assert "the project has no source 'crm'" in still.values()


def test_what_a_row_left_out_is_filled_in(tmp_path):
    loaded(tmp_path, *ROWS)
    with threesixty.open(tmp_path) as c360:
        number = number_of(c360, 3)
        assert c360.mend(number, {"id": "7"}, dry_run=True) == {"name": "Bo", "id": "7"}
        with pytest.raises(NotFound, match="no column answers to 'ident'"):
            c360.mend(number, {"ident": "7"})
        with pytest.raises(SourceError, match=f"row {number} cannot be a record: no key"):
            c360.mend(number, {"id": ""})
        c360.mend(number, {"id": "7"})

        assert c360.customer("crm/7").value("given") == "Bo"
        with pytest.raises(NotFound):
            c360.mend(number, {"id": "7"})


def test_a_row_that_says_two_things_under_one_name_is_not_mended(tmp_path):
    loaded(tmp_path, *ROWS)
    with threesixty.open(tmp_path) as c360, pytest.raises(SourceError, match="has no columns to mend"):
        c360.mend(number_of(c360, 2), {"no": "5"})


def test_a_remap_takes_in_what_can_be_read_now_and_nothing_that_says_two_things(tmp_path):
    loaded(tmp_path, *ROWS)
    (tmp_path / "threesixty.toml").write_text(PROJECT.format(key="no"))
    with threesixty.open(tmp_path) as c360:
        twice = number_of(c360, 2)
        assert c360.remap().mended == 1

        assert {held.number for held in c360.rejects() if held.reject.line} >= {twice}
        assert c360.customer("crm/1").value("given") == "Ada"
        with pytest.raises(NotFound):
            c360.customer("crm/2")
