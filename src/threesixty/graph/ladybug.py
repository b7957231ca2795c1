"""The embedded graph: one ladybug file, held by one process, lost without harm.

ladybug 0.22 is fast and has sharp edges; everything that is known to hurt is kept in here: one
Database for a file, checkpoints and COPY only while no reader is inside, rows one at a time below
`COPY_ROWS`, a handle that is never written to again after a failed write.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import RLock
from typing import Any, BinaryIO, TypeVar

import ladybug
import pyarrow as pa
import pyarrow.compute as pc

from threesixty.errors import GraphDamaged, GraphUnavailable
from threesixty.graph import batches, cypher, files, keyed, values
from threesixty.graph.copying import COPY_ROWS, copy, copy_new
from threesixty.graph.delta import Delta, Elements, Row, consistent
from threesixty.graph.engine_errors import explained, first_line
from threesixty.graph.gate import Gate
from threesixty.graph.lost_keys import put_back
from threesixty.record import Scalar
from threesixty.schema import EdgeKind, Schema

# What the engine may keep in memory: a COPY of a big batch, or a wide answer, has to fit.
BUFFER_BYTES = min(3 << 30, max(512 << 20, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4))
ADDRESS_SPACE = 1 << 40  # what the engine may map at most; a container may refuse its default of 8 TiB
FILE_BYTES_PER_ROW = 16 << 10  # in a large file from more on: the checkpoint after it took 6 s at 690 MB
# One COPY while loading gets such a part of the buffer at most: the engine needs more than the rows.
COPY_SHARE = 12
CHECKPOINT_BYTES = 64 << 20  # a log longer than this is folded into the main file
ASKS = 4_096  # after so many questions a connection is replaced: its plan cache never forgets
AGAIN = "run the command again: the graph is checked, and drawn anew where need be"
BATCH = 10_000  # rows of one batch of an export

Connection = Any
T = TypeVar("T")


def open_database(path: Path, buffer_bytes: int) -> Any:
    """The engine's handle on a file. Raises RuntimeError where it cannot be opened."""
    return ladybug.Database(
        path, buffer_pool_size=buffer_bytes, max_db_size=ADDRESS_SPACE, auto_checkpoint=False
    )


