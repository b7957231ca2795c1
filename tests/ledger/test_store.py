"""Opening: durable, one writer, readers always, no newer schema."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest
from tests.ledger.older import BEFORE, make_older

from threesixty.errors import LedgerError, LedgerHeld, LedgerTooNew, NotFound, OutOfSpace
from threesixty.ledger import FileMark, Ledger, session, store
from threesixty.ledger.tables import SCHEMA_VERSION


def run(code, *arguments):
    """Run a few lines in a process of their own."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_what_was_said_is_there_after_reopening(tmp_path, person):
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.append([person("1", given="Ada")])
        secret, ids = ledger.secret, ledger.ids([1])

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert (ledger.secret, ledger.ids([1]), ledger.seq()) == (secret, ids, 1)
        assert len(secret) == 32
        assert ledger.search("ada") == [1]


def test_paths_may_hold_any_character(tmp_path, person):
    folder = tmp_path / "a b?c#d%20 ü"
    with Ledger.open(folder / "led&ger.db") as ledger:
        ledger.append([person("1")])

    assert (folder / "led&ger.db").exists()


def test_a_second_writer_is_told_who_writes(ledger):
    with pytest.raises(LedgerHeld, match=f"process {os.getpid()}"):
        Ledger.open(ledger.path)


def test_a_writer_in_another_process_is_named(tmp_path):
    path = tmp_path / "l.db"
    code = """
        import os, sys
        from pathlib import Path
        from threesixty.ledger import Ledger
        with Ledger.open(Path(sys.argv[1])):
            print(os.getpid(), flush=True)
            sys.stdin.read()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        pid = child.stdout.readline().strip()
        with pytest.raises(LedgerHeld, match=f"process {pid}"):
            Ledger.open(path)
        child.communicate("")

    Ledger.open(path).close()


def test_readers_see_what_is_committed_while_somebody_writes(ledger, person):
    ledger.append([person("1")])
    with Ledger.open(ledger.path, write=False) as reader, ledger.writing():
        ledger.append([person("2")])

        assert reader.parties().numbers == [1]
        assert ledger.parties().numbers == [1, 2]


def test_a_reading_sees_one_picture(ledger, person):
    ledger.append([person("1")])
    with Ledger.open(ledger.path, write=False) as reader:
        with reader.reading():
            assert reader.seq() == 1
            ledger.append([person("2")])
            assert reader.parties().numbers == [1]
        assert reader.parties().numbers == [1, 2]


def test_a_newer_schema_is_refused(tmp_path):
    with Ledger.open(tmp_path / "l.db") as ledger, ledger.writing():
        ledger._driver.execute("UPDATE meta SET value = '999' WHERE key = 'schema_version'")

    with pytest.raises(LedgerTooNew, match="newer"):
        Ledger.open(tmp_path / "l.db")
    with pytest.raises(LedgerTooNew):
        Ledger.open(tmp_path / "l.db", write=False)


def test_an_older_schema_is_brought_up_step_by_step(tmp_path, monkeypatch):
    Ledger.open(tmp_path / "l.db").close()
    taken = []
    monkeypatch.setattr(store.tables, "SCHEMA_VERSION", SCHEMA_VERSION + 2)
    for step in (SCHEMA_VERSION, SCHEMA_VERSION + 1):
        monkeypatch.setitem(store.STEPS, step, lambda _, step=step: taken.append(step))

    with pytest.raises(LedgerError, match="older"):
        Ledger.open(tmp_path / "l.db", write=False)
    Ledger.open(tmp_path / "l.db").close()
    Ledger.open(tmp_path / "l.db").close()
    assert taken == [SCHEMA_VERSION, SCHEMA_VERSION + 1]


def test_a_ledger_from_before_tables_were_read_still_knows_its_files(tmp_path):
    mark = FileMark("crm", "crm.csv", "d1", 2, done=True)
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.append([], mark=mark)
        make_older(ledger, 2)

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert ledger.file_mark("crm", "crm.csv") == mark
        further = replace(mark, rows=3, position="2026-01-01")
        ledger.append([], mark=further)
        assert ledger.file_mark("crm", "crm.csv") == further


def test_there_is_a_step_from_every_older_schema():
    assert sorted(store.STEPS) == sorted(BEFORE) == list(range(1, SCHEMA_VERSION))


@pytest.mark.parametrize("version", BEFORE)
def test_an_older_ledger_becomes_one_of_today(tmp_path, version):
    def tables(ledger):
        rows = ledger._driver.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall()
        return {name: ledger._driver.execute(f"PRAGMA table_info({name})").fetchall() for (name,) in rows}

    with Ledger.open(tmp_path / "l.db") as ledger:
        today = tables(ledger)
        make_older(ledger, version)

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert {name: {c[1] for c in columns} for name, columns in tables(ledger).items()} == {
            name: {c[1] for c in columns} for name, columns in today.items()
        }


def test_nothing_to_read_says_what_to_do(tmp_path):
    with pytest.raises(NotFound, match="load"):
        Ledger.open(tmp_path / "none.db", write=False)
    assert not (tmp_path / "none.db").exists()


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "l.db"
    path.write_bytes(b"something else entirely\n" * 200)

    with pytest.raises(LedgerError):
        Ledger.open(path)
    assert path.read_bytes() == b"something else entirely\n" * 200
    with pytest.raises(LedgerError):
        Ledger.open(path)  # and the lock was let go


def test_only_the_owner_may_read_the_files(ledger, person):
    ledger.append([person("1")])

    for path in ledger.path.parent.glob("ledger.db*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_a_disk_without_any_room_is_called_that_and_no_broken_ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger.db"
    path.mkdir()  # which SQLite cannot open, as it can open nothing on a full disk
    monkeypatch.setattr(session, "_READING", 1 << 60)

    with pytest.raises(OutOfSpace, match="no room left"):
        Ledger.open(path, write=False)
