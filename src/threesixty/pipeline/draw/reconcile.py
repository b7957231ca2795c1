"""What a graph holds against what the ledger says of it, and nothing written but the differences.

Somebody may have written to the graph behind our back, or it may be an older copy. Labels and edge types
that are not of the project's schema are neither read nor written; of a node or edge that is, only the
properties of the schema.
"""

from __future__ import annotations

import pickle
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from threesixty.graph import Graph, batches
from threesixty.graph.delta import Delta, Row
from threesixty.graph.fold import BOOKKEEPING, Table, row_columns, table_name
from threesixty.graph.seen import Seen
from threesixty.pipeline.batches import batched
from threesixty.pipeline.draw import everything
from threesixty.pipeline.draw.differ import Difference, differences
from threesixty.pipeline.draw.spool import Tables
from threesixty.pipeline.view import View
from threesixty.record import Scalar
from threesixty.report import Drift, Progress, Reconciled, Tell
from threesixty.schema import EdgeKind

BATCH = 5_000  # rows of one Delta
EXAMPLES = 3


def reconcile(view: View, graph: Graph, tell: Tell = lambda _: None, *, dry_run: bool = False) -> Reconciled:
    """Find missing, extra and different nodes and edges, and put the graph right unless it is a dry run.

    Both sides are kept on disk and compared part by part, so that memory is bounded. Nothing is written
    before all of the graph was read.
    """
    folder = view.ledger.path.parent
    nodes, edges = everything(view, tell)
    seen = Seen()
    wanted = _kept(chain(batches.new_nodes(nodes, seen), batches.new_edges(edges, seen)), folder)
    present = _kept(_told(graph.export(), tell), folder)
    mending = _Mending(None if dry_run else graph, folder)
    # The Threesixty node last: it says that all the rest is there.
    labels = [label for label in view.schema.nodes if label != BOOKKEEPING]
    tables: list[Table] = [*labels, *view.schema.edges, BOOKKEEPING]
    for what in tables:
        size = wanted.size(what) + present.size(what)
        keys = 2 if isinstance(what, EdgeKind) else 1
        rows = mending.noted(what, wanted.read(what))
        columns = row_columns(view.schema, what)
        found = differences(rows, present.read(what), columns, keys=keys, size=size, folder=folder)
        mending.take(what, found)
    mending.put()
    if not dry_run:
        view.ledger.set_state("drawn_by", view.fingerprint)
    return Reconciled(tuple(mending.drifts), dry_run)


def _kept(found: Iterable[tuple[Table, list[Row]]], folder: Path) -> Tables[Table]:
    """Rows by table, on disk."""
    tables: Tables[Table] = Tables(folder)
    for what, rows in found:
        tables.add(what, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
    return tables


def _told(found: Iterable[tuple[Table, list[Row]]], tell: Tell) -> Iterator[tuple[Table, list[Row]]]:
    count = 0
    for what, rows in found:
        count += len(rows)
        tell(Progress("read the graph", count, 0, "rows"))
        yield what, rows


class _Mending:
    """Takes what is too much at once, and puts what is wanting when all of that is gone.

    Ids may be unique among all labels, so that a node has to go before its right one can come.
    """

    def __init__(self, graph: Graph | None, folder: Path) -> None:
        self.drifts: list[Drift] = []
        self._graph = graph
        self._puts: Tables[Table] = Tables(folder)
        self._anew: set[Scalar] = set()

    def noted(self, what: Table, wanted: Iterable[list[Row]]) -> Iterator[list[Row]]:
        """The wanted rows; edges of nodes that were there twice are put again, for they went with them."""
        for rows in wanted:
            if isinstance(what, EdgeKind) and self._anew:
                self._keep(what, [row for row in rows if not self._anew.isdisjoint(row[:2])])
            yield rows

    def take(self, what: Table, found: Iterable[Difference]) -> None:
        """Take what is too much in one table, remember what to put, and count."""
        counts: Counter[str] = Counter()
        examples: dict[str, list[str]] = defaultdict(list)
        for some in batched(found, BATCH):
            for difference in some:
                counts[difference.what] += 1
                if len(examples[difference.what]) < EXAMPLES:
                    examples[difference.what].append(_named(what, difference.row))
            self._keep(what, [d.row for d in some if d.what in ("missing", "different", "twice")])
            self._take(what, [d.row for d in some if d.what in ("extra", "twice")])
            if not isinstance(what, EdgeKind):
                self._anew.update(d.row[0] for d in some if d.what == "twice")
        if counts:
            shown = {kind: tuple(names) for kind, names in examples.items()}
            self.drifts.append(Drift(table_name(what), **counts, examples=shown))

    def put(self) -> None:
        """Put what is wanting, in the order in which the tables were compared."""
        for what, rows in self._puts:
            if self._graph and isinstance(what, EdgeKind):
                self._graph.apply(Delta(put_edges={what: rows}))
            elif self._graph:
                self._graph.apply(Delta(put_nodes={str(what): rows}))

    def _keep(self, what: Table, rows: Sequence[Row]) -> None:
        if rows:
            self._puts.add(what, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))

    def _take(self, what: Table, rows: Sequence[Row]) -> None:
        if not (rows and self._graph):
            return
        if isinstance(what, EdgeKind):
            self._graph.apply(Delta(take_edges={what: [(str(row[0]), str(row[1])) for row in rows]}))
        else:
            self._graph.apply(Delta(take_nodes={what: [str(row[0]) for row in rows]}))


def _named(what: Table, row: Row) -> str:
    return f"{row[0]} -> {row[1]}" if isinstance(what, EdgeKind) else str(row[0])
