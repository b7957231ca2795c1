"""Pieces every page is made of: sections, tables without lines, and what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.text import ACCENT, LOUD, QUIET, WARN, clean, flow, say


def section(title: str, body: RenderableType, note: str = "") -> RenderableType:
    """A titled part of a page, with room above."""
    heading = Text.assemble((title, f"{LOUD} {ACCENT}"), (f"  {clean(note)}" if note else "", QUIET))
    return Group(
        Text(""), Rule(heading, align="left", style=QUIET, characters="─"), Padding(body, (0, 0, 0, 1))
    )


def grid(*columns: str) -> Table:
    """A table without lines; each column is 'fit', 'right', 'fill', 'more' (fill, and more so), 'wrap' (fill,
    over several lines), or its greatest width."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for column in columns:
        ratio = {"fill": 2, "more": 3, "wrap": 2}.get(column)
        most = int(column) if column.isdigit() else None
        table.add_column(
            ratio=ratio, no_wrap=column != "wrap", overflow="ellipsis", max_width=most,
            justify="right" if column == "right" else "left",
        )  # fmt: skip
    return table


def shell(name: str) -> str:
    """A name as it is typed in a shell."""
    return quote(clean(name))


def next_steps(steps: Sequence[tuple[str, str]]) -> RenderableType:
    """Commands to try, each with what it shows: one line each where they fit."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, overflow="fold")
    table.add_column(overflow="ellipsis")
    for command, what in steps:
        table.add_row(clean(command), say(what, QUIET))
    return section("Next", table)


def remarks(notices: Sequence[str]) -> list[RenderableType]:
    """What to look at, each on a line of its own."""
    return [Text(""), *(flow(f"! {notice}", WARN) for notice in notices)] if notices else []
