"""The beginning of every file, as columns to look at; files of one shape are one source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from threesixty.errors import SourceError
from threesixty.sources.delimited import sniff_delimiter
from threesixty.sources.formats import SUFFIXES, find_format, read_rows
from threesixty.sources.guess.looks import Column
from threesixty.sources.guess.words import words
from threesixty.sources.stream import find_encoding, sample

ROWS = 60_000
"""How far into a file a guess looks: enough to tell keys from names, and over in a second."""

_NOTHING = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nan", "unknown", "?"})


@dataclass(frozen=True)
class Sample:
    """The first rows of a file, or of several files of one shape."""

    name: str
    paths: tuple[Path, ...]
    columns: tuple[Column, ...]
    format: str = ""
    encoding: str = ""
    delimiter: str = ""

    @property
    def rows(self) -> int:
        return len(self.columns[0].texts) if self.columns else 0

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def samples(paths: Sequence[Path]) -> tuple[list[Sample], list[SourceError]]:
    """A Sample for every source that the files make, and what could not be read."""
    found: list[Sample] = []
    errors: list[SourceError] = []
    for path in paths:
        try:
            found.append(_sample(path))
        except SourceError as error:
            errors.append(error)
    return list(_named(_joined(found))), errors


def _sample(path: Path) -> Sample:
    if not path.is_file():
        raise SourceError(f"{path} is not a file", hint="name the files themselves")
    try:
        form = find_format(path)
        encoding = find_encoding(path) if form in ("csv", "jsonl", "json") else ""
        delimiter = sniff_delimiter(sample(path, encoding)) if form == "csv" else ""
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
    columns = _columns(path)
    if not any(column.texts for column in columns):
        raise SourceError(f"{path} holds no rows", hint="name a file with some")
    by_name = SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix)
    return Sample(
        path.name.split(".")[0],
        (path,),
        columns,
        "" if form == by_name else form,
        "" if encoding in ("", "utf-8", "utf-8-sig", "ascii") else encoding,
        "" if delimiter == "," else delimiter,
    )


def _columns(path: Path) -> tuple[Column, ...]:
    texts: dict[str, list[str]] = {}
    count = 0
    for rows in read_rows(path):
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
        shape = (stem, one.format, one.encoding, one.delimiter, tuple(c.name for c in one.columns))
        held = whole.get(shape)
        whole[shape] = one if held is None else _both(held, one, stem)
    return list(whole.values())


def _both(a: Sample, b: Sample, stem: str) -> Sample:
    columns = tuple(Column(x.name, [*x.texts, *y.texts]) for x, y in zip(a.columns, b.columns, strict=True))
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
