"""Clusters against the truth: pairwise precision and recall, and what was merged that should not be.

`python -m benchmarks.identity.measure CLUSTERS TRUTH` reads (key, customer) and (key, person).
"""

from __future__ import annotations

import json
import sys
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray


def main() -> None:
    """Compare a file of clusters with the truth."""
    joined = f"from '{sys.argv[1]}' c join '{sys.argv[2]}' t on c.key = t.key"
    with duckdb.connect() as database:
        rows = database.execute(f"select c.customer, t.person {joined}").fetchnumpy()
        [[missing]] = database.execute(
            f"select count(*) from '{sys.argv[2]}' t anti join '{sys.argv[1]}' c on c.key = t.key"
        ).fetchall()
    assert missing == 0, f"{missing} records are in no cluster"
    print(json.dumps(compared(rows["customer"], rows["person"])))


def compared(claimed: NDArray[Any], true: NDArray[Any]) -> dict[str, Any]:
    """Pairwise precision and recall; clusters that hold more than one person; the largest."""
    _, group = np.unique(claimed, return_inverse=True)
    _, person = np.unique(true, return_inverse=True)
    both, sizes = np.unique(np.stack((group, person)), axis=1, return_counts=True)
    right, said, truth = (_pairs(counts) for counts in (sizes, np.bincount(group), np.bincount(person)))
    precision, recall = right / max(said, 1), right / truth
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "over": int((np.bincount(both[0]) > 1).sum()),
        "largest": int(np.bincount(group).max()),
        "largest_true": int(np.bincount(person).max()),
        "clusters": int(group.max()) + 1,
        "people": int(person.max()) + 1,
    }


def _pairs(counts: NDArray[np.int64]) -> float:
    return float((counts * (counts - 1) // 2).sum())


if __name__ == "__main__":
    main()
