"""What a benchmark gives: a table of figures beside their bars, written as Markdown."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import memory

RESULTS = Path(__file__).with_name("results")
HEAD = "| what | got | bar | note |\n|---|---|---|---|"


@dataclass(frozen=True)
class Row:
    """One figure. `met` is None where there is no bar."""

    what: str
    got: str
    bar: str = ""
    met: bool | None = None
    note: str = ""

    def __str__(self) -> str:
        verdict = {None: "", True: "met", False: "**missed**"}[self.met]
        bar = f"{self.bar} {verdict}".strip()
        return f"| {self.what} | {self.got} | {bar} | {self.note} |"


@dataclass(frozen=True)
class Child:
    """What a child process said (its last line, JSON), and what it and its own children took.

    `gib` is the peak of the largest of these processes, `together` that of all at one time.
    """

    said: dict[str, Any]
    seconds: float
    cpu: float
    gib: float
    together: float


def data(*parts: str) -> Path:
    """A file of the data folder; says what to set when there is none."""
    folder = os.environ.get("THREESIXTY_DATA")
    path = Path(folder or ".").joinpath(*parts)
    if folder is None or not path.exists():
        raise SystemExit(
            f"{path} is not there: set THREESIXTY_DATA to the folder that holds {'/'.join(parts)}"
        )
    return path


def child(module: str, *arguments: object, **environment: str) -> Child:
    """Run `python -m module arguments`, alone in a process, so that its peak memory is its own."""
    start = time.perf_counter()
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | environment
    ) as process:
        assert process.stdout is not None
        with memory.watching(process.pid) as peak:
            lines = process.stdout.read().splitlines()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    seconds = time.perf_counter() - start
    return Child(json.loads(lines[-1]), seconds, cpu, _gib(used.ru_maxrss), peak.gib)


def _gib(maxrss: int) -> float:
    """`ru_maxrss` is bytes on a Mac and KiB everywhere else."""
    return maxrss / 2 ** (30 if sys.platform == "darwin" else 20)


def tail(milliseconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p99."""
    p50, p99 = np.percentile(milliseconds, [50, 99])
    return float(p50), float(p99)


def write(name: str, title: str, rows: Sequence[Row]) -> None:
    """Keep a table in results/NAME.md and show it."""
    RESULTS.mkdir(exist_ok=True)
    text = "\n".join(
        [f"# {title}", "", f"{machine()}, {time.strftime('%Y-%m-%d')}.", "", HEAD, *map(str, rows), ""]
    )
    (RESULTS / f"{name}.md").write_text(text, "utf-8")
    print(text)


def machine() -> str:
    """The machine in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores ({_processor()})"
    return f"{cores}, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )
