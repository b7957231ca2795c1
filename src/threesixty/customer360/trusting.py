"""Trust who is who: tests that hold it, and what waits for somebody to say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from threesixty.customer360.opened import Opened, silent
from threesixty.pipeline import health, how, lookup, review, testing, whatif
from threesixty.pipeline.batches import uncollected
from threesixty.pipeline.view import View
from threesixty.project import cases
from threesixty.report import Tell
from threesixty.report.doubts import Doubts, Label
from threesixty.report.health import Health
from threesixty.report.how import How
from threesixty.report.tested import CaseResults
from threesixty.report.whatif import WhatIf, WhatIfRow


class Trusting(Opened):
    """Whether to trust who is who."""

    def test(self, file: Path | None = None, *, records: int = 0) -> CaseResults:
        """Hold the cases of `identity-tests.txt`, or of another file, against who is who.

        People whom a case gives in words are compared as among so many `records`, by default as many as the
        ledger has. Nothing is written. Raises ProjectError with every mistake in the file.
        """
        path = file or self.project.path.parent / cases.FILE
        return testing.run(self.view, path, cases.read(path, self.project.schema), records)

    def review(self, limit: int = 20, *, skip: Collection[tuple[str, str]] = ()) -> Doubts:
        """What somebody should look at: doubts by how open they are and how much depends on them.

        `skip` holds the names of the two Records of doubts that were looked at already.
        """
        return review.queue(self.view, limit, skip)

    def how(self, key: str) -> How:
        """How a customer came together step by step, its weakest step, and what would break it."""
        view = self.view
        return how.how(view, lookup.customer(view, key))

    def what_if(
        self,
        *,
        rules: Mapping[str, float] | None = None,
        bits: Mapping[str, float] | None = None,
        limit: int | None = None,
        progress: Tell = silent,
    ) -> WhatIf:
        """Which customers would merge, split, or keep their id under other rules or weights. Writes nothing.

        `rules` such as threshold or bridge_bits, `bits` of a verdict such as email.same. With `limit` only so
        many regroupings of each sort are told by name. Raises NotFound, QuestionError.
        """
        with uncollected():
            return whatif.what_if(self.view, rules or {}, bits or {}, progress, limit)

    def what_if_rows(self, source: str, rows: Sequence[Mapping[str, str]]) -> WhatIfRow:
        """Which customers would be others if a source delivered these rows. Takes it all back.

        Raises NotFound, LedgerHeld, and SourceError when a row is rejected.
        """
        view = View.of(self.writable, self.project, self.weights)
        return whatif.what_if_rows(view, source, rows)

    def health(self, *, canaries: int = 600, seed: int = 360, progress: Tell = silent) -> Health:
        """How sound who is who is, without labels; with so many canaries, 0 for none. Writes nothing.

        What is large is sampled, by `seed` always the same, and `sampled` says so.
        """
        with uncollected():
            return health.health(self.view, progress, birds=canaries, seed=seed)

    def labels(self) -> tuple[Label, ...]:
        """Every pair of Records that people decided, as labels to learn from."""
        return review.labels(self.view)
