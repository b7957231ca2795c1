"""The formats a source may have, each read as batches of text: `read_rows` is the way in."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from threesixty.errors import SourceError, nearest
from threesixty.sources import avro
from threesixty.sources.beginning import ensure_begins, ensure_text, find_format
from threesixty.sources.delimited import read_delimited, sniff_delimiter
from threesixty.sources.rows import (
    BATCH_BYTES,
    BATCH_ROWS,
    Ambiguous,
    Bad,
    Column,
    Rows,
    as_text,
    bad,
    checked_header,
    flat,
    from_objects,
    in_list,
    written,
)
from threesixty.sources.stream import (
    Lines,
    known_encoding,
    open_bytes,
    open_lines,
    packed,
    sample,
)

JSON_LIMIT = 512 << 20
EXCEL_LIMIT = 128 << 20
EXCEL_UNPACKED_LIMIT = 2 << 30

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "excel", "avro")
_ALIASES = {"xlsx": "excel", "xls": "excel", "ods": "excel", "ndjson": "jsonl"}
_IN_WORKBOOKS = frozenset(("[Content_Types].xml", "content.xml"))  # of Excel, of OpenDocument


def read_rows(
    path: Path,
    *,
    format: str = "",  # noqa: A002 - what the project file calls it
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
) -> Iterator[Rows]:
    """A file as batches of rows of text; what is not declared is found out.

    Rows that cannot be read are in `Rows.bad`; SourceError says that the file as a whole cannot be.
    """
    try:
        named = format.casefold() or find_format(path)
        named = _ALIASES.get(named, named)
        if named not in FORMATS:
            raise SourceError(
                f"{path.name}: there is no format {named!r}", hint=_did_you_mean(named, FORMATS)
            )
        yield from _read(path, named, encoding, delimiter, sheet)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror or error}",
            hint="check that the file is there, whole, and readable for you",
        ) from error
    except UnicodeError as error:
        raise SourceError(
            f"{path.name} is not written in the encoding {encoding or 'it begins in'}: {error.args[-1]}",
            hint="check the encoding of the source, and whether all its files are written in it",
        ) from error


def _did_you_mean(wrong: str, known: Sequence[str]) -> str:
    near = nearest(wrong, known)
    return f"did you mean {near!r}?" if near else f"known: {', '.join(known)}"


def _read(path: Path, named: str, encoding: str, delimiter: str, sheet: str) -> Iterator[Rows]:
    if named == "parquet":
        return read_parquet(path)
    if named == "excel":
        return read_excel(path, sheet)
    if named == "avro":
        return avro.read_avro(path)
    ensure_text(path, "JSON" if named in ("json", "jsonl") else "CSV")
    encoding = known_encoding(path, encoding)
    if named in ("json", "jsonl"):
        start = sample(path, encoding).lstrip("\ufeff \t\r\n")
        if named == "json" and start.startswith("["):
            return read_json_array(path, encoding)
        _check_lines(path, start)
        return _closing(open_lines(path, encoding), read_json_lines)
    chosen = delimiter or ("\t" if named == "tsv" else sniff_delimiter(sample(path, encoding)))
    return _closing(open_lines(path, encoding), lambda lines: read_delimited(lines, chosen, path.name))


def _closing(lines: Lines, read: Callable[[Lines], Iterator[Rows]]) -> Iterator[Rows]:
    try:
        yield from read(lines)
    finally:
        lines.close()


# --- JSON ------------------------------------------------------------------------------------------
# Numbers stay as they are written: '0017' is no JSON, but '17.10' is, and a float would lose its zero. Only
# one that could be read in two ways gets another zero.


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    twice = (name for name, value in pairs if value != found[name]) if len(found) < len(pairs) else ()
    return next((Ambiguous(found, name) for name in twice), found)


_decoder = json.JSONDecoder(parse_float=written, parse_int=str, parse_constant=str, object_pairs_hook=_once)


_OVER_LINES = re.compile(r'\{[ \t]*\r?\n\s*["}]')
_LIST_WITHIN = re.compile(r'"(\w+)"\s*:\s*\[\s*\{')


def _check_lines(path: Path, start: str) -> None:
    """One object over several lines is not one on each; mostly its rows are a list in it."""
    if _OVER_LINES.match(start):
        within = _LIST_WITHIN.search(start)
        raise SourceError(
            f"{path.name} is one JSON object over several lines, not one a line nor a list of them",
            hint=in_list(within[1]) if within else "`jq -c .` writes an object on one line",
        )


def read_json_lines(lines: Lines) -> Iterator[Rows]:
    """One JSON object a line."""
    number = 0
    while not lines.ended:
        objects: list[tuple[int, dict[str, str | None]] | Bad] = []
        size = 0
        while len(objects) < BATCH_ROWS and size < BATCH_BYTES and (line := lines.next()):
            number += 1
            size += len(line)
            if line.strip():
                objects.append(_object(line, number, whole=line.endswith("\n")))
        if lines.torn:
            objects.append(bad(number + 1, lines.torn, "", cut=True))
        yield from_objects(objects, lines.position())


def _object(line: str, number: int, *, whole: bool) -> tuple[int, dict[str, str | None]] | Bad:
    try:
        value = _decoder.decode(line.lstrip("\ufeff"))
    except ValueError:
        torn = "the file ends in the middle of this row"
        return bad(number, "not readable as JSON" if whole else torn, line.rstrip("\n"), cut=not whole)
    except RecursionError:
        return bad(number, "JSON nested too deeply", line.rstrip("\n"))
    return _row(value, number, line)


def row_of(text: str) -> dict[str, str | None] | None:
    """A row as rejects keep it, by column; None where it has none, or says two things under one name."""
    try:
        value = _decoder.decode(text)
        return flat(value) if isinstance(value, dict) else None
    except (ValueError, RecursionError):
        return None


def _row(value: object, number: int, text: str) -> tuple[int, dict[str, str | None]] | Bad:
    if not isinstance(value, dict):
        return bad(number, "not a JSON object", text.rstrip("\n"))
    try:
        return number, flat(value)
    except ValueError as error:
        return bad(number, str(error), text.rstrip("\n"))
    except RecursionError:
        return bad(number, "JSON nested too deeply", text.rstrip("\n"))


def read_json_array(path: Path, encoding: str) -> Iterator[Rows]:
    """One JSON array of objects. It is read as a whole, so its size is limited to 512 MB."""
    data, raw = open_bytes(path)
    with raw:
        content = data.read(JSON_LIMIT + 1) if path.stat().st_size <= JSON_LIMIT else None
    if content is None or len(content) > JSON_LIMIT:
        raise SourceError(
            f"{path.name}: a JSON array of more than {JSON_LIMIT >> 20} MB is not read",
            hint="write one object a line instead (JSONL): that has no limit. `jq -c '.[]'` does it",
        )
    text = content.decode(encoding, "surrogateescape")
    del content
    objects = _array_objects(text)
    size = path.stat().st_size
    while batch := list(islice(objects, BATCH_ROWS)):
        yield from_objects(batch, size)


def _array_objects(text: str) -> Iterator[tuple[int, dict[str, str | None]] | Bad]:
    at, line = text.index("[") + 1, 1 + text.count("\n", 0, text.index("["))
    while True:
        start = _next_value(text, at)
        line += text.count("\n", at, start)
        if text[start : start + 1] in ("]", ""):
            if start >= len(text):
                yield bad(line, "the file ends before its array does", "", cut=True)
            return
        try:
            value, at = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            yield bad(line, "not readable as JSON from here on", text[start:], cut=True)
            return
        yield _row(value, line, text[start:at])
        line += text.count("\n", start, at)


def _next_value(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


# --- Parquet ---------------------------------------------------------------------------------------


_DAMAGED = (pa.ArrowException, UnicodeDecodeError, OSError)


def _of_the_disk(error: Exception) -> bool:
    """Whether the file cannot be read at all: damage in it is an OSError of Arrow's, without a number."""
    return isinstance(error, OSError) and bool(error.errno)


