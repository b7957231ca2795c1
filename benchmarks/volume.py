"""Thirty things and events for every customer: how long they take to load and draw, and how much memory.

`python -m benchmarks.volume FOLDER HOME` loads a company that is written already, and prints figures.
THREESIXTY_CUSTOMERS sets how many customers there are (100,000 as shipped: three million rows).
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import threesixty
from benchmarks import table
from benchmarks.table import Row
from threesixty.report import Progress

TITLE = "Volume: things and events"
PROJECT = Path(__file__).with_name("volume.toml")
# Rows for each customer: those of both systems of people come on top of thirty things and events.
PER_CUSTOMER = {"orders": 5, "tickets": 1, "views": 18, "mailings": 6}
PRODUCTS, CAMPAIGNS = 2_000, 60
_FIRST, _SECONDS = np.datetime64("2022-01-01T00:00:00"), 4 * 365 * 86_400

Numbers = Any


def run(work: Path) -> list[Row]:
    """One size, as many customers as THREESIXTY_CUSTOMERS says."""
    customers = int(os.environ.get("THREESIXTY_CUSTOMERS", "100000"))
    home = work / "volume"
    shutil.rmtree(home, ignore_errors=True)
    folder = work / f"volume-{customers}"
    company(customers, folder)
    one = table.child("benchmarks.volume", folder, home)
    said = one.said
    rows, seconds = said["rows"], said["seconds"]
    told = ", ".join(f"{phase} {took:.0f}" for phase, took in said["phases"].items())
    size = said["bytes"]
    far = seconds / rows * 30_000_000 / 60
    whole = customers >= 1_000_000  # the bars are about a million: a smaller size neither meets nor misses
    note = f"load of the machine {said['busy']}; {one.cpu:.0f} CPU s"
    return [
        Row(f"{customers:,} customers, {rows:,} rows", f"{seconds:.0f} s, {one.together:.1f} GiB",
            "≤ 6 GiB for 30 M", one.together <= 6 if whole else None, note),
        Row("rows per second", f"{rows / seconds:,.0f}", "≥ 12,500 (30 M in 40 min)",
            rows / seconds >= 12_500 if whole else None,
            f"at this rate 30 million rows take {far:.0f} minutes"),
        Row("seconds of each step", told, note=f"ledger {size['ledger'] / 2**20:,.0f} MiB, graph "
            f"{size['graph'] / 2**20:,.0f} MiB on disk"),
        Row("card of the heaviest customer", f"{said['card']:.1f} ms",
            note=f"named by {said['heaviest']:,} rows"),
        Row("status", f"{said['status']:.1f} s", note="the ten heaviest customers among it"),
    ]  # fmt: skip


# --- the company -----------------------------------------------------------------------------------------


def company(customers: int, folder: Path) -> None:
    """Write the files of a company, the same for the same number of customers."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    dice = np.random.default_rng(42)
    write = _writer(folder)
    write("crm", customers, lambda n: _people("C", n, phones=True))
    write("shop", customers, lambda n: _people("S", n, phones=False))
    write("products", PRODUCTS, lambda n: {
        "sku": _keys("P", n), "name": _keys("Product ", n), "price": (n % 97 + 3).astype(str)})  # fmt: skip
    write("campaigns", CAMPAIGNS, lambda n: {
        "id": _keys("M", n), "name": _keys("Campaign ", n), "at": _times(n * 86_400 * 20)})  # fmt: skip
    makers = {"orders": _orders, "tickets": _tickets, "views": _views, "mailings": _mailings}
    for name, make in makers.items():
        write(
            name, customers * PER_CUSTOMER[name], lambda n, make=make: make(n, _who(dice, n, customers), dice)
        )


def _writer(folder: Path) -> Callable[[str, int, Callable[[Numbers], Mapping[str, Numbers]]], None]:
    def write(name: str, rows: int, make: Callable[[Numbers], Mapping[str, Numbers]]) -> None:
        writer = None
        for start in range(0, rows, 500_000):
            numbers = np.arange(start, min(rows, start + 500_000))
            part = pa.table({column: pa.array(texts, pa.string()) for column, texts in make(numbers).items()})
            writer = writer or pq.ParquetWriter(folder / f"{name}.parquet", part.schema)
            writer.write_table(part)
        if writer:
            writer.close()

    return write


def _keys(letter: str, numbers: Numbers) -> Numbers:
    return np.char.add(letter, numbers.astype(str))


