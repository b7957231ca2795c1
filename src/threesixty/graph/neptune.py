"""Amazon Neptune: the same graph and the same questions on a cluster.

One request is one transaction there, so a Delta is many of them: puts, then takes, then the Threesixty
node, which says how much of the ledger the graph shows. Every statement may be sent twice without harm;
whatever breaks off is put right by the next `draw`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any
from zlib import crc32

from threesixty.errors import GraphBusy, GraphDenied, GraphError, GraphTimeout, GraphUnavailable
from threesixty.graph import cypher, values
from threesixty.graph.delta import Delta, Elements, Row, consistent, edge_id
from threesixty.graph.neptune_address import Address
from threesixty.graph.neptune_requests import Cluster
from threesixty.record import Scalar
from threesixty.schema import Column, EdgeKind, Schema

LOOK_UP = 1_000  # ids of one look-up
PAGE = 5_000  # nodes of one page of an export
CLEAR = 1_000  # nodes taken by one request
GRACE_SECONDS = 1.0  # for an engine that keeps time itself to say so
_NEVER = -1
_UNKNOWN = 1 << 62

Statement = tuple[str, str, list[Any]]
"""A text, the name of its list parameter, and what goes into it."""


class Neptune:
    """A Graph on a cluster. Open it with `Neptune.open`."""

    name = "neptune"

    def __init__(self, cluster: Cluster, schema: Schema) -> None:
        self.cluster = cluster
        self._schema = schema
        self._asking = ThreadPoolExecutor(thread_name_prefix="ask")
        self._writing = ThreadPoolExecutor(cluster.address.writers, thread_name_prefix="write")
        self._unseen = _NEVER  # what a replica still has to show
        self._shown = _NEVER  # what it has shown
        self._lock = Lock()
        self._closed = False

    @classmethod
    def open(cls, url: str, schema: Schema) -> Neptune:
        """The graph at `neptune://host:8182?region=…`; raises GraphUnavailable, GraphDenied.

        The reference of the project file says what the address may hold.
        """
        cluster = Cluster(Address.parse(url))
        try:
            _check_role(cluster)
        except BaseException:
            cluster.close()
            raise
        return cls(cluster, schema)

    # --- reading -----------------------------------------------------------------------------------

    def ask(
        self, text: str, parameters: Mapping[str, Scalar], *, seconds: float = 10.0, scan: bool = False
    ) -> list[dict[str, Scalar]]:
        del scan  # a cluster decides by itself how many cores help
        cypher.check_reads(text)
        self._open()
        given = {name: values.scrubbed(value) for name, value in parameters.items()}
        native, fresh = cypher.by_native_id(text), self._ahead_of_replica()
        asked = self._asking.submit(self.cluster.read, native, given, seconds=seconds, fresh=fresh)
        try:
            return asked.result(seconds + GRACE_SECONDS)
        except TookTooLong:
            with suppress(GraphError):
                self.cluster.cancel(native, seconds)
            raise GraphTimeout(
                f"the question was stopped after {seconds:g} s", hint="ask for less, or give it more time"
            ) from None

    def _ahead_of_replica(self) -> bool:
        """Whether a replica may not show yet what this process wrote or saw on the writer.

        The replica is asked how far it is until it has caught up, and is trusted from then on.
        """
        if not self.cluster.address.reader or self._unseen == _NEVER:
            return False
        rows = self.cluster.read(cypher.applied(), {})
        shown = rows[0]["seq"] if rows else _NEVER
        with self._lock:
            if isinstance(shown, int) and shown >= self._unseen:
                self._unseen, self._shown = _NEVER, shown
            return self._unseen != _NEVER

    def fetch(self, ids: Mapping[str, Sequence[str]]) -> Elements:
        self._open()
        label_of = {values.scrubbed(one): label for label, some in ids.items() for one in some}
        nodes: dict[str, list[Row]] = defaultdict(list)
        edges: dict[EdgeKind, list[Row]] = defaultdict(list)
        for part in _parts(list(label_of), LOOK_UP):
            for row in self._read(cypher.named_nodes(), {"ids": part}):
                label, found = self._node_row(row["n"])
                if label == label_of.get(found[0]):
                    nodes[label].append(found)
        starts = [str(row[0]) for label in nodes for row in nodes[label] if label in self._starting]
        for kind, rows in self._edges_from(starts, label_of):
            edges[kind].extend(rows)
        return Elements({label: nodes[label] for label in ids if label in nodes}, dict(edges))

    def _edges_from(
        self, starts: list[str], label_of: Mapping[Scalar, str]
    ) -> Iterator[tuple[EdgeKind, list[Row]]]:
        kinds = {(kind.source, kind.type, kind.target): kind for kind in self._schema.edges}
        text = cypher.edges_from_named(list(dict.fromkeys(kind.type for kind in kinds.values())))
        for part in _parts(starts, LOOK_UP):
            for row in self._read(text, {"ids": part}):
                edge, [target, *_] = row["e"], row["target"]
                kind = kinds.get((label_of[edge["~start"]], edge["~type"], target))
                if kind:
                    known = edge.get("~properties", {})
                    cells = _cells(self._schema.edges[kind], known)
                    yield kind, [(edge["~start"], edge["~end"], *cells)]

    @property
    def _starting(self) -> set[str]:
        """Labels at which edges start."""
        return {kind.source for kind in self._schema.edges}

    def _node_row(self, node: Mapping[str, Any]) -> tuple[str, Row]:
        [label, *_] = node.get("~labels") or [""]
        known = node.get("~properties", {})
        return label, (node["~id"], *_cells(self._schema.nodes.get(label, ()), known))

    def applied(self) -> int:
        rows = self._read(cypher.applied(), {})
        found = rows[0]["seq"] if rows else None
        seq = found if isinstance(found, int) else -1
        if seq > self._shown:
            self._written(seq)
        return seq

    def export(self) -> Iterator[tuple[str | EdgeKind, list[Row]]]:
        there: set[str] = set()
        for label, columns in self._schema.nodes.items():
            for page in self._pages(label, columns):
                there.add(label)
                yield label, page
        for kind, edge_columns in self._schema.edges.items():
            if not {kind.source, kind.target} <= there:
                continue
            text = cypher.by_native_id(cypher.edges_from_each(kind, edge_columns))
            for rows in self._pages(kind.source, ()):
                starts = [row[0] for row in rows]
                found = [
                    (row["start"], row["finish"], *_cells(edge_columns, row, "_"))
                    for part in _parts(starts, LOOK_UP)
                    for row in self._read(text, {"ids": part})
                ]
                if found:
                    yield kind, sorted(found, key=_ends)

    def _pages(self, label: str, columns: Sequence[Column]) -> Iterator[list[Row]]:
        """Nodes of a label by id, page by page: no answer is larger than the cluster likes."""
        text, after = cypher.next_nodes(label, columns, PAGE), ""
        while found := self._read(text, {"after": after}):
            yield [(row["id"], *_cells(columns, row, "_")) for row in found]
            after = found[-1]["id"]

    def _read(self, text: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """From the writer: what is compared with the ledger must not be older than the last write."""
        self._open()
        return self.cluster.read(text, parameters, fresh=True)

    # --- writing -----------------------------------------------------------------------------------

    def apply(self, delta: Delta) -> None:
        self._open()
        wanted = consistent(delta)
        state = wanted.put_nodes.get("Threesixty", [])
        rest = {label: rows for label, rows in wanted.put_nodes.items() if label != "Threesixty"}
        # All statements are made before the first is sent: what cannot be written leaves nothing behind.
        phases = [
            [self._node_puts(label, rows) for label, rows in rest.items()],
            [self._edge_puts(kind, rows) for kind, rows in wanted.put_edges.items()],
            [self._edge_takes(kind, ends) for kind, ends in wanted.take_edges.items()],
            [self._node_takes(label, ids) for label, ids in wanted.take_nodes.items()],
            [self._node_puts("Threesixty", state)],
        ]
        self._written(_UNKNOWN)
        for phase in phases:
            self._send_all(phase)
        if state:
            self._written(int(state[-1][1 + _place(self._schema, "seq")] or 0))

    def _written(self, seq: int) -> None:
        with self._lock:
            self._unseen = seq

    def _node_puts(self, label: str, rows: Sequence[Row]) -> Statement:
        columns = self._schema.nodes[label]
        maps = []
        for one, *cells in rows:
            name = values.scrubbed(one)
            maps.append({"id": name, "properties": {"id": name, **_properties(columns, cells)}})
        return cypher.merge_named_nodes(label), "rows", maps

    def _edge_puts(self, kind: EdgeKind, rows: Sequence[Row]) -> Statement:
        columns = self._schema.edges[kind]
        maps = [
            {**_named(kind, start, finish), "properties": _properties(columns, cells)}
            for start, finish, *cells in rows
        ]
        return cypher.merge_named_edges(kind), "rows", maps

    def _edge_takes(self, kind: EdgeKind, ends: Sequence[tuple[str, str]]) -> Statement:
        text = cypher.by_native_id(cypher.take_edges(kind))
        return text, "rows", [_named(kind, start, finish) for start, finish in ends]

    def _node_takes(self, label: str, ids: Sequence[str]) -> Statement:
        return cypher.by_native_id(cypher.take_nodes(label)), "ids", [values.scrubbed(one) for one in ids]

    def _send_all(self, statements: Iterable[Statement]) -> None:
        """All rows of some statements, by as many writers as the address allows.

        Rows of one node go to one writer, so that our own writers do not wait for each other's locks.
        """
        lanes: dict[int, list[Statement]] = defaultdict(list)
        for text, name, rows in statements:
            parts: dict[int, list[Any]] = defaultdict(list)
            for row in rows:
                parts[crc32(_owner(row).encode()) % self.cluster.address.writers].append(row)
            for lane, part in parts.items():
                lanes[lane].append((text, name, part))
        running = [self._writing.submit(self._send_some, some) for some in lanes.values()]
        failed = [error for error in [one.exception() for one in running] if error]
        if failed:
            raise failed[0]

    def _send_some(self, statements: Iterable[Statement]) -> None:
        for text, name, rows in statements:
            self.cluster.write_rows(text, name, rows)

    def load(
        self, nodes: Iterable[tuple[str, list[Row]]], edges: Iterable[tuple[EdgeKind, list[Row]]]
    ) -> None:
        self.clear()
        if self.cluster.address.loads_in_bulk:
            from threesixty.graph.neptune_bulk import bulk_load  # noqa: PLC0415 - and boto3 with it

            self._written(_UNKNOWN)
            bulk_load(self.cluster, self._schema, nodes, edges)
            return
        # The Threesixty node says how much the graph shows: it comes last, when all of it is there.
        state: list[Row] = []
        for label, rows in nodes:
            if label == "Threesixty":
                state.extend(rows)
            else:
                self.apply(Delta(put_nodes={label: rows}))
        for kind, rows in edges:
            self.apply(Delta(put_edges={kind: rows}))
        self.apply(Delta(put_nodes={"Threesixty": state}))

    def clear(self) -> None:
        self._open()
        self._written(_UNKNOWN)
        for label in ("Threesixty", *(label for label in self._schema.nodes if label != "Threesixty")):
            self._take_all(label)

    def _take_all(self, label: str) -> None:
        limit = CLEAR
        while True:
            try:
                [told] = self.cluster.write(cypher.take_some(label, limit), {})
            except (GraphTimeout, GraphBusy):
                # Nodes with very many edges: fewer of them at once.
                if limit == 1:
                    raise
                limit //= 2
            else:
                if not told["taken"]:
                    return

    def copy(self, target: Path) -> tuple[int, str]:  # noqa: ARG002 - a server keeps its own backups
        return -1, ""

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._asking.shutdown(wait=False, cancel_futures=True)
            self._writing.shutdown(wait=False, cancel_futures=True)
            self.cluster.close()

    def _open(self) -> None:
        if self._closed:
            raise GraphUnavailable("the graph is closed", hint="open it again")


def _check_role(cluster: Cluster) -> None:
    """Raises GraphUnavailable when the address leads to no writer; those who may not ask are let through."""
    with suppress(GraphDenied):
        if cluster.status().get("role") == "reader":
            raise GraphUnavailable(
                f"{cluster.address.host} is a reader, and a graph must be written",
                hint="give the cluster endpoint, and the reader endpoint as `reader=`",
            )


def _properties(columns: Sequence[Column], cells: Sequence[Scalar]) -> dict[str, Scalar]:
    pairs = zip(columns, cells, strict=True)
    return {column.name: values.fitted(column, value) for column, value in pairs}


def _cells(columns: Sequence[Column], known: Mapping[str, Any], suffix: str = "") -> Iterator[Scalar]:
    """The values of a row in the order of its columns; an absent property is a null."""
    return (values.fitted(column, known.get(column.name + suffix)) for column in columns)


def _named(kind: EdgeKind, start: Scalar, finish: Scalar) -> dict[str, Any]:
    ends = str(values.scrubbed(start)), str(values.scrubbed(finish))
    return {"start": ends[0], "finish": ends[1], "edge": edge_id(kind, *ends)}


def _owner(row: Any) -> str:
    """The node whose writer a row goes to: the Customer an edge leads to, else where it starts."""
    if isinstance(row, str):
        return row
    if str(row.get("finish", "")).startswith("customer:"):
        return str(row["finish"])
    return str(row["start"] if "start" in row else row["id"])


def _parts(items: list[Any], size: int) -> Iterator[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _place(schema: Schema, column: str) -> int:
    return [one.name for one in schema.nodes["Threesixty"]].index(column)


def _ends(row: Row) -> tuple[str, str]:
    return str(row[0]), str(row[1])
