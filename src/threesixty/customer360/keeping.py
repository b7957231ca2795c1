"""Keep: status, exports, rebuilds, backups."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from threesixty.customer360.opened import GONE, Opened, silent
from threesixty.errors import GraphError, GraphUnavailable
from threesixty.graph.connect import embedded_path
from threesixty.ledger.backups import Copy
from threesixty.pipeline import backing, export, status
from threesixty.pipeline.batches import uncollected
from threesixty.pipeline.draw import draw
from threesixty.pipeline.draw.rebuild_into import rebuild_into
from threesixty.pipeline.draw.reconcile import reconcile
from threesixty.pipeline.feed import Because
from threesixty.pipeline.resolve import resolve
from threesixty.report import (
    BackedUp,
    Rebuilt,
    Reconciled,
    Status,
    Tell,
    Verified,
)


class Keeping(Opened):
    """Upkeep."""

    def status(self) -> Status:
        """The state of ledger and graph."""
        applied, name = -1, f"away: {self._graph_away}"
        try:
            graph = self.graph()
            applied, name = graph.applied(), graph.name
        except GraphError as error:
            name = f"away: {error.message}"
        return status.status(self.view, name, applied)

    def export(self, what: str, out: Path, form: str = "") -> int:
        """Write `clusters`, `customers`, `labels` or `graph` as CSV or Parquet; how many rows.

        `form` names a format of the graph's that another engine loads.
        """
        if what == "graph":
            draw(self.view, self.graph())
            return export.graph(self.graph(), self.project.schema, out, form)
        return export.table(self.view, what, out)

    def rebuild(self, *, progress: Tell = silent) -> Status:
        """Compute everything derived anew from the log, and fill a new graph."""
        with uncollected():
            resolve(self.writable, self.weights, progress, anew=True, because=Because("rebuild"))
            self._fresh_graph(progress)
        return self.status()

    def rebuild_into(
        self, address: str, *, emptied: bool = False, switch: bool = False, progress: Tell = silent
    ) -> Rebuilt:
        """Fill another graph from what is derived, and compare the two; the project's own stays.

        `emptied` lets what is in it go; with `switch` the project file names it, if the two are equal.
        """
        with uncollected():
            resolve(self.writable, self.weights, progress)
            return rebuild_into(self._deciding, address, progress, emptied=emptied, switch=switch)

    def reconcile(self, *, dry_run: bool = False, progress: Tell = silent) -> Reconciled:
        """Find where the graph does not say what the ledger does, and write only that."""
        with uncollected():
            return reconcile(self._deciding, self._undrawn(), progress, dry_run=dry_run)

    def backup(self, folder: Path, *, progress: Tell = silent) -> BackedUp:
        """Add a backup of the ledger to a folder while it is in use, and of the embedded graph.

        The first is whole, later ones hold what changed. Raises LedgerError, OutOfSpace.
        """
        there = self.project.graph == "embedded" and embedded_path(self.project.home).exists()
        return backing.backup(self.ledger, folder, self._copied if there else None, progress)

    def _copied(self, target: Path) -> Copy:
        """The graph's file as it is: what it does not show yet is drawn after a restore."""
        if self.view.shows_otherwise:
            raise GraphUnavailable(
                "the project says otherwise by now what it shows", hint="ask it something: it is made anew"
            )
        opened = self._graph is not None
        try:
            return Copy(target, *self._undrawn().copy(target))
        finally:
            if not opened:
                self._let_go_of_graph()

    def restore(self, source: Path | None = None, *, to: str = "", progress: Tell = silent) -> Status:
        """Put a backup in the place of ledger and graph, or let the ledger itself go back.

        `to` is an entry's number, a date or an instant in UTC. The ledger that was there is kept aside;
        forgotten people do not come back. Raises NotFound, LedgerError, LedgerHeld, GraphHeld, OutOfSpace.
        """
        self.close()
        told = backing.restore(self.project, source, to=to, tell=progress)
        try:
            if self.project.graph == "embedded":
                self.graph(progress)
            else:
                self._fresh_graph(progress)
        except GraphError as away:
            told.append(f"the graph is behind: {away.message}")
        self._untold = [one for one in self._untold if one != GONE]  # that it was gone is no news here
        state = self.status()
        return replace(state, notices=(*told, *state.notices))

    def verify(self, seal: str = "") -> Verified:
        """Whether the ledger is as it was written; `seal` is one that was noted elsewhere.

        Reads all of the log.
        """
        return backing.verify(self.ledger, seal)

    def reset(self) -> None:
        """Delete the project's ledger and graph. The source files stay."""
        self.close()
        status.remove(self.project.home)
