"""What has come since the last look: finished files, new objects, tables; half-written ones wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from threesixty.errors import SourceError
from threesixty.project import Database, RecordMapping, Source
from threesixty.sources.watching import Watch

PERSON = RecordMapping("person", ("Id",), {"given": ("First",)})


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watch(tmp_path, clock):
    """Watches the CSV files of a folder; a file must stay as it is for an hour."""
    return Watch([Source("crm", (str(tmp_path / "*.csv"),), (PERSON,))], 3600, clock)


def arrived(watch) -> list[set[str]]:
    """The names of what has come, and is loaded by that."""
    found = []
    for arrival in watch.look():
        found.append({Path(place).name for place in arrival.places})
        watch.done(arrival)
    return found


def test_an_empty_folder_is_no_error(watch):
    assert arrived(watch) == []


def test_a_file_comes_when_it_has_not_changed_for_a_while(watch, clock, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Id,First\n1,A")
    assert arrived(watch) == []
    clock.now = 3599
    assert arrived(watch) == []
    path.write_text("Id,First\n1,Ada\n2,Bo")
    clock.now = 3601
    assert arrived(watch) == []
    clock.now = 7200
    assert arrived(watch) == []

    clock.now = 7201
    assert arrived(watch) == [{"a.csv"}]
    assert arrived(watch) == []


def test_a_file_that_was_there_long_before_comes_at_once(tmp_path, clock):
    (tmp_path / "a.csv").write_text("Id,First\n1,Ada\n")

    assert arrived(Watch([Source("crm", (str(tmp_path / "*.csv"),), (PERSON,))], 0, clock)) == [{"a.csv"}]


def test_a_time_that_somebody_set_does_not_make_a_file_finished(watch, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Id,First\n1,A")
    os.utime(path, (0, 0))

    assert arrived(watch) == []


def test_finished_files_do_not_wait_for_one_that_is_being_written(watch, clock, tmp_path):
    (tmp_path / "a.csv").write_text("Id,First\n1,Ada\n")
    assert arrived(watch) == []
    clock.now = 3600
    (tmp_path / "b.csv").write_text("Id,Fi")

    assert arrived(watch) == [{"a.csv"}]
    clock.now = 7200
    assert arrived(watch) == [{"a.csv", "b.csv"}]


def test_a_snapshot_waits_until_all_of_it_is_finished(clock, tmp_path):
    watch = Watch([Source("crm", (str(tmp_path / "*.csv"),), (PERSON,), delivery="snapshot")], 60, clock)
    (tmp_path / "a.csv").write_text("Id,First\n1,Ada\n")
    assert arrived(watch) == []
    clock.now = 60
    (tmp_path / "b.csv").write_text("Id,Fi")

    assert arrived(watch) == []
    clock.now = 120
    assert arrived(watch) == [{"a.csv", "b.csv"}]


def test_a_file_that_cannot_be_loaded_comes_again_when_it_is_another(clock, tmp_path):
    watch = Watch([Source("crm", (str(tmp_path / "*.csv"),), (PERSON,))], 0, clock)
    path = tmp_path / "a.csv"
    path.write_text("wrong\n")
    [arrival] = watch.look()
    watch.failed(arrival)
    assert list(watch.look()) == []

    path.write_text("Id,First\n1,Ada\n")
    assert arrived(watch) == [{"a.csv"}]


def test_a_table_that_grows_is_asked_each_time_and_another_once(clock):
    grows = Source("crm", (), (PERSON,), database=Database("sqlite:////a.db", "people", incremental="id"))
    whole = Source("erp", (), (PERSON,), database=Database("sqlite:////a.db", "people"))
    watch = Watch([grows, whole], 60, clock)

    assert [{a.source for a in watch.look()}] == [{"crm", "erp"}]
    assert len(arrived(watch)) == 2
    assert [a.source for a in watch.look()] == ["crm"]


def test_what_keeps_us_from_looking_is_told_and_the_others_come(clock, tmp_path):
    (tmp_path / "a.csv").write_text("Id,First\n1,Ada\n")
    unset = Source("shop", ("${NO_SUCH_FOLDER}/a.csv",), (PERSON,))
    crm = Source("crm", (str(tmp_path / "*.csv"),), (PERSON,))

    error, arrival = Watch([unset, crm], 0, clock).look()

    assert isinstance(error, SourceError)
    assert arrival.source == "crm"
