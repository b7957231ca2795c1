"""Pieces every page is made of: sections, tables without lines, and what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.text import ACCENT, LOUD, QUIET, WARN, clean, flow

_EXPLAINED = 28
"""So much room beside a command what it shows needs at least, unless it is shorter."""
_AROUND = 3  # a blank before the command, two after it


def section(title: str, body: RenderableType, note: str = "") -> RenderableType:
    """A titled part of a page, with room above."""
    return Group(_heading(title, note), Padding(body, (0, 0, 0, 1)))


def _heading(title: str, note: str = "") -> RenderableType:
    heading = Text.assemble((title, f"{LOUD} {ACCENT}"), (f"  {clean(note)}" if note else "", QUIET))
    return Group(Text(""), Rule(heading, align="left", style=QUIET, characters="─"))


def grid(*columns: str) -> Table:
    """A table without lines; each column is 'fit', 'right', 'fill', 'more' (fill, and more so), 'wrap' (fill,
    over several lines), or its greatest width."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for column in columns:
        ratio = {"fill": 2, "more": 3, "wrap": 2}.get(column)
        most = int(column) if column.isdigit() else None
        table.add_column(
            ratio=ratio, no_wrap=column != "wrap", overflow="fold" if column == "wrap" else "ellipsis",
            max_width=most,
            justify="right" if column == "right" else "left",
        )  # fmt: skip
    return table


def shell(name: str) -> str:
    """A name as it is typed in a shell."""
    return quote(clean(name))


def next_steps(steps: Sequence[tuple[str, str]]) -> RenderableType:
    """Commands to try, each with what it shows: beside it, or below where there is no room."""
    return Group(_heading("Next"), _Steps([(clean(command), clean(what)) for command, what in steps]))


class _Steps:
    """Commands are written whole and on one line each, however long: whoever copies one gets all of it.

    What is too long for the screen is wrapped by the terminal, not by us, so nothing may be put around this.
    """

    def __init__(self, steps: Sequence[tuple[str, str]]) -> None:
        self.steps = steps

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        widest = max(cell_len(command) for command, _ in self.steps)
        said = max(cell_len(what) for _, what in self.steps)
        if widest + min(said + _AROUND, _EXPLAINED) <= options.max_width:
            table = Table.grid(padding=(0, 2, 0, 0))
            table.add_column(no_wrap=True)
            table.add_column()
            for command, what in self.steps:
                table.add_row(command, flow(what, QUIET))
            yield Padding(table, (0, 0, 0, 1))
            return
        for command, what in self.steps:
            yield Segment(f" {command}\n")
            yield Padding(flow(what, QUIET), (0, 0, 0, 5))


def remarks(notices: Sequence[str]) -> list[RenderableType]:
    """What to look at, each on a line of its own."""
    return [Text(""), *(flow(f"! {notice}", WARN) for notice in notices)] if notices else []
