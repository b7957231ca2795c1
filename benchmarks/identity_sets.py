"""Labelled sets of people as Parties: which column is which, and nothing else is set per set."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from threesixty.identity.parties import Parties, hashes_of

DATA = Path(os.environ.get("IDENTITY_SETS", "."))

CUSTOMERS = {
    "given": "first_name", "middle": "middle", "family": "last_name", "birth_date": "dob",
    "street": "address", "city": "city", "region": "state", "postcode": "zip",
}  # fmt: skip
CUSTOMER_IDENTIFIERS = {
    "email": "lower(trim(email))",
    "phone": "right(regexp_replace(phone, '[^0-9]', '', 'g'), 10)",
    "device": "device_id",
    "loyalty": "loyalty_id",
}


@dataclass(frozen=True)
class Labelled:
    """Parties and the true person of each row."""

    parties: Parties
    truth: np.ndarray


def customers(path: Path) -> Labelled:
    """A generated customer set, with its `.truth.parquet` beside it."""
    truth = path.with_suffix(".truth.parquet")
    joined = (
        f"(select * from '{path}' r join '{truth}' t using (record_id))" if truth.exists() else f"'{path}'"
    )
    return _read(joined, "record_id", "person_id" if truth.exists() else "0", CUSTOMERS, CUSTOMER_IDENTIFIERS)


def historical(path: Path) -> Labelled:
    """Historical figures: names of one person vary a great deal."""
    roles = {
        "given": "first_name", "family": "surname", "birth_date": "dob", "city": "birth_place",
        "postcode": "postcode_fake", "gender": "gender",
    }  # fmt: skip
    return _read(f"'{path}'", "unique_id", "cluster", roles, {})


def pseudopeople(path: Path) -> Labelled:
    """Simulated census, tax and survey records over years."""
    roles = {"given": "fn", "middle": "mi", "family": "ln", "birth_date": "dob::varchar", "street": "addr"}
    return _read(f"'{path}'", "unique_id::varchar", "entity", roles, {"tax_id": "ssn"})


def febrl(path: Path) -> Labelled:
    """Febrl data set 3; the truth is in the record ids."""
    roles = {
        "given": "given_name", "family": "surname", "street": "concat_ws(' ', street_number, address_1)",
        "city": "suburb", "postcode": "postcode", "region": "state",
        "birth_date": "strftime(try_strptime(trim(date_of_birth), '%Y%m%d'), '%Y-%m-%d')",
    }  # fmt: skip
    table = f"read_csv('{path}', all_varchar=true, normalize_names=true)"
    return _read(table, "rec_id", "split_part(rec_id, '-', 2)", roles, {"tax_id": "trim(soc_sec_id)"})


def fake_1000(path: Path) -> Labelled:
    """Splink's small example."""
    roles = {"given": "first_name", "family": "surname", "birth_date": "dob", "city": "city"}
    table = f"read_csv('{path}', all_varchar=true)"
    return _read(table, "unique_id", "cluster", roles, {"email": "lower(trim(email))"})


SETS = {
    "c10k": (customers, "customers/c10k.parquet"),
    "c100k": (customers, "customers/c100k.parquet"),
    "historical_50k": (historical, "public/historical_50k/historical_figures_with_errors_50k.parquet"),
    "pseudopeople": (pseudopeople, "public/pseudopeople/multi.parquet"),
    "febrl3": (febrl, "public/febrl/dataset3.csv"),
    "fake_1000": (fake_1000, "public/fake_1000/fake_1000.csv"),
}


def read(name: str) -> Labelled:
    """A set by name, or a customer set by its path."""
    reader, path = SETS.get(name, (customers, name))
    return reader(DATA / path)


def _read(table: str, key: str, truth: str, roles: dict[str, str], identifiers: dict[str, str]) -> Labelled:
    chosen = ", ".join(
        [f"({key})::varchar as __key", f"({truth})::varchar as __truth"]
        + [f"nullif(trim(({column})::varchar), '') as {role}" for role, column in roles.items()]
        + [f"nullif(trim(({column})::varchar), '') as id_{kind}" for kind, column in identifiers.items()]
    )
    with duckdb.connect() as database:
        rows = database.execute(f"select {chosen} from {table}").to_arrow_table()
    # Neighbouring keys leak the truth in some sets: numbers are shuffled, and ties hash a shuffled number.
    order = np.random.default_rng(7).permutation(len(rows))
    rows = rows.take(pa.array(order))
    return Labelled(
        _parties(rows, list(roles), list(identifiers)), rows["__truth"].to_numpy(zero_copy_only=False)
    )


def _parties(rows: pa.Table, roles: list[str], identifiers: list[str]) -> Parties:
    size = len(rows)
    held, types, values = [np.empty(0, np.int32)], [], []
    for kind in identifiers:
        column = rows[f"id_{kind}"].combine_chunks()
        present = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
        held.append(present.astype(np.int32))
        types += [kind] * len(present)
        values.append(column.take(pa.array(present)).cast(pa.string()))
    return Parties(
        numbers=np.arange(size, dtype=np.int64),
        ties=hashes_of(str(number) for number in range(size)),
        organisation=np.zeros(size, bool),
        values={role: rows[role].combine_chunks().cast(pa.string()) for role in roles},
        held=np.concatenate(held),
        held_type=pa.array(types, pa.string()),
        held_value=pa.concat_arrays(values) if values else pa.array([], pa.string()),
    )
