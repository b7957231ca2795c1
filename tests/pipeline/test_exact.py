"""Whatever happened on the way, what is derived is a function of what is said now: to the last row.

Order and pieces of arrival, rows told twice, changes, deletions, decisions taken back, another epoch and
back, everything worked out anew: each random story ends in the state of a ledger that heard only its end.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.pipeline.conftest import Row, Town, person
from tests.pipeline.test_invariants import people
from tests.two_ledgers import derived_of, differing

import threesixty
from threesixty.customer360 import Customer360
from threesixty.identity.weights import Weights
from threesixty.pipeline.view import people as customers
from threesixty.record import Name, Record

EXAMPLE = Path(__file__).parents[2] / "examples" / "customers" / "threesixty.toml"


class Step(NamedTuple):
    """One thing that happens: `put` these rows, `delete` them, `switch` the epoch, `anew`, `undone`."""

    what: str
    rows: tuple[Row, ...] = ()


@st.composite
def stories(draw: st.DrawFn) -> list[Step]:
    """Rows in pieces and any order, some told again, changed or taken away, and what people do meanwhile."""
    rows, later = draw(people(most=8)), draw(people(least=8, most=8))
    waiting, steps = draw(st.permutations(rows)), draw(st.sampled_from([[], [Step("switch")]])).copy()
    while waiting:
        many = draw(st.integers(1, len(waiting)))
        steps.append(Step("put", tuple(waiting[:many])))
        waiting = waiting[many:]
        what = draw(st.sampled_from(["", "", "again", "change", "delete", "switch", "anew", "undone"]))
        some = tuple(
            draw(st.lists(st.sampled_from(rows), min_size=1, max_size=3, unique_by=lambda r: r["id"]))
        )
        if what == "again":
            steps.append(Step("put", some))
        elif what == "change":
            steps.append(Step("put", tuple(later[int(row["id"])] for row in some)))
        elif what:
            steps.append(Step(what, some))
    return steps


class Telling:
    """A story told to a town step by step; `said` are the rows that stand at the end."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.said: dict[str, Row] = {}
        self.steps = 0
        self.epoch = 0

    def tell(self, step: Step) -> None:
        self.steps += 1
        match step.what:
            case "put":
                rows = [{**row, "version": f"{self.steps:03}"} for row in step.rows]
                self.said.update({row["id"]: row for row in rows})
                self.town.put("crm", *rows)
            case "delete":
                self._delete([row["id"] for row in step.rows if row["id"] in self.said])
            case "switch":
                self.epoch = 1 - self.epoch
                self.town.c360.switch_epoch(self.epoch)
            case "anew":
                self.town.c360.ledger.drop_derived()
                self.town.c360.refresh()
            case "undone":
                self._undone([row["id"] for row in step.rows if row["id"] in self.said])

    def _delete(self, keys: list[str]) -> None:
        gone = [Record(Name("crm", "person", key), "party", "", {}, version=f"{self.steps:03}", deleted=True)
                for key in keys]  # fmt: skip
        self.town.c360.ledger.append(gone)
        self.town.c360.refresh()
        for key in keys:
            del self.said[key]

    def _undone(self, keys: list[str]) -> None:
        """Two are made one, or kept apart for ever, and that is taken back."""
        if len(keys) > 1:
            one, other = (f"crm/{key}" for key in keys[:2])
            together = any({one, other} <= cluster for cluster in self.town.clusters())
            (self.town.c360.split if together else self.town.c360.merge)(one, other)
            self.town.c360.undo()


def state_of(c360: Customer360) -> dict[str, object]:
    """Everything that is derived, golden values included, under names that two ledgers share."""
    found = customers(c360.view, c360.ledger.customers())
    golden = {
        " ".join(sorted(f"{row.source}/{row.key}" for row in person.members)): sorted(person.values.items())
        for person in found
    }
    return {"derived": derived_of(c360), "golden": golden}


@pytest.fixture(scope="session")
def empty(tmp_path_factory) -> Path:
    """A town in which nobody lives yet, where epoch 1 lets other names pass, and names are soon common."""
    weights = json.loads(Weights.text())
    weights["limits"] |= {"known_names": 1, "common_names": 1}
    for comparison in weights["comparisons"]:
        for level in comparison["levels"]:
            if (comparison["field"], level["level"]) in {("given", "different"), ("family", "different")}:
                level["u"] /= 400
    folder = tmp_path_factory.mktemp("exact") / "empty"
    town = Town(folder, graph="none")
    (folder / "lenient.json").write_text(json.dumps(weights), "utf-8")
    town.c360.open_epoch(folder / "lenient.json")
    town.c360.close()
    return folder


