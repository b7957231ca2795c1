"""What holds who is who: results of identity tests."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding

from threesixty.cli.terminal.page import grid, next_steps, section, shell
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    QUIET,
    WARN,
    bits,
    count,
    flow,
    join,
    say,
)  # fmt: skip
from threesixty.report.tested import CaseResult, CaseResults

_MARKS = {"passed": ("✔", GOOD), "failed": ("✘", BAD), "error": ("!", WARN)}


def tested(results: CaseResults) -> RenderableType:
    """What failed first, in full; then how each sort of case fared."""
    bad = [result for result in results.results if result.outcome != "passed"]
    parts: list[RenderableType] = [_verdict(results)]
    if bad:
        parts.append(section("Not as it must be", Group(*(_failed(result) for result in bad))))
    sorts = grid("fit", "wrap", "right")
    for sort, of_sort in groupby(results.results, key=lambda result: result.why):
        sorts.add_row(*_sort(sort, list(of_sort)))
    parts.append(section("Cases", sorts))
    steps = [_next(one) for one in bad if one.outcome == "failed" and _two_names(one)][:3]
    return Group(*parts, *([next_steps(steps)] if steps else []))


def _verdict(results: CaseResults) -> RenderableType:
    style = f"{LOUD} {GOOD}" if results.good else LOUD
    told = [
        say(f"{results.passed:,} of {count(len(results.results), 'case')} passed", style),
        say(f"{results.failed:,} failed", BAD) if results.failed else "",
        say(f"{results.errors:,} cannot be told", WARN) if results.errors else "",
    ]
    among = f"among {count(results.records, 'record')}, size band {results.size_band}"
    return Group(join(*told), flow(f"people given in words are compared as {among}", QUIET))


def _failed(result: CaseResult) -> RenderableType:
    mark, style = _MARKS[result.outcome]
    must = "must be one" if result.verdict == "same" else "must be two"
    head = join(say(f"{mark} line {result.line}", style), say(must, LOUD), say(result.why, QUIET))
    told = flow(result.told)
    if result.bits is not None:
        told.append(f" {bits(result.bits)}", QUIET)
    return Group(head, Padding(Group(flow(result.a, ACCENT), flow(result.b, ACCENT), told), (0, 0, 1, 2)))


def _sort(sort: str, results: Iterable[CaseResult]) -> tuple[RenderableType, ...]:
    outcomes = [result.outcome for result in results]
    worst = next(name for name in ("failed", "error", "passed") if name in outcomes)
    mark, style = _MARKS[worst]
    return (
        say(mark, style),
        flow(sort or "no reason given"),
        say(f"{outcomes.count('passed')} of {len(outcomes)}", QUIET),
    )


def _two_names(result: CaseResult) -> bool:
    """Whether a case is about two that can be named; people in words, and one name twice, are not."""
    return "=" not in result.a + result.b and result.a != result.b


def _next(result: CaseResult) -> tuple[str, str]:
    verb = "merge" if result.verdict == "same" else "why"
    return f"threesixty {verb} {shell(result.a)} {shell(result.b)}", f"line {result.line}"
