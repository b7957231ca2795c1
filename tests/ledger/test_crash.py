"""Killed at any moment, the ledger holds what it acknowledged: all of it, once."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time

import pytest

from threesixty.ledger import Ledger

WRITER = """
    import json, sys
    from pathlib import Path
    from threesixty.ledger import FileMark, Ledger
    from threesixty.record import Identifier, Name, Record

    ledger = Ledger.open(Path(sys.argv[1]))
    mark = ledger.file_mark("crm", "endless.csv")
    row = mark.rows if mark else 0
    print("open", flush=True)
    while True:
        batch = [
            Record(Name("crm", "person", str(i)), "party", "{}" * 200, {"given": f"g{i}"},
                   (Identifier("email", f"e{i}@example.org"),))
            for i in range(row, row + 50)
        ]
        row += 50
        ledger.append(batch, mark=FileMark("crm", "endless.csv", "d", row, False))
        print(row, flush=True)
"""


def killed(path, seconds):
    """Write until killed; the last row that was acknowledged."""
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        lines = child.stdout.read().split("\n")
    return int(lines[-2]) if len(lines) > 1 else 0  # what follows the last newline may be cut


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_kill_9_while_appending(tmp_path, rounds):
    path, chance = tmp_path / "l.db", random.Random(rounds)
    for _ in range(rounds):
        acknowledged = killed(path, chance.random() * 0.3)
        with Ledger.open(path) as ledger:
            assert ledger.verify() == []
            mark, counts = ledger.file_mark("crm", "endless.csv"), ledger.counts()
            rows = mark.rows if mark else 0
            assert rows >= acknowledged
            assert counts.records == counts.identifiers == ledger.seq() == rows
