"""Load, resolve and graph at 10 thousand, 100 thousand and a million records: time, memory, growth.

`python -m benchmarks.scale FILE HOME` does one of them in this process and prints its figures.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import threesixty
from benchmarks import table
from benchmarks.table import Child, Row
from threesixty.report import Progress

TITLE = "Scale: load + resolve + graph"
PROJECT = Path(__file__).parents[1] / "examples" / "customers"
SIZES = {"c10k": 10_000, "c100k": 100_000, "c1m": 1_000_000}


def run(work: Path) -> list[Row]:
    """Each size from nothing; the homes stay in `work` for other benchmarks."""
    found = {name: loaded(name, work) for name in SIZES}
    rows = [_row(name, found[name]) for name in SIZES]
    rows += [_phases(name, found[name]) for name in SIZES]
    grown = _growth(list(SIZES.values()), [one.said["seconds"] for one in found.values()])
    cpu = _growth(list(SIZES.values()), [one.said["cpu"] for one in found.values()])
    note = f"slope of log seconds over log records; of CPU seconds: {cpu:.2f}"
    return [*rows, Row("growth exponent", f"{grown:.2f}", "≤ 1.15", grown <= 1.15, note)]


def loaded(name: str, work: Path) -> Child:
    """Load one of the customer sets into an empty home."""
    home = work / name
    shutil.rmtree(home, ignore_errors=True)
    path = table.data("customers", f"{name}.parquet")
    return table.child("benchmarks.scale", path, home, CUSTOMERS=str(path))


def _row(name: str, one: Child) -> Row:
    said = one.said
    got = f"{said['seconds']:.0f} s, {one.together:.1f} GiB"
    note = f"{said['records']:,} records → {said['customers']:,} customers; {one.cpu:.0f} CPU s"
    note += f", largest process {one.gib:.1f} GiB"
    if name != "c1m":
        return Row(name, got, note=note)
    met = said["seconds"] <= 180 and one.together <= 4
    return Row(name, got, "≤ 180 s, ≤ 4 GiB", met, note)


def _phases(name: str, one: Child) -> Row:
    told = ", ".join(f"{phase} {seconds:.1f}" for phase, seconds in one.said["phases"].items())
    size = one.said["bytes"]
    note = f"ledger {size['ledger'] / 2**20:,.0f} MiB, graph {size['graph'] / 2**20:,.0f} MiB on disk"
    return Row(f"{name}: seconds of each step", told, note=note)


def _growth(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    return math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])


# --- one load, in a process of its own -------------------------------------------------------------------


def main() -> None:
    """Load CUSTOMERS into a home; seconds, CPU seconds and seconds of each step, as JSON."""
    home = Path(sys.argv[2])
    marks: list[tuple[str, float]] = []

    def note(progress: Progress) -> None:
        step = progress.task.partition(" ")[0]
        if not marks or marks[-1][0] != step:
            marks.append((step, time.perf_counter()))

    os.environ["CUSTOMERS"] = sys.argv[1]
    start, cpu = time.perf_counter(), time.process_time()
    marks.append(("load", start))
    with threesixty.open(PROJECT, home=home) as c360:
        loaded = c360.load(progress=note)
    end = time.perf_counter()
    if loaded.notices:
        print(*loaded.notices, sep="\n", file=sys.stderr)
    ends = [at for _, at in marks[1:]] + [end]
    phases = {step: until - at for (step, at), until in zip(marks, ends, strict=True)}
    size = {
        name: sum(f.stat().st_size for f in home.rglob(f"{name}*") if f.is_file())
        for name in ("ledger", "graph")
    }
    print(json.dumps({"seconds": end - start, "cpu": time.process_time() - cpu, "records": loaded.records,
                      "customers": loaded.customers, "phases": phases, "bytes": size}))  # fmt: skip


if __name__ == "__main__":
    main()
