"""Everything the graph should show, made piece by piece; on all cores when there is much of it."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from threesixty.graph.delta import Elements
from threesixty.identity.weights import Weights
from threesixty.ledger import Ledger
from threesixty.pipeline import masters
from threesixty.pipeline.batches import batched
from threesixty.pipeline.draw import picture
from threesixty.pipeline.elsewhere import elsewhere
from threesixty.pipeline.things import thing_nodes
from threesixty.pipeline.view import View
from threesixty.project import Project
from threesixty.schema import EdgeKind

Task = tuple[str, list[int]]
Piece = tuple[list[tuple[str, bytes]], list[tuple[EdgeKind, bytes]]]
"""Pickled rows by table, of nodes and of edges."""

_CHUNK = 10_000
# Customers of one piece may be named by so many things and events together: few of them are named by most.
_MENTIONS = 100_000
# Below so many nodes, starting more processes takes longer than they save.
_MANY = 40_000
_MOST_WORKERS = 4


def paint(view: View, what: str, numbers: Sequence[int]) -> Iterator[Elements]:
    """The nodes of some numbers, with the edges that start at them."""
    match what:
        case "customer":
            yield picture.customers(view, numbers)
        case "thing":
            yield thing_nodes(view, numbers)
        case "identifier":
            yield picture.identifiers(view, numbers)
            yield picture.addresses(view, numbers)
        case "household":
            yield picture.households(view, numbers)
        case "alias":
            yield picture.aliases(view, numbers)
        case "master":
            yield masters.nodes(view, numbers)
        case _:  # Records are painted with their Customer; those that are gone are only taken away.
            return


def tasks(ledger: Ledger) -> list[Task]:
    """Everything there is to paint, customers first."""
    customers = by_weight(ledger.customers(), dict(ledger.heaviest()))
    everything = {
        "thing": ledger.every_node(),
        "identifier": ledger.every_identifier(),
        "household": ledger.every_household(),
        "alias": sorted(ledger.past_anchors()),
        "master": sorted({*ledger.every_master(), *ledger.borne_before()}),
    }
    rest = [(what, some) for what, numbers in everything.items() for some in batched(numbers, _CHUNK)]
    return [*(("customer", some) for some in customers), *rest]


def by_weight(customers: Iterable[int], named: Mapping[int, int]) -> Iterator[list[int]]:
    """Customers in lists that cost about the same to paint; `named` says how often each of them is named."""
    some, together = list[int](), 0
    for customer in customers:
        some.append(customer)
        together += named.get(customer, 0)
        if together >= _MENTIONS or len(some) == _CHUNK:
            yield some
            some, together = [], 0
    if some:
        yield some


def pieces(view: View, wanted: Sequence[Task]) -> Iterator[Piece]:
    """One piece for each task, in their order."""
    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    if sum(len(numbers) for _, numbers in wanted) < _MANY or workers == 1:
        yield from (_piece(view, task) for task in wanted)
        return
    path, project, weights = view.ledger.path, view.project, view.weights
    running = [elsewhere(painted, path, project, weights, wanted[n::workers]) for n in range(workers)]
    for place in range(len(wanted)):
        yield next(running[place % workers])


def painted(ledger: Path, project: Project, weights: Weights, wanted: Sequence[Task]) -> Iterator[Piece]:
    """Pieces for some tasks, painted by another process from the same ledger."""
    with Ledger.open(ledger, write=False, given_by=project.public_ids) as opened:
        view = View.of(opened, project, weights)
        yield from (_piece(view, task) for task in wanted)


def _piece(view: View, task: Task) -> Piece:
    nodes: list[tuple[str, bytes]] = []
    edges: list[tuple[EdgeKind, bytes]] = []
    for part in paint(view, *task):
        nodes += [(label, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL)) for label, rows in part.nodes.items()]
        edges += [(kind, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL)) for kind, rows in part.edges.items()]
    return nodes, edges
