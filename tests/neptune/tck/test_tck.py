"""What the engine beneath the emulator can do of openCypher does not become less: the TCK, as a ratchet.

`passes.txt` names every scenario that passes. Write it anew with
`python tests/neptune/tck/run.py FOLDER BOLT_URL > tests/neptune/tck/passes.txt` on an empty server.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from threesixty.neptune.emulator.arcadedb import ArcadeDB

HERE = Path(__file__).parent
SECONDS = 900
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def passing(request, tmp_path_factory):
    """The names of the scenarios that pass now, on a server of their own."""
    folder = request.config.cache.mkdir("opencypher")
    with ArcadeDB.start(tmp_path_factory.mktemp("tck"), plain=["tck"]) as server:
        done = subprocess.run(
            [sys.executable, str(HERE / "run.py"), str(folder), server.url("tck")],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    if done.returncode and not (folder / "tck").exists():
        pytest.skip("the TCK is not here, and no package index to fetch it from")
    assert done.returncode == 0, done.stderr
    print(done.stderr)
    return set(done.stdout.splitlines())


@pytest.fixture(scope="module")
def passed():
    """The names of the scenarios that passed when the list was written."""
    return set((HERE / "passes.txt").read_text("utf-8").splitlines())


def test_every_scenario_that_passed_still_passes(passing, passed):
    assert sorted(passed - passing) == []


def test_every_scenario_that_passes_now_is_in_the_list(passing, passed):
    assert sorted(passing - passed) == [], "add these to passes.txt"
