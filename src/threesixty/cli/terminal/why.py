"""Explanations: evidence as a waterfall of bits, from the prior to the total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, section, shell
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    NONE,
    QUIET,
    WARN,
    Key,
    bits,
    clean,
    date,
    flow,
    join,
    say,
    scalar,
    words,
    wrapped,
)  # fmt: skip
from threesixty.report import Evidence, Why, WhyCustomer, WhyValue

_MOST_BITS = 60.0
"""Beyond this, more evidence says nothing new; the picture stops growing."""

_LINKS = 30
"""Of more links than this, the weakest are shown."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Bits from `low` to `high` over so many cells."""

    low: float
    high: float
    cells: int

    def cell(self, value: float) -> int:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return min(round(share * self.cells), self.cells)


def why(answer: Why, width: int) -> RenderableType:
    """Why two Records are, or are not, the same: sentence, evidence, verdict, what to try next."""
    parts = [_headline(answer), Text(""), _evidence(answer, width), *_verdict(answer)]
    parts.extend(section("Step by step", _steps(answer.path)) for _ in answer.path[:1])
    return Group(*parts, next_steps(_next(answer)))


def why_customer(answer: WhyCustomer) -> RenderableType:
    """How a Customer hangs together: one line per Record, weakest last."""
    title = join(say(answer.name, LOUD), say(answer.customer, QUIET))
    links, note = answer.links[-_LINKS:], ""
    if len(links) < len(answer.links):
        note = f"the {len(links)} weakest of {len(answer.links):,} links"
    if not answer.links:
        return Group(title, flow(answer.sentence))
    weakest = min(answer.links, key=lambda link: link.bits)
    a, b = (side.record for side in (weakest.a, weakest.b))
    steps = [(f"threesixty why {shell(a)} {shell(b)}", "the weakest link, field by field")]
    steps.append((f"threesixty split {clean(answer.customer)} {shell(b)}", "if they are not the same"))
    return Group(
        title, flow(answer.sentence), section("Held together by", _steps(links), note), next_steps(steps)
    )  # fmt: skip


def why_value(answer: WhyValue, zone: tzinfo = UTC) -> RenderableType:
    """Golden values with what decided, and under each the values that lost, with why."""
    table = grid("fit", "fill", "24", "fit", "wrap")
    for one in answer.chosen:
        table.add_row(
            say(words(one.property), QUIET), say(scalar(one.value, one.type, zone), LOUD),
            Key(one.record), say(date(one.at, zone), QUIET), flow(one.because),
        )  # fmt: skip
        for place, lost in enumerate(one.beaten):
            told = "" if place == 0 else lost.because  # the first is what the winner was held against
            table.add_row(
                "", join(say("not", QUIET), say(scalar(lost.value, one.type, zone)), by=" "),
                Key(lost.record), say(date(lost.at, zone), QUIET), flow(told, QUIET),
            )  # fmt: skip
    return Group(join(say(answer.name, LOUD), say(answer.customer, QUIET)), Text(""), table)


def _headline(answer: Why) -> RenderableType:
    mark = Text("✔ same", f"{LOUD} {GOOD}") if answer.same else Text("✘ not the same", f"{LOUD} {BAD}")
    names = wrapped(join(say(answer.a.record, ACCENT), say(answer.b.record, ACCENT), by=" and "))
    line = grid("wrap", "right")
    line.add_row(names, mark)
    return Group(line, flow(answer.sentence))


def _evidence(answer: Why, width: int) -> RenderableType:
    """The waterfall: from what strangers have, field by field, to the total."""
    scale = _scale(answer, 30 if width >= 120 else 16)
    mark = scale.cell(answer.threshold)
    table = _waterfall(scale)
    before = (say("at first", QUIET), say("any two records", QUIET), Text(""))
    table.add_row(*before, say(bits(answer.prior), QUIET), _bar(scale, mark, 0.0, answer.prior))
    for evidence, start in _running(answer):
        told = (say(words(evidence.field)), _values(evidence), say(evidence.verdict), _bits(evidence))
        table.add_row(*told, _bar(scale, mark, start, start + evidence.bits))
    total = say(bits(answer.bits), f"{LOUD} {GOOD if answer.bits >= answer.threshold else BAD}")
    together = (say("together", LOUD), say(_chance(answer.probability), LOUD), Text(""))
    table.add_row(*together, total, _needed(scale, mark, answer.threshold))
    return table


