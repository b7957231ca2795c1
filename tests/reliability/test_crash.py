"""Ended at any moment, a load goes on where it was: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from threesixty import sources

# What `load` does, saying each batch once it is acknowledged. The command line draws bars instead.
LOAD = """
    import json, sys
    import threesixty

    print("here", flush=True)
    with threesixty.open(sys.argv[1], home=sys.argv[2]) as c360:
        c360.load(progress=lambda p: print(json.dumps([p.task, p.done == p.total]), flush=True))
"""
LONGEST = 4.0  # seconds; a quiet machine needs less for all of it


def ended(company, home, seconds, how):
    """Load until a signal comes; the sources of which a batch with a file's last bytes was acknowledged."""
    command = [sys.executable, "-c", textwrap.dedent(LOAD), str(company.project), str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        child.stdout.readline()
        time.sleep(seconds)
        child.send_signal(how)
        lines = child.stdout.read().split("\n")[:-1]  # what follows the last newline may be cut
    told = [json.loads(line) for line in lines]
    return {task.removeprefix("load ") for task, done in told if done and task.startswith("load ")}


def read_in(c360):
    """The sources of which some file is marked, as far as it was read."""
    files = [(source.name, file) for source in c360.project.sources for file in sources.deliveries(source)]
    return {name for name, file in files if c360.ledger.file_mark(name, file.place)}


def same_as_in_peace(company, home, undisturbed):
    """Load what is missing; everything is as if nothing had happened."""
    with company.open(home) as c360:
        c360.load()
        heard, clusters, drawn = company.heard(c360), company.clusters(c360), company.drawn(c360)
    with company.open(undisturbed) as peace:
        assert heard == company.heard(peace)
        assert clusters == company.clusters(peace)
    assert drawn == company.redrawn(home)


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_kill_9_at_random_moments_of_a_load(company, undisturbed, tmp_path, rounds):
    chance = random.Random(rounds)
    for number in range(rounds):
        home = tmp_path / str(number)
        acknowledged = ended(company, home, chance.random() * LONGEST, signal.SIGKILL)
        with company.open(home) as c360:
            assert c360.ledger.verify() == []
            # A snapshot is marked only when what it lacks is gone too, after its last batch.
            whole = {source.name for source in c360.project.sources if source.delivery == "snapshot"}
            assert acknowledged - whole <= read_in(c360)
        same_as_in_peace(company, home, undisturbed)


@pytest.mark.slow
def test_kill_9_again_and_again_in_one_home(company, undisturbed, tmp_path):
    for seconds in (0.4, 0.8, 1.6):
        ended(company, tmp_path, seconds, signal.SIGKILL)

    same_as_in_peace(company, tmp_path, undisturbed)


@pytest.mark.parametrize(
    "seconds", [2.0, *(pytest.param(s, marks=pytest.mark.slow) for s in (1.5, 2.5, 3.5))]
)
def test_ctrl_c_and_going_on_equals_a_load_in_peace(company, undisturbed, tmp_path, seconds):
    with company.start(tmp_path, "load") as load:
        time.sleep(seconds)
        load.send_signal(signal.SIGINT)
        complaint = load.communicate(timeout=60)[1]

    # Once Python takes itself apart, all is done, and the signal ends it as it ends any program.
    assert load.returncode in (0, 130, -signal.SIGINT), complaint
    same_as_in_peace(company, tmp_path, undisturbed)
