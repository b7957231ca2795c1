"""Decide who is who, and forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from threesixty.customer360.opened import Opened, silent, whoever
from threesixty.graph import files
from threesixty.graph.connect import embedded_path
from threesixty.pipeline import backing, cut, decide, decisions, forget, lookup, parting, pin
from threesixty.report import Decided, ForgetReport
from threesixty.report.actions import Action
from threesixty.report.parting import Parting


class Deciding(Opened):
    """What people say of who is who, and of values."""

    def merge(self, a: str, b: str, *, why: str = "", by: str = "", dry_run: bool = False) -> Decided:
        """Hold two customers together for ever, or until undone. Raises DecisionRefused."""
        view, (one, other) = self._deciding, self._two(a, b)
        decided = decide.merge(view, one, other, by=whoever(by), why=why, dry_run=dry_run)
        return self._then_drawn(decided)

    def split(
        self, customer: str, *records: str, why: str = "", by: str = "", dry_run: bool = False
    ) -> Decided:
        """Part Records from a customer for ever, or until undone. Raises DecisionRefused.

        They are named by their sources' keys ("crm/17"), by their own ids, or by what they carry.
        """
        view = self._deciding
        anchor = lookup.customer(view, customer)
        leaving = self._leaving(anchor, records)
        decided = decide.split(view, anchor, leaving, by=whoever(by), why=why, dry_run=dry_run)
        return self._then_drawn(decided)

    def parting(self, customer: str, *records: str) -> Parting:
        """What a split would make of a customer, half by half, before anything is written.

        Without Records it proposes who leaves: at the cut that costs fewest bits for each Record of the
        smaller half, and that parts nothing said to be the same. Raises DecisionRefused, LedgerHeld.
        """
        view = self._deciding
        anchor = lookup.customer(view, customer)
        leaving = self._leaving(anchor, records)
        return parting.preview(view, anchor, leaving or cut.proposed(view, anchor))

    def _leaving(self, anchor: int, records: Sequence[str]) -> list[int]:
        found = [no for one in records for no in lookup.records_of(self.view, anchor, one)]
        return list(dict.fromkeys(found))

    def same(self, a: str, b: str, *, why: str = "", by: str = "", dry_run: bool = False) -> Decided:
        """Say that two Records are one customer's, for ever or until undone. Raises DecisionRefused."""
        view, (one, other) = self._deciding, self._two(a, b)
        decided = decide.same(view, one, other, by=whoever(by), why=why, dry_run=dry_run)
        return self._then_drawn(decided)

    def different(self, a: str, b: str, *, why: str = "", by: str = "", dry_run: bool = False) -> Decided:
        """Say that two Records are two customers', for ever or until undone. Raises DecisionRefused.

        Where they are one, it is parted where it holds least between the two; where they are two, each Record
        of the one is said to be different from each of the other.
        """
        view, (one, other) = self._deciding, self._two(a, b)
        decided = decide.different(view, one, other, by=whoever(by), why=why, dry_run=dry_run)
        return self._then_drawn(decided)

    def _two(self, a: str, b: str) -> tuple[int, int]:
        return lookup.record(self.view, a), lookup.record(self.view, b)

    def pin(
        self, key: str, name: str, value: str, *, why: str = "", by: str = "", dry_run: bool = False
    ) -> Decided:
        """Let a value win over every source, until undone; '' pins that there is none.

        It is kept with the Record that the key names, else with the one that gives the customer its id,
        and goes where that Record goes. Raises DecisionRefused.
        """
        view, who = self._deciding, whoever(by)
        number = lookup.record(view, key)
        return self._then_drawn(pin.pin(view, number, name, value, by=who, why=why, dry_run=dry_run))

    def undo(self, action: int | None = None, *, by: str = "", dry_run: bool = False) -> Decided:
        """Withdraw a merge, split or pin, the last one unless another is named. Raises DecisionRefused."""
        return self._then_drawn(decide.undo(self._deciding, action, by=whoever(by), dry_run=dry_run))

    def _then_drawn(self, decided: Decided) -> Decided:
        if not decided.dry_run:
            self._drawn(silent)
        return decided

    def decisions(self, key: str = "", *, limit: int = 20) -> tuple[Action, ...]:
        """The last merges, splits and pins, newest first, undone ones too; or all about one customer."""
        view = self.view
        anchor = lookup.customer(view, key) if key else None
        return decisions.decisions(view, anchor, limit)

    def forget(self, key: str, *, by: str = "", dry_run: bool = False) -> ForgetReport:
        """Delete everything a customer's Records say, for good, in ledger and graph.

        The report's `notices` name the ledger that a restore left, which still holds the person.
        """
        report = self._forget(key, by=whoever(by), dry_run=dry_run)
        return replace(report, notices=backing.still_there(self.project))

    def _forget(self, key: str, *, by: str, dry_run: bool) -> ForgetReport:
        view = self._deciding
        anchor = lookup.customer(view, key)
        if dry_run:
            return forget.forget(view, anchor, by=by, dry_run=True)
        backing.remove_leftovers(self.project)
        if self.project.graph == "embedded":
            report = forget.forget(view, anchor, by=by, dry_run=False)
            self._fresh_graph()
            return report
        files.remove(embedded_path(self.project.home))  # of a time when the project had one
        if self.project.graph == "none":
            return forget.forget(view, anchor, by=by, dry_run=False)
        report, away = forget.forget_everywhere(view, self.graph, anchor, by=by)
        self._untold += [f"the graph still shows the person: {away}"] if away else []
        return report
