"""Trust who is who: tests that hold it."""

from __future__ import annotations

from pathlib import Path

from threesixty.customer360.opened import Opened
from threesixty.pipeline import testing
from threesixty.project import cases
from threesixty.report.tested import CaseResults


class Trusting(Opened):
    """Tests of who is who."""

    def test(self, file: Path | None = None, *, records: int = 0) -> CaseResults:
        """Hold the cases of `identity-tests.txt`, or of another file, against who is who.

        People whom a case gives in words are compared as among so many `records`, by default as many as the
        ledger has. Nothing is written. Raises ProjectError with every mistake in the file.
        """
        path = file or self.project.path.parent / cases.FILE
        return testing.run(self.view, path, cases.read(path, self.project.schema), records)
