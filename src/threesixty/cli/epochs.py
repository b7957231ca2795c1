"""Epochs: list, show, open, switch, drop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli.frame import BY, WHY, Frame, note, opened, show, sure
from threesixty.cli.progress import bars
from threesixty.cli.terminal import weights as pages
from threesixty.cli.terminal.text import flow
from threesixty.errors import OutOfSpace

app = typer.Typer(
    invoke_without_command=True, help="Weights that were learned or edited: list, show, open, switch, drop."
)
_NUMBER = "The number of an epoch; 0 is the weights that are shipped."


@app.callback()
def epoch(ctx: typer.Context) -> None:
    """Weights that were learned or edited: list, show, open, switch, drop."""
    if ctx.invoked_subcommand is None:
        _list(ctx)


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List every epoch, and which of them counts."""
    _list(ctx)


def _list(ctx: typer.Context) -> None:
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        found = c360.epochs()
        show(frame, found, lambda _: pages.epochs(found))


@app.command("show")
def show_(
    ctx: typer.Context,
    number: Annotated[
        int | None, typer.Argument(help="Its number; the newest that is open, else the one in force.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write its weights to this file, to edit them.")
    ] = None,
) -> None:
    """Show the weights of an epoch, and by name what it would change."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        if out:
            _write(frame, out, c360.epoch_weights(number or 0))
            return
        with bars(frame) as progress:
            found = c360.epoch(number, progress=progress)
        show(frame, found, lambda width: pages.shown(found, width), whole=True)


def _write(frame: Frame, out: Path, weights: str) -> None:
    if out.exists():
        sure(frame, f"{out} is there already: write over it?")
    try:
        out.write_text(weights, "utf-8")
    except OSError as error:
        raise OutOfSpace(f"{out} cannot be written: {error.strerror}", hint="name another file") from None
    show(frame, {"out": str(out)}, lambda _: flow(f"Weights in {out}."))


@app.command("open")
def open_(
    ctx: typer.Context,
    weights: Annotated[Path, typer.Argument(help="A file of weights, learned or edited.")],
    by: Annotated[str, BY] = "",
    why: Annotated[str, WHY] = "",
) -> None:
    """Keep weights as a new epoch, and show what it would change; nothing counts by it yet."""
    frame: Frame = ctx.obj
    with opened(frame) as c360, bars(frame) as progress:
        if frame.dry_run:
            found = c360.tried_epoch(weights, progress=progress)
        else:
            found = c360.epoch(c360.open_epoch(weights, by=by, why=why).number, progress=progress)
    show(frame, found, lambda width: pages.shown(found, width), whole=True)


@app.command()
def switch(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help=_NUMBER)],
    by: Annotated[str, BY] = "",
    why: Annotated[str, WHY] = "",
) -> None:
    """Let an epoch count: everybody is resolved by it. Switching back takes it back."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        with bars(frame) as progress:
            told = c360.switch_epoch(number, by=by, why=why, dry_run=frame.dry_run, progress=progress)
        for notice in told.notices:
            note(frame, f"! {notice}")
    show(frame, told, lambda _: pages.switched(told))


@app.command()
def drop(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help=_NUMBER)],
    by: Annotated[str, BY] = "",
    why: Annotated[str, WHY] = "",
) -> None:
    """Say that nobody wants an epoch; its weights stay in the ledger."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        told = c360.drop_epoch(number, by=by, why=why, dry_run=frame.dry_run)
    said = (
        "would be dropped, and nothing else change" if frame.dry_run else "is dropped; nothing else changed"
    )
    show(frame, told, lambda _: flow(f"Epoch {told.number} {said}."))
