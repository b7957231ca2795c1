"""Households against the truth: who lives behind one door, by kind, with the defaults.

The generated customers name the home of every person but not its kind; the sample company both.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks import scale, table
from benchmarks.table import Row
from threesixty.ledger import HouseholdRow, Ledger

TITLE = "Households: pairs of people behind one door"
SAMPLE = 5_000
Truth = Mapping[str, tuple[str, str]]
"""Person and household of a record, by its key; the sample's keys have their source before them."""


@dataclass
class Found:
    """What was found: pairs by (kind, now or before), those of one household, and doubles."""

    pairs: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    people: dict[frozenset[str], bool] = field(default_factory=dict)
    doubles: int = 0

    def add(self, what: str, pair: frozenset[str], right: bool) -> None:
        self.pairs[what] += 1
        self.right[what] += right
        self.people[pair] = right


def run(work: Path) -> list[Row]:
    """The customer sets (homes of `scale` are used where they are), and the sample company."""
    rows = []
    for name in ("c10k", "c100k"):
        if not (work / name / "ledger.db").exists():
            scale.loaded(name, work)
        told = pq.read_table(table.data("customers", f"{name}.truth.parquet")).to_pylist()
        truth = {one["record_id"]: (str(one["person_id"]), str(one["household_id"])) for one in told}
        rows += _measured(name, work / name / "ledger.db", truth)
    folder = work / "households"
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "threesixty", "--quiet", "demo", "--customers", str(SAMPLE)]
    subprocess.run([*command, "--folder", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return [*rows, *_sample(folder)]


def _sample(folder: Path) -> list[Row]:
    told = _read(folder / "truth" / "records.csv")
    truth = {f"{one['source']}/{one['key']}": (one["person"], one["household"]) for one in told}
    return _measured("sample", next(folder.rglob("ledger.db")), truth, _kinds(folder))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _kinds(folder: Path) -> Mapping[str, str]:
    """What the sample's households are: a family has a surname twice, two others are a couple or friends."""
    names: dict[str, list[str]] = defaultdict(list)
    for person in _read(folder / "truth" / "people.csv"):
        names[person["household"]].append(person["family"])
    return {
        home: "family" if len(set(those)) < len(those) else "flat-sharers" if len(those) > 2 else "two"
        for home, those in names.items()
    }


def _measured(name: str, path: Path, truth: Truth, kinds: Mapping[str, str] | None = None) -> list[Row]:
    with Ledger.open(path, write=False) as ledger:
        who = _who(ledger, truth)
        homes: dict[int, list[HouseholdRow]] = defaultdict(list)
        for row in ledger.households():
            if row.customer in who:
                homes[row.household].append(row)
        possible = _possible(ledger, who)
    found = _found(homes.values(), who)
    right = sum(found.people.values())
    true = _pairs_of_one_home(who.values())
    precision = right / len(found.people)
    note = f"precision {precision:.3f}; {len(true & possible):,} of {len(true):,} pairs share anything at all"
    return [
        Row(f"{name}: found of what can be", f"{right / len(true & possible):.3f}", note=note),
        Row(f"{name}: found of all", f"{right / len(true):.3f}", note=f"{found.doubles:,} pairs: one person"),
        *(Row(f"{name}: precision of {what}", f"{found.right[what] / many:.3f}", note=f"{many:,} pairs")
          for what, many in sorted(found.pairs.items())),
        *_confused(name, homes.values(), who, kinds or {}),
    ]  # fmt: skip


def _who(ledger: Ledger, truth: Truth) -> dict[int, tuple[str, str]]:
    """The person and household that most Records of each Customer are of."""
    names, said = dict(ledger.all_names()), defaultdict(list)
    for record, customer in ledger.membership(None).items():
        name = names[record]
        key = name.key if name.key in truth else f"{name.source}/{name.key}"
        if key in truth:
            said[customer].append(truth[key])
    return {customer: Counter(those).most_common(1)[0][0] for customer, those in said.items()}


def _found(homes: Iterable[list[HouseholdRow]], who: Mapping[int, tuple[str, str]]) -> Found:
    found = Found()
    for home in homes:
        for one, other in combinations(home, 2):
            (person, door), (second, entrance) = who[one.customer], who[other.customer]
            if person == second:
                found.doubles += 1
                continue
            when = "now" if one.until is None is other.until else "before"
            found.add(f"{one.kind}, {when}", frozenset((person, second)), door == entrance)
    return found


def _pairs_of_one_home(who: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    homes: dict[str, set[str]] = defaultdict(set)
    for person, home in who:
        homes[home].add(person)
    return {frozenset(pair) for those in homes.values() for pair in combinations(sorted(those), 2)}


def _possible(ledger: Ledger, who: Mapping[int, tuple[str, str]]) -> set[frozenset[str]]:
    """Pairs of people of whom some records share an address, a phone or an email."""
    owner, holders = ledger.membership(None), defaultdict(set)
    for carried in ledger.carried():
        if carried.type in {"address", "phone", "email"} and owner.get(carried.record) in who:
            holders[carried.identifier].add(who[owner[carried.record]][0])
    return {
        frozenset(pair) for those in holders.values() if len(those) < 200
        for pair in combinations(sorted(those), 2)
    }  # fmt: skip


def _confused(
    name: str, homes: Iterable[list[HouseholdRow]], who: Mapping[int, tuple[str, str]],
    kinds: Mapping[str, str],
) -> Iterable[Row]:  # fmt: skip
    """How often a household of each kind is what the truth says."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for home in homes if kinds else ():
        doors = {who[row.customer][1] for row in home}
        told[home[0].kind][kinds[doors.pop()] if len(doors) == 1 else "several households"] += 1
    for kind, counts in sorted(told.items()):
        said = ", ".join(f"{what} {many:,}" for what, many in counts.most_common())
        yield Row(f"{name}: households called {kind}", f"{counts.total():,}", note=f"in truth: {said}")
