"""Sources into the ledger, durable every few seconds; then who is who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TypeVar

from threesixty import sources
from threesixty.errors import NotFound, SnapshotShrank, SourceError, together
from threesixty.identity.weights import Weights
from threesixty.ledger import REDRAW, Appended, FileMark, Ledger, Plain
from threesixty.pipeline import behind, contract, explain, masters, unnamed
from threesixty.pipeline.account import account, of_older, of_rows, repeated
from threesixty.pipeline.feed import LOADED, Because
from threesixty.pipeline.generics import crowds, generics
from threesixty.pipeline.mappings import claimed, known, remaps, remember, strange
from threesixty.pipeline.reading import batches
from threesixty.pipeline.regrouped import told_waiting
from threesixty.pipeline.remade import Differences
from threesixty.pipeline.remap import again
from threesixty.pipeline.resolve import Resolution, resolve
from threesixty.pipeline.turns import how_far, note_way, read_all, read_each, taken_away
from threesixty.pipeline.view import View, people
from threesixty.project import Project, Source
from threesixty.report import Loaded, Progress, SourceLoad, Stopped, Worth

Tell = Callable[[Progress], None]
T = TypeVar("T")

# So many seconds of work are made durable together, and are done again after a crash; more of them where
# making durable takes long, as it does in a big ledger: so many times as long.
TOGETHER, WORTH_IT = 5.0, 4.0
# A snapshot that lost more than this share of its keys stops and asks, unless the project says otherwise.
_SHRINK = 0.05


def chosen(project: Project, names: Iterable[str]) -> list[Source]:
    """The sources of those names, or all; NotFound names the nearest known one."""
    known = {source.name: source for source in project.sources}
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            raise NotFound("source", name, known)
    return [known[name] for name in wanted]


@dataclass
class Unreadable:
    """Values that could not be read: how many of each `source.property`, with one example of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, source: str, batch: sources.Batch) -> None:
        self.counts.update({f"{source}.{name}": n for name, n in batch.unreadable_counts.items()})
        for name, text in batch.unreadable:
            self.examples.setdefault(f"{source}.{name}", text)

    def told(self) -> tuple[tuple[str, int, str], ...]:
        """What was unreadable, commonest first: where, how many, an example."""
        return tuple((name, count, self.examples.get(name, "")) for name, count in self.counts.most_common())


def load_sources(
    ledger: Ledger,
    project: Project,
    weights: Weights,
    names: Iterable[str],
    tell: Tell,
    *,
    only: Collection[str] | None = None,
    accept_shrink: bool = False,
    accept_change: bool = False,
    dry_run: bool = False,
) -> tuple[Loaded, list[SourceError]]:
    """Load sources (all when none is named) and resolve. A dry run does the same and takes it all back.

    A source that cannot be loaded stops no other: its error is given back. With `only`, deliveries whose
    place is not among these wait.
    """
    start = perf_counter()
    wanted = chosen(project, names)
    unreadable = Unreadable()
    claimed(ledger, project)
    told_before = ledger.last_change()
    with ledger.rehearsing() if dry_run else nullcontext():
        if not ledger.seq():
            ledger.index_later()
        anew = {
            source.name: Differences(project.schema, ledger.names)
            for source in wanted
            if remaps(ledger, project, source)
        }
        before = ledger.membership(None) if anew else {}
        accept = Accept(shrink=accept_shrink, change=accept_change)
        said, stopped = _each(ledger, project, wanted, only, unreadable, tell, accept, anew)
        resolution = resolve(ledger, weights, tell, because=Because("remap") if anew else LOADED)
        if anew:
            notices = [
                f"the mapping of {name} is another than before: its rows were mapped anew: {came.words()}"
                for name, came in anew.items()
            ]
            notices += told_waiting(ledger, before)
            resolution = replace(resolution, notices=(*notices, *resolution.notices))
        loaded = _told(View.of(ledger, project, weights), resolution, said, unreadable)
        loaded = replace(loaded, splits=ledger.split_since(told_before))
    told = tuple(Stopped(name, error.message, error.hint) for name, error in stopped)
    loaded = replace(loaded, seconds=perf_counter() - start, dry_run=dry_run, stopped=told)
    return loaded, [error for _, error in stopped]


@dataclass(frozen=True, slots=True)
class Accept:
    """What a person looked at and takes as it is: a snapshot that shrank, columns that changed."""

    shrink: bool = False
    change: bool = False


