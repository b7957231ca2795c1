"""Generic identifiers: so many hold them that they say nothing of anybody."""

from __future__ import annotations

from collections.abc import Sequence

from threesixty.identity.blocking_keys import is_identifier
from threesixty.identity.parties import identifier_key
from threesixty.identity.weights import Weights
from threesixty.ledger import Ledger
from threesixty.report.health import Generic

_TOLD = 3


def generics(ledger: Ledger) -> tuple[Generic, ...]:
    """All generic identifiers with how many Records hold each, most first."""
    silent = ledger.silent()
    rows = ledger.holders_of_keys(silent[is_identifier(silent)].tolist())
    holders = {key: many for key, many, _ in rows}
    found = {}
    for carried in ledger.carried(sorted({one for _, _, one in rows})):
        key = identifier_key(carried.type, carried.value)
        if key in holders:
            found[key] = Generic(carried.type, carried.value, holders[key])
    return tuple(sorted(found.values(), key=lambda one: (-one.holders, one.value)))


def crowds(found: Sequence[Generic], weights: Weights) -> tuple[str, ...]:
    """A notice for each of the largest: more Records hold it than are compared by one identifier."""
    return tuple(
        f"{one.holders:,} records share one {one.type.replace('_', ' ')}: "
        "too many to tell anybody by it, so they were not compared by it"
        for one in found
        if one.holders > weights.identifier_holders and one.type != "address"
    )[:_TOLD]
