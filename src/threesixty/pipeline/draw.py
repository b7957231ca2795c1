"""The graph, kept equal to what the ledger derives: the only thing that writes to it.

`draw` turns what changed after `applied_seq` into one Delta; `rebuild` fills an empty graph. Both paint
from the same pictures, and the Threesixty node, put last, says how much of the ledger the graph shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
from threesixty.pipeline import picture
from threesixty.pipeline.batches import batched
from threesixty.pipeline.spool import sorted_into_tables
from threesixty.pipeline.things import thing_nodes
from threesixty.pipeline.view import View
from threesixty.report import Progress
from threesixty.schema import EdgeKind

Tell = Callable[[Progress], None]
SCHEMA_VERSION = "1"
_CHUNK = 20_000
# Beyond so many changed nodes, filling an empty graph is faster than comparing with the one that is there.
_REBUILD_AT = 200_000


def draw(view: View, graph: Graph, tell: Tell = lambda _: None) -> int:
    """Bring the graph up to the ledger's `resolved_seq`; the number of nodes drawn anew."""
    ledger = view.ledger
    resolved = ledger.reached("resolved_seq")
    applied = graph.applied()
    if applied == resolved:
        return 0
    if applied < ledger.reached("redraw_seq") or applied > resolved:
        return rebuild(view, graph, tell)
    changed = ledger.changed(applied)
    count = sum(map(len, changed.values()))
    if count > _REBUILD_AT:
        return rebuild(view, graph, tell)
    existing = graph.fetch(_ids(view, changed))
    desired = _combined(
        [*(_paint(view, what, numbers) for what, numbers in changed.items()), _marker(view, resolved)]
    )
    graph.apply(difference(existing, desired))
    return count


def rebuild(view: View, graph: Graph, tell: Tell = lambda _: None) -> int:
    """Empty the graph and fill it with everything the ledger derives."""
    if graph.applied() >= 0:
        graph.clear()
    total = view.ledger.counts().customers
    graph.load(*sorted_into_tables(_everything(view, tell, total), view.ledger.path.parent))
    return total


def _everything(view: View, tell: Tell, total: int) -> Iterator[Elements]:
    ledger = view.ledger
    done = 0
    for anchors in batched(ledger.customers(), _CHUNK):
        yield picture.customers(view, anchors)
        done += len(anchors)
        tell(Progress("draw", done, total, "customers"))
    for what, numbers in (
        ("thing", ledger.every_node()),
        ("identifier", ledger.every_identifier()),
        ("household", ledger.every_household()),
        ("alias", sorted(ledger.past_anchors())),
    ):
        for some in batched(numbers, _CHUNK):
            yield _paint(view, what, some)
    yield _marker(view, ledger.reached("resolved_seq"))


def _paint(view: View, what: str, numbers: Sequence[int]) -> Elements:
    match what:
        case "customer":
            return picture.customers(view, numbers)
        case "thing":
            return thing_nodes(view, numbers)
        case "identifier":
            return _combined([picture.identifiers(view, numbers), picture.addresses(view, numbers)])
        case "household":
            return picture.households(view, numbers)
        case "alias":
            return picture.aliases(view, numbers)
        case _:  # Records are painted with their Customer; those that are gone are only taken away.
            return Elements()


def _marker(view: View, seq: int) -> Elements:
    """The node that says how much of the ledger the graph shows."""
    row = ("threesixty", "Threesixty", seq, view.ledger.said_at(seq), SCHEMA_VERSION)
    return Elements({"Threesixty": [row]})


def _ids(view: View, changed: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
    """The node ids, by label, of what changed: those that exist now and those that used to."""
    ledger = view.ledger
    found: dict[str, list[str]] = {}
    customers = changed.get("customer", ())
    found["Customer"] = [customer_id(public) for public in ledger.ids(customers)]
    members = [record for records in ledger.members(customers).values() for record in records]
    records = sorted({*members, *changed.get("record", ())})
    found["Record"] = [record_id(view.secret, name) for name in ledger.names(records)]
    found["Household"] = [household_id(public) for public in ledger.ids(changed.get("household", ()))]
    found["Alias"] = [alias_id(public) for public in ledger.ids(changed.get("alias", ()))]
    found["Identifier"], found["Address"] = [], []
    for identifier in ledger.identifiers(changed.get("identifier", ())).values():
        if identifier.type == "address":
            found["Address"].append(address_id(view.secret, identifier.value))
        else:
            found["Identifier"].append(identifier_id(view.secret, identifier))
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
