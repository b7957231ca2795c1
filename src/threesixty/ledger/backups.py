"""Backups of a ledger in a folder: whole once, then only the pages of the file that changed.

    backups.json      what there is, in order, each with a digest
    000001.pages      pages of the ledger's file as an Arrow stream: `no`, `page`
    000002.pages      the pages that were others than in the backup before
    000002.digests    the digest of every page as of the newest backup

A folder holds the backups of one ledger. When somebody was forgotten meanwhile, the next one is whole and
the older parts are removed, since they still hold what was forgotten; so it is when the changes together are
larger than the whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from hashlib import blake2b
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from threesixty.errors import LedgerError, LedgerTooNew, NotFound
from threesixty.ledger import sqlite
from threesixty.ledger.session import explained
from threesixty.report import Progress

LIST = "backups.json"
FORMAT = 1
PAGE = 4096
_AT_ONCE = 4096  # pages that are read and compressed together: 16 MiB
_DIGEST = 16
_SCHEMA = pa.schema([("no", pa.int64()), ("page", pa.binary())])
Tell = Callable[[Progress], None]
Digests = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a ledger is when it is copied. `ledger` names it without telling its secret."""

    ledger: str
    seq: int
    seal: str
    erasures: int
    at: int


@dataclass(frozen=True, slots=True)
class Part:
    """One backup of a folder: `pages` in the ledger's file then, `changed` of them in this part."""

    file: str
    whole: bool
    seq: int
    seal: str
    erasures: int
    at: int
    pages: int
    changed: int
    bytes: int
    digest: str


def parts(folder: Path) -> tuple[str, list[Part]]:
    """Which ledger a folder holds backups of, and these, oldest first; raises LedgerError, NotFound."""
    if not (folder / LIST).is_file():
        raise NotFound("backup", str(folder), hint="name a folder that `threesixty backup` wrote to")
    try:
        said = json.loads((folder / LIST).read_text("utf-8"))
        if said["format"] > FORMAT:
            raise LedgerTooNew(
                f"{folder} was written by a newer Threesixty", hint="upgrade, and restore with that"
            )
        return str(said["ledger"]), [Part(**part) for part in said["parts"]]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise LedgerError(
            f"{folder / LIST} cannot be read as a list of backups ({type(error).__name__})",
            hint="name another folder; the ledger itself is not touched",
        ) from None


def add(folder: Path, copy: Path, stand: Stand, tell: Tell) -> Part:
    """Put a finished copy of a ledger's file into a folder, as far as it is new; `copy` is left alone.

    Nothing in the folder counts until its list names it, and the list is replaced as the last thing.
    """
    former = _former(folder, stand)
    known = _known_digests(folder, former, stand)
    number = int(Path(former[-1].file).stem) + 1 if former else 1
    part = _written(folder / f"{number:06}.pages", copy, known, stand, tell)
    kept = [part] if part.whole else [*former, part]
    said = {"format": FORMAT, "ledger": stand.ledger, "parts": [asdict(one) for one in kept]}
    _replaced(folder / LIST, json.dumps(said, indent=1).encode())
    _tidy(folder, kept)
    return part


def assemble(folder: Path, target: Path, tell: Tell) -> Part:
    """Write the ledger's file as of the newest backup; raises LedgerError when one is damaged."""
    _, wanted = parts(folder)
    if not wanted or not wanted[0].whole:
        raise LedgerError(f"{folder} holds no whole backup", hint="use another folder")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with target.open("r+b") as file:
        for done, part in enumerate(wanted):
            tell(Progress("read the backup", done, len(wanted), "parts"))
            _check(folder, part)
            for first, pages in _read(folder / part.file):
                file.seek(first * PAGE)
                file.write(pages)
            file.truncate(part.pages * PAGE)
        file.flush()
        os.fsync(file.fileno())
    return wanted[-1]


def fetch(source: Path, target: Path, tell: Tell) -> bool:
    """Write the ledger that a folder of backups, or a ledger's own file, holds to a new file.

    Whether that file was looked at when it was backed up, and is the same byte by byte. Raises NotFound,
    LedgerError.
    """
    if source.is_dir():
        assemble(source, target, tell)
        return True
    if source.is_file():
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
        with explained(source), closing(sqlite.plain(source)) as connection:
            sqlite.copy(connection, target)
        return False
    raise NotFound("backup", str(source), hint="name a folder that `threesixty backup` wrote to")


def put_in_place(part: Path, target: Path) -> None:
    """Let a finished ledger take a target's place; what was there stays beside it as `….before-restore`.

    At every moment there is a whole ledger in the target's place, the old one or the new.
    """
    durable(part)
    if target.exists():
        sqlite.fold(target)
        _keep(target)
        # A log that could not be folded in belongs to the old file alone.
        for end in ("-wal", "-shm"):
            if (log := target.with_name(target.name + end)).exists():
                log.replace(_before(log))
    part.replace(target)
    durable(target.parent)


