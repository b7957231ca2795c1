"""Who is who where less is said of people, or with more mistakes: the same set without a column, with cells
emptied, with typing errors. The weights are the shipped ones throughout, whatever the set lacks.
"""

from __future__ import annotations

import random
import string
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import table
from benchmarks.identity.sets import prepared
from benchmarks.table import Row

TITLE = "Identity: less said of people, and more mistakes"
SET = "c10k"
TOOLS = {"shipped weights": "ours", "Splink 5": "splink5", "stitching": "stitching"}
NAMES = ("given", "middle", "family")
PLACE = ("street", "city", "region", "postcode")
TYPED = ("given", "family", "street", "city", "email")
GIVEN = ("email", "phone", "birth_date", "street", "device", "loyalty")

Worse = Callable[[pa.Table], pa.Table]


def run(work: Path) -> list[Row]:
    """Every variant through every tool: pairwise F1, and precision beside it."""
    work = work / "identity"
    work.mkdir(exist_ok=True)
    records, truth = prepared(SET, work)
    people, rows = pq.read_table(records), []
    for name, worse in VARIANTS.items():
        variant, out = work / "variant.parquet", work / "variant.clusters.parquet"
        pq.write_table(worse(people), variant)
        for tool, module in TOOLS.items():
            command = [sys.executable, "-m", f"benchmarks.identity.{module}", str(variant), str(out)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            said = table.child("benchmarks.identity.measure", out, truth).said
            note = f"P {said['precision']:.4f}, R {said['recall']:.4f}; largest {said['largest']}"
            rows.append(Row(f"{name}: {tool}", f"{said['f1']:.4f}", note=note))
    return rows


def _without(*columns: str) -> Worse:
    return lambda people: people.drop_columns([name for name in columns if name in people.column_names])


def _only(*columns: str) -> Worse:
    return lambda people: people.select(["key", *NAMES, *columns])


def _emptied(share: float, columns: Sequence[str]) -> Worse:
    return _each(columns, lambda text, dice: None if dice.random() < share else text)


def _mistyped(share: float, columns: Sequence[str]) -> Worse:
    return _each(columns, lambda text, dice: mistyped(text, dice) if dice.random() < share else text)


def _each(columns: Sequence[str], change: Callable[[str, random.Random], str | None]) -> Worse:
    def worse(people: pa.Table) -> pa.Table:
        dice = random.Random(7)
        for name in columns:
            cells = [text and change(text, dice) for text in people[name].to_pylist()]
            place = people.column_names.index(name)
            people = people.set_column(place, name, pa.array(cells, pa.string()))
        return people

    return worse


def mistyped(text: str, dice: random.Random) -> str:
    """One letter left out, swapped with the next, another, or twice."""
    if len(text) < 3:
        return text
    at = dice.randrange(len(text) - 1)
    before, one, after = text[:at], text[at], text[at + 1 :]
    return dice.choice(
        [
            before + after,
            before + after[0] + one + after[1:],
            before + dice.choice(string.ascii_lowercase) + after,
            before + one + one + after,
        ]
    )


VARIANTS: Mapping[str, Worse] = {
    "as it is": lambda people: people,
    "no birth date": _without("birth_date"),
    "no email": _without("email"),
    "no phone": _without("phone"),
    "no address": _without(*PLACE),
    "no birth date, device or loyalty card": _without("birth_date", "device", "loyalty"),
    "names and email": _only("email"),
    "names, birth date and address": _only("birth_date", *PLACE),
    "names, phone and address": _only("phone", *PLACE),
    "3 of 10 cells empty": _emptied(0.3, GIVEN),
    "1 of 10 cells mistyped": _mistyped(0.1, TYPED),
    "1 of 4 cells mistyped": _mistyped(0.25, TYPED),
}
