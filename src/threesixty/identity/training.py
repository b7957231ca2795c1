"""Learning weights without labels: Splink is given the levels of pairs, and tells matches from others.

One scorer compares Records, ours; Splink is given the levels it found, a row for each pair, and estimates how
often each is seen when two Records are of one party (m) and when they are not (u). It begins at the weights
that are given and takes a few rounds from there: far enough to fit them to these Records, not so far that
households come out as people, as they do when it runs until nothing moves.

Splink is imported only here, and only when somebody learns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from threesixty.identity import organisations
from threesixty.identity.levels import FIELDS, LEVEL, LEVELS, Levels
from threesixty.identity.parties import Bools, Ints
from threesixty.identity.weights import Band, Weights

ROUNDS = 3
LEAST = 20
"""Pairs that must show a level for it to be learned."""
ENOUGH = 5_000
"""Pairs below which nothing is learned: Splink would follow chance."""
MOST = 2_000_000
"""Pairs that are learned from; which ones does not depend on when they came in."""

# Of organisations too little is known to learn from, and that sorts never merge is a rule.
LEARNED = tuple(field for field, levels in LEVELS.items() if len(levels) > 1 and field != "sort")
_RULE = "generic"
"""That what too many hold counts for nothing is a rule too: who shares it was found by something else."""
_PERSONS, _ORGANISATIONS = 0, 1  # places among the sorts of a table
_PAIR = "pair"

Model = dict[str, Any]
Engine = Callable[[pa.Table], tuple[Any, Any]]
"""Takes the rows of pairs to where Splink works: its database API, and the table there."""


@dataclass(frozen=True)
class Taught:
    """What people said of pairs: their levels, and whether they are one party."""

    levels: Levels
    same: Bools


@dataclass(frozen=True)
class Learned:
    """Splink's model with the levels it could learn, how many pairs showed each, and which were too seldom.

    `absent` fields are those that no pair had on both sides.
    """

    model: Model
    pairs: int
    seen: Mapping[tuple[str, str], int]
    untrained: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]


def duckdb(table: pa.Table) -> tuple[Any, Any]:
    """Splink on this machine."""
    from splink import DuckDBAPI  # noqa: PLC0415

    database = DuckDBAPI()
    return database, database.register(table)


def spark(session: Any) -> Engine:
    """Splink on a Spark cluster: `session` is one of PySpark's."""

    def engine(table: pa.Table) -> tuple[Any, Any]:
        from splink import SparkAPI  # noqa: PLC0415

        # Equal numbers are all that is compared: nothing of Splink's own functions is needed there.
        database = SparkAPI(  # type: ignore[no-untyped-call]
            spark_session=session, register_udfs_automatically=False, break_lineage_method="persist"
        )
        return database, database.register(session.createDataFrame(table))

    return engine


def chosen(ties_a: Ints, ties_b: Ints, most: int = MOST) -> Ints:
    """The places of the pairs to learn from, by the hashes of their Records' names."""
    if len(ties_a) <= most:
        return np.arange(len(ties_a))
    mixed = (ties_a ^ ties_b).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.sort(np.argpartition(mixed, most)[:most])


def learn(levels: Levels, weights: Weights, band: Band, engine: Engine = duckdb) -> Learned:
    """What Splink makes of the levels of pairs, shape (pairs, FIELDS), beginning at some weights."""
    from splink import Linker  # noqa: PLC0415

    levels = levels[levels[:, FIELDS.index("sort")] == 0]  # two persons
    _, table = engine(rows(np.concatenate((levels, _alone()))))
    linker = Linker(table, settings(weights, band), log_level="ERROR")
    linker.training.estimate_parameters_using_expectation_maximisation(
        f"l.{_PAIR} = r.{_PAIR}", estimate_without_term_frequencies=True, fix_u_probabilities=False,
        populate_probability_two_random_records_match_from_trained_values=True,
    )  # fmt: skip
    seen = counted(levels)
    absent = tuple(field for field in LEARNED if not any(seen[field, level] for level in LEVELS[field][1:]))
    rare = (cell for cell, pairs in seen.items() if pairs < LEAST)
    untrained = tuple(cell for cell in rare if cell[0] not in absent and cell[1] != _RULE)
    return Learned(linker.misc.save_model_to_json(), len(levels), seen, untrained, absent)


