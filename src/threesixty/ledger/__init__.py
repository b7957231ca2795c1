"""The ledger: the append-only log of everything said and decided. The truth."""

from __future__ import annotations

from threesixty.ledger.borne import FILLERS
from threesixty.ledger.current import Plain
from threesixty.ledger.erasure import Erased
from threesixty.ledger.feed import Telling
from threesixty.ledger.log import plains_of
from threesixty.ledger.masters import MasterId
from threesixty.ledger.remembered import REDRAW
from threesixty.ledger.rows import (
    Appended,
    Carried,
    ChangeRow,
    Counts,
    FileMark,
    HouseholdRow,
    LinkRow,
    MappedRow,
    MatchRow,
    MovedRow,
    ParkedRow,
    PartyRows,
    Pending,
    PinRow,
    Superseded,
)
from threesixty.ledger.store import UNHOUSED, Ledger
from threesixty.ledger.tallies import Tally

__all__ = [
    "FILLERS",
    "REDRAW",
    "UNHOUSED",
    "Appended",
    "Carried",
    "ChangeRow",
    "Counts",
    "Erased",
    "FileMark",
    "HouseholdRow",
    "Ledger",
    "LinkRow",
    "MappedRow",
    "MasterId",
    "MatchRow",
    "MovedRow",
    "ParkedRow",
    "PartyRows",
    "Pending",
    "PinRow",
    "Plain",
    "Superseded",
    "Tally",
    "Telling",
    "plains_of",
]  # fmt: skip
