"""A company backed up, and restored: until the ledger is back and checked, and until the graph is.

One company of a million records of people, one mostly of things and events (`volume`).
`python -m benchmarks.restore WHICH HOME FOLDER` does it in this process and prints its figures.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import threesixty
from benchmarks import scale, table, volume
from benchmarks.table import Row
from threesixty.report import Progress

TITLE = "Backup and restore"
SET = "c1m"
SECONDS = 30
"""Of the five minutes in which ten million records are to be restored, those of one million."""
PROJECTS = {"people": scale.PROJECT, "things and events": volume.PROJECT}


def run(work: Path) -> list[Row]:
    """Back up and restore copies of what `scale` and `volume` load, which is loaded when it is not there."""
    people = table.data("customers", f"{SET}.parquet")
    if not (work / SET / "graph").exists():
        scale.loaded(SET, work)
    customers = int(os.environ.get("THREESIXTY_CUSTOMERS", "100000"))
    company = work / f"volume-{customers}"
    if not (work / "volume" / "graph").exists():
        volume.company(customers, company)
        table.child("benchmarks.volume", company, work / "volume")
    return [
        *_rows("people", work / SET, work, CUSTOMERS=str(people)),
        *_rows("things and events", work / "volume", work, VOLUME=str(company)),
    ]


def _rows(which: str, loaded: Path, work: Path, **environment: str) -> list[Row]:
    home, folder = work / "restored", work / "backups"
    for old in (home, folder):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(loaded, home)
    one = table.child("benchmarks.restore", which, home, folder, **environment)
    said = one.said
    for done in (home, folder):
        shutil.rmtree(done)
    allowed = SECONDS * said["records"] / 1e6
    whole = said["ledger"] + said["graph"]
    return [
        Row(f"{which}: the first backup", f"{said['backup']:.0f} s",
            note=f"{said['bytes'] / 2**20:,.0f} MiB"),
        Row("a backup with nothing new", f"{said['again']:.0f} s"),
        Row("restore: the ledger in its place, checked", f"{said['ledger']:.0f} s", f"≤ {allowed:.0f} s",
            said["ledger"] <= allowed, f"of {said['records']:,} records"),
        Row("restore: the graph too, drawn anew", f"{whole:.0f} s", f"≤ {allowed:.0f} s", whole <= allowed,
            "what needs no graph answers before"),
        Row("CPU seconds and memory of all", f"{one.cpu:.0f} s, {one.together:.1f} GiB"),
    ]  # fmt: skip


# --- in a process of its own -----------------------------------------------------------------------------


def main() -> None:
    """Back up twice, restore once; figures as JSON."""
    which, home, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    placed: list[float] = []

    def note(progress: Progress) -> None:
        if progress.task == "draw" and not placed:
            placed.append(time.perf_counter())

    with threesixty.open(PROJECTS[which], home=home) as c360:
        first, backup = _timed(lambda: c360.backup(folder))
        _, again = _timed(lambda: c360.backup(folder))
        start = time.perf_counter()
        _, restore = _timed(lambda: c360.restore(folder, progress=note))
        records = c360.ledger.counts().records
    ledger = placed[0] - start
    print(json.dumps({"backup": backup, "again": again, "ledger": ledger, "graph": restore - ledger,
                      "bytes": first.bytes, "records": records}))  # fmt: skip


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = call()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
