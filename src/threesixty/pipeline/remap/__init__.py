"""Map the rows in the log anew after the mapping changed: no file is read, only differences are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from threesixty import sources
from threesixty.identity.weights import Weights
from threesixty.ledger import Ledger
from threesixty.pipeline import unnamed
from threesixty.pipeline.batches import batched
from threesixty.pipeline.columns import COMPARED
from threesixty.pipeline.feed import Because
from threesixty.pipeline.remap.customers import regrouped, waiting
from threesixty.pipeline.remap.differences import Differences
from threesixty.pipeline.remap.last_word import last_words
from threesixty.pipeline.remap.mappings import (
    claim_older_rows,
    empty_columns,
    marks,
    may_be_unclaimed,
    may_name,
    remember,
)
from threesixty.pipeline.remap.rereading import made_of, reread
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.project import Project, Source
from threesixty.report import Progress, Tell
from threesixty.report.remapped import Remapped

_AT_ONCE = 5_000


def remap_sources(
    ledger: Ledger,
    project: Project,
    weights: Weights,
    wanted: Sequence[Source],
    tell: Tell,
    *,
    dry_run: bool = False,
) -> Remapped:
    """Map the rows of these sources anew, and resolve. A dry run does it all and takes it all back."""
    start, differences = perf_counter(), Differences(project.schema, ledger.names)
    claim_older_rows(ledger, project)
    unknown = [source.name for source in wanted if may_be_unclaimed(ledger, source)]
    # Everything or nothing: a process that dies inside leaves what was before.
    with ledger.rehearsing() if dry_run else ledger.writing():
        mapped = [source for source in wanted if source.name not in unknown]
        empty = [told for source in mapped for told in empty_columns(ledger, source)]
        before = ledger.membership(None)
        for source in mapped:
            remap_source(ledger, project, source, differences, tell)
        resolution = resolve(ledger, weights, tell, because=Because("remap"))
        merged, split, moved = regrouped(View.of(ledger, project, weights), before)
        return Remapped(
            sources=tuple(source.name for source in wanted),
            rows=differences.rows,
            new=differences.new,
            changed=differences.changed,
            ended=differences.ended,
            rejected=differences.rejected,
            mended=differences.mended,
            changes=differences.told(),
            customers_before=len(set(before.values())),
            customers=ledger.people()[1],
            merged=merged,
            split=split,
            moved=moved,
            waiting=waiting(ledger, before),
            came=tuple(differences.came),
            went=tuple(differences.went),
            refused=differences.refusals(),
            notices=(*map(_unknown, unknown), *empty, *resolution.notices, *unnamed.told(ledger, project)),
            seconds=perf_counter() - start,
            dry_run=dry_run,
        )


def _unknown(name: str) -> str:
    return (
        f"{name}: an older Threesixty loaded its rows and did not note whose they are; what is there stays. "
        f"`threesixty load {name}` reads its files once more, and every remap after it needs none"
    )


def remap_source(
    ledger: Ledger, project: Project, source: Source, differences: Differences,
    tell: Tell = lambda _: None, *, here: bool = False, whole: bool = False,
) -> None:  # fmt: skip
    """Map the rows of one source anew: those that can change, or all if `whole`.

    Records whose names no row gives any more end.
    """
    few = None if whole else marks(ledger, project, source)
    lost = list[int]()
    with ledger.writing():
        ledger.begin_remap(COMPARED)
        for batch, made, progress in reread(ledger, project, source, few, here=here):
            outcome = ledger.remade(source.name, made, standing_only=few is not None)
            differences.begin(outcome.new)
            differences.add(outcome.differ)
            differences.reject(ledger.reject([replace(bad, line=0) for bad in batch.rejects]))
            differences.rows += batch.rows
            tell(Progress(f"remap {source.name}", *progress, "entries"))
        if few is None:
            _mend(ledger, project, source, differences)
            for words, given_up in last_words(ledger, project, source):
                differ, ended = ledger.settled(words)
                differences.add(differ)
                differences.end(ended)
                lost += given_up
            differences.forsake(*ledger.forsaken())
        ledger.end_remap()
        remember(ledger, project, source)
        for other in _others(ledger, project, source, lost):
            remap_source(ledger, project, other, differences, tell, here=True, whole=True)


def _others(ledger: Ledger, project: Project, source: Source, lost: Sequence[int]) -> list[Source]:
    """The sources that may speak under names that one has given up.

    What they said under them was never written where the last word was another's: their rows tell.
    """
    names = {name.source for name in ledger.names(lost)}
    others = (other for other in project.sources if other.name != source.name)
    return [
        other for other in others if names and may_name(other, names) and not may_be_unclaimed(ledger, other)
    ]


def _mend(ledger: Ledger, project: Project, source: Source, differences: Differences) -> None:
    """Take in rejected rows that the mapping can read now."""
    for some in batched(ledger.rejects(source.name), _AT_ONCE):
        held = [(one.number, row) for one in some if (row := sources.row_of(one.reject.row))]
        batch, before = sources.from_rows(project, source, [row for _, row in held]), ledger.seq()
        bad = {one.line for one in batch.rejects}
        good = [number for at, (number, _) in enumerate(held, 1) if at not in bad]
        differences.new += ledger.append(batch.records, source=source.name, rows=batch.row_numbers).new
        rows = ledger.rows_said(source.name, before, ledger.seq(), latest=False)
        read = sources.rereader(project, source)([row.raw for row in rows])
        differences.add(ledger.remade(source.name, made_of(rows, read)).differ)
        for number in good:
            ledger.drop_reject(number)
        differences.mended += len(good)
