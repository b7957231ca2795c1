"""threesixty watch: files come in as they are finished, trouble is told, Ctrl-C ends it cleanly."""

from __future__ import annotations

import os
import queue
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

import threesixty

PROJECT = """
[stores]
graph = "none"
[sources.crm]
path = "in/*.csv"
kind = "person"
key = "Id"
columns = { given = "First", email = "Email" }
"""


class Watching:
    """A `threesixty watch` of a folder, and the lines it says."""

    def __init__(self, folder):
        self.lines: queue.Queue[str] = queue.Queue()
        self.heard: list[str] = []
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "threesixty",
                "-p",
                str(folder),
                "watch",
                "--every",
                "0.1",
                "--settle",
                "0.5",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A line is heard whole, however long the name of the folder.
            env={**os.environ, "COLUMNS": "500"},
            # A test runner in the background would hand down a signal that is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self):
        with self.process.stdout:
            for line in self.process.stdout:
                self.lines.put(line)

    def hears(self, words):
        while not self.heard or words not in self.heard[-1]:
            self.heard.append(self.lines.get(timeout=60))

    def ended_by(self, how):
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "threesixty.toml").write_text(PROJECT)
    (tmp_path / "in").mkdir()
    return tmp_path


@pytest.fixture
def watching(folder):
    started = Watching(folder)
    started.hears("Watching crm")
    yield started
    started.process.kill()
    started.process.wait()
    started.listener.join()


def test_files_are_loaded_as_they_come_and_ctrl_c_ends_it(watching, folder):
    (folder / "in" / "a.csv").write_text("Id,First,Email\n1,Ada,ada@example.org\n")
    watching.hears("crm: 1 new")
    watching.hears("1 record is 1 customer")
    (folder / "in" / "c.csv").write_text("Id,Firts\n")
    watching.hears("c.csv has no column")
    with (folder / "in" / "b.csv").open("w") as slow:
        for piece in ("Id,First", ",Email\n", *(f"{n},Bo" + f"b,b{n}@example.org\n" for n in range(2, 14))):
            for half in (piece[:4], piece[4:]):
                slow.write(half)
                slow.flush()
                time.sleep(0.1)
    watching.hears("crm: 12 new")

    # Nor does a file that cannot be read keep out what comes later.
    assert watching.ended_by(signal.SIGINT) == 0
    watching.hears("Stopped watching")
    assert sum("no column" in line for line in watching.heard) == 1
    with threesixty.open(folder) as c360:
        assert c360.customer("crm/2").name == "Bob"
        assert c360.status().records == 13
        assert c360.rejects() == ()


def test_a_service_is_ended_as_cleanly(watching):
    assert watching.ended_by(signal.SIGTERM) == 0


def test_another_process_that_writes_is_waited_for(watching, folder):
    with threesixty.open(folder) as c360:
        c360.status()
        (folder / "in" / "a.csv").write_text("Id,First,Email\n1,Ada,ada@example.org\n")
        watching.hears("is being written by process")
    watching.hears("crm: 1 new")


def test_a_source_that_is_not_there_has_a_nearest_one(folder):
    run = [sys.executable, "-m", "threesixty", "-p", str(folder), "watch", "cmr"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)

    assert done.returncode == 4
    assert "did you mean 'crm'?" in done.stderr


def test_a_table_that_went_back_is_told_once(folder):
    table = folder / "shop.db"
    source = '[sources.shop]\ndatabase = "sqlite:///shop.db"\ntable = "people"\nincremental = "id"\n'
    mapping = 'kind = "person"\nkey = "id"\ncolumns = { given = "name" }\n'
    (folder / "threesixty.toml").write_text(f'[stores]\ngraph = "none"\n{source}{mapping}')
    with closing(sqlite3.connect(table)) as shop, shop:
        shop.execute("CREATE TABLE people (id INTEGER, name TEXT)")
        shop.execute("INSERT INTO people VALUES (1, 'Ada'), (2, 'Bob')")
    watching = Watching(folder)
    watching.hears("shop: 2 new")
    for gone, come in (("id = 2", ""), ("id = 1", "(9, 'Cyd')")):
        with closing(sqlite3.connect(table)) as shop, shop:
            shop.execute(f"DELETE FROM people WHERE {gone}")
            if come:
                shop.execute(f"INSERT INTO people VALUES {come}")
        watching.hears("shop: 1 new" if come else "table people went back")
        time.sleep(0.5)

    assert watching.ended_by(signal.SIGINT) == 0
    watching.hears("Stopped watching")
    assert sum("went back" in line for line in watching.heard) == 1
    watching.listener.join()