def read_parquet(path: Path) -> Iterator[Rows]:
    """Parquet as text: dates as ISO, decimals plain, structs flattened to 'outer.inner', lists as JSON."""
    if packing := packed(path):
        raise SourceError(
            f"{path.name}: {packing} around Parquet is not read",
            hint="Parquet is compressed already: unpack it first",
        )
    try:
        # Mapped into memory, a file that somebody cuts short meanwhile would end the process.
        file = pq.ParquetFile(path, memory_map=False)
    except _DAMAGED as error:
        if _of_the_disk(error):
            raise
        ensure_begins(path, "parquet")
        raise SourceError(
            f"{path.name} is not a whole Parquet file", hint="its end is missing or damaged: copy it again"
        ) from error
    size, total, done = path.stat().st_size, max(1, file.metadata.num_rows), 0
    with file, _undamaged(path):
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            columns = _text_columns(batch, path.name)
            first, done = done + 1, done + batch.num_rows
            yield Rows(columns, list(range(first, done + 1)), [], size * done // total)


@contextmanager
def _undamaged(path: Path) -> Iterator[None]:
    """What Arrow stumbles over within a file, in our words."""
    try:
        yield
    except _DAMAGED as error:
        if _of_the_disk(error):
            raise
        raise SourceError(
            f"{path.name} is damaged: {str(error).partition(chr(10))[0][:200]}",
            hint="copy it again; what stood before the damage is kept",
        ) from error


def _text_columns(batch: Any, where: str) -> dict[str, Column]:
    table = pa.Table.from_batches([batch])
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    names = checked_header(table.column_names, where)
    return {name: _as_text(column) for name, column in zip(names, table.columns, strict=True)}


_BINARY = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)


