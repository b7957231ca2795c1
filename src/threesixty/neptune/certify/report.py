"""What was seen on a cluster: plain values, and the pages made of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from threesixty.neptune.doctor import Finding

EMULATOR, NEPTUNE, UNKNOWN = "the emulator", "Amazon Neptune", "a cluster of unknown make"
Verdict = Literal["as documented", "otherwise", "seen", "not asked"]


@dataclass(frozen=True, slots=True)
class Probed:
    """One thing to check on a real cluster: what AWS documents ('' where it is silent), and what was seen."""

    name: str
    question: str
    documented: str
    source: str
    seen: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Promise:
    """One test of the conformance suite: passed, failed or skipped; what it said when it failed."""

    name: str
    outcome: str
    seconds: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """A Question about the sample company: whether the answer is that of the embedded graph; how fast."""

    question: str
    rows: int
    equal: bool
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Company:
    """The sample company on the cluster. Requests, rows and bytes are what Neptune bills."""

    customers: int
    nodes: int
    edges: int
    load_seconds: float
    in_bulk: bool
    equal: bool
    answers: tuple[AnswerTime, ...]
    requests: int
    bytes_sent: int
    bytes_received: int
    retries: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """One certification; `left_behind` is None where it is not known what was left."""

    at: str
    threesixty: str
    engine: str
    where: str
    findings: tuple[Finding, ...] = ()
    promises: tuple[Promise, ...] = ()
    probes: tuple[Probed, ...] = ()
    company: Company | None = None
    payloads: int = 0
    left_behind: int | None = 0
    minutes: float = 0.0

    @property
    def failed(self) -> list[Promise]:
        return [one for one in self.promises if one.outcome == "failed"]

    @property
    def certified(self) -> bool:
        """Every promise held, every answer was equal, and nothing was left behind."""
        company = self.company
        return (
            bool(self.promises and company and company.answers)
            and not self.failed
            and all(one.equal for one in (company.answers if company else ()))
            and bool(company and company.equal)
            and self.left_behind == 0
        )


_WARNINGS = {
    EMULATOR: "This was Threesixty's emulator: what stands here has never yet run on Amazon Neptune itself, "
    "and its times promise nothing.",
    UNKNOWN: "The name of this cluster is not Amazon's, so whether it was Amazon Neptune is not known.",
}


def as_json(report: Report) -> str:
    return json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n"


def as_markdown(report: Report) -> str:
    """The report as a page of the docs."""
    return "\n".join(
        [*_head(report), *_promises(report), *_company(report), *_probes(report), *_doctor(report)]
    )


def _verdict(report: Report) -> str:
    if report.certified:
        return "Every promise held and every answer was equal."
    return "Not everything held." if report.company else "It broke off before its end."


def _head(report: Report) -> Iterator[str]:
    yield f"# A certification on {report.where}\n"
    if report.where in _WARNINGS:
        yield f"**{_WARNINGS[report.where]}**\n"
    engine = _cell(report.engine) or "unknown"
    yield f"{_verdict(report)} Threesixty {report.threesixty}, engine {engine},"
    yield f"{report.at}, {report.minutes:.0f} minutes.\n"
    if report.left_behind is None:
        yield "**Whether anything was left behind could not be seen.**\n"
    elif report.left_behind:
        yield f"**{report.left_behind} nodes were left behind.**\n"


def _promises(report: Report) -> Iterator[str]:
    count = Counter(one.outcome for one in report.promises)
    yield "## The conformance suite\n"
    yield ", ".join(f"{number} {outcome}" for outcome, number in sorted(count.items())) + ".\n"
    for one in report.failed:
        yield f"- {_cell(one.name)}: {_cell(one.said)}"
    yield ""


def _company(report: Report) -> Iterator[str]:
    company = report.company
    if not company:
        return
    how = "by the bulk loader" if company.in_bulk else "row by row"
    equal = sum(one.equal for one in company.answers)
    filled = sum(one.rows > 0 for one in company.answers)
    yield "## The sample company\n"
    same = "equal" if company.equal else "**not equal**"
    again = ", ".join(f"{code} {n}" for code, n in sorted(company.retries.items())) or "nothing"
    yield f"{company.customers:,} customers, {company.nodes:,} nodes and {company.edges:,} edges,"
    yield f"loaded {how} in {company.load_seconds:.1f} s. What the graph gives back is {same} to what went"
    yield f"in. {equal} of {len(company.answers)} answers are those of the embedded graph; {filled} have rows"
    yield "in them."
    yield f"{company.requests:,} requests, {company.bytes_sent:,} bytes sent and {company.bytes_received:,}"
    yield f"received; tried again: {again}.\n"
    yield "| question | asked | rows | equal | median ms |"
    yield "|---|---|---|---|---|"
    for name in sorted({one.question for one in company.answers}):
        some = [one for one in company.answers if one.question == name]
        times = sorted(one.milliseconds for one in some)
        all_equal = "yes" if all(one.equal for one in some) else "**no**"
        rows, middle = sum(one.rows for one in some), times[len(times) // 2]
        yield f"| {name} | {len(some)} | {rows} | {all_equal} | {middle:.1f} |"
    yield ""


def _probes(report: Report) -> Iterator[str]:
    yield "## What AWS documents, and what was seen\n"
    yield "| what | documented | seen | |"
    yield "|---|---|---|---|"
    for one in report.probes:
        said = _cell(one.documented) or "nothing"
        said = f"[{said}]({one.source})" if one.source else said
        yield f"| {_cell(one.question)} | {said} | {_cell(one.seen)} | {one.verdict} |"
    yield ""


def _doctor(report: Report) -> Iterator[str]:
    yield "## What the doctor found\n"
    yield "| hop | | what |"
    yield "|---|---|---|"
    for one in report.findings:
        yield f"| {_cell(one.hop)} | {one.state} | {_cell(one.what)} |"
    yield ""
    yield f"{report.payloads} requests with their answers are recorded beside this page, in `payloads.jsonl`."
    yield ""


def _cell(text: str) -> str:
    """Text in a table: one line, and nothing that ends a cell or starts markup."""
    line = " ".join(text.split())
    for mark in "\\|<>[]*_`":
        line = line.replace(mark, f"\\{mark}")
    return line[:600]


def verdicts(probes: Sequence[Probed]) -> Counter[str]:
    """How many probes came out which way."""
    return Counter(one.verdict for one in probes)
