"""Certify: what somebody with an AWS account runs once, so that others know what holds on a real cluster.

The doctor, the conformance suite, a list of things that documentation alone cannot answer, and the sample
company with every Question. It writes a report, and takes away everything it wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from threesixty.errors import GraphError, GraphUnavailable
from threesixty.graph.neptune import Neptune
from threesixty.graph.neptune_address import Address
from threesixty.neptune.certify import suite
from threesixty.neptune.certify.before import Plan, look, ours, reach, refuse
from threesixty.neptune.certify.hide import Hide, secrets
from threesixty.neptune.certify.payloads import Payloads
from threesixty.neptune.certify.probes import ALL, Probe, clean, probed
from threesixty.neptune.certify.report import Report, as_json, as_markdown
from threesixty.neptune.doctor import Finding, Visit
from threesixty.neptune.doctor.network import resolve
from threesixty.schema import DEFAULT

__all__ = ["Extent", "Plan", "Report", "certify", "look", "refuse"]

Tell = Callable[[str], None]
PAYLOADS = "payloads.jsonl"
MOST_AWAY = 3
"""So many tests in a row that did not reach the cluster end the suite: each of them waits for it."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is certified: a whole certification unless something says less.

    `tests` chooses tests of the suite as pytest's `-k` does; `customers` is the size of the sample
    company, of `about` so many of whom each Question is asked.
    """

    tests: str = ""
    probes: Sequence[Probe] = ALL
    customers: int = 2_000
    about: int = 10


def certify(
    address: str,
    out: Path,
    extent: Extent | None = None,
    *,
    plan: Plan | None = None,
    delete: bool = False,
    beside: bool = False,
    tell: Tell = lambda _: None,
) -> Report:
    """Certifies a cluster, and writes report.md, report.json and payloads.jsonl to the folder `out`.

    A cluster that holds a Customer 360 is refused unless that may be `delete`d first, and one that holds
    anything else unless this may run `beside` it. `plan` is what `look` has told. Raises GraphError.
    """
    plan = plan or look(address)
    refuse(plan, delete=delete, beside=beside)
    _make(out)
    run = _Run(address, out, extent or Extent(), plan, tell)
    try:
        run.examine()
        run.promise()
        run.probe()
        run.load()
    finally:
        run.end()
    return run.report


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / PAYLOADS).write_text("", "utf-8")
    except OSError as error:
        raise GraphError(
            f"the report cannot be written to {out}: {error.strerror}", hint="--out FOLDER"
        ) from None


class _Run:
    """One certification: its parts, in their order, and the report as far as it has come."""

    def __init__(self, address: str, out: Path, extent: Extent, plan: Plan, tell: Tell) -> None:
        self._address, self._out, self._extent, self._tell = address, out, extent, tell
        self._start = perf_counter()
        self._visit = Visit(address, write=True)
        self._hidden: list[str] = []
        self._hide = Hide(Address.parse(address))
        self.report = Report(
            at=f"{datetime.now(UTC):%Y-%m-%d}",
            threesixty=version("threesixty"),
            engine=plan.engine,
            where=plan.where,
        )

    def examine(self) -> None:
        self._tell("1 of 4: the doctor looks at every hop …")
        found = reach(self._visit)
        self._hidden = [*self._addresses(), *secrets(self._visit.session)]
        self._hide = Hide(self._visit.address, self._hidden)
        self.report = replace(self.report, findings=tuple(self._shown(one) for one in found))

    def _addresses(self) -> list[str]:
        """Addresses of the cluster's machines, but for this machine's own."""
        found = list(self._visit.addresses)
        if self._visit.address.reader:
            name = self._visit.address.reader.partition(":")[0]
            found += resolve(name, self._visit.address.port)[1]
        return [one for one in found if not one.startswith(("127.", "::1"))]

    def _shown(self, finding: Finding) -> Finding:
        return replace(finding, what=self._hide(finding.what), hint=self._hide(finding.hint))

    def promise(self) -> None:
        self._tell("2 of 4: the conformance suite …")
        away = 0
        for one in suite.run(self._address, self._out, self._hidden, self._hide, self._extent.tests):
            self._tell(f"{one.outcome}: {one.name}")
            self.report = replace(self.report, promises=(*self.report.promises, one))
            away = away + 1 if GraphUnavailable.__name__ in one.said else 0
            if away == MOST_AWAY:
                raise GraphUnavailable(
                    "the cluster has gone away in the middle of the suite",
                    hint="`threesixty neptune doctor` names the hop; then certify it again",
                )

    def probe(self) -> None:
        self._tell("3 of 4: what documentation alone does not answer …")
        with Payloads(self._out / PAYLOADS, self._hide).recording():
            for one in self._extent.probes:
                found = probed(one, self._visit)
                self._tell(f"{found.verdict}: {found.question}")
                hidden = replace(found, seen=self._hide(found.seen))
                self.report = replace(self.report, probes=(*self.report.probes, hidden))

    def load(self) -> None:
        from threesixty.neptune.certify.company import certify_company  # noqa: PLC0415 - pytest, an extra

        customers, about = self._extent.customers, self._extent.about
        self._tell(f"4 of 4: the sample company of {customers:,} people is loaded and asked …")
        with Payloads(self._out / PAYLOADS, self._hide).recording():
            self.report = replace(self.report, company=certify_company(self._address, customers, about))

    def end(self) -> None:
        """Takes away what was written, and writes the report, however far it has come."""
        self._tell("What was written is taken away …")
        left = self._cleaned()
        self._visit.close()
        self.report = replace(
            self.report,
            left_behind=left,
            minutes=(perf_counter() - self._start) / 60,
            payloads=_lines(self._out / PAYLOADS),
        )
        _write(self.report, self._out, self._hide)

    def _cleaned(self) -> int | None:
        """How many nodes of ours are left when all were taken away; None where that cannot be seen."""
        try:
            if self._visit.session:
                clean(self._visit)
            with closing(Neptune.open(self._address, DEFAULT)) as graph:
                graph.clear()
                return sum(ours(graph).values())
        except GraphError:
            return None


def _write(report: Report, out: Path, hide: Hide) -> None:
    """Writes the report; nothing of the account may be in it or in what was recorded."""
    for name in (PAYLOADS, suite.OUTCOMES, suite.SAID):
        path = out / name
        if path.exists():
            path.write_text(hide(path.read_text("utf-8", "replace")), "utf-8")
    (out / "report.json").write_text(hide(as_json(report)), "utf-8")
    (out / "report.md").write_text(as_markdown(report), "utf-8")


def _lines(path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        return sum(1 for _ in file)
