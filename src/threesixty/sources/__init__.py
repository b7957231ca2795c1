"""Files and rows of a source, read as Records; bad rows become rejects, never errors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from threesixty.errors import SourceError, nearest
from threesixty.project import Project, Source
from threesixty.record import Record, Reject
from threesixty.sources.delivery import Delivery, deliveries
from threesixty.sources.files import File
from threesixty.sources.formats import row_of
from threesixty.sources.mapping import mapper
from threesixty.sources.plan import columns_of
from threesixty.sources.records import Mapped
from threesixty.sources.rows import Rows, as_text, in_list

__all__ = ["Batch", "Delivery", "File", "deliveries", "from_rows", "preview", "read", "rereader", "row_of"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a delivery as Records. `rows` counts its rows from the first to the end of this batch,
    good and bad; `reached` is its position there. `unreadable` holds (property, text) examples, at most
    five of each. `row_numbers` has the row behind each Record, negative where several may stand there.
    `cut` says from where on rows are missing, and why."""

    records: list[Record]
    row_numbers: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    unreadable_counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    reached: str = ""
    bytes_read: int = 0
    bytes_total: int = 0
    done: bool = True
    cut: str = ""


def read(
    project: Project,
    source: Source,
    delivery: Delivery,
    *,
    skip_rows: int = 0,
    position: str = "",
    lacking: Collection[str] = (),
) -> Iterator[Batch]:
    """The rows of a delivery as batches of Records: without the first `skip_rows`, or after a position.

    The last batch is `done`. SourceError when it cannot be read, or lacks a mapped column that is not among
    the `lacking` ones.
    """
    total, seen = delivery.size, 0
    mapped, pending = mapper(project, source), None
    for rows in delivery.rows(source, position):
        if seen == 0:
            _check_columns(source, delivery, rows, lacking)
        count = len(rows) + len(rows.bad)
        left = rows.after(skip_rows - seen) if seen < skip_rows else rows
        seen += count
        if pending is not None:
            yield pending
        behind = min(rows.position, total) if total else rows.position
        position = rows.reached or position
        pending = replace(_batch(source, delivery.name, mapped(left), seen, behind, total), reached=position)
        if not delivery.lasting:
            pending = replace(pending, rejects=[_unplaced(reject) for reject in pending.rejects])
    yield _last(pending or Batch([], bytes_read=total, bytes_total=total, reached=position))


def _check_columns(source: Source, delivery: Delivery, rows: Rows, lacking: Collection[str] = ()) -> None:
    """Every mapped column must be there; JSON may leave out what is empty, so there one of them will do."""
    wanted = [name for name in columns_of(source) if name not in lacking]
    missing = [name for name in wanted if name not in rows.columns]
    if not missing or not rows.columns or (rows.ragged and len(missing) < len(wanted)):
        return
    raise SourceError(
        f"{delivery.name} has no column {missing[0]!r}, which source {source.name!r} maps",
        hint=_what_it_has(missing[0], rows),
    )


def _what_it_has(missing: str, rows: Rows) -> str:
    one = rows.ragged and len(rows) == 1
    lists = [name for name, values in rows.columns.items() if one and (values[0] or "").startswith("[{")]
    if lists:
        return in_list(lists[0])
    near = nearest(missing, rows.columns)
    return f"did you mean {near!r}?" if near else f"it has: {', '.join(rows.columns)}"


def _batch(source: Source, file: str, mapped: Mapped, rows: int, position: int, total: int) -> Batch:
    return Batch(
        mapped.records,
        mapped.row_numbers,
        [Reject(source.name, file, bad.line, bad.reason, bad.row) for bad in mapped.rejected],
        mapped.examples,
        mapped.unreadable,
        rows=rows,
        bytes_read=position,
        bytes_total=total,
        done=False,
        cut=next((f"line {bad.line:,}: {bad.reason}" for bad in mapped.rejected if bad.cut), ""),
    )


def _unplaced(reject: Reject) -> Reject:
    """A rejected row of a table: it has another number each time, and is to be known again."""
    return Reject(reject.source, reject.file, 0, reject.reason, reject.row)


def _last(batch: Batch) -> Batch:
    return replace(batch, bytes_read=batch.bytes_total or batch.bytes_read, done=True)


def from_rows(project: Project, source: Source, rows: Sequence[Mapping[str, object]]) -> Batch:
    """Rows given by a program, or taken from `Record.raw`, as one batch; lines count from 1."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [as_text(row.get(name)) for row in rows] for name in names}
    table = Rows(columns, list(range(1, len(rows) + 1)))
    return _last(_batch(source, "", mapper(project, source)(table), len(rows), 0, 0))


def rereader(project: Project, source: Source) -> Callable[[Sequence[str]], Batch]:
    """Reads whole rows as a ledger keeps them, one batch after another; what is no row gives nothing."""
    mapped = mapper(project, source)

    def read_again(raws: Sequence[str]) -> Batch:
        rows: list[dict[str, str]] = [json.loads(raw) for raw in raws]
        names = dict.fromkeys(name for row in rows for name in row)
        columns: dict[str, list[str | None]] = {name: [row.get(name) for row in rows] for name in names}
        table = Rows(columns, list(range(1, len(rows) + 1)), raws=list(raws))
        return _last(_batch(source, "", mapped(table), len(rows), 0, 0))

    return read_again


def preview(project: Project, source: Source, n: int = 5) -> Batch:
    """The first `n` rows of a source's first delivery, as they would be loaded."""
    for delivery in islice(deliveries(source), 1):
        with delivery.at_hand(project.home, whole=False) as near:
            for rows in islice(near.rows(source), 1):
                _check_columns(source, near, rows)
                return _batch(source, near.name, mapper(project, source)(rows.first(n)), n, 0, 0)
    return Batch([])
