"""A small sample company whose ledger and graph are killed, torn and loaded twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import threesixty
from threesixty import sample
from threesixty.customer360 import Customer360

CLI = [sys.executable, "-c", "from threesixty.cli import main; main()"]


@dataclass(frozen=True)
class Company:
    """A project file, homes to load it into, and what to compare of them."""

    project: Path

    def open(self, home: Path) -> Customer360:
        return threesixty.open(self.project, home=home)

    def loaded(self, home: Path, *sources: str) -> Path:
        """Load into a home; all at once, or source after source."""
        with self.open(home) as c360:
            for some in [(source,) for source in sources] or [()]:
                c360.load(*some)
        return home

    def start(self, home: Path, *words: str) -> subprocess.Popen[str]:
        """A command in a process of its own that Ctrl-C reaches."""
        return subprocess.Popen(
            [*CLI, "-p", str(self.project), "--home", str(home), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "400"},
            # A test runner in the background would hand down a signal that is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )

    def run(self, home: Path, *words: str) -> tuple[int, str, str]:
        """A command to its end: exit code, what it printed, what it complained of."""
        with self.start(home, *words) as process:
            out, complaint = process.communicate(timeout=120)
        return process.returncode, out, complaint

    def heard(self, c360: Customer360) -> dict[str, object]:
        """Everything the ledger counts that does not depend on when it was loaded."""
        ledger = c360.ledger
        return {
            "counts": replace(ledger.counts(), seq=0, bytes=0, last_loads={}),
            "versions": sum(len(ledger.versions(number)) for number in ledger.all_names()),
            "damage": ledger.verify(),
        }

    def clusters(self, c360: Customer360) -> set[frozenset[str]]:
        """Who is with whom, by names of Records."""
        members = c360.ledger.members(c360.ledger.customers())
        return {frozenset(map(str, c360.ledger.names(records))) for records in members.values()}

    def drawn(self, c360: Customer360) -> list[object]:
        """The graph as sorted rows, bookkeeping left out."""
        return [part for part in c360.graph().export() if part[0] != "Threesixty"]

    def redrawn(self, home: Path) -> list[object]:
        """The same after the folder of the graph was deleted."""
        shutil.rmtree(home / "graph")
        with self.open(home) as c360:
            return self.drawn(c360)


@pytest.fixture(scope="session")
def company(tmp_path_factory) -> Company:
    return Company(sample.write(tmp_path_factory.mktemp("company"), customers=120))


@pytest.fixture(scope="session")
def undisturbed(company, tmp_path_factory) -> Path:
    """A home that was loaded in peace; only to be read."""
    return company.loaded(tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture
def home(undisturbed, tmp_path) -> Path:
    """A copy of it, closed in order, to do harm to."""
    return Path(shutil.copytree(undisturbed, tmp_path / "home"))
