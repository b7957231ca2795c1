"""The candidate index equals a dictionary, whatever is put and taken."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.ledger import Ledger

KEYS = st.sampled_from([-(2**63), -5, 0, 1, 2, 2**63 - 1])
ROWS = st.dictionaries(st.integers(1, 6), st.dictionaries(KEYS, st.integers(-9, 9), max_size=4), max_size=4)


def columns(index):
    rows = [(key, record, name) for record, keys in index.items() for key, name in keys.items()]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def listing(answer):
    return list(zip(*(column.tolist() for column in answer), strict=True))


@given(ROWS, st.lists(st.tuples(ROWS, st.sets(st.integers(1, 6))), max_size=3))
@settings(max_examples=25, deadline=None)
def test_the_index_is_what_was_put_last(first, changes):
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "l.db") as ledger:
        ledger.fill_postings(*columns(first))
        index = {record: keys for record, keys in first.items() if keys}
        for rows, gone in changes:
            ledger.replace_postings(sorted(gone), *columns(rows))
            put = {record: keys for record, keys in rows.items() if keys}
            index = {r: k for r, k in index.items() if r not in gone} | put

        wanted = sorted((key, record, name) for record, keys in index.items() for key, name in keys.items())
        assert listing(ledger.postings()) == wanted
        assert {r: sorted(keys.tolist()) for r, keys in ledger.features(range(1, 7)).items()} == {
            record: sorted(keys) for record, keys in index.items()
        }


def test_a_cap_bounds_the_rows_of_each_key(ledger):
    ledger.fill_postings(*columns({record: {5: 0, record: 0} for record in range(10, 40)}))

    keys, records, _ = ledger.postings([5, 11, 99], cap=4)
    assert keys.tolist() == [5, 5, 5, 5, 11]
    assert records.tolist() == [10, 11, 12, 13, 11]
    assert len(ledger.postings([5])[0]) == 30
