"""Follow: changes, lineage, resolve."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from threesixty.cli.frame import Frame, console, note, opened, show, zone
from threesixty.cli.terminal import feed
from threesixty.cli.terminal.text import ACCENT, say

if TYPE_CHECKING:
    from threesixty.customer360 import Customer360
    from threesixty.feed import Change

_PANEL = "Look"
_PAUSE = 1.0  # seconds between two looks


def register(app: typer.Typer) -> None:
    for verb in (changes, lineage, resolve):
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
                screen.print(feed.change(change, days))
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


def lineage(
    ctx: typer.Context,
    key: Annotated[
        str, typer.Argument(help="An id ever given out, or a customer, named like in `customer`.")
    ],
) -> None:
    """What became of an id: formed, grew, merged, split, moved, erased; and who answers for it now."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        told, days = c360.lineage(key), zone(c360)
        show(frame, told, lambda _: feed.lineage(told, days), whole=True)


def resolve(
    ctx: typer.Context,
    key: Annotated[
        str, typer.Argument(help="An id ever given out, or a record or customer, named like in `customer`.")
    ],
    *,
    as_of: Annotated[
        str, typer.Option(help="Who answered then: 2026-01-31, 2026-01-31T12:00 (UTC), or an entry.")
    ] = "",
    record: Annotated[
        bool, typer.Option("--record", help="The id of the record itself (crm/17), which never changes.")
    ] = False,
) -> None:
    """The id of the customer that answers for an id, now or as it was told at some time."""
    frame: Frame = ctx.obj
    if record and as_of:
        raise typer.BadParameter("the id of a record is the same at any time: leave out --as-of", ctx)
    with opened(frame) as c360:
        if record:
            own = c360.record_id(key)
            show(frame, {"key": key, "record": own}, lambda _: say(own, ACCENT))
            return
        answered = c360.resolve(key, as_of=as_of)
        show(frame, {"key": key, "as_of": as_of, "customer": answered}, lambda _: say(answered, ACCENT))
