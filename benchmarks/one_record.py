"""One new record against a million: ledger commit, resolve and graph, as a program that puts one would see.

`python -m benchmarks.one_record FILE HOME` does it in this process and prints its figures.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

import threesixty
from benchmarks import scale, table
from benchmarks.table import Row
from threesixty.customer360 import loading, opened

TITLE = "One new record against a million"
SET = "c1m"
WARM, RECORDS = 20, 300
EARLIER = "Splink `predict_between` 673 ms: an earlier measurement, not of this run"


def run(work: Path) -> list[Row]:
    """Put records into a copy of the project of `scale`, which is loaded first when it is not there."""
    if not (work / SET / "graph").exists():
        scale.loaded(SET, work)
    path, home = table.data("customers", f"{SET}.parquet"), work / "one_record"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(work / SET, home)
    said = table.child("benchmarks.one_record", path, home, CUSTOMERS=str(path)).said
    shutil.rmtree(home)
    rows = []
    for what, (p50, p99) in said["steps"].items():
        bar = "p50 ≤ 10 ms, p99 ≤ 50 ms" if what == "all" else ""
        met = (p50 <= 10 and p99 <= 50) if bar else None
        rows.append(Row(what, f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", bar, met, EARLIER if bar else ""))
    note = f"{said['joined']} of {RECORDS} joined a customer that was there"
    return [*rows, Row("records before", f"{said['records']:,}", note=note)]


# --- in a process of its own -----------------------------------------------------------------------------


def main() -> None:
    """Time one put after another."""
    path, home = sys.argv[1:3]
    os.environ["CUSTOMERS"] = path
    with threesixty.open(scale.PROJECT, home=home) as c360:
        c360.graph()
        before = c360.ledger.counts()
        steps: dict[str, list[float]] = {"ledger commit": [], "resolve": [], "graph": [], "all": []}
        watch(steps)
        for number, row in enumerate(new_rows(path)):
            if number == WARM:
                for times in steps.values():
                    times.clear()
            start = time.perf_counter()
            c360.put("lake", [row])
            steps["all"].append(1000 * (time.perf_counter() - start))
        after = c360.ledger.counts()
    joined = (after.parties - before.parties) - (after.customers - before.customers)
    told = {what: table.tail(times) for what, times in steps.items()}
    print(json.dumps({"records": before.records, "joined": joined, "steps": told}))


def watch(steps: dict[str, list[float]]) -> None:
    """Time the steps of a put from outside: the calls it makes, under their own names."""

    def timed(what, call):
        def run(*args, **named):
            start = time.perf_counter()
            try:
                return call(*args, **named)
            finally:
                steps[what].append(1000 * (time.perf_counter() - start))

        return run

    loading.load.put = timed("ledger commit", loading.load.put)
    loading.resolve = timed("resolve", loading.resolve)
    opened.draw = timed("graph", opened.draw)


def new_rows(path: str) -> Iterator[dict[str, str]]:
    """Rows of people who are there, as another source would write them, and of people nobody knows."""
    wanted = WARM + RECORDS
    with duckdb.connect() as database:
        rows = database.execute(
            f"select * from '{path}' using sample reservoir({wanted} rows) repeatable (7)"
        )
        columns = [column for column, *_ in rows.description]
        found = [dict(zip(columns, map(text, row), strict=True)) for row in rows.fetchall()]
    for number, row in enumerate(found):
        fresh = row | {"record_id": f"put-{number}", "source": "help_desk", "middle": ""}
        if number % 3 == 0:
            fresh |= {"email": f"nobody{number}@example.org", "phone": "", "device_id": "", "loyalty_id": ""}
            fresh |= {"first_name": f"Unheard{number}", "address": f"{number} New Street"}
        yield fresh


def text(value: object) -> str:
    return "" if value is None else str(value)


if __name__ == "__main__":
    main()
