"""Who is who in sample companies that nobody learned from: Portuguese, German, British and American people.

Two sizes, each of another seed than the sample that is shipped, loaded as a user would, and held against
the truth that lies beside the sources.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np

import threesixty
from benchmarks.identity.measure import compared
from benchmarks.table import Row
from threesixty import sample

TITLE = "Sample companies"
COMPANIES = ((5_000, 1), (20_000, 2))
"""How many customers, and the seed."""


def run(work: Path) -> list[Row]:
    """F1 of the records of people and firms; orders and tickets name the same people again."""
    return [_company(work / f"sample-{customers}", customers, seed) for customers, seed in COMPANIES]


def _company(folder: Path, customers: int, seed: int) -> Row:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with threesixty.open(sample.write(folder, customers=customers, seed=seed)) as c360:
        c360.load()
        c360.export("clusters", folder / "clusters.csv")
    found = {(row["source"], row["key"]): row["customer"] for row in _rows(folder / "clusters.csv")}
    truth = {(row["source"], row["key"]): row["person"] for row in _rows(folder / "truth/records.csv")}
    told = compared(np.array([found[key] for key in truth]), np.array(list(truth.values())))
    shutil.rmtree(folder)
    note = (
        f"P {told['precision']:.4f}, R {told['recall']:.4f}; {told['over']:,} of {told['clusters']:,} "
        f"customers are several people, largest {told['largest']} (truth {told['largest_true']})"
    )
    return Row(f"{customers:,} customers, seed {seed}", f"{told['f1']:.4f}", note=note)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
