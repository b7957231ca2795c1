"""What waits for somebody to decide: both sides of each doubt beside each other, and the evidence."""

from __future__ import annotations

from rich.console import Group, RenderableType
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
    bits,
    clean,
    count,
    cut,
    flow,
    join,
    listed,
    money,
    say,
    words,
    wrapped,
)  # fmt: skip
from threesixty.report.doubts import Doubt, Doubts, Stake

_SORTS = {
    "near": "two customers, or one?",
    "parked": "kept apart by a rule",
    "loose": "one customer, or two?",
    "conflict": "one customer, or two?",
}
_SHOWN = 4
_LISTED = 100


def queue(found: Doubts) -> RenderableType:
    """The queue: how much waits, and one line for and one against each doubt."""
    waiting = join(
        say(count(found.near, "pair") + " just too weak", LOUD),
        say(f"{found.parked:,} kept apart by a rule", LOUD),
        say(f"{found.loose:,} held loosely", LOUD),
        say(f"{found.conflicts:,} contradict themselves", LOUD),
    )
    if not found.doubts:
        return Group(wrapped(waiting), flow("Nothing waits to be looked at."))
    parts: list[RenderableType] = [
        wrapped(waiting),
        flow("Those that are most open and matter most come first.", QUIET),
    ]
    parts += [section(_title(number, doubt), _short(doubt)) for number, doubt in enumerate(found.doubts, 1)]
    parts += [Text(""), flow(_more(found), QUIET)] if _more(found) else []
    parts += [flow(f"{told}.", QUIET) for told in found.sampled]
    a, b = (shell(name) for name in found.doubts[0].records)
    steps = [
        (f"threesixty review {a} {b} --same", "if the first are one"),
        (f"threesixty review {a} {b} --different", "if they are two"),
    ]
    if len(found.doubts) < found.ranked:
        most = min(found.ranked, _LISTED)
        what = "all of them" if most == found.ranked else "more of them"
        steps.append((f"threesixty review --list --limit {most}", what))
    return Group(*parts, next_steps(steps))


def _more(found: Doubts) -> str:
    """How much waits beyond what is listed."""
    more, unranked = found.ranked - len(found.doubts), found.waiting - found.ranked
    told = [f"{more:,} more {'waits' if more == 1 else 'wait'} below these"] if more else []
    told += [f"{unranked:,} that seem to matter less are not ranked yet"] if unranked > 0 else []
    return f"{', and '.join(told)}." if told else ""


def doubt(one: Doubt, width: int) -> RenderableType:
    """One doubt in full: what each side says of every field, and what that is worth."""
    table = grid("fit", "wrap", "wrap", "right")
    table.add_row(say("", QUIET), *(_side(side) for side in (one.a, one.b)), say("bits", QUIET))
    for evidence in one.evidence:
        x, y = (flow(cut(text, width) or NONE) for text in (evidence.a, evidence.b))
        table.add_row(say(words(evidence.field), QUIET), x, y, _bits(evidence.bits))
    if one.sort in ("near", "parked"):
        prior = one.together - sum(evidence.bits for evidence in one.evidence)
        table.add_row(say("at first", QUIET), flow("any two", QUIET), Text(""), say(bits(prior), QUIET))
    table.add_row(say("together", LOUD), flow(one.because, WARN), Text(""), _bits(one.together))
    return Group(section(f"{one.a.name} and {one.b.name}", table, _SORTS[one.sort]))


def _title(number: int, one: Doubt) -> str:
    return f"{number}  {clean(one.a.name)} and {clean(one.b.name)}"


def _short(one: Doubt) -> RenderableType:
    table = grid("fit", "wrap")
    for_ = ", ".join(said.verdict for said in one.evidence if said.bits > 0)
    against = ", ".join(said.verdict for said in one.evidence if said.bits < 0)
    table.add_row(say("for", GOOD), flow(for_ or NONE))
    table.add_row(say("against", BAD), flow(against or NONE))
    table.add_row(say("waits", QUIET), flow(one.because))
    stakes = f"{_stake(one.a)} and {_stake(one.b)}"
    table.add_row(say("at stake", QUIET), flow(stakes))
    records = join(*(say(name, ACCENT) for name in one.records), by=" and ")
    table.add_row(say("records", QUIET), wrapped(records))
    return table


def _stake(side: Stake) -> str:
    told = count(len(side.records), "record")
    if side.purchases:
        told += f" with {count(side.purchases, 'purchase')}"
        told += f" ({money(side.value, side.currency)})" if side.value else ""
    return told


def _side(side: Stake) -> RenderableType:
    return Group(
        flow(side.customer, QUIET), flow(listed(side.records, _SHOWN), ACCENT), flow(_stake(side), QUIET)
    )


def _bits(value: float) -> Text:
    return say(bits(value), GOOD if value > 0 else BAD if value < 0 else QUIET)
