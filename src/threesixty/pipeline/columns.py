"""Party Records from the ledger's rows to identity's columns."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json

from threesixty.identity.parties import Parties
from threesixty.ledger import Ledger, PartyRows
from threesixty.ledger.session import packed
from threesixty.pipeline.elsewhere import spread

COMPARED = (
    "given", "middle", "family", "suffix", "birth_date", "gender",
    "street", "city", "postcode", "region", "country",
    "name", "trade_name", "legal_form", "website", "address_type",
)  # fmt: skip
_SMALL = 2_000


Everyone = tuple[Parties, Sequence[int | None]]
"""All party Records, and when each was said where that is known."""


def parties(rows: PartyRows) -> Parties:
    """The columns identity compares, row i being the i-th Record by number."""
    numbers = np.asarray(rows.numbers, dtype=np.int64)
    people = Parties(
        numbers=numbers,
        ties=np.asarray(rows.ties, dtype=np.int64),
        organisation=np.asarray([kind == "organisation" for kind in rows.kinds], dtype=bool),
        values=_values(rows.values),
        held=np.empty(0, np.int32),
        held_type=[],
        held_value=[],
    )
    return _holding(people, *_held(rows.identifiers))


def everyone(ledger: Ledger) -> Everyone:
    """Everyone as a ledger has them."""
    rows = ledger.parties()
    return parties(rows), rows.ats


def everyone_in(path: Path) -> Everyone:
    """The same, out of a ledger in which nobody has anything uncommitted, by two processes (`spread`)."""
    # The copy has what starts threads, which a process that is copied again must not have.
    held, (people, ats) = spread(_half, [(path, True), (path, False)])
    return _holding(people, *held), ats


def _half(path: Path, held: bool) -> Any:
    with Ledger.open(path, write=False) as ledger:
        if held:
            return _held(ledger.held())
        rows = ledger.parties(held=False)
        return parties(rows), rows.ats


def _held(rows: Sequence[tuple[int, str, str]]) -> tuple[Any, Any, Any]:
    records = np.asarray([record for record, _, _ in rows], dtype=np.int64)
    return records, _texts([kind for _, kind, _ in rows]), _texts([value for _, _, value in rows])


def _holding(people: Parties, records: Any, types: Any, values: Any) -> Parties:
    places = np.searchsorted(people.numbers, records).astype(np.int32)
    return replace(people, held=places, held_type=types, held_value=values)


class ReadOnce:
    """Party Records as a ledger has them, each read once: for steps that look at many of the same."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asked: set[int] = set()
        self._rows: dict[int, tuple[Any, ...]] = {}
        self._held: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
        self._made: dict[tuple[int, ...], tuple[PartyRows, Parties]] = {}

    def __call__(self, numbers: Sequence[int]) -> tuple[PartyRows, Parties]:
        """Those of these that are live, by ascending number, as rows and as columns."""
        wanted = tuple(sorted(numbers))
        if wanted not in self._made:
            self._read([number for number in wanted if number not in self._asked])
            rows = [self._rows[number] for number in wanted if number in self._rows]
            held = [one for row in rows for one in self._held.get(row[0], ())]
            numbered, ties, kinds, sources, ats, values = packed(rows, 6)
            found = PartyRows(numbered, ties, kinds, sources, ats, values, held)
            self._made[wanted] = found, parties(found)
        return self._made[wanted]

    def _read(self, fresh: Sequence[int]) -> None:
        found = self._ledger.parties(fresh)
        columns = (found.numbers, found.ties, found.kinds, found.sources, found.ats, found.values)
        self._rows.update((row[0], row) for row in zip(*columns, strict=True))
        for one in found.identifiers:
            self._held[one[0]].append(one)
        self._asked.update(fresh)


def _texts(texts: list[str]) -> Any:
    return texts if len(texts) <= _SMALL else pa.array(texts, pa.string())


def _values(texts: Sequence[str]) -> dict[str, Any]:
    """JSON objects to one column of texts per compared property; Arrow reads a million in a second."""
    if len(texts) <= _SMALL:
        objects = [json.loads(text) for text in texts]
        said = set().union(*objects)
        return {name: [_text(o.get(name)) for o in objects] for name in COMPARED if name in said}
    options = pyarrow.json.ParseOptions(
        explicit_schema=pa.schema([(name, pa.string()) for name in COMPARED]),
        unexpected_field_behavior="ignore",
    )
    source = pa.BufferReader("\n".join(texts).encode())
    table = pyarrow.json.read_json(source, parse_options=options)
    return {name: table.column(name).combine_chunks() for name in COMPARED}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
