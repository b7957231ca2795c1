"""Bring records in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from threesixty import sources
from threesixty.customer360.opened import Opened, silent
from threesixty.pipeline import load, put, remap
from threesixty.pipeline.batches import uncollected
from threesixty.pipeline.load.intake import Accept
from threesixty.pipeline.resolve import Resolution, resolve
from threesixty.report import HeldReject, Loaded, Tell
from threesixty.report.remapped import Remapped


class Loading(Opened):
    """Records in."""

    def load(
        self,
        *names: str,
        only: Collection[str] | None = None,
        dry_run: bool = False,
        accept_shrink: bool = False,
        accept_change: bool = False,
        progress: Tell = silent,
    ) -> Loaded:
        """Load sources (all when none is named), resolve, draw; what changed, in figures and words.

        Loading the same files again changes nothing. A dry run does it all and takes it all back. With
        `only`, files and tables whose place is not among these wait.
        Raises SourceError, SnapshotShrank or ContractBroken when all other sources are loaded: its `.loaded`
        tells of them. Raises NotFound, LedgerHeld, OutOfSpace.
        """
        with uncollected():
            loaded, stopped = load.load_sources(
                self.writable, self.project, self.weights, names, progress, only=only,
                accept=Accept(shrink=accept_shrink, change=accept_change), dry_run=dry_run,
            )  # fmt: skip
            notices = () if dry_run else self._drawn(progress)
            if not (dry_run or notices):
                load.tidy(self.ledger)
        loaded = replace(loaded, notices=loaded.notices + notices)
        if stopped:
            raise load.one_of(stopped, loaded)
        return loaded

    def remap(self, *names: str, dry_run: bool = False, progress: Tell = silent) -> Remapped:
        """Map what was loaded anew, from the rows in the ledger; no file is read. Resolve, draw.

        Needed after the project file changed, where `load` does not come first. A dry run tells what would
        change and takes it all back. Raises NotFound, LedgerHeld, OutOfSpace.
        """
        with uncollected():
            wanted = load.chosen(self.project, names)
            told = remap.remap_sources(
                self.writable, self.project, self.weights, wanted, progress, dry_run=dry_run
            )
            notices = () if dry_run else self._drawn(progress)
            if not (dry_run or notices):
                load.tidy(self.ledger)
        return replace(told, notices=told.notices + notices)

    def put(self, source: str, rows: Sequence[Mapping[str, str]]) -> Resolution:
        """Rows given by a program instead of a file, through the mapping of a source; resolved and drawn.

        Raises SourceError when a row is rejected: a program can mend what a file cannot.
        """
        with uncollected():
            with self.writable.writing():
                put.put(self.ledger, self.project, source, rows)
                resolution = resolve(self.ledger, self.weights)
            self._drawn(silent)
        return resolution

    def refresh(self, *, progress: Tell = silent) -> Resolution:
        """Resolve and draw whatever the ledger holds that has not been yet."""
        resolution = resolve(self.writable, self.weights, progress)
        self._drawn(progress)
        return resolution

    def check(self, preview: int = 3) -> dict[str, sources.Batch]:
        """The first rows of every source as they would be loaded; raises SourceError."""
        return {
            source.name: sources.preview(self.project, source, preview) for source in self.project.sources
        }

    def rejects(self, source: str | None = None) -> tuple[HeldReject, ...]:
        """Rows that could not become Records, with the reason."""
        return tuple(self.ledger.rejects(source or ""))

    def mend(
        self, number: int, values: Mapping[str, str], *, dry_run: bool = False
    ) -> Mapping[str, str | None]:
        """Correct columns of a rejected row and take it in: it leaves the rejects, and is given back.

        Raises NotFound without that row or column, SourceError when it still is no Record.
        """
        if dry_run:
            return put.mended(self.ledger, self.project, number, values)
        row = put.mend(self.writable, self.project, number, values)
        self.refresh()
        return row

    def replay(self, numbers: Sequence[int] = ()) -> dict[int, str]:
        """Try rejected rows again as they are, all where none is named; why those that stay are rejected."""
        still = put.replay(self.writable, self.project, numbers)
        self.refresh()
        return still

    def drop_reject(self, number: int) -> None:
        """Forget a rejected row."""
        self.writable.drop_reject(number)
