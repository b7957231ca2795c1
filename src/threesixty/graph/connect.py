"""From the project file's word for a graph to the graph itself."""

from __future__ import annotations

from pathlib import Path

from threesixty.errors import GraphUnavailable
from threesixty.graph import Graph
from threesixty.schema import Schema

BOLT = ("bolt://", "bolt+s://", "bolt+ssc://", "neo4j://", "neo4j+s://", "neo4j+ssc://")


def embedded_path(home: Path) -> Path:
    """Where a project keeps its embedded graph."""
    return home / "graph" / "graph.lbug"


def connect(target: str, home: Path, schema: Schema) -> Graph | None:
    """The graph a project names: `embedded`, `none` (which gives None), or the address of a Bolt server.

    User and password may stand in the address (`bolt://user:password@host:7687`). Raises GraphHeld,
    GraphDamaged or GraphUnavailable.
    """
    if target == "none":
        return None
    if target == "embedded":
        from threesixty.graph.ladybug import Ladybug  # noqa: PLC0415 - takes its time to import

        return Ladybug.open(embedded_path(home), schema)
    if target.startswith(BOLT):
        from threesixty.graph.bolt import Bolt  # noqa: PLC0415 - an extra

        return Bolt.open(target, schema)
    raise GraphUnavailable(
        f"{target!r} names no graph", hint="write `embedded`, `none`, or an address such as bolt://host:7687"
    )
