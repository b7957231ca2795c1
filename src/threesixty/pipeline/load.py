"""Sources into the ledger: one durable transaction a batch, acknowledged when it has committed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from threesixty import sources
from threesixty.errors import NotFound, SnapshotShrank, SourceError
from threesixty.ledger import FileMark, Ledger
from threesixty.project import Project, Source
from threesixty.report import HeldReject, Progress, SourceLoad

Tell = Callable[[Progress], None]
# A snapshot that lost more than this share of its keys stops and asks.
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


def load(
    ledger: Ledger, project: Project, source: Source, unreadable: Unreadable, tell: Tell, *, accept_shrink: bool
) -> SourceLoad:
    """Everything a source delivers that the ledger has not heard yet."""
    total = SourceLoad(source.name, 0, 0, 0, 0, 0, 0, 0, 0)
    snapshot = source.delivery == "snapshot"
    with ledger.delivery(source.name, snapshot=snapshot):
        for path in sources.files(source):
            total = _file(ledger, project, source, path, total, unreadable, tell)
        if snapshot and total.read:
            total = replace(total, deleted=total.deleted + _drop_absent(ledger, source, accept_shrink))
    return total


def _file(
    ledger: Ledger, project: Project, source: Source, path: Path, total: SourceLoad, unreadable: Unreadable, tell: Tell
) -> SourceLoad:
    digest = sources.digest(path)
    mark = ledger.file_mark(source.name, str(path))
    known = mark is not None and mark.digest == digest
    if mark is not None and known and mark.done:
        return replace(total, skipped_files=total.skipped_files + 1)
    skip = mark.rows if mark is not None and known and source.delivery != "snapshot" else 0
    for batch in sources.read(project, source, path, skip_rows=skip):
        mark = FileMark(source.name, str(path), digest, batch.rows, batch.done)
        said = ledger.append(batch.records, rejects=batch.rejects, mark=mark)
        unreadable.add(source.name, batch)
        total = replace(
            total,
            read=total.read + len(batch.records),
            new=total.new + said.new,
            changed=total.changed + said.changed,
            unchanged=total.unchanged + said.unchanged,
            deleted=total.deleted + said.deleted,
            forgotten=total.forgotten + said.forgotten,
            rejected=total.rejected + said.rejected,
            unreadable=total.unreadable + batch.unreadable_counts.total(),
        )
        tell(Progress(f"load {source.name}", batch.bytes_read, batch.bytes_total, "bytes"))
    return total


def _drop_absent(ledger: Ledger, source: Source, accept: bool) -> int:
    absent, live = ledger.count_absent(source.name), ledger.live(source.name)
    if live and absent > _SHRINK * live and not accept:
        raise SnapshotShrank(
            f"source {source.name!r} is a snapshot and lost {absent:,} of its {live:,} records",
            hint="look at the file; if it is right, load again with --accept-shrink",
        )
    return ledger.delete_absent(source.name)


def put(ledger: Ledger, project: Project, name: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Rows given by a program, through the mapping of a source; SourceError when one is rejected."""
    [source] = chosen(project, [name])
    batch = sources.from_rows(project, source, rows)
    if batch.rejects:
        first = batch.rejects[0]
        raise SourceError(f"row {first.line} cannot be a record: {first.reason}", hint="nothing was stored: mend it and put again")
    ledger.append(batch.records)


def replay(ledger: Ledger, project: Project, held: HeldReject, row: Mapping[str, str] | None) -> None:
    """Try a rejected row once more, mended where `row` is given; it leaves the rejects when it is good."""
    if row is None:
        row = _row(held)
    put(ledger, project, held.reject.source, [row])
    ledger.drop_reject(held.number)


def _row(held: HeldReject) -> Mapping[str, str]:
    try:
        found = json.loads(held.reject.row)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SourceError(
            f"reject {held.number} was never a row ({held.reject.reason})",
            hint="give the mended columns: threesixty rejects fix NUMBER column=value …",
        )
    return found
