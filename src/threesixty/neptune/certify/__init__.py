"""Certify: what somebody with an AWS account runs once, so that others know what holds on a real cluster.

The doctor, the conformance suite, a list of things that documentation alone cannot answer, and the sample
company with every Question. It writes a report, and takes away everything it wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from threesixty.errors import GraphError, GraphUnavailable
from threesixty.graph import cypher
from threesixty.graph.neptune import Neptune
from threesixty.graph.neptune_address import Address
from threesixty.neptune.certify import suite
from threesixty.neptune.certify.company import certify_company
from threesixty.neptune.certify.hide import Hide
from threesixty.neptune.certify.payloads import Payloads
from threesixty.neptune.certify.probes import ALL, Probe, probed
from threesixty.neptune.certify.report import Probed, Promise, Report, as_json, as_markdown
from threesixty.neptune.doctor import Finding, Visit, examine_cluster
from threesixty.schema import DEFAULT

__all__ = ["Extent", "Report", "certify", "ours"]

Tell = Callable[[str], None]
PAYLOADS = "payloads.jsonl"


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


def ours(address: str) -> dict[str, int]:
    """How many nodes a cluster holds of each label of ours it has any of."""
    graph = Neptune.open(address, DEFAULT)
    try:
        return _counted(graph)
    finally:
        graph.close()


def _counted(graph: Neptune) -> dict[str, int]:
    found = {}
    for label in DEFAULT.nodes:
        [row] = graph.cluster.read(cypher.count_nodes(label), {}, fresh=True)
        found[label] = int(row["found"])
    return {label: count for label, count in found.items() if count}


def certify(
    address: str,
    out: Path,
    extent: Extent | None = None,
    *,
    delete: bool = False,
    tell: Tell = lambda _: None,
) -> Report:
    """Certifies a cluster, and writes report.md, report.json and payloads.jsonl to the folder `out`.

    A cluster that holds a graph is refused, unless told to `delete` it first. Raises GraphError.
    """
    extent = extent or Extent()
    out.mkdir(parents=True, exist_ok=True)
    (out / PAYLOADS).write_text("", "utf-8")
    start, visit = perf_counter(), Visit(address, write=True)
    tell("The doctor looks at every hop …")
    findings = _examined(visit)
    _require_empty(address, delete=delete)
    # From here on everything of ours in the cluster is known to be nobody's.
    hide = Hide(Address.parse(address), _addresses(visit))
    report = _blank(visit, tuple(_hidden(one, hide) for one in findings))
    try:
        promises = tuple(_promises(address, out, hide, extent.tests, tell))
        report = replace(report, promises=promises)
        with Payloads(out / PAYLOADS, hide).recording():
            report = replace(report, probes=tuple(_probed(visit, extent.probes, hide, tell)))
            tell(f"The sample company of {extent.customers:,} people is loaded and asked …")
            report = replace(report, company=certify_company(address, extent.customers, extent.about))
    finally:
        tell("What was written is taken away …")
        report = replace(report, left_behind=_cleaned(address), minutes=(perf_counter() - start) / 60)
        visit.close()
        report = replace(report, payloads=_lines(out / PAYLOADS))
        _write(report, out, hide)
    return report


def _examined(visit: Visit) -> list[Finding]:
    found = list(examine_cluster(visit))
    if broken := next((one for one in found if one.state == "failed"), None):
        visit.close()
        raise GraphUnavailable(f"it fails at {broken.hop}: {broken.what}", hint=broken.hint)
    return found


def _require_empty(address: str, *, delete: bool) -> None:
    held = ours(address)
    if held and not delete:
        named = ", ".join(f"{count:,} {label}" for label, count in held.items())
        raise GraphError(
            f"the cluster holds a graph ({named}), and a certification would delete it",
            hint="give a cluster without one; --yes deletes these nodes first",
        )


def _promises(address: str, out: Path, hide: Hide, tests: str, tell: Tell) -> Iterator[Promise]:
    for one in suite.run(address, out, hide, tests):
        tell(f"{one.outcome}: {one.name}")
        yield one


def _probed(visit: Visit, probes: Sequence[Probe], hide: Hide, tell: Tell) -> Iterator[Probed]:
    for one in probes:
        found = probed(one, visit)
        tell(f"{found.verdict}: {found.question}")
        yield replace(found, seen=hide(found.seen))


def _cleaned(address: str) -> int:
    """Takes everything of ours away, and counts what is left."""
    graph = Neptune.open(address, DEFAULT)
    try:
        graph.clear()
        return sum(_counted(graph).values())
    finally:
        graph.close()


# --- the report ----------------------------------------------------------------------------------------


def _blank(visit: Visit, findings: tuple[Finding, ...]) -> Report:
    is_local = visit.address.host in ("localhost", "127.0.0.1", "::1")
    return Report(
        at=f"{datetime.now(UTC):%Y-%m-%d}",
        threesixty=version("threesixty"),
        engine=str(visit.status.get("dbEngineVersion", "")),
        where="the emulator" if is_local else "Amazon Neptune",
        findings=findings,
    )


def _hidden(finding: Finding, hide: Hide) -> Finding:
    return replace(finding, what=hide(finding.what), hint=hide(finding.hint))


def _write(report: Report, out: Path, hide: Hide) -> None:
    """Writes the report; nothing of the account may be in it or in what was recorded."""
    for name in (PAYLOADS, suite.OUTCOMES, suite.SAID):
        path = out / name
        if path.exists():
            path.write_text(hide(path.read_text("utf-8", "replace")), "utf-8")
    for name, text in (("report.json", as_json(report)), ("report.md", as_markdown(report))):
        (out / name).write_text(hide(text), "utf-8")


def _addresses(visit: Visit) -> list[str]:
    return [one for one in visit.addresses if not one.startswith(("127.", "::1"))]


def _lines(path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        return sum(1 for _ in file)
