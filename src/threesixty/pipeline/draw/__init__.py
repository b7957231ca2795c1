"""The graph, kept equal to what the ledger derives: the only thing that writes to it.

`draw` turns what changed after `applied_seq` into one Delta; `rebuild` fills an empty graph. Both paint
from the same pictures, and the Threesixty node, put last, says how much of the ledger the graph shows.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from threesixty.graph import Graph
from threesixty.graph.delta import (
    Elements,
    Row,
    address_id,
    alias_id,
    customer_id,
    difference,
    household_id,
    identifier_id,
    record_id,
)
from threesixty.ledger import REDRAW
from threesixty.pipeline import masters
from threesixty.pipeline.draw.painting import Piece, Task, paint, pieces, tasks
from threesixty.pipeline.draw.spool import Tables, sorted_into_tables
from threesixty.pipeline.view import View
from threesixty.report import Progress, Tell
from threesixty.schema import EdgeKind

K = TypeVar("K")
Numbers = Mapping[str, Sequence[int]]
"""What to draw, by sort: customer, record, thing, identifier, household, alias, master."""

SCHEMA_VERSION = "1"
# Beyond so many changed nodes, filling an empty graph is faster than comparing with the one that is there.
_REBUILD_AT = 200_000


def draw(view: View, graph: Graph, tell: Tell = lambda _: None) -> None:
    """Bring the graph up to the ledger's `resolved_seq`."""
    ledger = view.ledger
    resolved = ledger.reached("resolved_seq")
    applied = graph.applied()
    if outdated(view, applied):
        rebuild(view, graph, tell)
        _remember_how(view)
        return
    if applied == resolved:
        return
    _remember_how(view, first=True)
    changed = _with_expired(view, ledger.changed(applied), applied)
    if sum(map(len, changed.values())) > _REBUILD_AT:
        rebuild(view, graph, tell)
    else:
        _redraw(view, graph, resolved, changed, node_ids(view, changed))


def outdated(view: View, applied: int) -> bool:
    """Whether a graph that shows so much of the ledger has to be filled from the beginning."""
    ledger = view.ledger
    # Flags, trust and rules change what is shown of everybody. A graph that others read is not emptied for
    # it by somebody who only looks: `status` says so, and `reconcile` writes the difference.
    if view.shows_otherwise and ledger.writable and view.project.graph == "embedded":
        return True
    resolved = ledger.reached("resolved_seq")
    return applied != resolved and not ledger.reached(REDRAW) <= applied <= resolved


def _with_expired(view: View, changed: Numbers, applied: int) -> Numbers:
    """What changed, and the things whose windows have gone by since the graph was last drawn."""
    before = view.shown_from_at(applied)
    gone = {
        number
        for kind, since in view.shown_from.items()
        if before[kind] < since
        for number in view.ledger.nodes_between(kind, before[kind], since)
    }
    return {**changed, "thing": sorted({*changed.get("thing", ()), *gone})} if gone else changed


def _remember_how(view: View, *, first: bool = False) -> None:
    """Note by which flags and rules the graph was drawn; `first`: only where none are noted."""
    if view.ledger.writable and not (first and view.ledger.state("drawn_by")):
        view.ledger.set_state("drawn_by", view.fingerprint)


def redraw(view: View, graph: Graph, numbers: Numbers, ids: Mapping[str, Sequence[str]]) -> None:
    """Draw what changed and some numbers besides, whose nodes may have had ids that nothing leads to now.

    That is how a forgotten person leaves a graph: `ids` were asked for (`node_ids`) while they were known.
    """
    resolved = view.ledger.reached("resolved_seq")
    applied = graph.applied()
    changed = _with_expired(view, view.ledger.changed(applied), applied)
    wanted = {what: sorted({*numbers.get(what, ()), *changed.get(what, ())}) for what in {*numbers, *changed}}
    known = node_ids(view, wanted)
    everywhere = {label: [*ids.get(label, ()), *known.get(label, ())] for label in {*ids, *known}}
    _redraw(view, graph, resolved, wanted, everywhere)