def _times(seconds: Numbers) -> Numbers:
    return np.datetime_as_string(_FIRST + seconds.astype("timedelta64[s]"))


def _who(dice: np.random.Generator, n: Numbers, customers: int) -> Numbers:
    """Most customers do little, a few do much."""
    return np.minimum(
        (dice.pareto(2.5, len(n)) * customers / 8).astype(int), dice.integers(0, customers, len(n))
    )


def _people(letter: str, n: Numbers, *, phones: bool) -> Mapping[str, Numbers]:
    given = np.array(["Ada", "Rui", "Eva", "Ivo", "Zoe", "Ana", "Leo", "Mia"])[n % 8]
    family = np.char.add("Silva", np.array(["", "a", "e", "i", "o", "u"])[n % 6])
    said = {"id": _keys(letter, n), "given": given, "family": np.char.add(family, _letters(n)),
            "email": np.char.add(_keys("c", n), "@example.org"), "city": _keys("Town ", n % 500),
            "since": _times(n * 7919 % _SECONDS)}  # fmt: skip
    return (
        {**said, "phone": np.char.add("+3519", np.char.zfill((n % 10**8).astype(str), 8))} if phones else said
    )


def _letters(n: Numbers) -> Numbers:
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    return np.char.add(np.char.add(letters[n % 26], letters[n // 26 % 26]), letters[n // 676 % 26])


def _orders(n: Numbers, who: Numbers, dice: np.random.Generator) -> Mapping[str, Numbers]:
    return {"id": _keys("O", n), "who": _keys("S", who), "at": _times(dice.integers(0, _SECONDS, len(n))),
            "sku": _keys("P", dice.integers(0, PRODUCTS, len(n))), "quantity": (n % 3 + 1).astype(str),
            "total": (n % 400 + 5).astype(str),
            "status": np.array(["paid", "sent", "returned"])[n % 3]}  # fmt: skip


def _tickets(n: Numbers, who: Numbers, dice: np.random.Generator) -> Mapping[str, Numbers]:
    return {"id": _keys("T", n), "who": _keys("C", who), "at": _times(dice.integers(0, _SECONDS, len(n))),
            "subject": _keys("Question ", n % 1000),
            "status": np.array(["open", "closed"])[n % 2]}  # fmt: skip


def _views(n: Numbers, who: Numbers, dice: np.random.Generator) -> Mapping[str, Numbers]:
    return {"id": _keys("V", n), "who": _keys("S", who), "at": _times(dice.integers(0, _SECONDS, len(n))),
            "sku": _keys("P", dice.integers(0, PRODUCTS, len(n)))}  # fmt: skip


def _mailings(n: Numbers, who: Numbers, dice: np.random.Generator) -> Mapping[str, Numbers]:
    return {"id": _keys("E", n), "who": _keys("C", who), "at": _times(dice.integers(0, _SECONDS, len(n))),
            "campaign": _keys("M", dice.integers(0, CAMPAIGNS, len(n)))}  # fmt: skip


# --- one load, in a process of its own -------------------------------------------------------------------


def main() -> None:
    """Load the company into a home, ask for the heaviest customer; figures as JSON."""
    folder, home = Path(sys.argv[1]), Path(sys.argv[2])
    os.environ["VOLUME"] = str(folder)
    steps: dict[str, float] = {}
    last = ["load", time.perf_counter()]

    def note(progress: Progress) -> None:
        now = time.perf_counter()
        steps[last[0]] = steps.get(last[0], 0.0) + now - last[1]
        last[:] = [progress.task.partition(" ")[0], now]

    start = time.perf_counter()
    with threesixty.open(PROJECT, home=home) as c360:
        loaded = c360.load(progress=note)
        seconds = time.perf_counter() - start
        steps[last[0]] = steps.get(last[0], 0.0) + time.perf_counter() - last[1]
        status, took = _timed(c360.status)
        heavy = status.heaviest[0]
        card = statistics.median(_timed(lambda: c360.customer(heavy.id))[1] for _ in range(20))
    size = {name: sum(f.stat().st_size for f in home.rglob(f"{name}*") if f.is_file())
            for name in ("ledger", "graph")}  # fmt: skip
    print(json.dumps({
        "seconds": seconds, "rows": sum(one.account.rows for one in loaded.sources), "phases": steps,
        "bytes": size, "card": card * 1000, "heaviest": heavy.said, "status": took,
        "busy": f"{os.getloadavg()[1]:.1f}",
    }))  # fmt: skip


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = call()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