def _as_text(column: Any) -> Column:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    # Of the types that others brought to Arrow, such as UUID, text would be the bytes that hold them.
    others = isinstance(kind, pa.BaseExtensionType)
    if others or pa.types.is_nested(kind) or any(is_it(kind) for is_it in _BINARY):
        return [as_text(value) for value in column.to_pylist()]
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        try:
            column = column.cast(pa.string())
        except pa.ArrowNotImplementedError:
            return [as_text(value) for value in column.to_pylist()]
    try:
        texts: Column = column.to_pylist()
    except UnicodeDecodeError:  # some writers put other encodings there
        texts = [
            None if each is None else _decoded(each) for each in column.cast(pa.large_binary()).to_pylist()
        ]
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return [text and written(text) for text in texts]
    return texts


def _decoded(text: bytes) -> str:
    """Bytes as text; those that are none become lone surrogates, so that their row is rejected alone."""
    return text.decode("utf-8", "surrogateescape")


# --- Excel -----------------------------------------------------------------------------------------


def read_excel(path: Path, sheet: str = "") -> Iterator[Rows]:
    """One sheet of a workbook (the first, when none is named), its first row naming the columns."""
    _check_archive(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
        if sheet and sheet not in names:
            raise SourceError(f"{path.name} has no sheet {sheet!r}", hint=_did_you_mean(sheet, names))
        if not names:
            raise SourceError(f"{path.name} has no sheets", hint="is it whole? Save it again, or as CSV")
        cells = workbook.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise SourceError(
            f"{path.name} is not a readable workbook",
            hint="open it in a spreadsheet program and save it again, or as CSV",
        ) from error
    yield from _sheet_rows(cells, path, f"{path.name}, sheet {sheet!r}" if sheet else path.name)


def _check_archive(path: Path) -> None:
    """A workbook is a zip archive of certain files, which together must not be too large."""
    inside = _inside(path)
    if inside and not inside.keys() & _IN_WORKBOOKS:
        raise SourceError(
            f"{path.name} is a zip archive, and none that is a workbook",
            hint="unpack it first; what is packed by gzip, zstd, bzip2 or xz is read as it is",
        )
    if path.stat().st_size > EXCEL_LIMIT or sum(inside.values()) > EXCEL_UNPACKED_LIMIT:
        raise SourceError(
            f"{path.name}: a workbook of more than {EXCEL_LIMIT >> 20} MB "
            f"({EXCEL_UNPACKED_LIMIT >> 30} GB unpacked) is not read",
            hint="save the sheet as CSV: that has no limit",
        )


def _inside(path: Path) -> dict[str, int]:
    """The files in a zip archive, each with its size; none where it is no archive, or a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {info.filename: info.file_size for info in archive.infolist()}
    except zipfile.BadZipFile:
        return {}


def _sheet_rows(cells: list[list[Any]], path: Path, where: str) -> Iterator[Rows]:
    filled = [(line, row) for line, row in enumerate(cells, start=1) if any(cell != "" for cell in row)]
    if not filled:
        return
    used = [at for at in range(len(filled[0][1])) if any(row[at] != "" for _, row in filled)]
    header = checked_header((_cell(filled[0][1][at]) for at in used), where)
    size = path.stat().st_size
    for start in range(1, max(2, len(filled)), BATCH_ROWS):
        part = filled[start : start + BATCH_ROWS]
        columns: dict[str, Column] = {
            name: [_cell(row[at]) for _, row in part] for name, at in zip(header, used, strict=True)
        }
        yield Rows(columns, [line for line, _ in part], [], size)


def _cell(value: object) -> str:
    if isinstance(value, datetime) and (value.hour, value.minute, value.second, value.microsecond) != (
        0,
        0,
        0,
        0,
    ):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()[:10]
    return as_text(value) or ""
