"""What a source delivers, piece by piece: a file, an object in S3, what a table holds by now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from threesixty.project import Source
from threesixty.sources.database import Selection
from threesixty.sources.files import files
from threesixty.sources.rows import Rows
from threesixty.sources.s3 import SCHEME, objects

_MAGIC = re.compile(r"[*?\[]")


class Delivery(Protocol):
    """One piece of what a source delivers.

    The ledger marks how far it was read, under its `place` and `digest`. A lasting one holds the same as
    long as its digest is the same: read to its end it is skipped, and otherwise resumed at a row. One
    that is not lasting is read each time, from the `position` that its rows have reached.
    """

    @property
    def place(self) -> str: ...
    @property
    def name(self) -> str:
        """What rejects and messages call it."""

    @property
    def size(self) -> int:
        """Bytes or rows, as `unit` says; 0 when nobody knows."""

    @property
    def unit(self) -> str: ...
    @property
    def lasting(self) -> bool: ...
    @property
    def big(self) -> bool:
        """Whether reading is worth a process of its own."""

    def digest(self) -> str:
        """Another one where it holds something else; of a table, where something else is asked of it.

        '' where that cannot be told.
        """

    def rows(self, source: Source, position: str = "", /) -> Iterator[Rows]:
        """What it holds as batches of text; SourceError when it cannot be read at all."""

    def fell_back(self, position: str, /) -> str:
        """Where what it holds ends before a position from which it would be read on: where; else ''."""

    def at_hand(self, folder: Path, /, *, whole: bool = True) -> AbstractContextManager[Delivery]:
        """Itself, brought into a folder of this machine for as long as it is read.

        Not `whole`, its first rows are enough: of a big one the rest may be missing.
        """


def deliveries(source: Source) -> list[Delivery]:
    """All that a source delivers by now, in order of name; SourceError where there is nothing."""
    if source.database:
        return [Selection(source.name, source.database)]
    found: list[Delivery] = []
    shared = len(_shared(source.paths))
    for path in source.paths:
        if path.startswith(SCHEME):
            found += [replace(each, called=each.place[shared:]) for each in objects(source.name, path)]
        else:
            found += [replace(each, called=str(each.path)[shared:]) for each in files(source.name, path)]
    return found


def _shared(paths: Sequence[str]) -> str:
    """The folder in which all lies that some paths stand for: what is called by the rest is called
    otherwise than any other there."""
    folders = [_MAGIC.split(str(Path(path)) if "://" not in path else path, maxsplit=1)[0] for path in paths]
    parts = [folder.rpartition("/")[0].split("/") for folder in folders if "/" in folder]
    alike = takewhile(lambda part: len(set(part)) == 1, zip(*parts, strict=False))
    return "".join(f"{part[0]}/" for part in alike) if len(parts) == len(folders) else ""
