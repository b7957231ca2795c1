"""What would become of customers if something were otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from threesixty.report import Effect, Why
from threesixty.report.epochs import Difference


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other rules or weights would make of the customers. Nothing is written.

    `settings` says in words what would be otherwise. All regroupings that were asked for are among
    `difference.examples`, the largest first.
    """

    settings: tuple[str, ...]
    difference: Difference


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """What rows would do if a source delivered them: said, resolved, and taken back.

    `customers` are the ids the rows' party Records would be of; `changes` every customer that would not be
    what it is; `why` the best evidence between each Record and one of its customer's other Records. The id
    of a customer that is new is given out anew when the rows really come.
    """

    source: str
    records: tuple[str, ...]
    customers: tuple[str, ...]
    sentence: str
    changes: tuple[Effect, ...]
    why: tuple[Why, ...]