def _keep(file: Path) -> None:
    kept = _before(file)
    kept.unlink(missing_ok=True)
    try:
        kept.hardlink_to(file)
    except OSError:  # This file system knows no second names.
        shutil.copy2(file, kept)
        durable(kept)


def _before(file: Path) -> Path:
    return file.with_name(file.name + ".before-restore")


# --- writing ---------------------------------------------------------------------------------------------


def _former(folder: Path, stand: Stand) -> list[Part]:
    """The backups that are there already, of the same ledger."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / LIST).exists():
        strangers = [
            path.name for path in folder.iterdir() if path.suffix not in (".pages", ".digests", ".part")
        ]
        if strangers:
            raise LedgerError(
                f"{folder} holds other files ({min(strangers)} is one)",
                hint="name an empty folder, or one that holds backups of this ledger",
            )
        return []
    ledger, found = parts(folder)
    if ledger != stand.ledger:
        raise LedgerError(f"{folder} holds backups of another ledger", hint="name another folder")
    return found


def _known_digests(folder: Path, former: Sequence[Part], stand: Stand) -> Digests | None:
    """The digests of the newest backup's pages; None where the next one has to be whole."""
    if not former or former[-1].erasures != stand.erasures:
        return None
    if sum(part.bytes for part in former[1:]) > former[0].bytes:
        return None
    path = (folder / former[-1].file).with_suffix(".digests")
    try:
        digests = np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, _DIGEST)
        for part in former:
            _check(folder, part)
    except (OSError, ValueError, LedgerError):
        return None
    return digests if len(digests) == former[-1].pages else None


def _written(path: Path, copy: Path, known: Digests | None, stand: Stand, tell: Tell) -> Part:
    pages = copy.stat().st_size // PAGE
    digests = np.zeros((pages, _DIGEST), np.uint8)
    changed = 0
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with _private(path) as sink, pa.ipc.new_stream(sink, _SCHEMA, options=options) as stream:
        for start, some in _pages(copy):
            tell(Progress("back up", start, pages, "pages"))
            fresh = np.frombuffer(b"".join(map(_digest, some)), np.uint8).reshape(-1, _DIGEST)
            digests[start : start + len(some)] = fresh
            numbers = _differing(start, fresh, known)
            if numbers:
                held = [some[no - start] for no in numbers]
                stream.write_batch(pa.record_batch([pa.array(numbers), pa.array(held, pa.binary())], _SCHEMA))
                changed += len(numbers)
    durable(path)
    _replaced(path.with_suffix(".digests"), digests.tobytes())
    return Part(
        path.name, known is None, stand.seq, stand.seal, stand.erasures, stand.at, pages, changed,
        path.stat().st_size, _file_digest(path),
    )  # fmt: skip


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


def _tidy(folder: Path, kept: Sequence[Part]) -> None:
    wanted = {part.file for part in kept} | {Path(kept[-1].file).with_suffix(".digests").name, LIST}
    for path in folder.iterdir():
        if path.suffix in (".pages", ".digests", ".part") and path.name not in wanted:
            path.unlink()


# --- reading ---------------------------------------------------------------------------------------------


def _check(folder: Path, part: Part) -> None:
    path = folder / part.file
    if not path.is_file() or _file_digest(path) != part.digest:
        raise LedgerError(f"{path} is damaged or missing", hint="use another backup")


def _read(path: Path) -> Iterator[tuple[int, memoryview]]:
    """Pages that follow one another in the ledger's file: the number of the first, and their bytes."""
    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
        for batch in stream:
            numbers = batch.column(0).to_numpy()
            pages = memoryview(batch.column(1).buffers()[2])
            begins = np.flatnonzero(np.diff(numbers, prepend=-2) != 1)
            for begin, end in pairwise([*begins.tolist(), len(numbers)]):
                yield int(numbers[begin]), pages[begin * PAGE : end * PAGE]


# --- files -----------------------------------------------------------------------------------------------


def _digest(page: bytes) -> bytes:
    return blake2b(page, digest_size=_DIGEST).digest()


def _file_digest(path: Path) -> str:
    digest = blake2b(digest_size=_DIGEST)
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


def _private(path: Path) -> pa.NativeFile:
    """A file for writing that only its owner can read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return pa.OSFile(str(path), "wb")


def _replaced(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with _private(part) as sink:
        sink.write(data)
    durable(part)
    part.replace(path)
    durable(path.parent)


def durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
