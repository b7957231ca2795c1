"""Backups of a ledger in a folder: whole once, then only the pages of the file that changed.

    backups.json            what there is, in order, each with a digest
    000001.pages            pages of the ledger's file as an Arrow stream: `no`, `page`
    000001.graph.pages      those of the embedded graph, if it could be had
    000002.pages            the pages that were others than in the backup before
    000002.digests          the digest of every page as of the newest backup

A folder holds the backups of one ledger. When somebody was forgotten meanwhile, the next one is whole and
the older parts are removed, since they still hold what was forgotten; so it is when the changes together are
larger than the whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from threesixty.errors import LedgerError, LedgerTooNew, NotFound
from threesixty.ledger import pages, sqlite
from threesixty.ledger.pages import PAGE, Digests, Pages, durable
from threesixty.ledger.session import explained
from threesixty.report import Progress, Tell

LIST = "backups.json"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a ledger is when it is copied. `ledger` names it without telling its secret.

    A graph that shows as much as from `redraw` up to `resolved` is one of it. `erasures` is a digest of who
    was forgotten.
    """

    ledger: str
    seq: int
    redraw: int
    resolved: int
    seal: str
    erasures: str
    at: int


@dataclass(frozen=True, slots=True)
class Part:
    """One backup of a folder: pages of the ledger's file and, if it could be had, of the graph's.

    `tables` is what the graph says of the tables it holds.
    """

    seq: int
    seal: str
    erasures: str
    at: int
    ledger: Pages
    graph: Pages | None = None
    tables: str = ""

    @property
    def bytes(self) -> int:
        """How much it takes on the disk."""
        return sum(one.bytes for one in self.streams)

    @property
    def streams(self) -> tuple[Pages, ...]:
        """Its pages, by file."""
        return (self.ledger, self.graph) if self.graph else (self.ledger,)


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished copy of the embedded graph's file: how much of the ledger it shows, in which tables."""

    path: Path
    applied: int
    tables: str


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
        read = _part if said["format"] == FORMAT else _part_1
        return str(said["ledger"]), [read(part) for part in said["parts"]]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise LedgerError(
            f"{folder / LIST} cannot be read as a list of backups ({type(error).__name__})",
            hint="name another folder; the ledger itself is not touched",
        ) from None


def _part(said: Mapping[str, Any]) -> Part:
    graph = _pages(said["graph"]) if said["graph"] else None
    return Part(**{**said, "ledger": _pages(said["ledger"]), "graph": graph})


def _pages(said: Mapping[str, Any]) -> Pages:
    size, changed, many = (int(said[name]) for name in ("size", "changed", "bytes"))
    if min(size, changed, many) < 0:
        raise ValueError(said)
    return Pages(str(said["file"]), bool(said["whole"]), size, changed, many, str(said["digest"]))


def _part_1(said: Mapping[str, Any]) -> Part:
    """As it was listed when backups held no graph."""
    size = said["pages"] * PAGE
    of_ledger = {name: said[name] for name in ("file", "whole", "changed", "bytes", "digest")}
    rest = {name: said[name] for name in ("seq", "seal", "at")}
    return Part(**rest, erasures="", ledger=_pages({**of_ledger, "size": size}))


def add(folder: Path, copy: Path, stand: Stand, tell: Tell, graph: Copy | None = None) -> Part:
    """Put finished copies of a ledger's file and its graph's into a folder, as far as they are new.

    Nothing in the folder counts until its list names it, and the list is replaced as the last thing.
    """
    former = _former(folder, stand)
    known = _known(folder, former, stand)
    number = int(Path(former[-1].ledger.file).stem) + 1 if former else 1
    of_ledger = pages.write(folder / f"{number:06}.pages", copy, known, _told(tell, "back up", "pages"))
    part = Part(stand.seq, stand.seal, stand.erasures, stand.at, of_ledger)
    if graph:
        before = former[-1].graph if former and known is not None else None
        same = pages.digests(folder, before) if before else None
        path = folder / f"{number:06}.graph.pages"
        of_graph = pages.write(path, graph.path, same, _told(tell, "back up the graph", "pages"))
        part = replace(part, graph=of_graph, tables=graph.tables)
    kept = [part] if of_ledger.whole else [*former, part]
    said = {"format": FORMAT, "ledger": stand.ledger, "parts": [asdict(one) for one in kept]}
    pages.replace(folder / LIST, json.dumps(said, indent=1).encode())
    _tidy(folder, kept)
    return part


def fetch(source: Path, target: Path, tell: Tell) -> list[Part]:
    """Write the ledger that a folder of backups, or a ledger's own file, holds to a new file.

    The backups it is made of, whose files were looked at when they were made, and are the same byte by byte;
    none for a ledger's own. Raises NotFound, LedgerError.
    """
    if source.is_dir():
        _, found = parts(source)
        if not found or not found[0].ledger.whole:
            raise LedgerError(f"{source} holds no whole backup", hint="use another folder")
        wanted = [part.ledger for part in found]
        pages.assemble(source, wanted, target, _told(tell, "read the backup", "parts"))
        return found
    if source.is_file():
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
        with explained(source), closing(sqlite.plain(source)) as connection:
            sqlite.copy(connection, target)
        return []
    raise NotFound("backup", str(source), hint="name a folder that `threesixty backup` wrote to")


def fetch_graph(source: Path, found: Sequence[Part], target: Path, tell: Tell) -> None:
    """Write the graph of the newest of these backups of a folder to a new file; raises LedgerError."""
    wanted: list[Pages] = []
    for part in reversed(found):
        if part.graph is None:
            break
        wanted.insert(0, part.graph)
        if part.graph.whole:
            break
    if not wanted or not wanted[0].whole:
        raise LedgerError(f"{source} holds no whole graph", hint="it can be drawn from the ledger")
    pages.assemble(source, wanted, target, _told(tell, "read the graph", "parts"))


def _told(tell: Tell, task: str, unit: str) -> pages.Done:
    return lambda so_far, total: tell(Progress(task, so_far, total, unit))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Inside, nobody else adds to a folder; raises LedgerError where somebody does already."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerError(
                f"another backup is being written to {folder}", hint="wait until it is done"
            ) from None
        yield
    finally:
        os.close(descriptor)


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


def kept_before(target: Path) -> list[Path]:
    """The files of the ledger that a restore left beside the one it put in place, those that are there."""
    return [kept for end in ("", "-wal", "-shm") if (kept := _before(Path(f"{target}{end}"))).exists()]


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


def _known(folder: Path, former: Sequence[Part], stand: Stand) -> Digests | None:
    """The digests of the newest backup's pages; None where the next one has to be whole."""
    if not former or former[-1].erasures != stand.erasures:
        return None
    if sum(part.bytes for part in former[1:]) > former[0].bytes:
        return None
    try:
        for part in former:
            for stream in part.streams:
                pages.check(folder, stream)
    except (OSError, LedgerError):
        return None
    return pages.digests(folder, former[-1].ledger)


def _tidy(folder: Path, kept: Sequence[Part]) -> None:
    wanted = {stream.file for part in kept for stream in part.streams} | {LIST}
    wanted |= {pages.digests_of(Path(stream.file)).name for stream in kept[-1].streams}
    for path in folder.iterdir():
        if path.suffix in (".pages", ".digests", ".part") and path.name not in wanted:
            path.unlink()