@contextmanager
def two_towns(empty: Path) -> Iterator[tuple[Town, Town]]:
    with tempfile.TemporaryDirectory() as folder:
        one, other = (
            Town(shutil.copytree(empty, Path(folder) / name), graph="none") for name in ("told", "straight")
        )
        try:
            yield one, other
        finally:
            one.c360.close()
            other.c360.close()


def told_to_the_last_row(empty: Path, story: list[Step]) -> None:
    with two_towns(empty) as (town, straight):
        telling = Telling(town)
        for step in story:
            telling.tell(step)
        if telling.said:
            straight.put("crm", *(telling.said[key] for key in sorted(telling.said)))
        if telling.epoch:
            straight.c360.switch_epoch(1)
        here, there = state_of(town.c360), state_of(straight.c360)

        assert not differing(here["derived"], there["derived"])
        assert here["golden"] == there["golden"]


def stories_told(examples: int):
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck),
                    phases=[Phase.explicit, Phase.generate, Phase.target])  # fmt: skip


@stories_told(300)
@given(story=stories())
def test_the_end_of_the_story_is_all_that_counts(empty: Path, story: list[Step]):
    told_to_the_last_row(empty, story)


@pytest.mark.parametrize("late", ["Zelmo Quixby", "Quixbi Zelmo", "Zelmo Quixbi"])
def test_who_comes_after_a_name_became_common(empty: Path, late: str):
    """What is known of the other's names counts, whoever of the two comes last."""
    called = ["Zelmo Quixbi", "Ysolde Quixbi", "Zelmo Brodrick", "Ysolde Zelmo", "Quixbi Zelmo", late]
    rows = tuple(person(str(number), *name.split(), version="1") for number, name in enumerate(called))

    told_to_the_last_row(empty, [Step("switch"), Step("put", rows[:-1]), Step("put", rows[-1:])])
    told_to_the_last_row(empty, [Step("switch"), Step("put", rows[-1:]), Step("put", rows[:-1])])


def test_names_may_have_more_holders_than_anything_else(empty: Path, tmp_path: Path):
    """As many namesakes are looked at as the weights say, also where other keys may have fewer holders."""
    rows = [person(str(number), "Ada", "Berg", version="1") for number in range(6)]
    weights = json.loads(Weights.text())
    weights["limits"] |= {"name_holders": 8, "key_holders": 3, "identifier_holders": 3}
    (tmp_path / "weights.json").write_text(json.dumps(weights), "utf-8")

    with two_towns(empty) as (pieces, straight):
        for town, batches in ((pieces, [[row] for row in rows]), (straight, [rows])):
            town.c360.switch_epoch(town.c360.open_epoch(tmp_path / "weights.json").number)
            for batch in batches:
                town.put("crm", *batch)
        straight.c360.rebuild()

        assert len(straight.c360.ledger.matches_of()) == 15
        assert not differing(derived_of(pieces.c360), derived_of(straight.c360))


@pytest.mark.slow
@stories_told(10_000)
@given(story=stories())
def test_the_end_of_ten_thousand_stories_is_all_that_counts(empty: Path, story: list[Step]):
    told_to_the_last_row(empty, story)


@pytest.fixture
def customers_file() -> Path:
    """A hundred thousand generated records; THREESIXTY_DATA names the folder that holds customers/."""
    path = Path(os.environ.get("THREESIXTY_DATA", "."), "customers", "c100k.parquet")
    if not path.exists():
        pytest.skip("THREESIXTY_DATA names no folder with customers/c100k.parquet")
    return path


@pytest.mark.slow
def test_a_hundred_thousand_records_in_three_orders(customers_file: Path, tmp_path: Path, monkeypatch):
    rows = pq.read_table(customers_file)
    dice, found = Random(11), []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        order = dice.sample(range(len(rows)), len(rows)) if number else range(len(rows))
        pieces = [rows.take(list(order[i::3])) for i in range(3)] if number == 2 else [rows.take(list(order))]
        told = EXAMPLE.read_text("utf-8") + '\n[stores]\ngraph = "none"\n'
        (folder / "threesixty.toml").write_text(told, "utf-8")
        monkeypatch.setenv("CUSTOMERS", str(folder / "rows.parquet"))
        with threesixty.open(folder / "threesixty.toml") as c360:
            for piece in pieces:
                pq.write_table(piece, folder / "rows.parquet")
                c360.load()
            found.append(state_of(c360))

    for other in found[1:]:
        assert not differing(found[0]["derived"], other["derived"])
        assert found[0]["golden"] == other["golden"]