@dataclass
class Counted:
    """What came of a source so far."""

    load: SourceLoad
    waiting: list[str] = field(default_factory=list)  # what is read after the delivery being read
    cut: list[SourceError] = field(default_factory=list)  # files of a snapshot whose end is missing

    def say(self, *told: str) -> None:
        self.load = replace(self.load, told=(*self.load.told, *told))

    def stopped(self) -> SourceLoad:
        """What was taken before an error, and what it kept from being read."""
        more = len(self.waiting) - 1
        also = f" and {more:,} more" if more > 0 else ""
        told = (f"{self.waiting[0]}{also} waits to be read",) if self.waiting else ()
        return replace(self.load, stopped=True, told=(*self.load.told, *told))

    def add(self, batch: sources.Batch, said: Appended, rows: int) -> None:
        """Count a batch of so many rows, and what the ledger said of its Records."""
        total, twice = self.load, repeated(batch, said)
        self.load = replace(
            total,
            read=total.read + len(batch.records),
            new=total.new + said.new,
            changed=total.changed + said.changed,
            unchanged=total.unchanged + said.unchanged,
            deleted=total.deleted + said.deleted,
            forgotten=total.forgotten + said.forgotten,
            rejected=total.rejected + said.rejected,
            unreadable=total.unreadable + batch.unreadable_counts.total(),
            account=total.account + account(batch, said.outcomes, rows),
            repeated=total.repeated + len(twice),
            repeats=total.repeats or next(iter(twice), ""),
            late=total.late + len(said.late),
            lates=total.lates or next(map(str, said.late.values()), ""),
        )


def _each(
    ledger: Ledger, project: Project, wanted: Sequence[Source], only: Collection[str] | None,
    unreadable: Unreadable, tell: Tell, accept: Accept, anew: Mapping[str, Differences],
) -> tuple[list[SourceLoad], list[tuple[str, SourceError]]]:  # fmt: skip
    said, stopped = [], []
    for source in wanted:
        counted = Counted(SourceLoad(source.name, 0, 0, 0, 0, 0, 0, 0, 0))
        try:
            load(ledger, project, source, only, unreadable, tell, accept, counted, anew)
        except SourceError as error:
            stopped.append((source.name, error))
            ledger.refuse(source.name, error.message, error.hint)
            # What could be read stays.
            if counted.load.account.rows:
                said.append(counted.stopped())
            continue
        late = contract.late(ledger, source)
        said.append(replace(counted.load, told=(*counted.load.told, late)) if late else counted.load)
    return said, stopped


def one_of(stopped: Sequence[SourceError], loaded: Loaded) -> SourceError:
    """The error of the source that was not loaded, or one that tells of all."""
    error = stopped[0]
    if len(stopped) > 1:
        lines = [f"  {one}" for one in stopped]
        error = SourceError("\n".join([f"{len(stopped)} sources were not loaded", *lines]))
    error.loaded = loaded
    return error


def _told(view: View, resolution: Resolution, said: Sequence[SourceLoad], unreadable: Unreadable) -> Loaded:
    records, customers, parked = view.ledger.people()
    return Loaded(
        sources=tuple(said),
        records=records,
        customers=customers,
        merges=resolution.merges,
        parked=parked,
        unreadable=unreadable.told(),
        worth_a_look=worth_a_look(view, resolution),
        notices=(
            *resolution.notices, *crowds(generics(view.ledger), view.weights), *masters.told(view.ledger),
            *unnamed.told(view.ledger, view.project),
        ),
        seconds=0.0,
    )  # fmt: skip


def worth_a_look(view: View, resolution: Resolution) -> tuple[Worth, ...]:
    """The merges that rest on the least, the weakest first."""
    owner = view.ledger.membership([record for _, record in resolution.weakest])
    customers = {person.anchor: person for person in people(view, set(owner.values()))}
    found = []
    for bits, record in resolution.weakest:
        if record in owner:
            person = customers[owner[record]]
            keys = sorted(f"{row.source}/{row.key}" for row in person.members)
            found.append(
                Worth(person.id, person.name, tuple(keys), round(bits, 1), explain.weakest(view, record))
            )
    return tuple(found)


def load(
    ledger: Ledger,
    project: Project,
    source: Source,
    only: Collection[str] | None,
    unreadable: Unreadable,
    tell: Tell,
    accept: Accept,
    counted: Counted,
    anew: Mapping[str, Differences],
) -> None:
    """Everything a source delivers that the ledger has not heard yet; what comes of it is `counted`."""
    snapshot = source.delivery == "snapshot"
    found = sources.deliveries(source)
    delivered = [each for each in found if only is None or each.place in only]
    gone = sorted({*ledger.places(source.name)} - {each.place for each in found}) if snapshot else []
    marks = [(each, how_far(ledger, source, each)) for each in delivered]
    marks, back = behind.look(ledger, source, marks, accept=accept.change)
    counted.load = replace(counted.load, told=back)
    fresh = [(each, mark.position) for each, mark in marks if not mark.done]
    remapped = remaps(ledger, project, source)
    unknown = remapped and strange(ledger, source)
    if remapped and not unknown:
        again(ledger, project, source, anew[source.name], tell)
    looked = contract.look(ledger, project, source, fresh, accept=accept.change)
    if snapshot:
        ledger.begin_snapshot()
    counted.say(*taken_away([] if fresh else gone))
    # What a snapshot no longer holds is known only when all of it is read.
    if unknown or (snapshot and (fresh or gone)):
        marks = [(each, replace(mark, rows=0, done=False, position="")) for each, mark in marks]

    began = ledger.seq()

    def read(each: sources.Delivery, mark: FileMark) -> FileMark:
        since = began if snapshot else ledger.seq()  # all files of a snapshot are one delivery
        return _delivery(
            ledger, project, source, each, mark, counted, unreadable, tell, looked.lacking, since,
            claim=unknown,
        )  # fmt: skip

    if unknown or snapshot:
        reached, errors = read_all(marks, read, counted.waiting), list[SourceError]()
    else:
        there = {each.place for each in found}
        reached, errors, overruled = read_each(ledger, project, source, there, marks, read)
        counted.say(*filter(None, [overruled]))
    if unknown:
        known(ledger, source)
        again(ledger, project, source, anew[source.name], tell, here=True)
    remember(ledger, project, source)
    note_way(ledger, source)
    if snapshot and any(not mark.done for _, mark in marks):
        _drop_absent(ledger, project, source, accept, reached, gone, counted)
    if only is None or fresh:
        ledger.accepted(source.name)
    _note(ledger, source, looked, fresh, reached, counted)
    if errors:
        raise together(source.name, errors)


