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
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

import threesixty
from benchmarks import scale, table
from benchmarks.table import Row
from threesixty.customer360 import loading, opened

TITLE = "One new record against a million"
SET = "c1m"
WARM, RECORDS = 20, 300
BATCHES = {1_000: 2, 10_000: 1, 50_000: 1}
"""How many of each size."""
PER_SECOND = 1_500
RATE, STREAM, LAG = 300, 20, 2.0  # records a second, for so many seconds; so far the graph may be behind
COMMIT = "to the durable commit"
BARS = {COMMIT: (3.0, 15.0)}
EARLIER = "Splink `predict_between` 673 ms: an earlier measurement, not of this run"


def run(work: Path) -> list[Row]:
    """Put records into a copy of the project of `scale`, which is loaded first when it is not there."""
    full = None if (work / SET / "graph").exists() else scale.loaded(SET, work)
    path, home = table.data("customers", f"{SET}.parquet"), work / "one_record"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(work / SET, home)
    said = table.child("benchmarks.one_record", path, home, CUSTOMERS=str(path)).said
    shutil.rmtree(home)
    shutil.copytree(work / SET, home)
    fresh = work / "one_percent.parquet"
    write_rows(new_rows(str(path), said["records"] // 100), fresh)
    more = table.child("benchmarks.scale", fresh, home, CUSTOMERS=str(fresh))
    shutil.rmtree(home)
    rows = []
    for what, (p50, p99) in said["steps"].items():
        bar = BARS.get(what)
        met = p50 <= bar[0] and p99 <= bar[1] if bar else None
        told = f"p50 ≤ {bar[0]:g} ms, p99 ≤ {bar[1]:g} ms" if bar else ""
        rows.append(Row(what, f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", told, met, EARLIER if bar else ""))
    lags = said["lags"]
    for size, rate in said["rates"].items():
        what, got = f"batches of {int(size):,}, to the durable commit", f"{rate:,.0f} records/s"
        rows.append(Row(what, got, f"≥ {PER_SECOND:,}/s", rate >= PER_SECOND))
    rows.append(Row(f"from its arrival until the graph shows it, at {RATE} a second for {STREAM} s",
                    f"p50 {lags[0]:.1f} s, p99 {lags[1]:.1f} s, the last {lags[2]:.1f} s", f"≤ {LAG:g} s",
                    max(lags) <= LAG, f"in {said['puts']} puts"))  # fmt: skip
    share = more.cpu / full.cpu if full else None
    got = f"{more.cpu:.0f} CPU s" + (f", {share:.1%} of a full run" if share else "")
    rows.append(Row("1 % new data", got, "≤ 3 % of a full run", None if share is None else share <= 0.03))
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
        steps: dict[str, list[float]] = {"append": [], "resolve": [], "graph": [], COMMIT: []}
        watch(steps)
        batched = sum(size * times for size, times in BATCHES.items())
        rows = list(new_rows(path, WARM + RECORDS + batched + RATE * STREAM))
        for number, row in enumerate(rows[: WARM + RECORDS]):
            if number == WARM:
                for times in steps.values():
                    times.clear()
            acknowledged(c360, [row], steps)
        after = c360.ledger.counts()
        told = {what: table.tail(times) for what, times in steps.items()}
        later, rates = iter(rows[WARM + RECORDS :]), {}
        lags, puts = streamed(c360, list(islice(later, RATE * STREAM)))
        for size, times in BATCHES.items():
            spent = sum(acknowledged(c360, list(islice(later, size)), steps) for _ in range(times))
            rates[size] = 1_000 * size * times / spent
    joined = (after.parties - before.parties) - (after.customers - before.customers)
    print(json.dumps({
        "records": before.records, "joined": joined, "steps": told, "rates": rates,
        "lags": (*table.tail(lags), lags[-1]), "puts": puts,
    }))  # fmt: skip


def streamed(c360: threesixty.Customer360, rows: list[dict[str, str]]) -> tuple[list[float], int]:
    """Put rows as they arrive, so many a second, all that are there at once: seconds from the arrival of each
    until the graph shows it, and in how many puts."""
    lags, puts, start = list[float](), 0, time.perf_counter()
    while len(lags) < len(rows):
        here = min(len(rows), int((time.perf_counter() - start) * RATE))
        if here == len(lags):
            time.sleep(1 / RATE)
            continue
        c360.put("lake", rows[len(lags) : here])
        puts, now = puts + 1, time.perf_counter() - start
        lags += [now - number / RATE for number in range(len(lags), here)]
    return lags, puts


def acknowledged(
    c360: threesixty.Customer360, rows: list[dict[str, str]], steps: dict[str, list[float]]
) -> float:
    """Put rows; the milliseconds until their commit was durable, which is all but those of the graph."""
    start = time.perf_counter()
    c360.put("lake", rows)
    took = 1000 * (time.perf_counter() - start) - steps["graph"][-1]
    steps[COMMIT].append(took)
    return took


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

    loading.put.put = timed("append", loading.put.put)
    loading.resolve = timed("resolve", loading.resolve)
    opened.draw = timed("graph", opened.draw)


def write_rows(rows: Iterator[dict[str, str]], path: Path) -> None:
    """Keep rows as a file that a source delivers."""
    pq.write_table(pa.Table.from_pylist(list(rows)), path)


def new_rows(path: str, wanted: int) -> Iterator[dict[str, str]]:
    """Rows of people who are there, as another source would write them, and of people nobody knows."""
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