def _waterfall(scale: Scale) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=14)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(no_wrap=True, justify="right", width=6)
    table.add_column(no_wrap=True, width=scale.cells + 1)
    table.add_row(*(say(head, QUIET) for head in ("field", "values", "verdict", "bits", "running total")))
    return table


def _scale(answer: Why, cells: int) -> Scale:
    totals = [start + evidence.bits for evidence, start in _running(answer)]
    marks = [0.0, answer.prior, answer.threshold, answer.bits, *totals]
    low, high = max(min(marks), -_MOST_BITS), min(max(marks), _MOST_BITS)
    return Scale(low, max(high, low + 1.0), cells)


def _running(answer: Why) -> Iterator[tuple[Evidence, float]]:
    """Each piece of evidence with the total before it."""
    total = answer.prior
    for evidence in answer.evidence:
        yield evidence, total
        total += evidence.bits


def _bar(scale: Scale, threshold: int, start: float, end: float) -> Text:
    """One step of the waterfall, from one total to the next, the threshold drawn as a line."""
    first, last = sorted((scale.cell(start), scale.cell(end)))
    if first == last and start != end:
        first, last = (first, first + 1) if first < scale.cells else (first - 1, first)
    style = GOOD if end >= start else BAD
    bar = Text()
    for cell in range(scale.cells + 1):
        if first <= cell < last:
            bar.append("█", style)
        else:
            bar.append("┊" if cell == threshold else " ", QUIET)
    return bar


def _needed(scale: Scale, threshold: int, value: float) -> Text:
    """The mark under the line of the threshold, with its number on the side that has room."""
    label = f"{value:.1f} needed"
    if threshold + 2 + len(label) <= scale.cells + 1:
        return say(" " * threshold + "└ " + label, QUIET)
    return say(" " * max(threshold - len(label) - 1, 0) + label + " ┘", QUIET)


def _values(evidence: Evidence) -> Text:
    a, b = clean(evidence.a) or NONE, clean(evidence.b) or NONE
    return say(a) if a == b else join(say(a), say(b), by=" | ")


def _bits(evidence: Evidence) -> Text:
    return say(bits(evidence.bits), GOOD if evidence.bits > 0 else BAD if evidence.bits < 0 else QUIET)


def _chance(probability: float | None) -> str:
    """A probability as people say it; never a full 100 % or 0 %, and none where nothing speaks for it."""
    if probability is None:
        return "nothing speaks for it"
    if probability > 0.9999:
        return "over 99.99 % likely"
    if probability < 0.0001:
        return "under 0.01 % likely"
    return f"{probability * 100:.2f} % likely"


def _verdict(answer: Why) -> list[RenderableType]:
    enough = answer.bits >= answer.threshold
    if answer.refused:
        lead = "Kept apart all the same" if enough else "Kept apart"
        return [Text(""), flow(f"{lead}: {answer.refused}", WARN)]
    lead = "Decided besides" if enough else "Held together all the same"
    return [Text(""), flow(f"{lead}: {answer.held}", GOOD)] if answer.held else []


def _steps(links: tuple[Why, ...]) -> RenderableType:
    table = grid("20", "20", "fill", "right")
    for link in links:
        total = say(bits(link.bits), GOOD if link.bits >= link.threshold else WARN)
        table.add_row(Key(link.a.record), Key(link.b.record), _because(link), total)
    return table


def _because(link: Why) -> Text:
    """The strongest evidence in words, or what holds the two where that does not."""
    if link.held and link.bits < link.threshold:
        return say(link.held)
    strongest = sorted((e for e in link.evidence if e.bits > 0), key=lambda e: -e.bits)[:3]
    told = ", ".join(e.verdict for e in strongest)
    return say(told or link.sentence)


def _next(answer: Why) -> list[tuple[str, str]]:
    a, b = shell(answer.a.record), shell(answer.b.record)
    if not answer.same and answer.probability is None:
        return [(f"threesixty customer {a}", "the one"), (f"threesixty customer {b}", "the other")]
    if not answer.same:
        return [(f"threesixty merge {a} {b}", "if they are the same after all")]
    what = "if they are not the same"
    return [
        (f"threesixty split {clean(answer.b.customer)} {b}", what),
        (f"threesixty customer {clean(answer.a.customer)}", "the whole customer"),
    ]
