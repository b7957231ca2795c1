"""A company backed up, and restored: until ledger and graph are back and checked, and their state is told.

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
    return [
        Row(f"{which}: the first backup", f"{said['backup']:.0f} s",
            note=f"{said['bytes'] / 2**20:,.0f} MiB"),
        Row("a backup with nothing new", f"{said['again']:.0f} s"),
        Row("restore", f"{said['restore']:.0f} s", f"≤ {allowed:.0f} s", said["restore"] <= allowed,
            f"of {said['records']:,} records"),
        Row("CPU seconds and memory of all", f"{one.cpu:.0f} s, {one.together:.1f} GiB"),
    ]  # fmt: skip


# --- in a process of its own -----------------------------------------------------------------------------


def main() -> None:
    """Back up twice, restore once; figures as JSON."""
    which, home, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    with threesixty.open(PROJECTS[which], home=home) as c360:
        first, backup = _timed(lambda: c360.backup(folder))
        _, again = _timed(lambda: c360.backup(folder))
        _, restore = _timed(lambda: c360.restore(folder))
        records = c360.ledger.counts().records
    assert first.with_graph
    print(json.dumps({"backup": backup, "again": again, "restore": restore, "bytes": first.bytes,
                      "records": records}))  # fmt: skip


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = call()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
