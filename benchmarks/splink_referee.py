"""The same records through Splink 5: comparisons of its library, connected components at p ≥ .95.

Of six sets of comparisons that were tried on 10 thousand records, the one with the best F1 (.882).
Splink learns without labels; our shipped weights were learned from labelled sets, one of them
made like this one.

`python -m benchmarks.splink_referee FILE OUT` writes (key, customer) and prints figures.
"""

from __future__ import annotations

import json
import sys

import duckdb
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

TEXTS = {
    "first_name": "lower(trim(first_name))", "last_name": "lower(trim(last_name))", "dob": "dob",
    "email": "lower(trim(email))", "phone": "right(regexp_replace(phone, '[^0-9]', '', 'g'), 10)",
    "address": "lower(trim(address))", "zip": "zip", "loyalty_id": "loyalty_id", "device_id": "device_id",
}  # fmt: skip
PROBABILITY = 0.95
RULES = [
    block_on("email"),
    block_on("phone"),
    block_on("loyalty_id"),
    block_on("device_id"),
    block_on("last_name", "dob"),
    block_on("first_name", "dob"),
    block_on("first_name", "last_name"),
    block_on("address", "zip"),
]
SETTINGS = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        compare.ForenameSurnameComparison("first_name", "last_name"),
        compare.DateOfBirthComparison("dob", input_is_string=True),
        compare.EmailComparison("email"),
        compare.ExactMatch("phone").configure(term_frequency_adjustments=True),
        compare.JaroWinklerAtThresholds("address", [0.9]),
        compare.ExactMatch("loyalty_id"),
        compare.ExactMatch("device_id").configure(term_frequency_adjustments=True),
    ],
    blocking_rules_to_generate_predictions=RULES,
)


def main() -> None:
    """Clean, train, predict, cluster, write."""
    path, out = sys.argv[1:3]
    connection = duckdb.connect()
    cleaned = ", ".join(f"nullif({text}, '') as {column}" for column, text in TEXTS.items())
    connection.execute(f"create table cleaned as select record_id as unique_id, {cleaned} from '{path}'")
    database = DuckDBAPI(connection=connection)
    linker = Linker(database.register("cleaned"), SETTINGS, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("email", "last_name"), block_on("phone", "last_name"), block_on("loyalty_id")], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("email"), block_on("first_name", "last_name"), block_on("dob")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    edges = linker.inference.predict(threshold_match_probability=0.2)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, PROBABILITY)
    chosen = (
        f"select unique_id::varchar as key, cluster_id::varchar as customer from {clusters.physical_name}"
    )
    connection.execute(f"copy ({chosen}) to '{out}' (format parquet)")
    print(json.dumps({"file": out}))


if __name__ == "__main__":
    main()
