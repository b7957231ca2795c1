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
_UNLISTED = (
    "Darletta is on no list of names, so she may be Darla or Darlene written otherwise; "
    "all three records have the same surname and birth date and say nothing else"
)
_EITHER = (
    "the watchlist's John Smith fits father and son equally well; he goes to one of them, "
    "and hangs there by that"
)
_TWINS = (
    "the watchlist's record has the tax id of one twin and no name: with the mailbox and the address of both "
    "it draws the other one to it"
)
_KHMER = "Khmer letters give Kim as Koem and Dara as Tara: no reading is built in"
_SWAPPED = (
    "Jay Jones and Jones Jay with one mailbox name: by these two records alone, a name in the wrong "
    "columns is likelier than two people"
)
_BRANCH = "a misspelt company name with a branch behind it, and a unit in the address"
_NO_KEY = (
    "Russian and Belarusian forms of one name, telephones of two beginnings: no key that few records share"
)
_NAMES = "Howie and Howard Hughes, and nothing else: more than one are called that"
REASONS = {
    "reference/2081 = watchlist/2082": _NAMES,
    "customers/2031 = customers/2032": _KHMER,
    "customers/2063 = reference/2061": _NO_KEY,
    "reference/2061 = watchlist/2062": f"{_NO_KEY}, and the address is cut otherwise",
    "customers/1019 = customers/1020": _TWINS,
    "customers/1019 = watchlist/1021": _TWINS,
    "customers/1025 = customers/1026": _UNLISTED,
    "customers/1025 = watchlist/1027": _UNLISTED,
    "customers/1026 = watchlist/1027": _UNLISTED,
    "customers/1040 = watchlist/1041": _EITHER,
    "customers/1040 = watchlist/1042": _EITHER,
    "customers/1039 = watchlist/1041": _EITHER,
    "customers/1039 = watchlist/1042": _EITHER,
    "customers/1057 = customers/1058": _SWAPPED,
    "customers/2011 = reference/2012": _BRANCH,
}
"""Why a pair is missed, in words: what the evidence cannot tell."""


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
        pair = f"{one} = {other}"
        reason = f"{REASONS[pair][:1].upper()}{REASONS[pair][1:]}. " if pair in REASONS else ""
        told.append(
            Row(
                what,
                pair,
                note=f"{reason}{why.bits:+.1f} of {why.threshold:.1f} bits: {why.sentence}",
            )
        )
    return told
