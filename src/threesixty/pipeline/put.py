"""Rows given by a program, and rejected rows tried once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from threesixty import sources
from threesixty.errors import NotFound, SourceError
from threesixty.ledger import Ledger
from threesixty.pipeline.load import chosen
from threesixty.project import Project
from threesixty.report import HeldReject
from threesixty.sources.plan import columns_of

_HINT = "`threesixty rejects` lists them"
Row = Mapping[str, str | None]


def put(ledger: Ledger, project: Project, name: str, rows: Sequence[Row]) -> None:
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


def mended(ledger: Ledger, project: Project, number: int, values: Mapping[str, str]) -> Row:
    """A rejected row with some columns corrected, or filled in where rows may leave them out.

    Raises NotFound without that row or column, SourceError where the row has no columns.
    """
    return _mended(project, _held(ledger, number), values)


def _mended(project: Project, held: HeldReject, values: Mapping[str, str]) -> Row:
    row = sources.row_of(held.reject.row)
    if row is None:
        line = f", line {held.reject.line}" if held.reject.line else ""
        raise SourceError(
            f"row {held.number} has no columns to mend",
            hint=f"mend {held.reject.file}{line}, and load it again",
        )
    mapped = [columns_of(source) for source in project.sources if source.name == held.reject.source]
    columns = dict.fromkeys([*row, *chain.from_iterable(mapped)])
    for column in values:
        if column not in columns:
            raise NotFound("column", column, columns, hint=f"its columns are {', '.join(columns)}")
    return {**row, **values}


def mend(ledger: Ledger, project: Project, number: int, values: Mapping[str, str]) -> Row:
    """Take a rejected row in with some columns corrected, or say in a SourceError why not."""
    held = _held(ledger, number)
    row = _mended(project, held, values)
    for why in _taken(ledger, project, held.reject.source, {number: row}).values():
        raise SourceError(
            f"row {number} cannot be a record: {why}", hint="nothing was stored: correct what is wrong too"
        )
    return row


def _held(ledger: Ledger, number: int) -> HeldReject:
    for held in ledger.rejects():
        if held.number == number:
            return held
    raise NotFound("rejected row", str(number), hint=_HINT)


def replay(ledger: Ledger, project: Project, numbers: Sequence[int]) -> dict[int, str]:
    """Try rejected rows once more, all where none is named: why those that stay are still rejected."""
    held = {one.number: one for one in ledger.rejects()}
    for number in numbers:
        if number not in held:
            raise NotFound("rejected row", str(number), hint=_HINT)
    still: dict[int, str] = {}
    by_source: dict[str, dict[int, Row]] = {}
    for number in numbers or held:
        reject = held[number].reject
        row = sources.row_of(reject.row)
        if row is None:
            still[number] = f"has no columns: {reject.reason}"
        else:
            by_source.setdefault(reject.source, {})[number] = row
    for name, rows in by_source.items():
        still |= _taken(ledger, project, name, rows)
    return dict(sorted(still.items()))


def _taken(ledger: Ledger, project: Project, name: str, rows: Mapping[int, Row]) -> dict[int, str]:
    """Take in what can be read of the rejected rows of one source; why the others cannot."""
    source = next((source for source in project.sources if source.name == name), None)
    if source is None:
        return dict.fromkeys(rows, f"the project has no source {name!r}")
    batch, numbers = sources.from_rows(project, source, list(rows.values())), list(rows)
    still = {numbers[reject.line - 1]: reject.reason for reject in batch.rejects}
    with ledger.writing():
        ledger.append(batch.records, source=source.name, rows=batch.row_numbers)
        for number in (number for number in rows if number not in still):
            ledger.drop_reject(number)
    return still
