"""Bytes to lines of text: packed or not, in the encoding declared or found, however the file ends."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from threesixty.errors import SourceError

SAMPLE_BYTES = 16 << 20
LINE_LIMIT = 16 << 20
PACKED = (".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz")
"""How the names of packed files end; what they are is seen by how they begin."""
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def packed(path: Path) -> str:
    """How a file is packed, by its first bytes; '' when it is not."""
    with path.open("rb") as raw:
        start = raw.read(6)
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "")


def open_bytes(path: Path) -> tuple[BinaryIO, BinaryIO]:
    """The file's bytes, unpacked where it is packed, and the file itself (whose position shows progress)."""
    packing = packed(path)
    raw = path.open("rb")
    match packing:
        case "gzip":
            return cast("BinaryIO", gzip.GzipFile(fileobj=raw)), raw
        case "bzip2":
            return cast("BinaryIO", bz2.BZ2File(raw)), raw
        case "xz":
            return cast("BinaryIO", lzma.LZMAFile(raw)), raw
        case "zstd":
            # Read ahead, since Arrow unpacks as little as it is asked for.
            return cast("BinaryIO", io.BufferedReader(pa.CompressedInputStream(raw, "zstd"), 1 << 16)), raw
    return raw, raw


def known_encoding(path: Path, declared: str = "") -> str:
    """The encoding declared, else the one found; SourceError when there is none of that name."""
    try:
        b"".decode(declared or "utf-8")  # some codecs are of no text, such as base64
        return codecs.lookup(declared).name if declared else find_encoding(path)
    except (LookupError, ValueError):
        raise SourceError(
            f"{path.name}: there is no encoding called {declared!r}",
            hint="utf-8, cp1252, latin-1 and utf-16 are the usual ones",
        ) from None


def find_encoding(path: Path) -> str:
    """What the byte order mark says; else UTF-8 when the beginning of the file is that; else cp1252."""
    data, raw = open_bytes(path)
    with raw:
        return _encoding(data)


def _encoding(data: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = _read(data, 1 << 16)
    for mark, encoding in _BOMS:
        if chunk.startswith(mark):
            return encoding
    if chunk.count(0) * 3 > len(chunk):
        return "utf-16-le" if chunk[1:2] == b"\0" else "utf-16-be"
    left = SAMPLE_BYTES
    while chunk and left > 0:
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return "cp1252"
        left -= len(chunk)
        chunk = _read(data, 1 << 20)
    return "utf-8"


def _read(data: BinaryIO, size: int) -> bytes:
    try:
        return data.read(size)
    except (EOFError, OSError, zlib.error, lzma.LZMAError):
        return b""


@dataclass(slots=True)
class Lines:
    """The lines of a text file, one at a time. After the last, `ended` is true and `torn` says what cut
    the file short, if anything did. Bytes that are no text become lone surrogates, one each."""

    text: io.TextIOWrapper
    raw: BinaryIO
    encoding: str
    ended: bool = False
    torn: str = ""

    def next(self) -> str:
        """The next line with its end, or '' after the last. A line of more than 16 MB is cut."""
        if self.ended:
            return ""
        try:
            line = self.text.readline(LINE_LIMIT)
        except EOFError:
            self.torn = "the file ends in the middle of its compressed data"
            line = ""
        except (OSError, zlib.error, lzma.LZMAError):
            self.torn = "the compressed data is damaged from here on"
            line = ""
        if len(line) == LINE_LIMIT and not line.endswith("\n"):
            # The NUL gives the row away as one that is not whole.
            line += "\0" + self._rest_of_line()
        if not line.endswith(("\n", "\r")):
            self.ended = True
        return line

    def _rest_of_line(self) -> str:
        """Reads to the end of a line that is too long and keeps nothing of it but the end."""
        while (rest := self.text.readline(LINE_LIMIT)) and not rest.endswith("\n"):
            pass
        return rest[-1:]

    def position(self) -> int:
        return self.raw.tell()

    def close(self) -> None:
        self.text.close()
        self.raw.close()


def open_lines(path: Path, encoding: str) -> Lines:
    """Open a text file for reading line by line, in an encoding that `known_encoding` gave."""
    data, raw = open_bytes(path)
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    text = io.TextIOWrapper(data, encoding, errors="replace" if wide else "surrogateescape", newline="")
    return Lines(text, raw, encoding)


def sample(path: Path, encoding: str, size: int = 1 << 18) -> str:
    """The beginning of a text file, for guessing what it is."""
    data, raw = open_bytes(path)
    with raw:
        start = _read(data, size)
    return start.decode(encoding, "replace")
