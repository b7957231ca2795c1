"""Rows given by a program, and rejected rows tried once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from threesixty import sources
from threesixty.errors import NotFound, SourceError
from threesixty.ledger import Ledger
from threesixty.pipeline.load import chosen
from threesixty.pipeline.mapped import row_of
from threesixty.project import Project
from threesixty.report import HeldReject


def put(ledger: Ledger, project: Project, name: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Rows given by a program, through the mapping of a source; SourceError when one is rejected."""
    [source] = chosen(project, [name])
    batch = sources.from_rows(project, source, rows)
    if batch.rejects:
        first = batch.rejects[0]
        raise SourceError(
            f"row {first.line} cannot be a record: {first.reason}",
            hint="nothing was stored: mend it and put again",
        )
    ledger.append(batch.records, source=source.name, rows=batch.row_numbers)


def replay(ledger: Ledger, project: Project, number: int, row: Mapping[str, str] | None) -> None:
    """Try a rejected row once more, mended where `row` is given; it leaves the rejects when it is good."""
    held = next((held for held in ledger.rejects("") if held.number == number), None)
    if held is None:
        raise NotFound("rejected row", str(number), hint="`rejects` lists those that are held")
    if row is None:
        row = _row(held)
    put(ledger, project, held.reject.source, [row])
    ledger.drop_reject(held.number)


def _row(held: HeldReject) -> Mapping[str, str]:
    found = row_of(held.reject.row)
    if found is None:
        raise SourceError(
            f"reject {held.number} was never a row ({held.reject.reason})",
            hint="give the mended columns: threesixty rejects fix NUMBER column=value …",
        )
    return found
