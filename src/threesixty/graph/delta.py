"""Nodes and edges as plain rows, what changes between two pictures of them, and how they are named.

A node row is `(id, *values)` in the order of `Schema.nodes[label]`; an edge row `(from, to, *values)`
in the order of `Schema.edges[kind]`. There are no parallel edges, so an edge is named by its ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeVar

from threesixty.record import Scalar
from threesixty.schema import EdgeKind

Row = tuple[Scalar, ...]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Elements:
    """A piece of graph: node rows by label, edge rows by kind."""

    nodes: Mapping[str, list[Row]] = field(default_factory=dict)
    edges: Mapping[EdgeKind, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delta:
    """What to put into the graph and what to take away. Applying it twice changes nothing.

    A put replaces every property of its node or edge. Taking a node takes its edges with it; taking
    what is not there, or an edge to a node that is not there, is no error.
    """

    put_nodes: Mapping[str, list[Row]] = field(default_factory=dict)
    put_edges: Mapping[EdgeKind, list[Row]] = field(default_factory=dict)
    take_nodes: Mapping[str, list[str]] = field(default_factory=dict)
    take_edges: Mapping[EdgeKind, list[tuple[str, str]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(map(any, (self.put_nodes.values(), self.put_edges.values(),
                             self.take_nodes.values(), self.take_edges.values())))  # fmt: skip


def difference(existing: Elements, desired: Elements) -> Delta:
    """The Delta that turns the existing nodes, and the edges that start at them, into the desired ones."""
    return Delta(
        put_nodes=_missing(desired.nodes, existing.nodes),
        put_edges=_missing(desired.edges, existing.edges),
        take_nodes={
            label: gone
            for label, rows in existing.nodes.items()
            if (gone := sorted(_ids(rows) - _ids(desired.nodes.get(label, ()))))
        },
        take_edges={
            kind: undrawn
            for kind, rows in existing.edges.items()
            if (undrawn := sorted(_ends(rows) - _ends(desired.edges.get(kind, ()))))
        },
    )


def _missing(wanted: Mapping[K, list[Row]], present: Mapping[K, list[Row]]) -> dict[K, list[Row]]:
    missing = {key: _without(rows, present.get(key, ())) for key, rows in wanted.items()}
    return {key: rows for key, rows in missing.items() if rows}


def _without(rows: Iterable[Row], present: Iterable[Row]) -> list[Row]:
    there = set(present)
    return [row for row in rows if row not in there]


def _ids(rows: Iterable[Row]) -> set[str]:
    return {str(row[0]) for row in rows}


def _ends(rows: Iterable[Row]) -> set[tuple[str, str]]:
    return {(str(row[0]), str(row[1])) for row in rows}


def consistent(delta: Delta) -> Delta:
    """The Delta with every key put once, the last time it was said, and nothing both put and taken."""
    nodes = {label: list({row[0]: row for row in rows}.values()) for label, rows in delta.put_nodes.items()}
    edges = {kind: list({row[:2]: row for row in rows}.values()) for kind, rows in delta.put_edges.items()}
    put_ids = {label: {row[0] for row in rows} for label, rows in nodes.items()}
    put_ends = {kind: {row[:2] for row in rows} for kind, rows in edges.items()}
    return Delta(
        nodes,
        edges,
        {label: [one for one in ids if one not in put_ids.get(label, ())]
         for label, ids in delta.take_nodes.items()},
        {kind: [pair for pair in ends if pair not in put_ends.get(kind, ())]
         for kind, ends in delta.take_edges.items()},
    )  # fmt: skip


# --- names -----------------------------------------------------------------------------------------
# Ids are opaque and never contain what a customer or a source wrote: values are digested under a key
# that never leaves the ledger, so that an id gives nothing away to whoever reads the graph.


def digest(key: bytes, *parts: str) -> str:
    """24 hex digits of a keyed digest over parts that cannot run into one another."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=12, key=key).hexdigest()


def customer_id(customer: str) -> str:
    return f"customer:{customer}"


def household_id(anchor: str) -> str:
    return f"household:{anchor}"


def alias_id(customer: str) -> str:
    return f"alias:{customer}"


def master_id(key: bytes, source: str, master: str) -> str:
    """An alias that another system gave out: what it wrote is not in the id."""
    return f"alias:{source}:{digest(key, source, 'master', master)}"


def record_id(key: bytes, source: str, kind: str, record: str) -> str:
    return f"record:{source}:{kind}:{digest(key, source, kind, record)}"


def thing_id(key: bytes, kind: str, source: str, thing: str) -> str:
    """The node of a thing; `source` is 'all' where the kind's keys mean the same in every source."""
    return f"{kind}:{source}:{digest(key, kind, source, thing)}"


def identifier_id(key: bytes, type_: str, value: str) -> str:
    return f"identifier:{type_}:{digest(key, type_, value)}"


def address_id(key: bytes, address: str) -> str:
    return f"address:{digest(key, 'address', address)}"


def edge_id(kind: EdgeKind, source: str, target: str) -> str:
    """A short, deterministic id for engines that want edges named."""
    return blake2b(f"{source}\x1f{kind.type}\x1f{target}".encode(), digest_size=12).hexdigest()
