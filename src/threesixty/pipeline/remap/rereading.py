"""Whole rows out of the log as Records; a source of many is mapped by processes of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from threesixty import sources
from threesixty.ledger import Ledger
from threesixty.ledger.remapping import Made
from threesixty.ledger.whole import Row
from threesixty.pipeline.elsewhere import elsewhere
from threesixty.pipeline.reading import Flat, flat, unflat
from threesixty.project import Project, Source

Reader = Callable[[Sequence[str]], sources.Batch]
Stretch = tuple[int, int]

# Below so much that a source said, starting more processes takes longer than they save.
_MANY = 30_000
_MOST_WORKERS = 4


def reread(
    ledger: Ledger, project: Project, source: Source, few: Sequence[str] | None, *, here: bool = False
) -> Iterator[tuple[sources.Batch, list[Made], tuple[int, int]]]:
    """Every row of a source that still counts, or a `few` with one of these marks, in the order of the log,
    as batches of Records made of them, each with how many entries of how many were looked through.

    `here` keeps it in this process, which alone sees what it has not committed.
    """
    stretches = ledger.stretches(source.name)
    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    if here or workers == 1 or ledger.how_many_said(source.name) < _MANY:
        for (_, upto), (batch, made) in zip(
            stretches, _reread(ledger, project, source, stretches, few), strict=True
        ):
            yield batch, made, (upto, stretches[-1][1])
        return
    running = [
        elsewhere(_far, ledger.path, project, source, stretches[n::workers], few) for n in range(workers)
    ]
    for place, (_, upto) in enumerate(stretches):
        batch, flats = next(running[place % workers])
        yield batch, [Made(unflat(one), *behind) for one, *behind in flats], (upto, stretches[-1][1])


def _far(
    path: Path, project: Project, source: Source, stretches: Sequence[Stretch], few: Sequence[str] | None
) -> Iterator[tuple[sources.Batch, list[tuple[Flat, int, int]]]]:
    with Ledger.open(path, write=False) as ledger:
        for batch, made in _reread(ledger, project, source, stretches, few):
            yield batch, [(flat(record), row, was) for record, row, was in made]


def _reread(
    ledger: Ledger, project: Project, source: Source, stretches: Sequence[Stretch], few: Sequence[str] | None
) -> Iterator[tuple[sources.Batch, list[Made]]]:
    read, latest = sources.rereader(project, source), source.delivery == "snapshot"
    for after, upto in stretches:
        rows = ledger.rows_said(source.name, after, upto, latest=latest, marks=few)
        batch = read([row.raw for row in rows])
        yield replace(batch, records=[], row_numbers=[]), made_of(rows, batch)


def made_of(rows: Sequence[Row], batch: sources.Batch) -> list[Made]:
    """The Records of a batch, each with the row that it was made of. The first of a row takes the place of
    that for which the row was kept."""
    found, first = list[Made](), set[int]()
    for record, number in zip(batch.records, batch.row_numbers, strict=True):
        row = rows[abs(number) - 1]
        takes = number > 0 and number not in first and record.sort == "party"
        first.add(number)
        found.append(Made(record, row.seq, row.no if takes else 0))
    return found