def _alone() -> Levels:
    """One more pair for each level, showing nothing else: Splink stops where only matches show a level."""
    found = np.zeros((sum(len(LEVELS[field]) - 1 for field in LEARNED), len(FIELDS)), np.uint8)
    cells = [(FIELDS.index(field), LEVEL[field][level]) for field in LEARNED for level in LEVELS[field][1:]]
    for row, (place, level) in enumerate(cells):
        found[row, place] = level
    return found


def rows(levels: Levels) -> pa.Table:
    """Pairs as Splink takes them: two rows each, that share a number and hold the pair's levels."""
    twice = np.repeat(np.arange(len(levels), dtype=np.int64), 2)
    columns = {field: np.repeat(levels[:, FIELDS.index(field)], 2).astype(np.int32) for field in LEARNED}
    return pa.table({"unique_id": np.arange(2 * len(levels)), _PAIR: twice, **columns})


def counted(levels: Levels) -> dict[tuple[str, str], int]:
    """How many pairs show each level."""
    found = {}
    for field in LEARNED:
        counts = np.bincount(levels[:, FIELDS.index(field)], minlength=16)
        found.update({(field, level): int(counts[LEVEL[field][level]]) for level in LEVELS[field][1:]})
    return found


# --- Splink's form -----------------------------------------------------------------------------------------


