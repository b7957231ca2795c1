"""Weights and epochs as pages: bars of bits, and customers that would be others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, remarks, section
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    NONE,
    QUIET,
    WARN,
    bits,
    count,
    flow,
    join,
    listed,
    say,
    time,
    words,
)  # fmt: skip
from threesixty.report.epochs import Difference, Epoch, EpochShown, Level, Regrouping, Switched
from threesixty.report.epochs import Group as Together

_PARTS = 8
"""Into so many parts a customer is shown to fall."""
_MOST = 16.0  # bits; longer bars are cut
_NAMED = 4  # verdicts that a remark names


def epochs(found: Sequence[Epoch]) -> RenderableType:
    """Every epoch in a line."""
    table = grid("right", "fit", "fit", "fit", "wrap")
    for epoch in found:
        style = LOUD if epoch.state == "in force" else QUIET if epoch.state == "dropped" else ""
        table.add_row(
            say(epoch.number, ACCENT), say(epoch.state, style), say(time(epoch.at), QUIET),
            say(epoch.by, QUIET), flow(" · ".join(filter(None, (epoch.why, f"learned {epoch.learned}")))),
        )  # fmt: skip
    waiting = next((epoch.number for epoch in found if epoch.state == "open"), None)
    steps = [("threesixty train", "learn weights from this ledger")]
    if waiting is not None:
        steps = [(f"threesixty epoch show {waiting}", "its weights, and what it would change"), *steps]
    return Group(table, next_steps(steps))


def shown(found: EpochShown, width: int) -> RenderableType:
    """Weights as bars, then what they would change."""
    parts: list[RenderableType] = [
        join(say(f"Epoch {found.epoch.number}", LOUD), say(found.epoch.state, ACCENT)),
        flow(f"learned {found.epoch.learned}", QUIET),
        weights(found.levels, width),
        flow(
            f"Any two records begin with {bits(found.prior)} bits; they are joined from "
            f"{bits(found.threshold)}. One bit more is twice the odds.",
            QUIET,
        ),
        *remarks(_turned(found.turned)),
    ]
    if found.difference:
        parts += difference(found.difference)
        if found.epoch.state == "tried":
            parts.append(flow("Nothing was written: without --dry-run it is kept as an epoch."))
        elif found.epoch.state != "dropped":
            parts.append(next_steps(_choices(found.epoch.number)))
    return Group(*parts)


def _turned(levels: Sequence[Level]) -> list[str]:
    """That pairs fell on piles of something else than people, where verdicts say the opposite since."""
    if not levels:
        return []
    named = [
        f"{words(one.field)} {words(one.level)} ({bits(one.before)} to {bits(one.bits)})"
        for one in sorted(levels, key=lambda one: -abs(one.bits - one.before))
    ]
    how_many = count(len(levels), "verdict says", "verdicts say")
    told = (
        f"{how_many} the opposite of what counts now: {listed(named, _NAMED)}. What was learned may be "
        "households, or whatever else these records fall into, rather than people: hold it against "
        "`threesixty test` before you let it count"
    )
    return [told]


def _choices(number: int) -> list[tuple[str, str]]:
    return [
        (f"threesixty epoch switch {number}", "let it count; switching back takes it back"),
        (f"threesixty epoch drop {number}", "forget about it"),
    ]


def weights(levels: Sequence[Level], width: int) -> RenderableType:
    """What every verdict says: a bar to the right for it, to the left against it, beside what counts now.

    Figures and verdicts are whole on any screen; the bars have the room that is left.
    """
    rows = [_HEADS, *map(_row_of, levels)]
    widths = [max(cell_len(row[place].plain) for row in rows) for place in range(len(_HEADS))]
    room = width - sum(widths) - _GAP * len(widths) - 1
    cells = min(max((room - 1) // 2, 0), 20)
    parts = [_line(_HEADS, say("against ◂  ▸ for", QUIET), widths, cells)]
    for field, group in groupby(levels, key=lambda level: level.field):
        parts.append(say(words(field), LOUD))
        parts += [_line(_row_of(level), _bar(level, cells), widths, cells) for level in group]
    return Group(*parts)


_GAP = 2
_HEADS = tuple(say(head, QUIET) for head in ("verdict", "bits", "now", "pairs seen"))


def _row_of(level: Level) -> tuple[Text, ...]:
    """Verdict and figures, without the bar."""
    return (
        say(words(level.level)),
        say(bits(level.bits), GOOD if level.bits > 0 else BAD if level.bits < 0 else QUIET),
        say(bits(level.before), QUIET),
        say(NONE if level.pairs is None else f"{level.pairs:,}", QUIET),
    )


def _line(row: Sequence[Text], bar: Text, widths: Sequence[int], cells: int) -> RenderableType:
    """One line of the table below its field."""
    verdict, value, before, pairs = widths
    table = Table.grid(padding=(0, _GAP, 0, 0))
    table.add_column(width=verdict + 1)
    table.add_column(width=value, justify="right")
    table.add_column(width=2 * cells + 1)
    table.add_column(width=before, justify="right")
    table.add_column(width=pairs, justify="right")
    table.add_row(say(" ").append_text(row[0]), row[1], bar, *row[2:])
    return table


def _bar(level: Level, cells: int) -> Text:
    here, before = (
        round(max(-_MOST, min(_MOST, value)) / _MOST * cells) for value in (level.bits, level.before)
    )
    bar = Text()
    for cell in range(-cells, cells + 1):
        inside = 0 < cell <= here or here <= cell < 0
        if cell == 0:
            bar.append("│", QUIET)
        elif cell == before and before != here:
            bar.append("┊", LOUD if inside else WARN)
        else:
            bar.append("█" if inside else " ", GOOD if cell > 0 else BAD)
    return bar


def difference(found: Difference, *, done: bool = False) -> list[RenderableType]:
    """What an epoch would change (or did): in one sentence, then by name."""
    parts: list[RenderableType] = [
        section("What changed" if done else "What would change", flow(_sentence(found)))
    ]
    if found.judged.pairs:
        told = found.judged
        parts.append(
            flow(
                f" Of {count(told.pairs, 'pair')} that people decided, the evidence alone says the same of "
                f"{told.after:,}; by the weights in force of {told.before:,}. Decisions hold in any epoch.",
                QUIET,
            )
        )
    for what, title in (("merge", "One"), ("split", "Apart"), ("regroup", "Otherwise together")):
        some = [one for one in found.examples if one.what == what]
        total = {"merge": found.merges, "split": found.splits, "regroup": found.regroups}[what]
        if some:
            note = f"{len(some)} of {total:,}, the largest" if total > len(some) else ""
            parts.append(section(title, _regroupings(some), note))
    return parts


def _sentence(found: Difference) -> str:
    if not (found.merges or found.splits or found.regroups):
        return f"Nothing: all {count(found.kept, 'customer')} stay as they are."
    told = [
        (found.merges, f"{count(found.merges, 'merge')}"),
        (found.splits, f"{count(found.splits, 'split')}"),
        (found.regroups, f"{count(found.regroups, 'regrouping')}"),
    ]
    said = ", ".join(text for number, text in told if number)
    return (
        f"{said}; {count(found.kept, 'customer')} stay as they are. "
        f"{found.customers:,} customers instead of {found.customers_before:,}."
    )


def _regroupings(some: Sequence[Regrouping]) -> RenderableType:
    """What there is, and below it, behind an arrow, what would be."""
    table = grid("fit", "fill", "fit", "fit", "fit", "fill")
    for place, one in enumerate(some):
        if place:
            table.add_row("")
        ids = {group.id for group in one.before}
        for group in one.before:
            _row(table, "", group, "")
        for group in one.after[:_PARTS]:
            _row(table, "→", group, "keeps its id" if group.id in ids else "an id of its own")
        if len(one.after) > _PARTS:
            table.add_row(say("→", WARN), say(f"and {len(one.after) - _PARTS:,} more", QUIET))
    return table


def _row(table: Table, mark: str, group: Together, fate: str) -> None:
    table.add_row(
        say(mark, WARN), say(group.name, LOUD), say(group.id, ACCENT),
        say(count(len(group.records), "record"), QUIET), say(fate, QUIET),
        say(", ".join(group.records), QUIET),
    )  # fmt: skip


def switched(told: Switched) -> RenderableType:
    """That another epoch counts, or would."""
    lead = "Nothing was written. It would be so: " if told.dry_run else ""
    parts: list[RenderableType] = [
        flow(f"{lead}epoch {told.epoch} counts, no longer epoch {told.before}.", LOUD),
        *difference(told.difference, done=not told.dry_run),
        *remarks(told.notices),
    ]
    if not told.dry_run:
        parts.append(
            next_steps([(f"threesixty epoch switch {told.before}", "back to the weights of before")])
        )
    return Group(*parts)
