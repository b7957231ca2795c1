"""Live Records as the mapping made them, with their values opened."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from threesixty.identity.candidates import identifier_keys
from threesixty.ledger import Ledger, MappedRow
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
    return _opened(ledger.mapped(numbers))


def of_nodes(ledger: Ledger, nodes: Iterable[int]) -> list[Mapped]:
    """Live Records that speak of these things."""
    return _opened(ledger.of_nodes(sorted(nodes)))


def _opened(rows: Iterable[MappedRow]) -> list[Mapped]:
    return [
        Mapped(no, sort, kind, source, key, tie, at, node, _decoded(values)[0])
        for no, sort, kind, source, key, tie, at, node, _, values, *_ in rows
    ]


def values_of(text: str) -> Mapping[str, Scalar]:
    """The values of a Link as the ledger keeps them."""
    values: Mapping[str, Scalar] = _decoded(text)[0] if text else {}
    return values


def row_of(text: str) -> dict[str, Any] | None:
    """A raw row as the ledger keeps it, by column; None where a text is no row, or was taken away."""
    try:
        row = json.loads(text)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def generic(ledger: Ledger, identifiers: Mapping[int, Identifier]) -> set[int]:
    """Which of these identifiers, by number, too many different people hold."""
    keys = identifier_keys((held.type, held.value) for held in identifiers.values())
    silent = set(ledger.silent(keys).tolist())
    return {number for number, key in zip(identifiers, keys.tolist(), strict=True) if key in silent}


def among(ledger: Ledger, carried: Collection[int]) -> set[int]:
    """Which of these identifier numbers are generic."""
    return generic(ledger, ledger.identifiers(sorted(carried)))
