"""The same records through Splink 5: comparisons of its library by what the columns are, trained as its
documentation shows, then connected components at p ≥ .95. Of several sets of comparisons, the best on c10k.

`python -m benchmarks.identity.splink5 RECORDS OUT` writes (key, customer) and prints figures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import duckdb
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

PROBABILITY = 0.95
KEYS = ("email", "phone", "loyalty", "device", "tax_id")
BLOCKS = [
    *((key,) for key in KEYS), ("family", "birth_date"), ("given", "birth_date"), ("given", "family"),
    ("street", "postcode"), ("family", "postcode"),
]  # fmt: skip
SURE = [
    ("given", "family", "birth_date"),
    ("email", "family"),
    ("phone", "family"),
    ("loyalty",),
    ("tax_id",),
]
TRAINING = [("email",), ("given", "family"), ("birth_date",)]


def main() -> None:
    """Clean, train, predict, cluster, write."""
    records, out = sys.argv[1:3]
    connection = duckdb.connect()
    columns = [row[0] for row in connection.execute(f"describe select * from '{records}'").fetchall()]
    cleaned = ", ".join(f"lower({name}) as {name}" for name in columns if name != "key")
    connection.execute(f"create table cleaned as select key as unique_id, {cleaned} from '{records}'")
    here = [rule for rule in BLOCKS if set(rule) <= set(columns)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=list(_comparisons(set(columns))),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in here],
    )
    linker = Linker(DuckDBAPI(connection=connection).register("cleaned"), settings, log_level="ERROR")
    training = linker.training
    sure = [block_on(*rule) for rule in SURE if set(rule) <= set(columns)]
    training.estimate_probability_two_random_records_match(sure, recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in TRAINING:
        if set(rule) <= set(columns):
            training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    edges = linker.inference.predict(threshold_match_probability=0.2)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, PROBABILITY)
    chosen = f"select unique_id as key, cluster_id as customer from {clusters.physical_name}"
    connection.execute(f"copy ({chosen}) to '{out}' (format parquet)")
    print(json.dumps({"file": out}))


def _comparisons(columns: set[str]) -> Iterator[object]:
    yield compare.ForenameSurnameComparison("given", "family")
    if "birth_date" in columns:
        yield compare.DateOfBirthComparison("birth_date", input_is_string=True)
    if "email" in columns:
        yield compare.EmailComparison("email")
    if "street" in columns:
        yield compare.JaroWinklerAtThresholds("street", [0.9])
    for name in ("phone", "device"):
        if name in columns:
            yield compare.ExactMatch(name).configure(term_frequency_adjustments=True)
    for name in ("loyalty", "tax_id", "gender"):
        if name in columns:
            yield compare.ExactMatch(name)
    # With a street these would say the same thing a second time.
    for name in ("city", "postcode") if "street" not in columns else ():
        if name in columns:
            yield compare.ExactMatch(name).configure(term_frequency_adjustments=True)


if __name__ == "__main__":
    main()
