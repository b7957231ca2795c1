"""Decide: merge, split, pin, undo, forget."""

from __future__ import annotations

from typing import Annotated

import typer

from threesixty.cli.frame import Frame, opened, show, sure, zone
from threesixty.cli.terminal import reports

_PANEL = "Decide"
_BY = typer.Option(help="Who decides; you, unless said otherwise.")
_WHY = typer.Option(help="Why, for those who come later.")
_KEY = "A customer or record, named like in `customer`."


def register(app: typer.Typer) -> None:
    for verb in (merge, split, pin, undo, forget):
        app.command(rich_help_panel=_PANEL)(verb)


def merge(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help=_KEY)],
    b: Annotated[str, typer.Argument(help="The other one.")],
    why: Annotated[str, _WHY] = "",
    by: Annotated[str, _BY] = "",
) -> None:
    """Decide that two customers are one, for ever or until undone."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        result = c360.merge(a, b, why=why, by=by, dry_run=frame.dry_run)
        show(frame, result, lambda _: reports.decided(result))


def split(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help=_KEY)],
    records: Annotated[list[str], typer.Argument(help="The records to take out, such as crm/17.")],
    why: Annotated[str, _WHY] = "",
    by: Annotated[str, _BY] = "",
) -> None:
    """Decide that records are not this customer, for ever or until undone."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        result = c360.split(customer, *records, why=why, by=by, dry_run=frame.dry_run)
        show(frame, result, lambda _: reports.decided(result))


def pin(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help=_KEY)],
    name: Annotated[
        str, typer.Argument(metavar="PROPERTY", help="A property (email) or group (name, address).")
    ],
    value: Annotated[str, typer.Argument(help="What it is; '' says that there is none.")],
    why: Annotated[str, _WHY] = "",
    by: Annotated[str, _BY] = "",
) -> None:
    """Decide what a value is, whatever the sources say, for ever or until undone."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        result = c360.pin(key, name, value, why=why, by=by, dry_run=frame.dry_run)
        show(frame, result, lambda _: reports.decided(result))


def undo(
    ctx: typer.Context,
    action: Annotated[
        int | None, typer.Argument(help="The number of a merge, split or pin; the last one.")
    ] = None,
    by: Annotated[str, _BY] = "",
    *,
    listed: Annotated[
        bool, typer.Option("--list", help="List merges, splits and pins with their numbers.")
    ] = False,
) -> None:
    """Take a merge, split or pin back."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        if listed:
            made = c360.actions(limit=20)
            days = zone(c360)
            show(frame, made, lambda _: reports.actions(made, days))
            return
        result = c360.undo(action, by=by, dry_run=frame.dry_run)
        show(frame, result, lambda _: reports.decided(result, undone=True))


def forget(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help=_KEY)],
    by: Annotated[str, _BY] = "",
) -> None:
    """Delete everything a customer's records say, for good."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        if not frame.dry_run:
            before = c360.forget(key, by=by, dry_run=True)
            sure(frame, f"{before.sentence[:1].upper()}{before.sentence[1:].rstrip('.')}, for good?")
        result = c360.forget(key, by=by, dry_run=frame.dry_run)
        show(frame, result, lambda _: reports.forgotten(result))
