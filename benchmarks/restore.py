"""A million records backed up, and restored: until the ledger is back and checked, and until the graph is.

`python -m benchmarks.restore HOME FOLDER` does it in this process and prints its figures.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import threesixty
from benchmarks import scale, table
from benchmarks.table import Row
from threesixty.report import Progress

TITLE = "Backup and restore"
SET = "c1m"
SECONDS = 30
"""Of the five minutes in which ten million records are to be restored, those of one million."""


def run(work: Path) -> list[Row]:
    """Back up and restore a copy of the project of `scale`, which is loaded first when it is not there."""
    if not (work / SET / "graph").exists():
        scale.loaded(SET, work)
    home, folder = work / "restored", work / "backups"
    for old in (home, folder):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(work / SET, home)
    path = table.data("customers", f"{SET}.parquet")
    one = table.child("benchmarks.restore", home, folder, CUSTOMERS=str(path))
    said = one.said
    for done in (home, folder):
        shutil.rmtree(done)
    return [
        Row("the first backup", f"{said['backup']:.0f} s", note=f"{said['bytes'] / 2**20:,.0f} MiB"),
        Row("a backup with nothing new", f"{said['again']:.0f} s"),
        Row("restore: the ledger in its place, checked", f"{said['ledger']:.0f} s", f"≤ {SECONDS} s",
            said["ledger"] <= SECONDS, f"of {said['records']:,} records"),
        Row("restore: the graph drawn anew after that", f"{said['graph']:.0f} s",
            note="what needs no graph answers before"),
        Row("CPU seconds and memory of all", f"{one.cpu:.0f} s, {one.together:.1f} GiB"),
    ]  # fmt: skip


# --- in a process of its own -----------------------------------------------------------------------------


def main() -> None:
    """Back up twice, restore once; figures as JSON."""
    home, folder = map(Path, sys.argv[1:3])
    placed: list[float] = []

    def note(progress: Progress) -> None:
        if progress.task == "draw" and not placed:
            placed.append(time.perf_counter())

    with threesixty.open(scale.PROJECT, home=home) as c360:
        first, backup = _timed(lambda: c360.backup(folder))
        _, again = _timed(lambda: c360.backup(folder))
        start = time.perf_counter()
        _, restore = _timed(lambda: c360.restore(folder, progress=note))
        records = c360.ledger.counts().parties
    ledger = placed[0] - start
    print(json.dumps({"backup": backup, "again": again, "ledger": ledger, "graph": restore - ledger,
                      "bytes": first.bytes, "records": records}))  # fmt: skip


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = call()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
