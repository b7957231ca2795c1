"""Keep: status, exports, rebuilds, backups."""

from __future__ import annotations

from pathlib import Path

from threesixty.customer360.opened import Opened, Tell, silent
from threesixty.errors import GraphError
from threesixty.ledger import Ledger
from threesixty.pipeline import export, status
from threesixty.pipeline.batches import uncollected
from threesixty.pipeline.draw import draw
from threesixty.pipeline.rebuild_into import rebuild_into
from threesixty.pipeline.reconcile import reconcile
from threesixty.pipeline.resolve import resolve
from threesixty.report import (
    Rebuilt,
    Reconciled,
    Status,
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
        return status.status(self.view, self.project, name, applied)

    def export(self, what: str, out: Path, form: str = "") -> int:
        """Write `clusters`, `customers` or `graph` as CSV or Parquet; how many rows.

        `form` names a format of the graph's that another engine loads.
        """
        if what == "graph":
            draw(self.view, self.graph())
            return export.graph(self.graph(), self.project.schema, out, form)
        return export.table(self.view, what, out)

    def rebuild(self, *, progress: Tell = silent) -> Status:
        """Compute everything derived anew from the log, and fill a new graph."""
        with uncollected():
            resolve(self.writable, self.weights, progress, anew=True)
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

    def backup(self, path: Path) -> int:
        """A copy of the ledger, taken while it is in use, and its size in bytes; the graph needs none."""
        return self.ledger.backup(path)

    def restore(self, path: Path) -> Status:
        """Put a backup in the ledger's place; the ledger that was there is kept aside."""
        home = self.project.home
        self.close()
        Ledger.restore(path, home / "ledger.db")
        self._fresh_graph()
        return self.status()

    def reset(self) -> None:
        """Delete the project's ledger and graph. The source files stay."""
        self.close()
        status.remove(self.project.home)
