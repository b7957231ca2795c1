"""The beginning of every file and table, as columns to look at; files of one shape are one source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from threesixty.errors import SourceError
from threesixty.project import Database
from threesixty.project.origin import holds_password
from threesixty.sources import s3
from threesixty.sources.beginning import SUFFIXES, find_format
from threesixty.sources.connection import tables
from threesixty.sources.database import Selection
from threesixty.sources.database_errors import explained
from threesixty.sources.delimited import sniff_delimiter
from threesixty.sources.formats import read_rows
from threesixty.sources.guess.looks import Column
from threesixty.sources.guess.words import words
from threesixty.sources.rows import Rows
from threesixty.sources.stream import find_encoding, sample

_TABLES = 100
ROWS = 60_000
"""How far into a file a guess looks: enough to tell keys from names, and over in a second."""

_NOTHING = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nan", "unknown", "?"})


@dataclass(frozen=True)
class Sample:
    """The first rows of a file (of a workbook with several, of one `sheet`), or of several files of one
    shape, or of a `table` of a `database`."""

    name: str
    paths: tuple[Path | str, ...]
    columns: tuple[Column, ...]
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    database: str = ""
    table: str = ""
    sheet: str = ""

    @property
    def rows(self) -> int:
        return len(self.columns[0].texts) if self.columns else 0

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def samples(origins: Sequence[Path | str]) -> tuple[list[Sample], list[SourceError]]:
    """A Sample for every source that files, objects and databases make, and what could not be read."""
    found: list[Sample] = []
    errors: list[SourceError] = []
    for origin in origins:
        try:
            for look in _looks(str(origin)):
                try:
                    found.append(look())
                except SourceError as error:
                    errors.append(error)
        except SourceError as error:
            errors.append(error)
    return list(_named(_joined(found))), errors


def _looks(origin: str) -> list[Callable[[], Sample]]:
    """What makes the Samples of a file, a place in S3, or a database: of one `#table`, else of all."""
    if origin.startswith(s3.SCHEME):
        return _objects(origin)
    if "://" not in origin:
        path = Path(origin)
        return [partial(_sample, path, sheet) for sheet in _sheets(path)] or [partial(_sample, path)]
    address, _, table = origin.partition("#")
    if holds_password(address):
        raise SourceError(
            "a password stands in the address of the database",
            hint="write ${NAME} in its place, in single quotes, and say in the environment: export NAME=…",
        )
    return [partial(_table, address, each) for each in ([table] if table else _tables(address))]


def _sheets(path: Path) -> list[str]:
    """The sheets of a workbook that has several: as many sources, without those that are hidden."""
    try:
        if not path.is_file() or find_format(path) != "excel":
            return []
        found = CalamineWorkbook.from_path(str(path)).sheets_metadata
    except (OSError, SourceError, CalamineError):
        return []  # which reading it will say
    seen = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
    names = [one.name for one in found if (one.typ, one.visible) == seen]
    return names if len(found) > 1 else []


def _tables(address: str) -> list[str]:
    with explained("the database", address, "", list):
        return sorted(tables(address))[:_TABLES]


def _table(address: str, table: str) -> Sample:
    selection = Selection(table, Database(address, table), limit=ROWS)
    columns = _columns(selection.sample())
    if not any(column.texts for column in columns):
        raise SourceError(f"{selection.place} holds no rows", hint="name a table with some")
    return Sample(table.rpartition(".")[2], (), columns, database=address, table=table)


def _objects(address: str) -> list[Callable[[], Sample]]:
    """A pattern is one source, looked at by its first object; a folder is as many as its objects make."""
    found = s3.objects("init", address)
    if s3.is_pattern(address):
        return [partial(_object, found[0], address)]
    return [partial(_object, each, each.place) for each in found[:_TABLES]]


def _object(found: s3.Object, path: str) -> Sample:
    with TemporaryDirectory() as folder, found.at_hand(Path(folder), whole=False) as near:
        return replace(_sample(near.path), paths=(path,))


def _sample(path: Path, sheet: str = "") -> Sample:
    if not path.is_file():
        raise SourceError(f"{path} is not a file", hint="name the files themselves")
    try:
        form = find_format(path)
        encoding = find_encoding(path) if form in ("csv", "jsonl", "json") else ""
        delimiter = sniff_delimiter(sample(path, encoding)) if form == "csv" else ""
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
    columns = _columns(read_rows(path, sheet=sheet))
    if not any(column.texts for column in columns):
        what = f"sheet {sheet!r} of {path}" if sheet else path
        raise SourceError(f"{what} holds no rows", hint="name a file with some")
    by_name = SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix)
    return Sample(
        (words(sheet) and sheet) or path.name.split(".")[0],
        (path,),
        columns,
        "" if form == by_name else form,
        "" if encoding in ("", "utf-8", "utf-8-sig", "ascii") else encoding,
        "" if delimiter == "," else delimiter,
        sheet=sheet,
    )


def _columns(batches: Iterable[Rows]) -> tuple[Column, ...]:
    texts: dict[str, list[str]] = {}
    count = 0
    for rows in batches:
        for name in {**texts, **rows.columns}:
            held = texts.setdefault(name, [""] * count)
            held.extend(_clean(rows.columns.get(name, [None] * len(rows))))
        count += len(rows)
        if count >= ROWS:
            break
    return tuple(Column(name, values[:ROWS]) for name, values in texts.items())


def _clean(column: Iterable[str | None]) -> Iterator[str]:
    for text in column:
        stripped = (text or "").strip()
        yield "" if stripped.casefold() in _NOTHING else stripped


def _joined(found: Sequence[Sample]) -> list[Sample]:
    """Files whose names differ in numbers only and whose columns are the same are one source."""
    whole: dict[object, Sample] = {}
    for one in found:
        stem = re.sub(r"\s*\d+", "", words(one.name))
        read = (one.table, one.sheet, one.format, one.encoding, one.delimiter)
        shape = (stem, *read, tuple(c.name for c in one.columns))
        held = whole.get(shape)
        whole[shape] = one if held is None else _both(held, one, stem)
    return list(whole.values())


def _both(a: Sample, b: Sample, stem: str) -> Sample:
    columns = tuple(
        Column(x.name, [*x.texts, *y.texts], (*(x.files or (len(x.texts),)), len(y.texts)))
        for x, y in zip(a.columns, b.columns, strict=True)
    )
    return replace(a, name=stem or a.name, paths=(*a.paths, *b.paths), columns=columns)


def _named(found: Sequence[Sample]) -> Iterator[Sample]:
    """Names that a project file takes, without what all of them begin with, each once."""
    names = [words(one.name, numbers=False).split() or ["source"] for one in found]
    while len(names) > 1 and all(len(n) > 1 for n in names) and len({n[0] for n in names}) == 1:
        names = [n[1:] for n in names]
    taken: set[str] = set()
    for one, parts in zip(found, names, strict=True):
        name = base = "_".join(parts)
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        yield replace(one, name=name)
