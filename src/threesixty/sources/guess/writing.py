"""A guess as a project file that explains itself: with the names of columns, never with values of people."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from threesixty.errors import SourceError
from threesixty.sources.guess.looks import Column, date_order
from threesixty.sources.guess.region import Region
from threesixty.sources.guess.samples import Sample
from threesixty.sources.guess.shape import Pointer, Shape
from threesixty.sources.guess.words import words

_SQLITE = "sqlite:///"
_CHANGED = frozenset("updated modified changed update change modification upd mod geandert modifie".split())

_HEAD = """\
# Written by `threesixty init` from the files named below. Every line is a guess: read it, change it.
# `threesixty check` shows the first records that come out of it, and says what is wrong with it.
"""


def project(shapes: Sequence[Shape], errors: Sequence[SourceError], region: Region, folder: Path) -> str:
    """The text of threesixty.toml, to stand in `folder`."""
    lines = [_HEAD, "[project]", f"name = {quoted(folder.absolute().name or 'Customers')}"]
    lines += [_line(f"{key} = {quoted(value)}", why) for key, (value, why) in region.lines()]
    for error in errors:
        lines += ["", *(f"# {_plain(text)}" for text in (error.message, error.hint) if text)]
    for shape in shapes:
        lines += ["", *(_source(shape, folder) if shape.kind else _unknown(shape, folder))]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A TOML text."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _line(text: str, why: str = "") -> str:
    return f"{text:<40}  # {_plain(why)}" if why else text


def _list(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _origin(sample: Sample, folder: Path) -> Iterator[str]:
    if not sample.table:
        yield f"path = {_list([quoted(_path(path, folder)) for path in sample.paths])}"
        return
    file = sample.database.removeprefix(_SQLITE)
    address = sample.database if file == sample.database else _SQLITE + _path(Path(file), folder)
    yield f"database = {quoted(address)}"
    yield f"table = {quoted(sample.table)}"
    if grows := next((column.name for column in sample.columns if _tells_what_is_new(column)), ""):
        yield _line(
            f"incremental = {quoted(grows)}", "only rows from its last value on are read; or all without it"
        )


def _tells_what_is_new(column: Column) -> bool:
    changed = set(words(column.name).split()) & _CHANGED
    return bool(changed) and column.look == "date" and len(column.filled) == len(column.texts)


def _path(path: Path | str, folder: Path) -> str:
    """Relative where the file stands beside or below the project, `$` kept from meaning a variable."""
    if isinstance(path, str):
        return path
    whole = path.absolute()
    inside = whole.is_relative_to(folder.absolute())
    return Path(os.path.relpath(whole, folder.absolute())).as_posix() if inside else whole.as_posix()


# --- one source ----------------------------------------------------------------------------------


def _source(shape: Shape, folder: Path) -> Iterator[str]:
    sample, name = shape.sample, shape.sample.name
    yield f"[sources.{name}]"
    yield from _origin(sample, folder)
    yield from _reading(shape)
    yield _line(f"kind = {_kind(shape)}", shape.why)
    if shape.source_column:
        yield _line(f"source = {{ column = {quoted(shape.source_column)} }}", "several sources in one file")
    elif shape.same_as:
        yield f"source = {quoted(shape.same_as)}"
    yield _line(f"key = {_key(shape.key, shape.space)}", shape.notes.get("key", ""))
    if shape.node:
        yield _line(f"node = {quoted(shape.node)}", shape.notes.get("node", ""))
    if shape.version:
        yield _line(f"version = {quoted(shape.version)}", "a row with an older one never wins")
    yield from _columns(shape)
    yield from _pointers(f"sources.{name}.parties", shape.parties, {})
    yield from _pointers(f"sources.{name}.links", shape.links, _line_values(shape))
    yield from _left(shape)


def _reading(shape: Shape) -> Iterator[str]:
    sample = shape.sample
    for key, value in (
        ("format", sample.format),
        ("encoding", sample.encoding),
        ("delimiter", sample.delimiter),
        ("sheet", sample.sheet),
    ):
        if value:
            yield f"{key} = {quoted(value)}"
    dates = date_order(column for column in sample.columns if column.look == "date")
    if dates.order:
        yield _line(f"date_order = {quoted(dates.order)}", dates.evidence)
    elif any(column.look == "date" for column in sample.columns) and "no date" in dates.evidence:
        yield f'# date_order = "dmy"  # PLEASE SAY: {dates.evidence}: "dmy" or "mdy"?'


def _kind(shape: Shape) -> str:
    if not shape.kind_column:
        return quoted(shape.kind)
    values = ", ".join(f"{quoted(cell)} = {quoted(kind)}" for cell, kind in shape.kinds.items())
    return f"{{ column = {quoted(shape.kind_column)}, values = {{ {values} }} }}"


def _key(columns: Iterable[str], space: str) -> str:
    parts = [f"{{ constant = {quoted(space)} }}"] if space else []
    return _list([*parts, *map(quoted, columns)])


def _columns(shape: Shape) -> Iterator[str]:
    if not (shape.roles or shape.constants):
        return
    yield f"[sources.{shape.sample.name}.columns]"
    for role, text in shape.constants.items():
        yield f"{role} = {{ constant = {quoted(text)} }}"
    for role, names in shape.roles.items():
        yield _line(f"{role} = {_list(list(map(quoted, names)))}", shape.notes.get(role, ""))


def _pointers(table: str, pointers: Mapping[str, Pointer], values: Mapping[str, str]) -> Iterator[str]:
    if not pointers:
        return
    yield f"[{table}]"
    for role, pointer in pointers.items():
        parts = []
        if pointer.to:
            parts += [f"source = {quoted(pointer.to)}", f"key = {_key([pointer.column], pointer.space)}"]
        elif pointer.column:
            parts.append(f"customer = {quoted(pointer.column)}")
        if pointer.bag:
            parts.append(f"identifiers = {{ {_pairs(pointer.bag)} }}")
        if values and role == "includes":
            parts.append(f"values = {{ {_pairs(values)} }}")
        if pointer.why:
            yield f"# {role}: {_plain(pointer.why)}"
        yield f"{role} = {{ {', '.join(parts)} }}"


def _pairs(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {quoted(column)}" for name, column in values.items())


def _line_values(shape: Shape) -> Mapping[str, str]:
    return shape.line if "includes" in shape.links else {}


def _left(shape: Shape) -> Iterator[str]:
    left = [column for column in shape.sample.columns if column.name not in shape.mapped]
    if left:
        yield "# Not mapped; kept with every row in the ledger, personal, and not in the graph:"
    for column in left:
        yield f"#   {_plain(quoted(column.name))}: {shape.notes.get(column.name, column.look)}"


def _unknown(shape: Shape, folder: Path) -> Iterator[str]:
    yield "# What this file holds could not be guessed. Give it a kind and a key, and take the # away:"
    yield f"# [sources.{shape.sample.name}]"
    yield from (f"# {_plain(line)}" for line in _origin(shape.sample, folder))
    yield '# kind = "…"  # person, organisation, purchase, ticket, product, category, store, score, …'
    yield '# key = "…"'
    for column in shape.sample.columns:
        yield f"#   {_plain(quoted(column.name))}: {column.look}"
