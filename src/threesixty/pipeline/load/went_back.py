"""Tables that were restored to an older state: new rows stand before the position that was read, unseen."""

from __future__ import annotations

from dataclasses import replace

from threesixty.ledger import FileMark, Ledger
from threesixty.project import Source
from threesixty.sources import Delivery

Marked = list[tuple[Delivery, FileMark]]


def look(ledger: Ledger, source: Source, marks: Marked, *, accept: bool) -> tuple[Marked, tuple[str, ...]]:
    """The marks from which a source is read on, and a warning for each table that went back.

    The warning stays in `status` until the table has caught up. With `accept` such tables are read from their
    beginning instead.
    """
    told, found = [], []
    for delivery, mark in marks:
        last = delivery.fell_back(mark.position)
        if last and not accept:
            told.append(_words(source, delivery, mark.position, last))
        found.append((delivery, replace(mark, position="") if last and accept else mark))
    if marks:
        ledger.warn(source.name, told)
    return found, tuple(told)


def _words(source: Source, delivery: Delivery, position: str, last: str) -> str:
    asked = source.database
    column, table = (asked.incremental, asked.table) if asked else ("", "")
    what = f"table {table}" if table else f"what the {delivery.name} gives"
    return (
        f"{what} went back: its last {column} is {last}, and it was read up to {position} before. Where it "
        f"was restored, or {column} counts anew, new and changed rows are not seen; where its last rows were "
        "deleted, nothing is missed. → look at it, then read all of it: "
        f"`threesixty load {source.name} --accept-change`"
    )
