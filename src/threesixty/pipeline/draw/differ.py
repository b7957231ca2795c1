"""Two tables of rows compared by their keys, in whatever order they come and however many there are."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple
from zlib import crc32

from threesixty.graph.delta import Row
from threesixty.graph.fold import canonical, stored
from threesixty.pipeline.draw.spool import Tables
from threesixty.schema import Column

What = Literal["missing", "extra", "different", "twice", "nameless"]
PART_BYTES = 32 << 20  # pickled rows that are compared at once
MOST_PARTS = 256


class Difference(NamedTuple):
    """A row that is not as it should be: as it is wanted, or as it is there where it is not wanted.

    `twice`: it is wanted, and there more than once. `nameless`: it is there and has no key.
    """

    what: What
    row: Row


def differences(
    wanted: Iterable[list[Row]],
    present: Iterable[list[Row]],
    columns: Sequence[Column],
    *,
    keys: int,
    size: int,
    folder: Path,
) -> Iterator[Difference]:
    """How the rows of a graph differ from the ledger's; the first `keys` cells name a row.

    Both sides, of about `size` bytes together, are cut by their keys into parts, on disk in `folder`, and
    compared part by part.
    """
    count = min(MOST_PARTS, 1 + size // PART_BYTES)
    left, right = _cut(wanted, keys, count, folder), _cut(present, keys, count, folder)
    for part in range(count):
        yield from _compared(_whole(left, part), _whole(right, part), columns, keys)


def _cut(batches: Iterable[list[Row]], keys: int, count: int, folder: Path) -> Tables[int]:
    parts: Tables[int] = Tables(folder)
    for rows in batches:
        cut: list[list[Row]] = [[] for _ in range(count)]
        for row in rows:
            cut[crc32(repr(row[:keys]).encode("utf-8", "replace")) % count].append(row)
        for part, some in enumerate(cut):
            if some:
                parts.add(part, pickle.dumps(some, pickle.HIGHEST_PROTOCOL))
    return parts


def _whole(parts: Tables[int], part: int) -> list[Row]:
    return [row for rows in parts.read(part) for row in rows]


def _compared(
    wanted: list[Row], present: list[Row], columns: Sequence[Column], keys: int
) -> Iterator[Difference]:
    named = [row for row in present if None not in row[:keys]]
    there = {row[:keys]: row for row in named}
    times = Counter(row[:keys] for row in named)
    for row in wanted:
        found = there.pop(row[:keys], None)
        if found is None:
            yield Difference("missing", row)
        elif times[row[:keys]] > 1:
            yield Difference("twice", row)
        elif stored(columns, found) != canonical(columns, row):
            yield Difference("different", row)
    yield from (Difference("extra", row) for row in there.values())
    yield from (Difference("nameless", row) for row in present if None in row[:keys])
