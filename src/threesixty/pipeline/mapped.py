"""Live Records as the mapping made them, with their values parsed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from threesixty.identity.parties import identifier_keys
from threesixty.ledger import Ledger
from threesixty.record import Identifier, Scalar

# Our own text has no blanks around it, which `json.loads` would look for.
_decoded = json.JSONDecoder().raw_decode


class Mapped(NamedTuple):
    """One live Record. `node` is the number of the thing it speaks of, 0 where it speaks of none."""

    number: int
    sort: str
    kind: str
    source: str
    key: str
    tie: int
    at: int | None
    node: int
    values: Mapping[str, Scalar]


def mapped(ledger: Ledger, numbers: Sequence[int]) -> list[Mapped]:
    """Live Records by number; those that are gone are left out."""
    return _opened(ledger.plainly(numbers))


def of_nodes(ledger: Ledger, nodes: Iterable[int]) -> list[Mapped]:
    """Live Records that speak of these things."""
    return _opened(ledger.of_nodes(sorted(nodes)))


def _opened(rows: Sequence[tuple[Any, ...]]) -> list[Mapped]:
    # Opened together, one text of them all takes two thirds of the time.
    values = json.loads(f"[{','.join([row[8] for row in rows])}]")
    return [
        Mapped(no, sort, kind, source, key, tie, at, node, opened)
        for (no, sort, kind, source, key, tie, at, node, *_), opened in zip(rows, values, strict=True)
    ]


def values_of(text: str) -> Mapping[str, Scalar]:
    """The values of a Link as the ledger keeps them."""
    values: Mapping[str, Scalar] = _decoded(text)[0] if text else {}
    return values


def row_of(text: str) -> dict[str, Any] | None:
    """The row of a Record as the ledger keeps it, by column; None where it was taken away.

    What sources delivered and no Record was made of is read by `sources.row_of`.
    """
    try:
        row = json.loads(text)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def generic(ledger: Ledger, identifiers: Mapping[int, Identifier]) -> set[int]:
    """Which of these identifiers, by number, too many different people hold."""
    return silent_of(ledger, [(number, held.type, held.value) for number, held in identifiers.items()])


def silent_of(ledger: Ledger, identified: Sequence[tuple[int, str, str]]) -> set[int]:
    """Which of these identifiers, given by number, type and value, are generic."""
    keys = identifier_keys((type_, value) for _, type_, value in identified)
    silent = set(ledger.silent(keys).tolist())
    return {number for (number, _, _), key in zip(identified, keys.tolist(), strict=True) if key in silent}


def among(ledger: Ledger, carried: Collection[int]) -> set[int]:
    """Which of these identifier numbers are generic."""
    return generic(ledger, ledger.identifiers(sorted(carried)))
