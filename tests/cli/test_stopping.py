"""Ctrl-C at any moment of a load: told, and gone on from."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from threesixty import sample

RUN = [sys.executable, "-c", "from threesixty.cli import main; main()"]


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.1, 1.0, 2.0, 3.0])
def test_a_stopped_load_goes_on_when_run_again(tmp_path, seconds) -> None:
    project = ["-p", str(sample.write(tmp_path, customers=2000))]
    load = subprocess.Popen(
        [*RUN, *project, "load"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test runner in the background would hand down a signal that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    time.sleep(seconds)
    load.send_signal(signal.SIGINT)
    errors = load.communicate()[1]

    assert load.returncode in (0, 130, -signal.SIGINT)  # the last: Python itself was not up yet
    assert "Traceback" not in errors or load.returncode == -signal.SIGINT

    again = subprocess.run([*RUN, *project, "load", "--json"], capture_output=True, text=True, check=True)

    assert json.loads(again.stdout)["records"] > 0
