"""The graph: where a Customer 360 is asked. One protocol; one small module for each engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from threesixty.graph.delta import Delta, Elements, Row
from threesixty.record import Scalar
from threesixty.schema import EdgeKind


class Graph(Protocol):
    """A property graph that holds the projection of one ledger.

    Only labels and edge types of the project's schema are read or written; others are never touched.
    Every sentence below has its test in tests/graph/test_conformance.py.
    """

    name: str
    """What the engine is called in messages: "ladybug", "bolt"."""

    def apply(self, delta: Delta) -> None:
        """Put and take, all in one transaction; when it returns, the change is durable.

        Putting a node that is there replaces its properties; so does putting an edge. Applying a
        Delta twice changes nothing. Taking what is not there is no error. An edge whose ends are
        not there is not drawn.
        """
        ...

    def load(
        self, nodes: Iterable[tuple[str, list[Row]]], edges: Iterable[tuple[EdgeKind, list[Row]]]
    ) -> None:
        """Fill an empty graph fast. Batches of one label or edge kind come one after the other."""
        ...

    def ask(
        self, text: str, parameters: Mapping[str, Scalar], *, seconds: float = 10.0, scan: bool = False
    ) -> list[dict[str, Scalar]]:
        """Rows of a read-only openCypher text; raises GraphTimeout, GraphRefused.

        `scan` says that the text reads much of the graph, so that all cores may help.
        """
        ...

    def fetch(self, ids: Mapping[str, Sequence[str]]) -> Elements:
        """The named nodes (ids by label) with the edges that start at them; absent ones are left out."""
        ...

    def applied(self) -> int:
        """`seq` of the Threesixty node: how much of the ledger the graph shows; -1 when it is empty."""
        ...

    def clear(self) -> None:
        """Take away every node and edge of the schema."""
        ...

    def export(self) -> Iterator[tuple[str | EdgeKind, list[Row]]]:
        """Every node and edge, by label and then by edge kind, each sorted: equal graphs export equal."""
        ...

    def copy(self, target: Path) -> tuple[int, str]:
        """Copy the graph's file as it is now: what `applied` says of the copy, and which tables it holds.

        -1 and '' where the graph has no file here.
        """
        ...

    def close(self) -> None:
        """Let go of the graph. Closing twice is no error."""
        ...
