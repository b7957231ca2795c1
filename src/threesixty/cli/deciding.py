"""Decide: merge, split, same, different, pin, undo, decisions, forget."""

from __future__ import annotations

from typing import Annotated

import typer

from threesixty.cli.frame import BY, WHY, Frame, opened, show, sure, zone
from threesixty.cli.terminal import halves, reports
from threesixty.report import Decided

_PANEL = "Decide"
_TWO = "A record (crm/17) or a customer, named like in `customer`."
_KEY = "A customer or record, named like in `customer`."


def register(app: typer.Typer) -> None:
    for verb in (merge, split, same, different, pin, undo, decisions, forget):
        app.command(rich_help_panel=_PANEL)(verb)


def _show(frame: Frame, decided: Decided, *, undone: bool = False) -> None:
    show(frame, decided, lambda _: reports.decided(decided, undone=undone))


def merge(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help=_KEY)],
    b: Annotated[str, typer.Argument(help="The other one.")],
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
) -> None:
    """Decide that two customers are one, for ever or until undone."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        _show(frame, c360.merge(a, b, why=why, by=by, dry_run=frame.dry_run))


def split(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help=_KEY)],
    records: Annotated[
        list[str] | None,
        typer.Argument(help="Who leaves, such as crm/17; without, the cheapest cut is proposed."),
    ] = None,
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
) -> None:
    """Decide that records are not this customer, for ever or until undone.

    Without records it proposes who leaves, shows both halves, and asks. So does --dry-run, and does not ask.
    """
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        leaving = tuple(records or ())
        if frame.dry_run or not leaving:
            parting = c360.parting(customer, *leaving)
            if frame.dry_run or not (frame.json and frame.yes):
                days = zone(c360)
                show(frame, parting, lambda _: halves.parting(parting, days), whole=True)
            if frame.dry_run or (frame.json and not frame.yes):
                return
            sure(frame, "Split it like this, for ever or until undone?")
            leaving = parting.leaving
        _show(frame, c360.split(customer, *leaving, why=why, by=by))


def same(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help=_TWO)],
    b: Annotated[str, typer.Argument(help="The other one.")],
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
) -> None:
    """Decide that two are always the same: merged now, or kept together whatever comes."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        _show(frame, c360.same(a, b, why=why, by=by, dry_run=frame.dry_run))


def different(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help=_TWO)],
    b: Annotated[str, typer.Argument(help="The other one.")],
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
) -> None:
    """Decide that two are never the same: parted now, or kept apart whatever comes."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        _show(frame, c360.different(a, b, why=why, by=by, dry_run=frame.dry_run))


def pin(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help=_KEY)],
    name: Annotated[
        str, typer.Argument(metavar="PROPERTY", help="A property (email) or group (name, address).")
    ],
    value: Annotated[str, typer.Argument(help="What it is; '' says that there is none.")],
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
) -> None:
    """Decide what a value is, whatever the sources say, for ever or until undone."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        _show(frame, c360.pin(key, name, value, why=why, by=by, dry_run=frame.dry_run))


def undo(
    ctx: typer.Context,
    action: Annotated[
        int | None, typer.Argument(help="The number of a decision, as `decisions` lists it; the last one.")
    ] = None,
    by: Annotated[str, BY] = "",
) -> None:
    """Take a merge, split or pin back."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        _show(frame, c360.undo(action, by=by, dry_run=frame.dry_run), undone=True)


def decisions(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="[KEY]", help=f"{_KEY} Without: everybody's.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many, where no customer is named.", min=1)] = 20,
) -> None:
    """What was decided, by whom, when and why, newest first; those undone or set aside too."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        made = c360.decisions(key, limit=limit)
        days = zone(c360)
        show(frame, made, lambda _: reports.actions(made, days))


def forget(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help=_KEY)],
    by: Annotated[str, BY] = "",
) -> None:
    """Delete everything a customer's records say, for good."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        if not frame.dry_run:
            before = c360.forget(key, by=by, dry_run=True)
            sure(frame, f"{before.sentence[:1].upper()}{before.sentence[1:].rstrip('.')}, for good?")
        result = c360.forget(key, by=by, dry_run=frame.dry_run)
        show(frame, result, lambda _: reports.forgotten(result))
