"""What rebuilding another graph and reconciling found, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, section
from threesixty.cli.terminal.text import BAD, GOOD, QUIET, WARN, clean, count, flow, join, say
from threesixty.report import Drift, Rebuilt, Reconciled


def rebuilt(done: Rebuilt) -> RenderableType:
    """Whether the other graph says what the ledger says, and the line that makes it the project's."""
    drawn = f"{count(done.rows, 'node and edge', 'nodes and edges')} drawn into {done.into}"
    drawn += f" in {done.seconds:,.0f} s."
    if done.differing:
        rows = grid("fit", "right", "right")
        rows.add_row(say("", QUIET), say("ledger", QUIET), say("graph", QUIET))
        for table, (said, there) in done.differing.items():
            rows.add_row(say(table), say(count(said)), say(count(there)))
        told = "The graph does not say what the ledger says; do not switch to it."
        return Group(flow(drawn), flow(told, BAD), section("Different", rows))
    equal = flow(f"Graph and ledger are equal: {done.hash}.", GOOD)
    if done.switched:
        return Group(flow(drawn), equal, flow(f'The project file says graph = "{done.into}" now.'))
    line = flow(f'Switch by changing one line of the project file: graph = "{done.into}"')
    return Group(flow(drawn), equal, line)


def reconciled(found: Reconciled) -> RenderableType:
    """What was missing, too much and different in the graph, label by label, with a few ids."""
    if not found.drifts:
        return flow("The graph says what the ledger says: nothing to put right.", GOOD)
    total = sum(drift.count for drift in found.drifts)
    would = "would be put right" if found.dry_run else "put right"
    rows = grid("fit", "fill")
    for drift in found.drifts:
        rows.add_row(say(drift.table), _figures(drift))
        for example in _examples(drift):
            rows.add_row(Text(""), example)
    sentence = flow(f"{count(total, 'difference')} {would}.", WARN if found.dry_run else GOOD)
    parts: list[RenderableType] = [sentence, section("Graph and ledger", rows)]
    if nameless := sum(drift.nameless for drift in found.drifts):
        alone = "has no id and was left alone" if nameless == 1 else "have no id and were left alone"
        parts.append(flow(f"{count(nameless, 'row')} of the graph {alone}.", WARN))
    if found.dry_run and total:
        parts.append(next_steps([("threesixty reconcile", "writes these differences")]))
    return Group(*parts)


def _figures(drift: Drift) -> Text:
    figures = {
        "missing": drift.missing, "too many": drift.extra, "different": drift.different,
        "there twice": drift.twice, "without an id": drift.nameless,
    }  # fmt: skip
    return join(*(f"{number:,} {what}" for what, number in figures.items() if number))


def _examples(drift: Drift) -> Iterator[Text]:
    for what, names in drift.examples.items():
        shown = ", ".join(clean(name) for name in names)
        yield say(f"{what}: {shown}", QUIET)
