"""The same records through GoldenMatch, told nothing but which column is the key.

Run by the Python that GOLDENMATCH names (its own environment, with polars), not by ours:
`$GOLDENMATCH benchmarks/identity/goldenmatch322.py RECORDS OUT` writes (key, customer).
"""

from __future__ import annotations

import json
import sys

import goldenmatch
import polars as pl


def main() -> None:
    """Deduplicate, write."""
    records = pl.read_parquet(sys.argv[1])
    found = goldenmatch.dedupe_df(records, exclude_columns=["key"], allow_red_config=True)
    customer = list(range(len(records)))
    for number, cluster in found.clusters.items():
        for row in cluster["members"] if isinstance(cluster, dict) else cluster.members:
            customer[row] = len(records) + number
    records.select("key").with_columns(customer=pl.Series(customer)).write_parquet(sys.argv[2])
    print(json.dumps({"version": goldenmatch.__version__}))


if __name__ == "__main__":
    main()
