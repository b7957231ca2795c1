"""How well the shipped defaults find who is who on labelled sets, and how long each step takes.

IDENTITY_SETS=… python benchmarks/identity_quality.py [SET or customers.parquet …] [--weights FILE]
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
from identity_sets import SETS, read

from threesixty.identity.candidates import pairs, postings, silent
from threesixty.identity.cluster import Matches, cluster
from threesixty.identity.score import score
from threesixty.identity.weights import Weights


def resolve(parties, weights):
    """The clustering of a whole set, the candidate pairs, the kept Matches, and CPU seconds of each step."""
    band, clock = weights.band(len(parties)), [time.process_time()]
    found = postings(parties)
    quiet = silent(found.keys, found.names, found.identifier, weights)
    clock.append(time.process_time())
    loud = ~np.isin(found.keys, quiet)
    a, b = pairs(found.keys[loud], parties.numbers[found.rows[loud]])
    clock.append(time.process_time())
    scores = score(parties, a, b, quiet, weights, band)
    clock.append(time.process_time())
    keep = scores.bits >= weights.keep
    matches = Matches(a[keep], b[keep], scores.bits[keep], scores.levels[keep])
    clustering = cluster(parties, matches, [], weights, band)
    clock.append(time.process_time())
    return clustering, (a, b), matches, np.diff(clock)


def quality(anchors, truth):
    """Pairwise precision, recall, F1; clusters of more than one person; the largest cluster."""
    _, person = np.unique(truth, return_inverse=True)
    _, group = np.unique(anchors, return_inverse=True)
    both = np.unique(np.stack((group, person)), axis=1, return_counts=True)
    right, claimed, true = (_pairs(n) for n in (both[1], np.bincount(group), np.bincount(person)))
    precision, recall = right / max(claimed, 1), right / true
    over = int((np.bincount(both[0][0]) > 1).sum())
    return (
        precision,
        recall,
        2 * precision * recall / (precision + recall),
        over,
        int(np.bincount(group).max()),
    )


def _pairs(counts):
    return float((counts * (counts - 1) // 2).sum())


def report(name, weights):
    """One line about a set."""
    labelled = read(name)
    clustering, (a, b), matches, seconds = resolve(labelled.parties, weights)
    line = f"{Path(name).stem:<15} "
    if len(np.unique(labelled.truth)) > 1:
        p, r, f, over, largest = quality(clustering.anchors, labelled.truth)
        _, person = np.unique(labelled.truth, return_inverse=True)
        reach = (person[a] == person[b]).sum() / _pairs(np.bincount(person))
        line += (
            f"P {p:.4f} R {r:.4f} F1 {f:.4f} over-merged {over:>5} largest {largest:>4} reach {reach:.4f} "
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    steps = " ".join(
        f"{step} {t:.1f}" for step, t in zip(("keys", "pairs", "score", "cluster"), seconds, strict=True)
    )
    print(f"{line}pairs {len(a):,} matches {len(matches.a):,} parked {len(clustering.parked)} "
          f"refused {len(clustering.refused)}; CPU s: {steps}; peak {peak:.1f} GiB", flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--weights", type=Path)
    given = parser.parse_args()
    for name in given.sets:
        report(name, Weights.load(given.weights))


if __name__ == "__main__":
    main()
