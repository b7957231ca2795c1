"""From the project file's word for a graph to the graph itself."""

from __future__ import annotations

from pathlib import Path

from threesixty.errors import GraphUnavailable
from threesixty.graph import Graph
from threesixty.schema import Schema

NEPTUNE = "neptune://"
BOLT = ("bolt://", "bolt+s://", "bolt+ssc://", "neo4j://", "neo4j+s://", "neo4j+ssc://")


def embedded_path(home: Path) -> Path:
    """Where a project keeps its embedded graph."""
    return home / "graph" / "graph.lbug"


def connect(target: str, home: Path, schema: Schema) -> Graph | None:
    """The graph a project names: `embedded`, `none` (which gives None), or an address.

    `neptune://host:8182?region=…` is an Amazon Neptune cluster; `bolt://user:password@host:7687` any
    server that speaks Bolt and openCypher. Raises GraphHeld, GraphDamaged, GraphDenied or GraphUnavailable.
    """
    if target == "none":
        return None
    if target == "embedded":
        from threesixty.graph.ladybug import Ladybug  # noqa: PLC0415 - takes its time to import

        return Ladybug.open(embedded_path(home), schema)
    if target.startswith(BOLT):
        from threesixty.graph.bolt import Bolt  # noqa: PLC0415 - an extra

        return Bolt.open(target, schema)
    if target.startswith(NEPTUNE):
        from threesixty.graph.neptune import Neptune  # noqa: PLC0415 - an extra

        return Neptune.open(target, schema)
    raise GraphUnavailable(
        f"{target!r} names no graph",
        hint="write `embedded`, `none`, or an address such as neptune://host:8182 or bolt://host:7687",
    )
