"""Ended at any moment, a remap happened whole or not at all, and the next one ends like one in peace."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

REMAP = """
    import sys
    import threesixty

    print("here", flush=True)
    with threesixty.open(sys.argv[1], home=sys.argv[2]) as c360:
        c360.remap()
"""
LONGEST = 6.0  # seconds; a quiet machine needs less for all of it


@pytest.fixture
def changed(company, tmp_path):
    """The project file with another mapping, beside the same files; put back afterwards."""
    path = company.project / "threesixty.toml" if company.project.is_dir() else company.project
    before = path.read_text("utf-8")
    path.write_text(before.replace('family = "last_name"', 'middle = "last_name"'), "utf-8")
    yield company
    path.write_text(before, "utf-8")


@pytest.mark.slow
def test_kill_9_at_random_moments_of_a_remap(changed, undisturbed, tmp_path):
    chance, peace = random.Random(4), tmp_path / "peace"
    shutil.copytree(undisturbed, peace)
    with changed.open(peace) as c360:
        c360.remap()
        wanted = changed.heard(c360), changed.clusters(c360)
    for number in range(12):
        home = tmp_path / str(number)
        shutil.copytree(undisturbed, home)
        _ended(changed.project, home, chance.random() * LONGEST)
        with changed.open(home) as c360:
            assert c360.ledger.verify() == []
            c360.remap()
            assert (changed.heard(c360), changed.clusters(c360)) == wanted
            assert c360.reconcile(dry_run=True).drifts == ()
        shutil.rmtree(home)


def _ended(project, home, seconds):
    command = [sys.executable, "-c", textwrap.dedent(REMAP), str(project), str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        child.stdout.readline()
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
