"""What most tools do: records with an equal identifier, or an equal name and birth date, are one.

A value held under more than four surnames counts for nothing, as it does with us.

`python -m benchmarks.identity.stitching RECORDS OUT` writes (key, customer).
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.identity.sets import IDENTIFIERS


def main() -> None:
    """Join, write."""
    rows = pq.read_table(sys.argv[1])
    family = _codes(rows, ["family"])
    ends = [np.empty((2, 0), np.int64)]
    for names in [[kind] for kind in IDENTIFIERS] + [["given", "family", "birth_date"]]:
        if set(names) <= set(rows.column_names):
            codes = _codes(rows, names)
            ends.append(_equal(codes if len(names) > 1 else _meaningful(codes, family)))
    one, other = np.concatenate(ends, axis=1)
    size = len(rows)
    joined = coo_matrix((np.ones(len(one), bool), (one, other)), shape=(size, size))
    _, groups = connected_components(joined, directed=False)
    pq.write_table(pa.table({"key": rows["key"], "customer": groups}), sys.argv[2])
    print(json.dumps({"joins": len(one)}))


def _codes(rows: pa.Table, names: list[str]) -> np.ndarray:
    """A number for each distinct text of some columns together, -1 where one says nothing."""
    texts = np.array(
        ["\x1f".join(map(str, row)) for row in zip(*(rows[n].to_pylist() for n in names), strict=True)]
    )
    missing = np.logical_or.reduce([rows[n].is_null().to_numpy(zero_copy_only=False) for n in names])
    _, codes = np.unique(texts, return_inverse=True)
    return np.where(missing, -1, codes)


def _meaningful(codes: np.ndarray, family: np.ndarray) -> np.ndarray:
    known = (codes >= 0) & (family >= 0)
    pairs = np.unique(np.stack((codes[known], family[known])), axis=1)
    generic = np.flatnonzero(np.bincount(pairs[0], minlength=codes.max() + 1) > 4)
    return np.where(np.isin(codes, generic), -1, codes)


def _equal(codes: np.ndarray) -> np.ndarray:
    """Each row with the next that holds the same."""
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    same = codes[order[1:]] == codes[order[:-1]]
    return np.stack((order[:-1][same], order[1:][same]))


if __name__ == "__main__":
    main()