def _redraw(view: View, graph: Graph, seq: int, numbers: Numbers, ids: Mapping[str, Sequence[str]]) -> None:
    existing = graph.fetch(ids)
    painted = (part for what, some in numbers.items() for part in paint(view, what, some))
    graph.apply(difference(existing, _combined([*painted, _marker(view, seq)])))


def rebuild(view: View, graph: Graph, tell: Tell = lambda _: None) -> None:
    """Empty the graph and fill it with everything the ledger derives."""
    if graph.applied() >= 0:
        graph.clear()
    nodes, edges = everything(view, tell)
    graph.load(*filling(nodes, edges, tell))


def everything(view: View, tell: Tell = lambda _: None) -> tuple[Tables[str], Tables[EdgeKind]]:
    """Everything the graph should show, by table, the Threesixty node last; on disk until it is read."""
    wanted = tasks(view.ledger)
    nodes, edges = sorted_into_tables(_told(pieces(view, wanted), wanted, tell), view.ledger.path.parent)
    for label, rows in _marker(view, view.ledger.reached("resolved_seq")).nodes.items():
        nodes.add(label, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
    return nodes, edges


def filling(
    nodes: Tables[str], edges: Tables[EdgeKind], tell: Tell
) -> tuple[Iterator[tuple[str, list[Row]]], Iterator[tuple[EdgeKind, list[Row]]]]:
    """All nodes and all edges on their way into a graph, with word of how far they are."""

    def told(tables: Tables[K]) -> Iterator[tuple[K, list[Row]]]:
        for what, rows in tables:
            done = nodes.read_bytes + edges.read_bytes
            tell(Progress("fill the graph", done, nodes.kept_bytes + edges.kept_bytes, "bytes"))
            yield what, rows

    return told(nodes), told(edges)


def _told(painted: Iterable[Piece], wanted: Sequence[Task], tell: Tell) -> Iterator[Piece]:
    """The same pieces, with word of how many nodes they have come to."""
    done, total = 0, sum(len(numbers) for _, numbers in wanted)
    for piece, (_, numbers) in zip(painted, wanted, strict=True):
        done += len(numbers)
        tell(Progress("draw", done, total, "nodes"))
        yield piece


def _marker(view: View, seq: int) -> Elements:
    """The node that says how much of the ledger the graph shows."""
    row = ("threesixty", "Threesixty", seq, view.ledger.said_at(seq), SCHEMA_VERSION)
    return Elements({"Threesixty": [row]})


def node_ids(view: View, changed: Numbers) -> dict[str, list[str]]:
    """The node ids, by label, of some numbers: those that exist now and those that used to."""
    ledger = view.ledger
    found: dict[str, list[str]] = {}
    customers = changed.get("customer", ())
    found["Customer"] = [customer_id(public) for public in ledger.ids(customers)]
    members = [record for records in ledger.members(customers).values() for record in records]
    records = sorted({*members, *changed.get("record", ())})
    found["Record"] = [
        record_id(view.secret, name.source, name.kind, name.key) for name in ledger.names(records)
    ]
    found["Household"] = [household_id(public) for public in ledger.ids(changed.get("household", ()))]
    found["Alias"] = [alias_id(public) for public in ledger.ids(changed.get("alias", ()))]
    found["Alias"] += masters.node_ids(view, changed.get("master", ()))
    found["Identifier"], found["Address"] = [], []
    for identifier in ledger.identifiers(changed.get("identifier", ())).values():
        if identifier.type == "address":
            found["Address"].append(address_id(view.secret, identifier.value))
        else:
            found["Identifier"].append(identifier_id(view.secret, identifier.type, identifier.value))
    for name in ledger.names(changed.get("thing", ())):
        label = view.schema.kinds[name.kind].label
        if label:
            found.setdefault(label, []).append(view.node_id(name))
    return {label: ids for label, ids in found.items() if ids}


def _combined(parts: Iterable[Elements]) -> Elements:
    nodes: dict[str, list[Row]] = {}
    edges: dict[EdgeKind, list[Row]] = {}
    for part in parts:
        for label, rows in part.nodes.items():
            nodes.setdefault(label, []).extend(rows)
        for kind, rows in part.edges.items():
            edges.setdefault(kind, []).extend(rows)
    return Elements(nodes, edges)
