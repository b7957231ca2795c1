"""A file as its pages: all of them once, then only those that changed, as Arrow streams of `no` and `page`.

Beside the newest stream `….pages` lies `….digests`, the digest of every page of the file as it was then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from threesixty.errors import LedgerError

PAGE = 4096
_AT_ONCE = 4096  # pages that are read and compressed together: 16 MiB
_DIGEST = 16
_SCHEMA = pa.schema([("no", pa.int64()), ("page", pa.binary())])
Digests = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
Done = Callable[[int, int], None]
"""Told how many pages of how many are done."""


@dataclass(frozen=True, slots=True)
class Pages:
    """One such stream: of a file of `size` bytes the pages that `changed`, in `bytes` bytes."""

    file: str
    whole: bool
    size: int
    changed: int
    bytes: int
    digest: str


def _count(size: int) -> int:
    """How many pages a file of so many bytes has, the last of which may be short."""
    return -(-size // PAGE)


def write(path: Path, copy: Path, known: Digests | None, done: Done) -> Pages:
    """Write the pages of `copy` that `known` has other digests of, all where it is None."""
    size = copy.stat().st_size
    total, changed = _count(size), 0
    every = np.zeros((total, _DIGEST), np.uint8)
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with _private(path) as sink, pa.ipc.new_stream(sink, _SCHEMA, options=options) as stream:
        for start, some in _pages(copy):
            done(start, total)
            fresh = np.frombuffer(b"".join(map(_digest, some)), np.uint8).reshape(-1, _DIGEST)
            every[start : start + len(some)] = fresh
            numbers = _differing(start, fresh, known)
            if numbers:
                held = [some[no - start] for no in numbers]
                stream.write_batch(pa.record_batch([pa.array(numbers), pa.array(held, pa.binary())], _SCHEMA))
                changed += len(numbers)
    durable(path)
    replace(digests_of(path), every.tobytes())
    return Pages(path.name, known is None, size, changed, path.stat().st_size, _file_digest(path))


def digests(folder: Path, newest: Pages) -> Digests | None:
    """The digests of all pages as of a stream; None where they cannot be read."""
    try:
        found = np.frombuffer(digests_of(folder / newest.file).read_bytes(), np.uint8).reshape(-1, _DIGEST)
    except (OSError, ValueError):
        return None
    return found if len(found) == _count(newest.size) else None


def digests_of(path: Path) -> Path:
    """Where the digests lie that go with a stream."""
    return path.with_suffix(".digests")


def check(folder: Path, part: Pages) -> None:
    """Raises LedgerError when a stream is not what was written."""
    path = folder / part.file
    if not path.is_file() or _file_digest(path) != part.digest:
        raise LedgerError(f"{path} is damaged or missing", hint="use another backup")


def assemble(folder: Path, wanted: Sequence[Pages], target: Path, done: Done) -> None:
    """Write the file as of the last of some streams, the first of which is whole; raises LedgerError."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with target.open("r+b") as file:
        for number, part in enumerate(wanted):
            done(number, len(wanted))
            check(folder, part)
            for first, pages in _read(folder / part.file):
                file.seek(first * PAGE)
                file.write(pages)
            file.truncate(part.size)
        file.flush()
        os.fsync(file.fileno())


def _differing(start: int, fresh: Digests, known: Digests | None) -> list[int]:
    before = np.zeros_like(fresh)
    if known is not None:
        there = known[start : start + len(fresh)]
        before[: len(there)] = there
    found: list[int] = (np.flatnonzero((fresh != before).any(axis=1)) + start).tolist()
    return found


def _pages(path: Path) -> Iterator[tuple[int, list[bytes]]]:
    with path.open("rb") as file:
        for start in count(0, _AT_ONCE):
            data = file.read(PAGE * _AT_ONCE)
            if not data:
                return
            yield start, [data[at : at + PAGE] for at in range(0, len(data), PAGE)]


def _read(path: Path) -> Iterator[tuple[int, memoryview]]:
    """Pages that follow one another in the file: the number of the first, and their bytes."""
    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
        for batch in stream:
            numbers = batch.column(0).to_numpy()
            pages = memoryview(batch.column(1).buffers()[2])
            begins = np.flatnonzero(np.diff(numbers, prepend=-2) != 1)
            for begin, end in pairwise([*begins.tolist(), len(numbers)]):
                yield int(numbers[begin]), pages[begin * PAGE : end * PAGE]


def _digest(page: bytes) -> bytes:
    return blake2b(page, digest_size=_DIGEST).digest()


def _file_digest(path: Path) -> str:
    digest = blake2b(digest_size=_DIGEST)
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


# --- files -----------------------------------------------------------------------------------------------


def _private(path: Path) -> pa.NativeFile:
    """A file for writing that only its owner can read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return pa.OSFile(str(path), "wb")


def replace(path: Path, data: bytes) -> None:
    """Let a file hold these bytes, all at once."""
    part = path.with_name(path.name + ".part")
    with _private(part) as sink:
        sink.write(data)
    durable(part)
    part.replace(path)
    durable(path.parent)


def durable(path: Path) -> None:
    """Return when a file, or what a folder names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
