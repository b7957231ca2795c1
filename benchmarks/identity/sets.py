"""Labelled sets of people: which column is which, and nothing else is set per set.

Real keys of some sets tell the truth (neighbours match), so every record gets a random one, and rows stand in
its order. THREESIXTY_DATA names the folder that holds customers/ and public/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import table
from threesixty.identity.parties import Parties, hashes_of

IDENTIFIERS = ("email", "phone", "device", "loyalty", "tax_id")
_DIGITS = "right(regexp_replace(phone, '[^0-9]', '', 'g'), 10)"
_CUSTOMERS = {
    "given": "first_name", "middle": "middle", "family": "last_name", "birth_date": "dob",
    "street": "address", "city": "city", "region": "state", "postcode": "zip",
    "email": "lower(trim(email))", "phone": _DIGITS, "device": "device_id", "loyalty": "loyalty_id",
}  # fmt: skip
_FEBRL = {
    "given": "given_name", "family": "surname", "street": "concat_ws(' ', street_number, address_1)",
    "city": "suburb", "postcode": "postcode", "region": "state", "tax_id": "trim(soc_sec_id)",
    "birth_date": "strftime(try_strptime(trim(date_of_birth), '%Y%m%d'), '%Y-%m-%d')",
}  # fmt: skip
_CSV = "read_csv('{}', all_varchar=true, normalize_names=true)"


@dataclass(frozen=True)
class Set:
    """Files, the columns by role, and the column that tells who it is."""

    files: tuple[str, ...]
    roles: dict[str, str] = field(repr=False)
    truth: str
    read: str = "'{}'"


def _customers(name: str) -> Set:
    joined = "(select * from '{}' r join '{}' t using (record_id))"
    return Set(
        (f"customers/{name}.parquet", f"customers/{name}.truth.parquet"), _CUSTOMERS, "person_id", joined
    )


SETS = {
    "c10k": _customers("c10k"),
    "historical_50k": Set(
        ("public/historical_50k/historical_figures_with_errors_50k.parquet",),
        {"given": "first_name", "family": "surname", "birth_date": "dob", "city": "birth_place",
         "postcode": "postcode_fake", "gender": "gender"},
        "cluster",
    ),
    "pseudopeople": Set(
        ("public/pseudopeople/multi.parquet",),
        {"given": "fn", "middle": "mi", "family": "ln", "birth_date": "dob::varchar", "street": "addr",
         "tax_id": "ssn"},
        "entity",
    ),
    "febrl3": Set(("public/febrl/dataset3.csv",), _FEBRL, "split_part(rec_id, '-', 2)", _CSV),
    "febrl4": Set(
        ("public/febrl/dataset4a.csv", "public/febrl/dataset4b.csv"), _FEBRL, "split_part(rec_id, '-', 2)",
        f"(select * from {_CSV} union all by name select * from {_CSV})",
    ),
    "fake_1000": Set(
        ("public/fake_1000/fake_1000.csv",),
        {"given": "first_name", "family": "surname", "birth_date": "dob", "city": "city",
         "email": "lower(trim(email))"},
        "cluster", "read_csv('{}', all_varchar=true)",
    ),
    "c100k": _customers("c100k"),
}  # fmt: skip
TAUGHT = ("c10k", "historical_50k", "pseudopeople", "febrl3", "fake_1000")
"""The sets the shipped weights were learned from."""


def prepared(name: str, work: Path) -> tuple[Path, Path]:
    """A set as two files: (key, roles …) and (key, person), the keys random, rows in their order."""
    records, truth = work / f"{name}.parquet", work / f"{name}.truth.parquet"
    if not truth.exists():
        rows = _read(SETS[name])
        dice = np.random.default_rng(7)
        keys = np.array([f"{key:016x}" for key in dice.integers(0, 2**63, len(rows))])
        rows = rows.append_column("key", pa.array(keys)).sort_by("key")
        pq.write_table(rows.drop_columns("person"), records)
        pq.write_table(rows.select(["key", "person"]), truth)
    return records, truth


def _read(one: Set) -> pa.Table:
    chosen = ", ".join(
        [f"({one.truth})::varchar as person"]
        + [f"nullif(trim(({column})::varchar), '') as {role}" for role, column in one.roles.items()]
    )
    source = one.read.format(*(table.data(*file.split("/")) for file in one.files))
    with duckdb.connect() as database:
        return database.sql(f"select {chosen} from {source}").to_arrow_table()


def parties(rows: pa.Table) -> Parties:
    """Prepared records as identity compares them."""
    size, held, types, values = len(rows), [np.empty(0, np.int32)], [], []
    for kind in [name for name in rows.column_names if name in IDENTIFIERS]:
        column = rows[kind].combine_chunks()
        present = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
        held.append(present.astype(np.int32))
        types += [kind] * len(present)
        values.append(column.take(pa.array(present)).cast(pa.string()))
    roles = [name for name in rows.column_names if name not in {*IDENTIFIERS, "key"}]
    return Parties(
        numbers=np.arange(size, dtype=np.int64),
        ties=hashes_of(rows["key"].to_pylist()),
        organisation=np.zeros(size, bool),
        values={role: rows[role].combine_chunks().cast(pa.string()) for role in roles},
        held=np.concatenate(held),
        held_type=pa.array(types, pa.string()),
        held_value=pa.concat_arrays(values) if values else pa.array([], pa.string()),
    )


def labelled(name: str, work: Path) -> tuple[Parties, np.ndarray]:
    """Records of a set, and the true person of each."""
    records, truth = prepared(name, work)
    return parties(pq.read_table(records)), pq.read_table(truth)["person"].to_numpy(zero_copy_only=False)
