"""Weights learned from the ledger: pairs are compared, Splink learns from their levels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import numpy as np

from threesixty.errors import ThreesixtyError, WeightsError
from threesixty.identity import training
from threesixty.identity.levels import LEVELS, Levels
from threesixty.identity.parties import Ints, Parties
from threesixty.identity.score import CHUNK, compare_rows
from threesixty.identity.training import ENOUGH, LEAST, MOST, Learned, Taught
from threesixty.identity.weights import Weights
from threesixty.identity.whole import proposed_to_learn
from threesixty.ledger import Ledger
from threesixty.pipeline import epochs
from threesixty.pipeline.columns import parties
from threesixty.pipeline.epochs import beside
from threesixty.pipeline.view import View
from threesixty.report import Progress, Tell

_NAMED = 12  # levels that an error names one by one


@dataclass(frozen=True)
class Trained:
    """Weights as a file holds them, and what they were learned from."""

    text: str
    model: dict[str, Any]
    pairs: int
    decided: int


def train(view: View, tell: Tell, *, fill: bool = False, spark: str = "") -> Trained:
    """Learn weights from all pairs of the ledger that are worth a look, beginning at the shipped weights.

    Limits are not learned: those in force stay. `fill` keeps the shipped weights where too few pairs show a
    level; `spark` is the address of a master. Raises WeightsError, which names those levels, and
    ThreesixtyError where Splink is not installed.
    """
    now, shipped = view.weights, json.loads(Weights.text())
    shipped["limits"] = _limits(view.ledger, shipped["limits"])
    weights = replace(Weights.from_dict(shipped), probability=now.probability, exclusive=now.exclusive)
    everyone = parties(view.ledger.parties(None))
    band = weights.band(len(everyone))
    levels, silent = _levels(everyone, weights, tell)
    told = _taught(view.ledger, everyone, silent, weights)
    tell(Progress("learn", 0, 1, "rounds"))
    with _engine(spark) as engine:
        learned = training.learn(levels, weights, band, engine)
    tell(Progress("learn", 1, 1, "rounds"))
    _complete(learned, fill=fill)
    model = training.taught(learned, told)
    many = len(told.same) if told else 0
    said = json.dumps(
        training.written(model, learned, shipped, weights, band, said=_said(learned, everyone, many)),
        indent=1,
    )
    epochs.read(said, "what was learned")
    return Trained(said + "\n", model, learned.pairs, many)


def _limits(ledger: Ledger, shipped: Mapping[str, Any]) -> dict[str, Any]:
    """The limits in force, as their file says them; the shipped ones where it says none."""
    said = json.loads(epochs.text_of(ledger, ledger.epoch_in_force()[0]))["limits"]
    return {name: said.get(name, limit) for name, limit in shipped.items()}


def _said(learned: Learned, everyone: Parties, decided: int) -> str:
    people = f", {decided:,} of which people decided" if decided else ""
    kept = len(learned.untrained)
    shipped = f"; {kept} rare verdicts as shipped" if kept else ""
    return f"by Splink from {learned.pairs:,} pairs of {len(everyone):,} records{people}{shipped}"


def _levels(everyone: Parties, weights: Weights, tell: Tell) -> tuple[Levels, Ints]:
    """The levels of the pairs to learn from, and the keys that propose nothing."""
    found = proposed_to_learn(everyone, weights)
    one, other, silent = everyone.rows(found.a), everyone.rows(found.b), found.silent
    del found
    some = training.chosen(everyone.ties[one], everyone.ties[other], MOST)
    one, other = one[some], other[some]
    if len(one) < ENOUGH:
        raise WeightsError(
            f"{len(one):,} pairs of this ledger are worth a look, too few to learn from",
            hint=f"{ENOUGH:,} are the least; until there are as many, the shipped weights do better",
        )
    parts = []
    for start in range(0, len(one), CHUNK):
        tell(Progress("compare pairs", start, len(one), "pairs"))
        part = slice(start, start + CHUNK)
        parts.append(compare_rows(everyone, one[part], other[part], silent, weights.exclusive_others))
    return np.concatenate(parts), silent


def _taught(ledger: Ledger, everyone: Parties, silent: Ints, weights: Weights) -> Taught | None:
    a, b, same = beside.decided(ledger)
    if not len(a):
        return None
    one, other = everyone.rows(a), everyone.rows(b)
    return Taught(compare_rows(everyone, one, other, silent, weights.exclusive_others), same)


def _complete(learned: Learned, *, fill: bool) -> None:
    """Raise WeightsError where levels could not be learned, unless the shipped weights are to fill in."""
    if not learned.untrained or fill:
        return
    named = [f"{field}.{level} ({learned.seen[field, level]})" for field, level in learned.untrained]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    total = sum(len(names) - 1 for names in LEVELS.values())
    raise WeightsError(
        f"{len(named)} of {total} verdicts are in too few pairs to learn what they say: "
        f"{', '.join(named[:_NAMED])}{more}",
        hint=f"{LEAST} pairs each are the least: load more records, or say --fill to keep for these what "
        "the shipped weights say",
        levels=(f"{field}.{level}" for field, level in learned.untrained),
    )


@contextmanager
def _engine(spark: str) -> Iterator[training.Engine]:
    wanted = {"splink": "train", "duckdb": "train"} | ({"pyspark": "spark"} if spark else {})
    for package, extra in wanted.items():
        if not find_spec(package):
            raise ThreesixtyError(
                f"learning weights needs {package}", hint=f"pip install 'threesixty[{extra}]'"
            )
    if not spark:
        yield training.duckdb
        return
    from pyspark.sql import SparkSession  # noqa: PLC0415

    session = SparkSession.builder.master(spark).appName("threesixty train").getOrCreate()
    try:
        yield training.spark(session)
    finally:
        session.stop()
