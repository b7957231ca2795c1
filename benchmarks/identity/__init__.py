"""Who is who on labelled sets, with one set of defaults: Threesixty beside what people would take instead.

Every set goes through every tool in one run, with random keys, and nothing is set per set but which column is
which. GOLDENMATCH may name a Python that has goldenmatch and polars; without it those rows are left out.
IDENTITY_SETS may name fewer sets, comma-joined.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import table
from benchmarks.identity import chart
from benchmarks.identity.sets import SETS, TAUGHT, prepared
from benchmarks.table import Row

TITLE = "Identity: one set of defaults on every set"
CHART = Path(__file__).parents[2] / "docs/images/identity.svg"
TOOLS = ("shipped weights", "weights that never saw it", "learned from itself, no labels", "Splink 5",
         "GoldenMatch 3.22", "stitching")  # fmt: skip
PATIENCE = 300  # seconds for one tool and one set; who needs more is left out
BARS: Mapping[str, tuple[float, float]] = {  # F1, precision; 0: none
    "c10k": (0.94, 0.985), "c100k": (0.94, 0.985), "historical_50k": (0.84, 0), "pseudopeople": (0.98, 0),
    "febrl4": (0.995, 0),
}  # fmt: skip
BEFORE = {"c100k": ".9475, P .9877", "historical_50k": ".828", "pseudopeople": ".981", "febrl4": ".999"}
"""Our own figures before, or the best of a prototype, as F1."""


def run(work: Path) -> list[Row]:
    """Every set through every tool; a table, and a chart beside the docs."""
    work = work / "identity"
    work.mkdir(exist_ok=True)
    wanted = os.environ.get("IDENTITY_SETS", ",".join(SETS)).split(",")
    found = {name: _of(name, work) for name in wanted}
    f1 = {name: {tool: said["f1"] for tool, said in got.items()} for name, got in found.items()}
    CHART.write_text(chart.drawn(TOOLS, f1), "utf-8")
    return [row for name, got in found.items() for row in _rows(name, got)]


def _of(name: str, work: Path) -> dict[str, dict[str, Any]]:
    """Figures of one set by tool."""
    records, truth = prepared(name, work)
    module = "benchmarks.identity."
    runs: dict[str, list[object]] = {
        "shipped weights": [sys.executable, "-m", module + "ours"],
        "learned from itself, no labels": [sys.executable, "-m", module + "ours", "--train"],
        "Splink 5": [sys.executable, "-m", module + "splink5"],
        "stitching": [sys.executable, "-m", module + "stitching"],
    }
    # A set that is made like one that taught counts as seen.
    taught = "c10k" if name == "c100k" else name
    if taught in TAUGHT:
        runs["weights that never saw it"] = [*runs["shipped weights"], "--weights", _without(taught, work)]
    if os.environ.get("GOLDENMATCH"):
        runs["GoldenMatch 3.22"] = [os.environ["GOLDENMATCH"], Path(__file__).with_name("goldenmatch322.py")]
    found = {}
    for tool in [tool for tool in TOOLS if tool in runs]:
        out = work / f"{name}.clusters.parquet"
        started = time.perf_counter()
        if _ran([*runs[tool], records, out]):
            figures = table.child("benchmarks.identity.measure", out, truth).said
            found[tool] = {**figures, "seconds": time.perf_counter() - started}
            print(name, tool, json.dumps(found[tool]), flush=True)
    return found


def _ran(command: Sequence[object]) -> bool:
    """Whether a tool came to an end in time; why not, on stderr."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    if command[0] != sys.executable:
        environment.pop("PYTHONPATH", None)  # another environment than ours
    words = [*map(str, command)]
    try:
        done = subprocess.run(words, check=False, env=environment, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        print(*words, f"took more than {PATIENCE} s", file=sys.stderr, flush=True)
        return False
    if done.returncode:
        print(*words, done.stderr.decode()[-500:], file=sys.stderr, flush=True)
    return not done.returncode


def _without(name: str, work: Path) -> Path:
    """Weights that are learned from all sets but this one, anew in each run: levels change."""
    out = work / f"without-{name}.json"
    table.child("benchmarks.identity.learn", "--without", name, "--out", out, "--work", work)
    return out


def _rows(name: str, found: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    rows = []
    for tool, got in found.items():
        f1, precision = BARS.get(name, (0.0, 0.0))
        ours = tool == "shipped weights"
        bar = f"≥ {f1}" + (f", P ≥ {precision}" if precision else "") if ours and f1 else ""
        note = (
            f"P {got['precision']:.4f}, R {got['recall']:.4f}; {got['over']:,} customers of several people, "
            f"largest {got['largest']} (truth {got['largest_true']}); {got['seconds']:.0f} s"
        )
        if ours and name in BEFORE:
            note += f"; before: {BEFORE[name]}"
        met = got["f1"] >= f1 and got["precision"] >= precision if bar else None
        rows.append(Row(f"{name}: {tool}", f"{got['f1']:.4f}", bar, met, note))
    return rows
