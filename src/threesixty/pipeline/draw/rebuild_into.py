"""Another graph filled from the ledger, and compared with it before anybody relies on it."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from threesixty.errors import GraphError
from threesixty.graph import Graph, batches, cypher
from threesixty.graph.fold import Folding, folded
from threesixty.graph.seen import Seen
from threesixty.pipeline import opening
from threesixty.pipeline.draw import everything, filling
from threesixty.pipeline.view import View
from threesixty.project import switch_graph
from threesixty.report import Rebuilt, Tell
from threesixty.schema import Schema

COUNT_SECONDS = 600.0


def rebuild_into(
    view: View, target: str, tell: Tell = lambda _: None, *, emptied: bool = False, switch: bool = False
) -> Rebuilt:
    """Fill the graph that `target` names with everything the ledger derives, and compare the two.

    Where it holds nodes of the schema's labels already, `emptied` says that they may go. With `switch`
    the project file names this graph from now on, if the two are equal. Raises GraphError, ProjectError.
    """
    if target == view.project.graph:
        raise GraphError(
            f"{shown(target)} is the project's graph already", hint="`threesixty rebuild` fills it anew"
        )
    graph, _ = opening.graph(view.project, target)
    try:
        there = nodes_in(graph, view.schema)
        if there and not emptied:
            raise GraphError(
                f"{shown(target)} holds {there:,} nodes of this project's labels",
                hint="name an empty graph, or say --yes: they are taken away, and drawn from this ledger",
            )
        rebuilt = _filled(view, graph, shown(target), tell)
    finally:
        graph.close()
    if switch and not rebuilt.differing:
        switch_graph(view.project.path, target)
        return replace(rebuilt, switched=True)
    return rebuilt


def nodes_in(graph: Graph, schema: Schema) -> int:
    """How many nodes of the schema's labels a graph holds."""
    counts = (
        graph.ask(cypher.count_nodes(label), {}, seconds=COUNT_SECONDS, scan=True) for label in schema.nodes
    )
    return sum(int(row["found"] or 0) for rows in counts for row in rows)


def shown(target: str) -> str:
    """An address without the user and the password that may stand in it."""
    return re.sub(r"^((?:bolt|neo4j)[+a-z]*://).*@", r"\1", target)


def _filled(view: View, graph: Graph, name: str, tell: Tell) -> Rebuilt:
    began = time.monotonic()
    nodes, edges = everything(view, tell)
    seen, folding = Seen(), Folding(view.schema)
    all_nodes, all_edges = filling(nodes, edges, tell)
    # What a load leaves out is left out of the comparison too.
    graph.load(
        folding.watch(batches.new_nodes(all_nodes, seen)), folding.watch(batches.new_edges(all_edges, seen))
    )
    said, there = folding.fold, folded(view.schema, graph.export())
    return Rebuilt(name, said.rows, said.hash, said.differing(there), time.monotonic() - began)
