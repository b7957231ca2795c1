"""The files of the embedded graph: who holds them, whether they can be trusted, and putting them aside.

Every engine file begins with the name of the first (`.wal`, `.shadow` …); ours end in `.lock`, which
names the process that has the graph open, and `.clean`, which says what the file looked like when it
was last closed in order.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from threesixty.errors import GraphHeld, OutOfSpace
from threesixty.graph import cypher
from threesixty.schema import Schema

PROBE_SECONDS = 120
SPARE_BYTES = 256 << 20
OTHER_SCHEMA = "it was made for another schema"


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def engine_files(path: Path) -> list[Path]:
    """The engine's files that are there, whatever it may call them."""
    ours = {beside(path, ".lock"), beside(path, ".clean")}
    return [file for file in sorted(path.parent.glob(f"{path.name}*")) if file.is_file() and file not in ours]


def log_bytes(path: Path) -> int:
    """How long the log is of what was written and not yet folded into the main file."""
    log = beside(path, ".wal")
    return log.stat().st_size if log.exists() else 0


# --- one process at a time -------------------------------------------------------------------------


def hold(path: Path) -> BinaryIO:
    """Takes the lock until the handle is closed; raises GraphHeld when it is taken, even by this process."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = beside(path, ".lock").open("a+b", buffering=0)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pid = _owner(handle)
        handle.close()
        raise GraphHeld(str(path), pid) from None
    with suppress(OSError):  # on a full disk it is held all the same, without a name
        handle.truncate(0)
        handle.write(str(os.getpid()).encode())
    return handle


def _owner(handle: BinaryIO) -> int:
    handle.seek(0)
    text = handle.read(32).strip()
    return int(text) if text.isdigit() else 0


# --- closed in order? ------------------------------------------------------------------------------


def fingerprint(schema: Schema) -> str:
    """A short digest of the tables a schema makes."""
    return blake2b("\n".join(cypher.create_tables(schema)).encode(), digest_size=12).hexdigest()


def mark_clean(path: Path, schema: Schema) -> None:
    """Notes what the file looks like now that it has been closed in order; not of one that was taken away."""
    if path.exists():
        beside(path, ".clean").write_text(f"{_look(path)} {fingerprint(schema)}\n")


def put(path: Path, file: Path, tables: str) -> None:
    """Let a finished copy of a graph's file, which holds such tables, be the graph; there must be none."""
    file.replace(path)
    beside(path, ".clean").write_text(f"{_look(path)} {tables}\n")


def unmark(path: Path) -> None:
    beside(path, ".clean").unlink(missing_ok=True)


def _look(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def doubt(path: Path, schema: Schema) -> str:
    """Why the files should not be opened as they are, in words; '' when nothing speaks against it.

    Files closed in order and untouched since are trusted; files nobody closed are tried first, in a
    process of their own, because a damaged one can take its process down.
    """
    files = engine_files(path)
    if not files:
        return ""
    if not path.exists():
        return "its main file is gone"
    mark = beside(path, ".clean")
    if not mark.exists():
        return probe(path, schema)
    look, _, tables = mark.read_text().strip().rpartition(" ")
    if look != _look(path) or files != [path]:
        return "its file was changed by somebody else since it was closed"
    return "" if tables == fingerprint(schema) else OTHER_SCHEMA


def probe(path: Path, schema: Schema) -> str:
    """Opens and reads the files in a child process; '' when all is well, else what was wrong, in words."""
    command = [sys.executable, "-m", "threesixty.graph.probe", str(path)]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=_wanted(schema), capture_output=True, text=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it did not open within {PROBE_SECONDS} s"
    if done.returncode < 0:
        return "opening it brought its process down"
    return done.stdout.strip() or ("" if done.returncode == 0 else "it cannot be opened")


def _wanted(schema: Schema) -> str:
    nodes = (f"{label} id {' '.join(c.name for c in columns)}" for label, columns in schema.nodes.items())
    tables = cypher.edge_tables(schema).items()
    edges = (f"{type_} {' '.join(c.name for c in columns)}" for type_, (_, columns) in tables)
    return "\n".join((*nodes, *edges))


# --- putting aside, and space ----------------------------------------------------------------------


def set_aside(path: Path) -> Path:
    """Moves every engine file into a folder beside, in place of an earlier one; returns the folder."""
    unmark(path)
    folder = beside(path, f".aside-{time.strftime('%Y%m%dT%H%M%S')}")
    files = engine_files(path)
    _remove_asides(path)
    folder.mkdir(exist_ok=True)
    for file in files:
        file.rename(folder / file.name)
    return folder


def remove(path: Path) -> None:
    """Removes every engine file and whatever was set aside: nothing of the graph stays on the disk."""
    unmark(path)
    for file in engine_files(path):
        file.unlink()
    _remove_asides(path)


def _remove_asides(path: Path) -> None:
    for folder in path.parent.glob(f"{path.name}.aside-*"):
        shutil.rmtree(folder)


def require_space(path: Path) -> None:
    """Raises OutOfSpace while there is still room to say so: the engine hangs on a full disk."""
    size = path.stat().st_size if path.exists() else 0
    needed = max(SPARE_BYTES, size)
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise OutOfSpace(
            f"{path.parent} has {free >> 20} MiB left, and the graph needs {needed >> 20} MiB to be safe",
            hint="make room, then run the same command again: the graph is as it was, and the ledger keeps "
            "what it took in",
        )
