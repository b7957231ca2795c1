"""Keep: status, export, rebuild, backup, restore, reset."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli.frame import Frame, opened, show, sure, zone
from threesixty.cli.progress import bars
from threesixty.cli.terminal import reports
from threesixty.cli.terminal.text import count, flow, size

_PANEL = "Keep"


class What(StrEnum):
    """What can be exported."""

    clusters = "clusters"
    customers = "customers"
    graph = "graph"


def register(app: typer.Typer) -> None:
    for verb in (status, export, rebuild, backup, restore, reset):
        app.command(rich_help_panel=_PANEL)(verb)


def status(ctx: typer.Context) -> None:
    """How much is known, what waits for somebody, and whether the graph is up to date."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        state = c360.status()
        days = zone(c360)
        show(frame, state, lambda _: reports.status(state, days))


def export(
    ctx: typer.Context,
    what: Annotated[What, typer.Argument(help="clusters (source, key, customer), customers, or the graph.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .csv or .parquet file; a folder for the graph.")
    ],
) -> None:
    """Write who is who, the customers, or the whole graph to a file."""
    frame: Frame = ctx.obj
    if out.is_file():
        sure(frame, f"{out} is there already: write over it?")
    with opened(frame) as c360:
        rows = c360.export(what.value, out)
        done = {"what": what.value, "out": str(out), "rows": rows}
        show(frame, done, lambda _: flow(f"{count(rows, 'row')} in {out}."))


def rebuild(ctx: typer.Context) -> None:
    """Compute everything that is derived anew from the ledger's log, and fill a new graph."""
    frame: Frame = ctx.obj
    with opened(frame) as c360, bars(quiet=frame.quiet or frame.json) as progress:
        state = c360.rebuild(progress=progress)
        days = zone(c360)
    show(frame, state, lambda _: reports.status(state, days))


def backup(
    ctx: typer.Context,
    to: Annotated[Path, typer.Argument(help="The file to write; the ledger may be in use.")],
) -> None:
    """Copy the ledger to a file; the graph can always be built from it."""
    frame: Frame = ctx.obj
    if to.is_file():
        sure(frame, f"{to} is there already: write over it?")
    with opened(frame) as c360:
        written = c360.backup(to)
        done = {"backup": str(to), "bytes": written}
        show(frame, done, lambda _: flow(f"The ledger is copied to {to}, {size(written)}."))


def restore(
    ctx: typer.Context, backup: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")]
) -> None:
    """Put a backup in the ledger's place, and build the graph from it."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        sure(frame, f"Put {backup} in the place of the ledger in {c360.project.home}?")
        state = c360.restore(backup)
        days = zone(c360)
        show(frame, state, lambda _: reports.status(state, days))


def reset(ctx: typer.Context) -> None:
    """Delete the ledger and the graph, people's decisions included; source files stay."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        home = c360.project.home
        if not frame.dry_run:
            sure(frame, f"Delete everything in {home}, people's decisions included?")
            c360.reset()
    said = (
        f"{home} would be deleted." if frame.dry_run else f"{home} is empty: `threesixty load` starts anew."
    )
    show(frame, {"home": str(home), "dry_run": frame.dry_run}, lambda _: flow(said))