def _note(
    ledger: Ledger, source: Source, looked: contract.Looked, fresh: Sequence[contract.Fresh],
    reached: Sequence[FileMark], counted: Counted,
) -> None:  # fmt: skip
    """Note what was delivered, and tell where it was not as the one before or as agreed."""
    total, readable = counted.load, {mark.path for mark in reached}
    if contract.delivers([one for one in fresh if one[0].place in readable], total.account):
        snapshot = source.delivery == "snapshot"
        rows = sum(mark.rows for mark in reached) if snapshot else total.account.rows
        nameless = replace(total, repeats="", lates="")
        told = contract.note(ledger, source, looked, rows, of_rows(source, nameless))
        counted.say(*told, *of_rows(source, total))


def _delivery(
    ledger: Ledger,
    project: Project,
    source: Source,
    delivery: sources.Delivery,
    mark: FileMark,
    counted: Counted,
    unreadable: Unreadable,
    tell: Tell,
    lacking: Sequence[str],
    since: int,
    *,
    claim: bool,
) -> FileMark:
    """Read one file, and count what comes of it; how far it was read."""
    if mark.done:
        counted.load = replace(counted.load, skipped_files=counted.load.skipped_files + 1)
        return mark
    snapshot = source.delivery == "snapshot"
    so_far, cut = mark, ""

    def take(arrived: tuple[sources.Batch, list[Plain]]) -> Progress:
        nonlocal so_far, cut
        batch, plains = arrived
        cut = cut or batch.cut
        rows = max(0, batch.rows - max(mark.rows, so_far.rows))  # none of those left out
        so_far = replace(mark, rows=batch.rows, done=batch.done, position=batch.reached)
        # A snapshot is marked when what it lacks is gone: see `_drop_absent`.
        said = ledger.append(
            batch.records, rejects=batch.rejects, mark=None if snapshot else so_far, snapshot=snapshot,
            source=source.name, rows=batch.row_numbers, plains=plains, since=since,
        )  # fmt: skip
        if claim:
            ledger.claim(source.name, batch.records, batch.row_numbers)
        unreadable.add(source.name, batch)
        counted.add(batch, said, rows)
        return Progress(f"load {source.name}", batch.bytes_read, batch.bytes_total, delivery.unit)

    _together(ledger, batches(project, source, delivery, mark.rows, mark.position, lacking), take, tell)
    if not (so_far.rows or mark.rows or mark.position):
        counted.load = replace(counted.load, empty=counted.load.empty + 1)
    if snapshot and cut:
        counted.cut.append(
            SourceError(
                f"{delivery.name} is not whole: {cut}; nothing that the snapshot lacks is deleted",
                hint="copy it again, whole; if that is all there is, load again with --accept-shrink",
            )
        )
    return so_far


def _together(ledger: Ledger, arriving: Iterator[T], take: Callable[[T], Progress], tell: Tell) -> None:
    """Take what arrives, many in one durable transaction; progress is told of what is durable.

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


def _drop_absent(
    ledger: Ledger, project: Project, source: Source, accept: Accept, marks: Sequence[FileMark],
    gone: Sequence[str], counted: Counted,
) -> None:  # fmt: skip
    """Delete what a snapshot no longer holds; SourceError where that cannot be known, or is too much."""
    if counted.cut and not accept.shrink:
        raise together(source.name, counted.cut)
    allowed = 1.0 if accept.shrink else float(project.rules.get("snapshot_loss", _SHRINK))
    absent, live = ledger.count_absent(source.names, source.name), ledger.live(source.names, source.name)
    if absent > allowed * live:
        raise SnapshotShrank(
            f"source {source.name!r} is a snapshot and lost {absent:,} of its {live:,} records",
            hint="look at the file; if it is right, load again with --accept-shrink",
        )
    counted.say(*([] if counted.load.late else of_older(ledger)))
    deleted = ledger.delete_absent(source.names, marks, source.name, gone)
    counted.load = replace(counted.load, deleted=counted.load.deleted + deleted)


def tidy(ledger: Ledger) -> None:
    """Let go of the list of what had to be drawn; a graph that shows less is filled from the beginning."""
    with ledger.writing():
        resolved = ledger.reached("resolved_seq")
        ledger.set_state(REDRAW, resolved)
        ledger.set_state("drawn", value=True)
        ledger.prune(resolved)