class Ladybug:
    """A Graph in one file. Open it with `Ladybug.open`."""

    name = "ladybug"

    def __init__(
        self, path: Path, schema: Schema, lock: BinaryIO, database: Any, buffer_bytes: int = BUFFER_BYTES
    ) -> None:
        self.path = path
        self._schema = schema
        self._lock = lock
        self._database = database
        self._copy_bytes = buffer_bytes // COPY_SHARE
        self._gate = Gate()
        self._writing = RLock()
        self._pool: dict[bool, list[tuple[Connection, int]]] = {False: [], True: []}
        self._writer = self._connect(1)
        self._broken = ""
        self._seq: int | None = None
        self._drawn: dict[EdgeKind, bool] = {}
        self._harmed = False
        self._closed = False

    @classmethod
    def open(cls, path: Path, schema: Schema, *, buffer_bytes: int = BUFFER_BYTES) -> Ladybug:
        """The graph at a path, made when it is not there.

        Raises GraphHeld when a process has it open, GraphDamaged when the files cannot be trusted:
        put them aside with `files.set_aside` and open anew, which gives an empty graph to fill.
        """
        lock = files.hold(path)
        try:
            if reason := files.doubt(path, schema):
                raise _refusal(path, reason)  # noqa: TRY301 - the lock is let go below
            files.require_space(path)
            files.unmark(path)
            graph = cls(path, schema, lock, open_database(path, buffer_bytes), buffer_bytes)
            graph._create_tables()
        except RuntimeError as error:
            lock.close()
            raise _refusal(path, f"it cannot be opened ({first_line(error)})") from error
        except BaseException:
            lock.close()
            raise
        return graph

    # --- reading -----------------------------------------------------------------------------------

    def ask(
        self, text: str, parameters: Mapping[str, Scalar], *, seconds: float = 10.0, scan: bool = False
    ) -> list[dict[str, Scalar]]:
        cypher.check_reads(text)
        with self._reader(scan) as connection, explained(seconds):
            connection.set_query_timeout(max(1, int(seconds * 1000)))
            result = connection.execute(text, {k: values.scrubbed(v) for k, v in parameters.items()})
            columns = result.get_column_names()
            return [dict(zip(columns, map(values.plain, row), strict=True)) for row in result.get_all()]

    def fetch(self, ids: Mapping[str, Sequence[str]]) -> Elements:
        with self._reader(scan=False) as connection, explained():
            connection.set_query_timeout(0)
            nodes = {
                label: keyed.read_nodes(
                    connection, label, self._schema.nodes[label], list(dict.fromkeys(wanted))
                )
                for label, wanted in ids.items()
            }
            edges = {
                kind: keyed.read_edges(connection, kind, columns, [str(row[0]) for row in nodes[kind.source]])
                for kind, columns in self._schema.edges.items()
                if nodes.get(kind.source) and self._is_drawn(connection, kind)
            }
        return Elements(_filled(nodes), _filled(edges))

    def _is_drawn(self, connection: Connection, kind: EdgeKind) -> bool:
        """Whether there may be edges of a kind: to look for those of a node costs the same where none are."""
        if kind not in self._drawn:
            # A write that came between the two has the last word.
            self._drawn.setdefault(kind, keyed.any_edge(connection, kind))
        return self._drawn[kind]

    def applied(self) -> int:
        # Nobody else writes to this file, so what was read or written last still holds.
        if self._seq is None:
            rows = self.ask(cypher.applied(), {})
            found = rows[0]["seq"] if rows else None
            self._seq = found if isinstance(found, int) else -1
        return self._seq

    def export(self) -> Iterator[tuple[str | EdgeKind, list[Row]]]:
        for label, columns in self._schema.nodes.items():
            yield from self._batches(label, 1, cypher.all_nodes(label, columns))
        for kind, columns in self._schema.edges.items():
            yield from self._batches(kind, 2, cypher.all_edges(kind, columns))

    def _batches(self, what: T, keys: int, text: str) -> Iterator[tuple[T, list[Row]]]:
        """Rows by their keys; sorted out here, because the engine's memory is the scarcer one."""
        unsorted = text.partition(" ORDER BY ")[0]
        with self._reader(scan=True) as connection, explained():
            connection.set_query_timeout(0)
            table = connection.execute(unsorted).get_as_arrow(BATCH)
        order = pc.sort_indices(table, [(name, "ascending") for name in table.column_names[:keys]])
        for start in range(0, table.num_rows, BATCH):
            part = table.take(order.slice(start, BATCH))
            yield what, list(zip(*(column.to_pylist() for column in part.columns), strict=True))

    @contextmanager
    def _reader(self, scan: bool) -> Iterator[Connection]:
        """A connection of its own for the caller: with one thread for points, all cores for scans."""
        with self._gate.shared():
            if self._closed:
                raise GraphUnavailable("the graph is closed", hint="open it again")
            pool = self._pool[scan]
            connection, asked = pool.pop() if pool else (self._connect(0 if scan else 1), 0)
            yield connection
            # After an error the connection is left behind on purpose: it may still be interrupted.
            if asked < ASKS:
                pool.append((connection, asked + 1))
            else:
                connection.close()

    def _connect(self, threads: int) -> Connection:
        return ladybug.Connection(self._database, num_threads=threads)

    # --- writing -----------------------------------------------------------------------------------

    def apply(self, delta: Delta) -> None:
        wanted = consistent(delta)
        with self._writing:
            self._ready()
            self._seq = None
            self._drawn.update(dict.fromkeys(wanted.put_edges, True))
            if _most_rows(wanted) < max(COPY_ROWS, self.path.stat().st_size // FILE_BYTES_PER_ROW):
                with self._transaction():
                    self._put_and_take(self._writer, wanted)
            else:
                self._apply_many(wanted)
            for row in wanted.put_nodes.get("Threesixty", ()):
                self._seq = -1 if row[2] is None else int(row[2])
            if files.log_bytes(self.path) > CHECKPOINT_BYTES:
                self._checkpoint()

    def load(
        self, nodes: Iterable[tuple[str, list[Row]]], edges: Iterable[tuple[EdgeKind, list[Row]]]
    ) -> None:
        with self._writing, self._gate.alone():
            self._ready()
            self._seq = None
            self._recreate_tables()
            # The Threesixty node says how much the graph shows: it comes last, when all of it is there.
            state: list[Row] = []
            first = batches.held_back(nodes, state)
            with self._copying():
                copies = batches.copies(self._schema, first, edges, self._copy_bytes)
                for text, tables in groupby(copies, key=itemgetter(0)):
                    # A connection keeps what it copied last by each text for as long as it lives.
                    connection = self._connect(0)
                    keys = [self._load_one(connection, text, table) for _, table in tables]
                    self._complete(connection, text, keys)
                    connection.close()
            with self._transaction():
                self._put_and_take(self._writer, Delta(put_nodes={"Threesixty": state}))
            self._fold()

    def clear(self) -> None:
        with self._writing, self._gate.alone():
            self._ready()
            self._seq = None
            self._recreate_tables()
            self._fold()

    def copy(self, target: Path) -> tuple[int, str]:
        with self._writing:
            applied = self.applied()
            with self._gate.alone():
                self._sound()
                self._fold()
                shutil.copyfile(self.path, target)
        return applied, files.fingerprint(self._schema)

    def close(self) -> None:
        with self._writing, self._gate.alone():
            if self._closed:
                return
            self._closed = True
            if self._harmed:
                return
            self._forget_connections()
            with suppress(RuntimeError):
                if not self._broken:
                    self._writer.execute("CHECKPOINT")
                self._writer.close()
                self._database.close()
                if not self._broken:
                    files.mark_clean(self.path, self._schema)
            self._lock.close()

    def _ready(self) -> None:
        """Raises unless a write may be tried."""
        self._sound()
        files.require_space(self.path)

    def _sound(self) -> None:
        """Raises where the handle is closed, or a write to it failed."""
        if self._closed or self._broken:
            raise GraphUnavailable(
                self._broken or "the graph is closed", hint="close it and run the command again"
            )

    @contextmanager
    def _all_or_broken(self) -> Iterator[None]:
        """Whatever goes wrong inside, Ctrl-C included, ends the writing life of this handle."""
        try:
            yield
        except BaseException as error:
            self._broken = f"a write to the graph failed: {first_line(error)}"
            if isinstance(error, RuntimeError):
                raise GraphUnavailable(self._broken, hint=AGAIN) from error
            raise

    @contextmanager
    def _copying(self) -> Iterator[None]:
        """Where a failure may have harmed the engine's memory: the handle is then left as it is, for good."""
        try:
            with self._all_or_broken():
                yield
        except BaseException:
            _abandon(self._database, self._writer, self._lock, self._pool)
            self._harmed = True
            raise

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of it or nothing. A failure that is not the engine's (a bad value, Ctrl-C) does it no harm."""
        try:
            self._writer.execute("BEGIN TRANSACTION")
            yield
            self._writer.execute("COMMIT")
        except RuntimeError as error:
            self._broken = f"a write to the graph failed: {first_line(error)}"
            raise GraphUnavailable(self._broken, hint=AGAIN) from error
        except BaseException:
            with suppress(RuntimeError):
                self._writer.execute("ROLLBACK")
            raise

    def _put_and_take(self, connection: Connection, delta: Delta) -> None:
        made: set[Scalar] = set()
        for label, nodes in delta.put_nodes.items():
            made |= keyed.put_nodes(connection, label, self._schema.nodes[label], nodes)
        for kind, edges in delta.put_edges.items():
            keyed.put_edges(connection, kind, self._schema.edges[kind], edges, made)
        for kind, ends in delta.take_edges.items():
            for start, finish in ends:
                connection.execute(cypher.take_edge(kind), {"start": start, "finish": finish})
        for label, ids in delta.take_nodes.items():
            for one in ids:
                connection.execute(cypher.take_node(label), {"id": one})

    def _apply_many(self, delta: Delta) -> None:
        """COPY for the new rows of tables that get many, single statements for everything else."""
        with self._gate.alone():
            self._fold()
            connection = self._connect(0)
            with self._copying():
                connection.execute("BEGIN TRANSACTION")
                rest = copy_new(connection, self.path, self._schema, delta)
                self._put_and_take(connection, rest)
                connection.execute("COMMIT")
            connection.close()
            self._fold()

    def _load_one(self, connection: Connection, text: str, table: pa.Table) -> pa.ChunkedArray:
        """One COPY and a checkpoint: rows that are not checkpointed fill the buffer until nothing fits.

        Answers with the first column.
        """
        copy(connection, self.path, text, table)
        connection.execute("CHECKPOINT")
        pa.default_memory_pool().release_unused()
        return table.column(0)

    def _complete(self, connection: Connection, text: str, keys: Sequence[pa.ChunkedArray]) -> None:
        """Puts back what the engine lost of the keys of a table of nodes that it got in several pieces."""
        label = next((label for label in self._schema.nodes if cypher.copy_nodes(label) == text), None)
        if label and len(keys) > 1 and put_back(connection, label, self._schema.nodes[label], keys):
            connection.execute("CHECKPOINT")

    def _checkpoint(self) -> None:
        with self._gate.alone():
            self._fold()

    def _fold(self) -> None:
        """Folds the log into the main file; only when alone."""
        with self._all_or_broken():
            self._writer.execute("CHECKPOINT")

    def _create_tables(self) -> None:
        for text in cypher.create_tables(self._schema):
            self._writer.execute(text)

    def _recreate_tables(self) -> None:
        """Drops what is there with every plan made for it; only when alone."""
        with self._all_or_broken():
            for text in cypher.drop_tables(self._schema):
                self._writer.execute(text)
            self._create_tables()
            self._drawn.clear()
            self._forget_connections()
            self._writer.close()
            self._writer = self._connect(1)

    def _forget_connections(self) -> None:
        for pool in self._pool.values():
            while pool:
                pool.pop()[0].close()


def _refusal(path: Path, reason: str) -> GraphUnavailable:
    """Damage, unless a program that knows nothing of our lock file has the graph open."""
    if "Could not set lock" in reason:
        return GraphUnavailable(f"another program has the graph {path} open", hint="close it there first")
    return GraphDamaged(str(path), reason)


def _abandon(*handles: object) -> None:
    """Keeps handles from ever being closed, at the end of the process too: closing them could crash it."""
    for handle in handles:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(handle))


def _filled(rows: Mapping[T, list[Row]]) -> dict[T, list[Row]]:
    return {key: found for key, found in rows.items() if found}


def _most_rows(delta: Delta) -> int:
    return max(
        (len(rows) for puts in (delta.put_nodes, delta.put_edges) for rows in puts.values()), default=0
    )
