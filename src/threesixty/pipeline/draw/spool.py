"""Nodes and edges kept on disk by table, since a first load of a graph needs one table after the other."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Generic, TypeVar

from threesixty.graph.delta import Row
from threesixty.pipeline.draw.painting import Piece
from threesixty.schema import EdgeKind

K = TypeVar("K")


class Tables(Generic[K]):
    """Pickled rows by table, in files without a name: a crash leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[K, IO[bytes]] = {}
        self._sizes: dict[K, int] = {}
        self.read_bytes = 0

    def add(self, table: K, rows: bytes) -> None:
        """Keep some rows of a table."""
        if table not in self._files:
            self._files[table] = TemporaryFile(dir=self._folder)  # noqa: SIM115 — closed when read
        self._files[table].write(rows)
        self._sizes[table] = self.size(table) + len(rows)

    def size(self, table: K) -> int:
        """How many bytes are kept of a table."""
        return self._sizes.get(table, 0)

    @property
    def kept_bytes(self) -> int:
        """How many bytes are kept of all tables; `read_bytes` is how many of them were read."""
        return sum(self._sizes.values())

    def __iter__(self) -> Iterator[tuple[K, list[Row]]]:
        """Every row, table after table; each table can be read once."""
        for table in self._files:
            yield from ((table, rows) for rows in self.read(table))

    def read(self, table: K) -> Iterator[list[Row]]:
        """Every row of one table; it can be read once."""
        if table in self._files:
            with self._files[table] as file:
                file.seek(0)
                yield from self._rows(file)

    def _rows(self, file: IO[bytes]) -> Iterator[list[Row]]:
        while True:
            before = file.tell()
            try:
                # Written by processes of ours, to a file nobody else can open.
                rows: list[Row] = pickle.load(file)  # noqa: S301
            except EOFError:
                return
            self.read_bytes += file.tell() - before
            yield rows


def sorted_into_tables(pieces: Iterable[Piece], folder: Path) -> tuple[Tables[str], Tables[EdgeKind]]:
    """All nodes and all edges of some pieces, by table."""
    nodes: Tables[str] = Tables(folder)
    edges: Tables[EdgeKind] = Tables(folder)
    for of_nodes, of_edges in pieces:
        for label, rows in of_nodes:
            nodes.add(label, rows)
        for kind, rows in of_edges:
            edges.add(kind, rows)
    return nodes, edges
