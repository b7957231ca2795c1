"""Persons and organisations apart: Senzing's hand-made truth set, with the defaults.

SENZING names the folder with customers.csv, reference.csv, watchlist.csv and actual_truthset_key.csv.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

import threesixty
from benchmarks.table import Row
from threesixty.customer360 import Customer360

TITLE = "Organisations and persons: Senzing's truth set"
PROJECT = Path(__file__).parents[1] / "examples" / "senzing"
FILES = {"CUSTOMERS": "customers.csv", "REFERENCE": "reference.csv", "WATCHLIST": "watchlist.csv"}
Pairs = set[frozenset[str]]


def run(work: Path) -> list[Row]:
    """Load with the example's project file, export, and compare with the key, each sort by itself."""
    folder = Path(os.environ.get("SENZING", "."))
    if not (folder / "actual_truthset_key.csv").exists():
        raise SystemExit("SENZING must name the folder of Senzing's truth set")
    home, out = work / "organisations", work / "organisations.csv"
    out.unlink(missing_ok=True)
    _threesixty(home, "load")
    _threesixty(home, "export", "clusters", "--out", str(out))
    claimed = pairs(_clusters(_read(out), "customer", "source", "key"))
    true = pairs(
        _clusters(_read(folder / "actual_truthset_key.csv"), "CLUSTER_ID", "DATA_SOURCE", "RECORD_ID")
    )
    sorts = _sorts(folder)
    with threesixty.open(PROJECT, home=home) as c360:
        rows = [
            row for sort in ("PERSON", "ORGANIZATION")
            for row in _measured(c360, sort.lower(), _of(claimed, sorts, sort), _of(true, sorts, sort))
        ]  # fmt: skip
    mixed = sum(len({sorts[record] for record in pair}) > 1 for pair in claimed)
    return [*rows, Row("persons merged with organisations", str(mixed), "0", mixed == 0)]


def _threesixty(home: Path, *words: str) -> None:
    command = [sys.executable, "-m", "threesixty", "-p", str(PROJECT), "--home", str(home), "--quiet", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _clusters(rows: Iterable[Mapping[str, str]], group: str, source: str, key: str) -> Iterable[list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if not row[key].startswith("bag:"):
            found[row[group]].append(f"{row[source].lower()}/{row[key]}")
    return found.values()


def pairs(clusters: Iterable[list[str]]) -> Pairs:
    """Every two records that are in one cluster."""
    return {frozenset(pair) for records in clusters for pair in combinations(records, 2)}


def _sorts(folder: Path) -> dict[str, str]:
    return {
        f"{source.lower()}/{row['RECORD_ID']}": row["RECORD_TYPE"]
        for source, file in FILES.items()
        for row in _read(folder / file)
    }


def _of(found: Pairs, sorts: Mapping[str, str], sort: str) -> Pairs:
    return {pair for pair in found if all(sorts[record] == sort for record in pair)}


def _measured(c360: Customer360, sort: str, claimed: Pairs, true: Pairs) -> list[Row]:
    right = len(claimed & true)
    precision, recall = right / max(len(claimed), 1), right / max(len(true), 1)
    both = precision + recall
    f1 = f"{2 * precision * recall / both if both else 0.0:.4f}"
    return [
        Row(f"{sort}: pairwise F1", f1, note=f"precision {precision:.4f}, recall {recall:.4f}"),
        Row(f"{sort}: pairs", f"{right} of {len(true)}", note=f"{len(claimed - true)} that are wrong"),
        *_told(c360, f"{sort}: not found", true - claimed),
        *_told(c360, f"{sort}: wrong", claimed - true),
    ]


def _told(c360: Customer360, what: str, found: Pairs) -> list[Row]:
    """Each pair with what was seen in it."""
    told = []
    for one, other in sorted(sorted(pair) for pair in found):
        why = c360.why_not(one, other)
        refused = f"; {why.refused}" if why.refused else ""
        told.append(
            Row(
                what,
                f"{one} = {other}",
                note=f"{why.bits:+.1f} of {why.threshold:.1f} bits: {why.sentence}{refused}",
            )
        )
    return told