def settings(weights: Weights, band: Band) -> Model:
    """Weights as Splink's settings, which are also the form of a model it has trained."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": _probability(band.prior_bits),
        "max_iterations": ROUNDS,
        "blocking_rules_to_generate_predictions": [f"l.{_PAIR} = r.{_PAIR}"],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "comparisons": [_comparison(field, weights, band) for field in LEARNED],
    }


def _comparison(field: str, weights: Weights, band: Band) -> Model:
    missing = {"sql_condition": f"{field}_l = 0", "label_for_charts": "missing", "is_null_level": True}
    table = weights.table(band)[_PERSONS, FIELDS.index(field)]
    found = []
    for level in LEVELS[field][1:]:
        m = weights.shares[field][level]
        u = m / 2 ** float(table[LEVEL[field][level]])
        found.append({
            "sql_condition": f"{field}_l = {LEVEL[field][level]}", "label_for_charts": level,
            "m_probability": m, "u_probability": u,
            "fix_m_probability": level == _RULE, "fix_u_probability": level == _RULE,
        })  # fmt: skip
    return {"output_column_name": field, "comparison_levels": [missing, *found]}


def _probability(bits: float) -> float:
    return 1 / (1 + 2**-bits)


def odds(model: Model) -> float:
    """The bits that any two of the pairs begin with."""
    probability = float(model["probability_two_random_records_match"])
    return float(np.log2(probability / (1 - probability)))


def shares(model: Model) -> dict[tuple[str, str], tuple[float, float]]:
    """m and u of every level of a model; those that Splink never saw have none."""
    return {
        (comparison["output_column_name"], level["label_for_charts"]): (
            float(level["m_probability"]), float(level["u_probability"])
        )
        for comparison in model["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level") and _known(level, "m") and _known(level, "u")
    }  # fmt: skip


def _known(level: Model, which: str) -> bool:
    # Splink writes words where it saw nothing.
    return isinstance(level.get(f"{which}_probability"), int | float)


# --- what it is worth --------------------------------------------------------------------------------------


def taught(learned: Learned, told: Taught | None) -> Model:
    """The model with what people said: each pair counts as one that Splink is sure of.

    And no level is seen in less than half a pair, or a few pairs would say that it is impossible.
    """
    known = shares(learned.model)
    probability = float(learned.model["probability_two_random_records_match"])
    same, other = (counted(told.levels[told.same == side]) for side in (True, False)) if told else ({}, {})
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for field in LEARNED:
        cells = [(field, one) for one in LEVELS[field][1:] if (field, one) in known and one != _RULE]
        pairs = sum(learned.seen[cell] for cell in cells)
        ms = _joined([known[cell][0] for cell in cells], pairs * probability, [same.get(c, 0) for c in cells])
        us = _joined(
            [known[cell][1] for cell in cells], pairs * (1 - probability), [other.get(c, 0) for c in cells]
        )
        found.update(zip(cells, zip(ms, us, strict=True), strict=True))
    return _written(learned.model, found)


def _joined(shares_: Sequence[float], pairs: float, more: Sequence[int]) -> list[float]:
    total = max(pairs + sum(more), 1.0)
    return [max(share * pairs + count, 0.5) / total for share, count in zip(shares_, more, strict=True)]


def _written(model: Model, found: Mapping[tuple[str, str], tuple[float, float]]) -> Model:
    comparisons = []
    for comparison in model["comparisons"]:
        field, levels = comparison["output_column_name"], []
        for level in comparison["comparison_levels"]:
            m_u = found.get((field, level.get("label_for_charts", "")))
            said = {"m_probability": m_u[0], "u_probability": m_u[1]} if m_u else {}
            levels.append({**level, **said})
        comparisons.append({**comparison, "comparison_levels": levels})
    return {**model, "comparisons": comparisons}


def written(
    model: Model, learned: Learned, shipped: Mapping[str, Any], weights: Weights, band: Band, *, said: str
) -> dict[str, Any]:
    """What a file of weights holds: a model's levels, the others as they are in the weights it began at.

    Bands move with it: the one that was learned in is worth what was learned, the others as much more or
    less as they were.
    """
    known, table, comparisons = shares(model), weights.table(band)[_PERSONS], []
    skipped = {*learned.untrained, *((field, level) for field in learned.absent for level in LEVELS[field])}
    for field, names in LEVELS.items():
        levels = []
        for level in names[1:]:
            cell = (field, level)
            if cell in known and cell not in skipped and level != _RULE:
                # The order in which a database adds up shows in the last digits.
                m, u = (float(f"{share:.6g}") for share in known[cell])
                levels.append({"level": level, "m": m, "u": u, "pairs": learned.seen[cell]})
            else:
                m = weights.shares[field][level]
                u = m / 2 ** float(table[FIELDS.index(field), LEVEL[field][level]])
                levels.append({"level": level, "m": m, "u": u})
        comparisons.append({"field": field, "levels": levels})
    more = round((odds(model) - band.prior_bits) * 64) / 64
    bands = [
        {
            "name": one.name, "records": one.records,
            "prior_bits": one.prior_bits + more,
            "identifier_bits": one.identifier_bits - band.identifier_bits,
        }
        for one in weights.bands
    ]  # fmt: skip
    return {
        "learned": said, "limits": shipped["limits"], "bands": bands, "comparisons": comparisons,
        "organisations": _as_before(weights.table(band)[_ORGANISATIONS], more),
    }  # fmt: skip


def _as_before(table: NDArray[np.float64], more: float) -> list[dict[str, Any]]:
    """What the fields of organisations are worth in this band, though persons begin with other odds."""
    found = []
    for place, (field, names) in enumerate(organisations.LEVELS.items()):
        bits = [float(table[place, number]) for number in range(1, len(names))]
        if field == "sort":
            bits[organisations.BOTH - 1] -= more
        said = zip(names[1:], bits, strict=True)
        levels = [
            {"level": name, "m": 0.5 * 2 ** min(worth, 0), "u": 0.5 / 2 ** max(worth, 0)}
            for name, worth in said
        ]
        found.append({"field": field, "levels": levels})
    return found
