"""Files and rows of a source, read as Records; bad rows become rejects, never errors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from hashlib import sha256
from itertools import islice
from pathlib import Path

from threesixty.errors import SourceError, nearest
from threesixty.project import Project, Source
from threesixty.record import Record, Reject
from threesixty.sources.formats import read_rows
from threesixty.sources.mapping import mapper
from threesixty.sources.plan import columns_of
from threesixty.sources.records import Mapped
from threesixty.sources.rows import Rows, as_text

__all__ = ["Batch", "digest", "files", "from_rows", "preview", "read"]


_UNSET = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file as Records. `rows` counts the rows of the file from its beginning to the end
    of this batch, good and bad; `unreadable` holds (property, text) examples, at most five of each."""

    records: list[Record]
    rejects: list[Reject] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    unreadable_counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    bytes_read: int = 0
    bytes_total: int = 0
    done: bool = True


def files(source: Source) -> list[Path]:
    """The files of a source, globs spelled out in order of name; SourceError when one is missing."""
    return [path for pattern in source.paths for path in _files(source, pattern)]


def _files(source: Source, pattern: str) -> list[Path]:
    if Path(pattern).is_file():
        return [Path(pattern)]
    if unset := _UNSET.search(pattern):
        raise SourceError(
            f"source {source.name!r}: {unset[0]} is not set",
            hint=f"set it first: export {unset[1]}=/the/folder/or/file",
        )
    found = sorted(path for path in map(Path, glob(pattern, recursive=True)) if path.is_file())  # noqa: PTH207 - patterns may be absolute
    if found:
        return found
    what = "no file matches" if has_magic(pattern) else "there is no file"
    raise SourceError(f"source {source.name!r}: {what} {pattern}", hint=_missing_hint(Path(pattern)))


def _missing_hint(path: Path) -> str:
    if not path.parent.is_dir():
        return f"the folder {path.parent} is not there: put the file there, or change the path of the source"
    near = nearest(path.name, [each.name for each in path.parent.iterdir() if each.is_file()])
    return f"did you mean {near!r}?" if near else "put the file there, or change the path of the source"


def read(project: Project, source: Source, path: Path, *, skip_rows: int = 0) -> Iterator[Batch]:
    """The rows of a file as batches of Records, the first `skip_rows` of them left out.

    The last batch is `done`. SourceError when the file cannot be read, or lacks a mapped column.
    """
    total, seen = path.stat().st_size if path.exists() else 0, 0
    mapped, pending = mapper(project, source), None
    for rows in _rows(source, path):
        if seen == 0:
            _check_columns(source, path, rows)
        count = len(rows) + len(rows.bad)
        left = rows.after(skip_rows - seen) if seen < skip_rows else rows
        seen += count
        if pending is not None:
            yield pending
        pending = _batch(source, path.name, mapped(left), seen, min(rows.position, total), total)
    yield _last(pending, total)


def _rows(source: Source, path: Path) -> Iterator[Rows]:
    return read_rows(
        path,
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
    )


def _check_columns(source: Source, path: Path, rows: Rows) -> None:
    """Every mapped column must be there; JSON may leave out what is empty, so there one of them will do."""
    wanted = columns_of(source)
    missing = [name for name in wanted if name not in rows.columns]
    if not missing or not rows.columns or (rows.ragged and len(missing) < len(wanted)):
        return
    near = nearest(missing[0], rows.columns)
    raise SourceError(
        f"{path.name} has no column {missing[0]!r}, which source {source.name!r} maps",
        hint=f"did you mean {near!r}?" if near else f"it has: {', '.join(rows.columns)}",
    )


def _batch(source: Source, file: str, mapped: Mapped, rows: int, position: int, total: int) -> Batch:
    return Batch(
        mapped.records,
        [Reject(source.name, file, bad.line, bad.reason, bad.row) for bad in mapped.rejected],
        mapped.examples,
        mapped.unreadable,
        rows,
        position,
        total,
        done=False,
    )


def _last(batch: Batch | None, total: int) -> Batch:
    if batch is None:
        return Batch([], bytes_read=total, bytes_total=total)
    return Batch(
        batch.records, batch.rejects, batch.unreadable, batch.unreadable_counts, batch.rows, total, total
    )


def from_rows(project: Project, source: Source, rows: Sequence[Mapping[str, object]]) -> Batch:
    """Rows given by a program, or taken from `Record.raw`, as one batch; lines count from 1."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [as_text(row.get(name)) for row in rows] for name in names}
    table = Rows(columns, list(range(1, len(rows) + 1)))
    return _last(_batch(source, "", mapper(project, source)(table), len(rows), 0, 0), 0)


def preview(project: Project, source: Source, n: int = 5) -> Batch:
    """The first `n` rows of a source's first file, as they would be loaded."""
    for path in islice(files(source), 1):
        for rows in islice(_rows(source, path), 1):
            _check_columns(source, path, rows)
            return _batch(source, path.name, mapper(project, source)(rows.first(n)), n, 0, 0)
    return Batch([])


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex: a file that was loaded under it need not be read again."""
    found = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()
