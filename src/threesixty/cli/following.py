"""Follow: changes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from threesixty.cli.frame import Frame, console, note, opened, zone
from threesixty.cli.terminal import feed

if TYPE_CHECKING:
    from threesixty.customer360 import Customer360
    from threesixty.feed import Change

_PANEL = "Look"
_PAUSE = 1.0  # seconds between two looks


def register(app: typer.Typer) -> None:
    for verb in (changes,):
        app.command(rich_help_panel=_PANEL)(verb)


def changes(
    ctx: typer.Context,
    since: Annotated[int, typer.Option(help="Only what follows this entry of the feed.", min=0)] = 0,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Stay, and tell what comes.")] = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="Add what sources call the records, as it is known now.")
    ] = False,
) -> None:
    """What became of customers, entry by entry: formed, merged, split, erased; for tables kept elsewhere."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        days, screen, empty = zone(c360), console(), True
        for change in _told(c360, since, keys=keys, follow=follow):
            empty = False
            if frame.json:
                typer.echo(json.dumps(change.told(), ensure_ascii=False))
            else:
                screen.print(feed.change(change, days), soft_wrap=True)
    if empty:
        note(frame, f"nothing after {since:,}")


def _told(c360: Customer360, since: int, *, keys: bool, follow: bool) -> Iterator[Change]:
    while True:
        for change in c360.changes(since, keys=keys):
            since = change.change
            yield change
        if not follow:
            return
        time.sleep(_PAUSE)
