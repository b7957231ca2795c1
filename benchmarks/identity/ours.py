"""A set through identity/, with the shipped weights or others.

`python -m benchmarks.identity.ours RECORDS OUT [--weights FILE] [--train]` writes (key, customer) and prints
figures. `--train` learns weights from the records themselves, without labels, as `threesixty train` does.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.identity import sets
from threesixty.identity import training
from threesixty.identity.cluster import cluster
from threesixty.identity.parties import Parties
from threesixty.identity.score import compare_rows
from threesixty.identity.weights import Weights
from threesixty.identity.whole import matches, proposed, proposed_to_learn


def clusters(parties: Parties, weights: Weights) -> tuple[np.ndarray, int]:
    """The group of every row, and how many pairs were looked at."""
    band = weights.band(len(parties))
    found = proposed(parties, weights)
    kept = matches(parties, found.a, found.b, found.silent, weights, band)
    return cluster(parties, kept, [], weights, band).anchors, len(found.a)


def trained(parties: Parties) -> Weights:
    """Weights that Splink learns from these records, beginning at the shipped ones."""
    weights = Weights.load()
    band = weights.band(len(parties))
    found = proposed_to_learn(parties, weights)
    one, other = parties.rows(found.a), parties.rows(found.b)
    some = training.chosen(parties.ties[one], parties.ties[other])
    if len(some) < training.ENOUGH:
        raise SystemExit(f"{len(some):,} pairs are too few to learn from")
    levels = compare_rows(parties, one[some], other[some], found.silent, weights.exclusive_others)
    learned = training.learn(levels, weights, band)
    model = training.taught(learned, None)
    said = training.written(model, learned, json.loads(Weights.text()), weights, band, said="here")
    return Weights.from_dict(said)


def main() -> None:
    """Resolve, write, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--train", action="store_true")
    given = parser.parse_args()
    rows = pq.read_table(given.records)
    parties = sets.parties(rows)
    weights = trained(parties) if given.train else Weights.load(given.weights)
    groups, pairs = clusters(parties, weights)
    pq.write_table(pa.table({"key": rows["key"], "customer": groups}), given.out)
    print(json.dumps({"pairs": pairs}))


if __name__ == "__main__":
    main()
