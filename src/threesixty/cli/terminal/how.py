"""How a customer came together: one line for each step, the weakest marked, and what would break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import floor, inf

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, section, shell
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    QUIET,
    WARN,
    bits,
    clean,
    count,
    flow,
    join,
    listed,
    say,
    words,
    wrapped,
)  # fmt: skip
from threesixty.report.how import Break, How, Step

_STEPS, _BREAKS, _PARTS = 20, 12, 4
"""So many of each are shown."""
_CALLED = {"master": ("source of master ids", "sources of master ids")}
_HIGHEST = 0.9999
"""The highest threshold that a project file takes."""


def how(told: How) -> RenderableType:
    """The sentence, the steps, what would break it, and what to try next."""
    parts: list[RenderableType] = [
        join(say(told.name, LOUD), say(told.customer, QUIET)), flow(told.sentence),
    ]  # fmt: skip
    if not told.steps:
        return Group(*parts)
    parts.append(section("Step by step", *_steps(told)))
    parts.append(section("What would break it", _breaks(told)))
    return Group(*parts, next_steps(_next(told)))


def _steps(told: How) -> tuple[RenderableType, str]:
    """Of many steps those with least to spare; and which they are, in words."""
    table = grid("right", "fit", "wrap", "right", "right")
    table.add_row("", "", "", say("bits", QUIET), say("spare", QUIET))
    loosest = sorted(told.steps, key=lambda step: inf if step.spare is None else step.spare)[:_STEPS]
    for step in sorted(loosest, key=lambda step: step.number):
        style = WARN if step.weakest else QUIET
        head = wrapped(join(say(step.why.a.record, ACCENT), say(step.why.b.record, ACCENT), by=" and "))
        because = [flow(_because(step))]
        if step.several > 1:
            because.append(flow(f"{step.several} such matches, each too weak by itself, add up", QUIET))
        if len(step.a) + len(step.b) > 2:
            because.append(flow(f"{_group(step.a)} and {_group(step.b)} become one", QUIET))
        if step.weakest:
            because.append(flow(_weakness(step), WARN))
        decided = step.spare is None
        table.add_row(
            say(f"{step.number}", style), "", Group(head, *because),
            Text("") if decided else say(bits(step.why.bits), GOOD),
            Text("") if decided else say(bits(step.spare or 0.0), style),
        )  # fmt: skip
    note = "strongest evidence first"
    if told.joins > len(loosest):
        note = f"the {len(loosest)} of {told.joins:,} with least to spare, {note}"
    return table, note


def _because(step: Step) -> str:
    if step.spare is None:
        return step.why.held or "a decision"
    said = step.why.evidence
    against = ", ".join(one.verdict for one in said if one.bits < 0)
    return ", ".join(one.verdict for one in said if one.bits > 0) + (f"; but {against}" if against else "")


def _group(records: Sequence[str]) -> str:
    return count(len(records), "record")


def _weakness(step: Step) -> str:
    told = "the weakest step"
    if step.together < step.why.bits - 0.05:
        told += f": taken together, both sides have {bits(step.together)} bits"
    needs = [words(field) for field in step.needs]
    listed = ", ".join(needs[:-1]) + f" or {needs[-1]}" if len(needs) > 1 else "".join(needs)
    return f"{told}; it would not be taken without the same {listed}" if needs else told


def _breaks(told: How) -> RenderableType:
    table = grid("fit", "wrap")
    for one in told.breaks[:_BREAKS]:
        table.add_row(say("✂", BAD), Group(flow(_capital(one.sentence)), _parts(one)))
    if len(told.breaks) > _BREAKS:
        kinds = Counter(one.what for one in told.breaks[_BREAKS:])
        more = " and ".join(count(many, *_CALLED.get(kind, (kind,))) for kind, many in kinds.items())
        table.add_row("", flow(f"So would each of {more} more.", QUIET))
    if not told.breaks:
        nothing = "No identifier, decision or record by itself." if told.complete else "Too many to try out."
        table.add_row("", flow(nothing))
    up_to = f"It is one customer up to {_threshold(told.holds_to)}."
    if told.complete:
        table.add_row("", flow(up_to, QUIET))
    return table


def _threshold(probability: float) -> str:
    """Rounded down, as it still holds there; none that a project file could not take."""
    if probability >= _HIGHEST:
        return "any threshold that a project may set"
    return f"a threshold of {floor(probability * 10_000 + 1e-6) / 10_000:.4f}"


def _parts(one: Break) -> Text:
    sizes = [count(len(part), "record") for part in one.parts]
    return say(listed(sizes, _PARTS, " + "), QUIET)


def _capital(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _next(told: How) -> list[tuple[str, str]]:
    steps = []
    weakest = next((step for step in told.steps if step.weakest), None)
    if weakest:
        a, b = shell(weakest.why.a.record), shell(weakest.why.b.record)
        steps.append((f"threesixty why {a} {b}", "the weakest step, field by field"))
        steps.append((f"threesixty review {a} {b} --different", "if they are not the same"))
    return [*steps, (f"threesixty customer {clean(told.customer)}", "the whole customer")]
