"""What one source delivers, taken into the ledger: durable every few seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import TypeVar

from threesixty import sources
from threesixty.errors import SnapshotShrank, SourceError, together
from threesixty.ledger import FileMark, Ledger, Plain
from threesixty.pipeline.load import contract, went_back
from threesixty.pipeline.load.account import Counted, Unreadable, of_older, of_rows
from threesixty.pipeline.load.turns import Marked, how_far, note_way, read_all, read_each, taken_away
from threesixty.pipeline.reading import batches
from threesixty.pipeline.remap import remap_source
from threesixty.pipeline.remap.differences import Differences
from threesixty.pipeline.remap.mappings import may_be_unclaimed, note_claimed, remaps, remember
from threesixty.project import Project, Source
from threesixty.report import Progress, Tell

T = TypeVar("T")

# So many seconds of work are made durable together, and are done again after a crash; more of them where
# making durable takes long, as it does in a big ledger: so many times as long.
TOGETHER, WORTH_IT = 5.0, 4.0
# A snapshot that lost more than this share of its keys stops and asks, unless the project says otherwise.
_SHRINK = 0.05


@dataclass(frozen=True, slots=True)
class Accept:
    """What a person looked at and takes as it is: a snapshot that shrank, columns that changed."""

    shrink: bool = False
    change: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """One load: what is the same for every source of it.

    With `only`, deliveries at other places wait. `anew` has the sources whose mapping changed since they were
    loaded, and collects what their rows give now that they did not give before.
    """

    ledger: Ledger
    project: Project
    tell: Tell
    accept: Accept
    only: Collection[str] | None
    anew: Mapping[str, Differences]
    unreadable: Unreadable = field(default_factory=Unreadable)


def take_in(load: Load, source: Source, counted: Counted) -> None:
    """Take in everything a source delivers that the ledger does not have yet, and count it in `counted`."""
    ledger, project, accept = load.ledger, load.project, load.accept
    snapshot = source.delivery == "snapshot"
    found = sources.deliveries(source)
    there = {each.place for each in found}
    gone = sorted({*ledger.places(source.name)} - there) if snapshot else []
    delivered = [each for each in found if load.only is None or each.place in load.only]
    marks = [(each, how_far(ledger, source, each)) for each in delivered]
    marks, back = went_back.look(ledger, source, marks, accept=accept.change)
    counted.say(*back)
    fresh = [(each, mark.position) for each, mark in marks if not mark.done]
    remapped = remaps(ledger, project, source)
    unknown = remapped and may_be_unclaimed(ledger, source)
    if remapped and not unknown:
        remap_source(ledger, project, source, load.anew[source.name], load.tell)
    looked = contract.look(ledger, project, source, fresh, accept=accept.change)
    if snapshot:
        ledger.begin_snapshot()
    counted.say(*taken_away([] if fresh else gone))
    # What a snapshot no longer holds is known only when all of it is read.
    if unknown or (snapshot and (fresh or gone)):
        marks = [(each, replace(mark, rows=0, done=False, position="")) for each, mark in marks]
    intake = _Intake(load, source, counted, looked.lacking, ledger.seq(), claim=unknown)
    reached, errors = _read(intake, marks, there)
    if unknown:
        note_claimed(ledger, source)
        remap_source(ledger, project, source, load.anew[source.name], load.tell, here=True)
    remember(ledger, project, source)
    note_way(ledger, source)
    if snapshot and any(not mark.done for _, mark in marks):
        _drop_absent(intake, reached, gone)
    if load.only is None or fresh:
        ledger.accepted(source.name)
    _note(intake, looked, fresh, reached)
    if errors:
        raise together(source.name, errors)


@dataclass(frozen=True, slots=True)
class _Intake:
    """One source while it is read.

    `lacking` are mapped columns that its files may lack, `began` is the last entry of the ledger before it.
    `claim`: note which source the rows are of, for rows that an older Threesixty loaded without noting it.
    """

    load: Load
    source: Source
    counted: Counted
    lacking: Sequence[str]
    began: int
    claim: bool

    @property
    def snapshot(self) -> bool:
        return self.source.delivery == "snapshot"


def _read(
    intake: _Intake, marks: Sequence[Marked], there: AbstractSet[str]
) -> tuple[list[FileMark], list[SourceError]]:
    """Read the files of a source: how far, and why some could not be. `there` are the places of all."""
    read = partial(_delivery, intake)
    if intake.claim or intake.snapshot:
        return read_all(marks, read, intake.counted.waiting), []
    load = intake.load
    reached, errors, overruled = read_each(load.ledger, load.project, intake.source, there, marks, read)
    intake.counted.say(*filter(None, [overruled]))
    return reached, errors


def _delivery(intake: _Intake, delivery: sources.Delivery, mark: FileMark) -> FileMark:
    """Read one file, and count what comes of it; how far it was read."""
    ledger, source, counted = intake.load.ledger, intake.source, intake.counted
    if mark.done:
        counted.load = replace(counted.load, skipped_files=counted.load.skipped_files + 1)
        return mark
    since = intake.began if intake.snapshot else ledger.seq()  # all files of a snapshot are one delivery
    so_far, cut = mark, ""

    def take(arrived: tuple[sources.Batch, list[Plain]]) -> Progress:
        nonlocal so_far, cut
        batch, plains = arrived
        cut = cut or batch.cut
        rows = max(0, batch.rows - max(mark.rows, so_far.rows))  # none of those left out
        so_far = replace(mark, rows=batch.rows, done=batch.done, position=batch.reached)
        # A snapshot is marked when what it lacks is gone: see `_drop_absent`.
        said = ledger.append(
            batch.records, rejects=batch.rejects, mark=None if intake.snapshot else so_far,
            snapshot=intake.snapshot, source=source.name, rows=batch.row_numbers, plains=plains, since=since,
        )  # fmt: skip
        if intake.claim:
            ledger.claim(source.name, batch.records, batch.row_numbers)
        intake.load.unreadable.add(source.name, batch)
        counted.add(batch, said, rows)
        return Progress(f"load {source.name}", batch.bytes_read, batch.bytes_total, delivery.unit)

    arriving = batches(intake.load.project, source, delivery, mark.rows, mark.position, intake.lacking)
    _together(ledger, arriving, take, intake.load.tell)
    if not (so_far.rows or mark.rows or mark.position):
        counted.load = replace(counted.load, empty=counted.load.empty + 1)
    if intake.snapshot and cut:
        counted.cut.append(_not_whole(delivery, cut))
    return so_far


def _not_whole(delivery: sources.Delivery, cut: str) -> SourceError:
    return SourceError(
        f"{delivery.name} is not whole: {cut}; nothing that the snapshot lacks is deleted",
        hint="copy it again, whole; if that is all there is, load again with --accept-shrink",
    )


def _together(ledger: Ledger, arriving: Iterator[T], take: Callable[[T], Progress], tell: Tell) -> None:
    """Take in batches as they arrive, several in one durable transaction; tell progress after each commit.

    A commit writes every page that a batch touched, and most batches touch every page of an index. What
    arrived before an error is kept.
    """
    error, more, enough = None, True, TOGETHER
    while more:
        told, began = list[Progress](), perf_counter()
        with ledger.writing():
            while more:
                try:
                    one = next(arriving)
                except StopIteration:
                    more = False
                except BaseException as stopped:  # noqa: BLE001 — it is raised again when all is written
                    error, more = stopped, False
                else:
                    told.append(take(one))
                    if perf_counter() - began >= enough:
                        break
            worked = perf_counter()
        enough = max(TOGETHER, WORTH_IT * (perf_counter() - worked))
        for progress in told:
            tell(progress)
    if error:
        raise error


def _drop_absent(intake: _Intake, marks: Sequence[FileMark], gone: Sequence[str]) -> None:
    """Delete what a snapshot no longer holds; SourceError where that cannot be known, or is too much."""
    load, source, counted = intake.load, intake.source, intake.counted
    ledger, accept = load.ledger, load.accept
    if counted.cut and not accept.shrink:
        raise together(source.name, counted.cut)
    allowed = 1.0 if accept.shrink else float(load.project.rules.get("snapshot_loss", _SHRINK))
    absent, live = ledger.count_absent(source.names, source.name), ledger.live(source.names, source.name)
    if absent > allowed * live:
        raise SnapshotShrank(
            f"source {source.name!r} is a snapshot and lost {absent:,} of its {live:,} records",
            hint="look at the file; if it is right, load again with --accept-shrink",
        )
    counted.say(*([] if counted.load.late else of_older(ledger)))
    deleted = ledger.delete_absent(source.names, marks, source.name, gone)
    counted.load = replace(counted.load, deleted=counted.load.deleted + deleted)


def _note(
    intake: _Intake, looked: contract.Looked, fresh: Sequence[contract.Fresh], reached: Sequence[FileMark]
) -> None:
    """Note what was delivered, and tell where it was not as the one before or as agreed."""
    source, counted = intake.source, intake.counted
    total, readable = counted.load, {mark.path for mark in reached}
    if contract.delivers([one for one in fresh if one[0].place in readable], total.account):
        rows = sum(mark.rows for mark in reached) if intake.snapshot else total.account.rows
        nameless = replace(total, repeats="", lates="")
        told = contract.note(intake.load.ledger, source, looked, rows, of_rows(source, nameless))
        counted.say(*told, *of_rows(source, total))
