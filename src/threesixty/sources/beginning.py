"""What a file is, by its name and by how it begins."""

from __future__ import annotations

from pathlib import Path

from threesixty.errors import SourceError
from threesixty.sources import avro
from threesixty.sources.stream import PACKED, sample

SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".parquet": "parquet", ".pq": "parquet",
    ".avro": "avro",
    ".xlsx": "excel", ".xlsm": "excel", ".xlsb": "excel", ".xls": "excel", ".ods": "excel",
}  # fmt: skip
_READ = {"PAR1": "parquet", avro.MAGIC.decode(): "avro", "PK\x03\x04": "excel", "\xd0\xcf\x11\xe0": "excel"}
_EXPORT = "export its rows as CSV, JSON lines or Parquet, and name that file"
_DATABASE = "pip install duckdb-engine, and name it by its address: duckdb:///shop.duckdb"
_FETCH = "was somebody to log in where it was fetched? Fetch it again"
_UNPACK = "unpack it first; what is packed by gzip, zstd, bzip2 or xz is read as it is"
_NOT_READ = (
    (0, "\x89PNG", "a picture (PNG)", ""), (0, "\xff\xd8\xff", "a picture (JPEG)", ""),
    (0, "GIF8", "a picture (GIF)", ""), (0, "%PDF-", "a PDF document", _EXPORT),
    (0, "{\\rtf", "a text document (RTF)", _EXPORT), (8, "DUCK", "a DuckDB database", _DATABASE),
    (257, "ustar", "a tar archive", _UNPACK), (0, "7z\xbc\xaf", "a 7z archive", _UNPACK),
    (0, "Rar!\x1a", "a RAR archive", _UNPACK), (0, "<!doctype html", "a page of the web", _FETCH),
    (0, "<html", "a page of the web", _FETCH), (0, "<?xml", "XML", _EXPORT),
)  # fmt: skip
"""At which character (behind the first only where NUL is in it), which characters, what it is, what to do."""
_SQLITE = "SQLite format 3\0"


def find_format(path: Path) -> str:
    """A file's format by its name, and where the name says nothing, by how it begins.

    SourceError where it begins like a file of no rows.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    known = SUFFIXES.get(suffixes[-1]) if suffixes else None
    return known or _by_content(path)


def ensure_text(path: Path, called: str) -> None:
    """Raises SourceError where a file that is called CSV or JSON begins like another one.

    A column may be called PAR1, but what is a file of another format has NUL in it.
    """
    found = _by_content(path)
    if found in ("parquet", "avro", "excel") and "\0" in _start(path)[:64]:
        raise SourceError(
            f"{path.name} is no {called} file: it begins like one of the format {found!r}",
            hint=f'call it by what it is, or write format = "{found}" under the source',
        )


def ensure_begins(path: Path, called: str) -> None:
    """Raises SourceError where a file that is no text does not even begin like its format."""
    found = _by_content(path)
    if found != called and path.stat().st_size:
        raise SourceError(
            f"{path.name} does not begin like a file of the format {called!r}",
            hint=f'call it by what it is, or write format = "{found}" under the source',
        )


def _by_content(path: Path) -> str:
    start = _start(path)
    if start.startswith(_SQLITE):
        raise SourceError(
            f"{path} is a SQLite database, and no file of rows",
            hint=f"name it by its address: sqlite:///{path}",
        )
    binary = "\0" in start
    for at, magic, what, hint in _NOT_READ:
        if (binary or at == 0) and start[at : at + len(magic)].lower() == magic.lower():
            raise SourceError(f"{path.name} is {what}, and no file of rows", hint=hint or "name another file")
    found = next((name for magic, name in _READ.items() if start.startswith(magic)), "")
    return found or {"{": "jsonl", "[": "json"}.get(start[:1], "csv")


def _start(path: Path) -> str:
    """How it begins, unpacked, a byte a character; without what may stand before a text."""
    return sample(path, "latin-1", 512).removeprefix("\xef\xbb\xbf").lstrip()
