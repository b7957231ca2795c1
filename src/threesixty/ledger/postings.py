"""The candidate index: which Records share a key. Kept row by row, read and written by columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, delete, select, text

from threesixty.ledger import tables
from threesixty.ledger.session import Rows, Session
from threesixty.ledger.sqlite import listed

Whole = NDArray[np.int64]

_posting, _features = tables.posting.c, tables.features.c

_OF_KEYS = select(_posting.key, _posting.record, _posting.name).where(_posting.key.in_(listed("keys")))
# The table is in the order of key and record, so that where a key ends is found without reading it all.
_FIRST = text(
    "SELECT posting.key, posting.record, posting.name FROM json_each(:keys) AS wanted"
    " JOIN posting ON posting.key = wanted.value AND posting.record < coalesce(("
    "SELECT record FROM posting WHERE key = wanted.value ORDER BY record LIMIT 1 OFFSET :cap), 1 << 62)"
).columns(_posting.key, _posting.record, _posting.name)
_ALL = select(_posting.key, _posting.record, _posting.name)
_READ_FEATURES = select(_features.record, _features["keys"]).where(_features.record.in_(listed("records")))
_DROP = delete(tables.posting).where(_posting.key == bindparam("one"), _posting.record == bindparam("of"))
_DROP_FEATURES = delete(tables.features).where(_features.record.in_(listed("records")))


class Postings(Session):
    """Keys that identity made of Records, in both directions."""

    def postings(
        self, keys: Sequence[int] | Whole | None = None, *, cap: int = 0
    ) -> tuple[Whole, Whole, Whole]:
        """(keys, records, names) of these keys, sorted by key and record; None reads the whole index.

        With `cap` at most so many rows of each key: ask for one more than you can use.
        """
        if keys is None:
            return columns(self._rows(_ALL))
        wanted: list[int] = np.unique(np.asarray(keys, dtype=np.int64)).tolist()
        return columns(self._rows(_FIRST, keys=wanted, cap=cap) if cap else self._rows(_OF_KEYS, keys=wanted))

    def features(self, records: Sequence[int] | Whole) -> dict[int, Whole]:
        """The keys each Record stands under; those without any are left out."""
        rows = self._rows(_READ_FEATURES, records=records)
        return {record: np.frombuffer(keys, dtype="<i8") for record, keys in rows}

    def replace_postings(
        self, gone: Sequence[int] | Whole, keys: Whole, records: Whole, names: Whole
    ) -> dict[int, Whole]:
        """Take these Records out of the index, then put rows in: one key, record and name hash each.

        The keys each stood under before.
        """
        with self.writing():
            gone = sorted({*_plain(gone), *_plain(records)})
            held = self.features(gone)
            if held:
                self._many(_DROP, ((key, no) for no, keys in held.items() for key in keys.tolist()))
                self._do(_DROP_FEATURES, records=list(held))
            self._put_postings(keys, records, names)
            return held

    def fill_postings(self, keys: Whole, records: Whole, names: Whole) -> None:
        """Replace the whole index at once."""
        with self.writing():
            for table in (tables.posting, tables.features):
                self._do(delete(table))
            self._put_postings(keys, records, names)

    def _put_postings(self, keys: Whole, records: Whole, names: Whole) -> None:
        order = _order(keys, records)
        keys, records, names = keys[order], records[order], names[order]
        first = np.ones(len(keys), dtype=bool)
        first[1:] = (keys[1:] != keys[:-1]) | (records[1:] != records[:-1])
        keys, records, names = keys[first], records[first], names[first]
        self._insert_columns(tables.posting, keys, records, names)
        self._insert(tables.features, _feature_rows(keys, records))


def _order(keys: Whole, records: Whole) -> Whole:
    """What sorts by key and record, as `lexsort` does; of what is nearly sorted in half the time."""
    order = np.argsort(keys, kind="stable")
    keys, records = keys[order], records[order]
    place = np.cumsum(np.diff(keys, prepend=keys[:1]) != 0)
    return order[np.argsort(place * (records.max(initial=0) + 1) + records, kind="stable")]


def _feature_rows(keys: Whole, records: Whole) -> Iterator[tuple[int, bytes]]:
    order = np.argsort(records, kind="stable")
    keys, records = np.ascontiguousarray(keys[order], dtype="<i8"), records[order]
    starts = np.flatnonzero(np.r_[True, records[1:] != records[:-1]]) if len(records) else records
    ends = np.r_[starts[1:], len(records)] * 8
    whole = keys.tobytes()
    for record, start, end in zip(
        records[starts].tolist(), (starts * 8).tolist(), ends.tolist(), strict=False
    ):
        yield record, whole[start:end]


def columns(rows: Rows) -> tuple[Whole, Whole, Whole]:
    """Three whole-number columns of rows, sorted by the first and then the second."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _plain(numbers: Sequence[int] | Whole) -> list[int]:
    return numbers.tolist() if isinstance(numbers, np.ndarray) else list(numbers)
