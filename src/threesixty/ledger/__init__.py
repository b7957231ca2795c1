"""The ledger: the append-only log of everything said and decided. The truth."""

from __future__ import annotations

from threesixty.ledger.erasure import Erased
from threesixty.ledger.rows import (
    Appended,
    Carried,
    Counts,
    FileMark,
    HouseholdRow,
    LinkRow,
    MappedRow,
    MatchRow,
    ParkedRow,
    PartyRows,
    Pending,
    PinRow,
    Superseded,
)
from threesixty.ledger.store import Ledger
from threesixty.ledger.tallies import Tally

__all__ = [
    "Appended", "Carried", "Counts", "Erased", "FileMark", "HouseholdRow", "Ledger",
    "LinkRow", "MappedRow", "MatchRow", "ParkedRow", "PartyRows", "Pending",
    "PinRow", "Superseded", "Tally",
]  # fmt: skip
