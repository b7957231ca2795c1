"""Keep: status, export, rebuild, reconcile, backup, restore, verify, reset."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli.frame import Frame, in_earnest, opened, show, sure, zone
from threesixty.cli.progress import bars
from threesixty.cli.terminal import backups, graphs, reports
from threesixty.cli.terminal.text import count, flow

_PANEL = "Keep"


class What(StrEnum):
    """What can be exported."""

    clusters = "clusters"
    customers = "customers"
    labels = "labels"
    graph = "graph"


def register(app: typer.Typer) -> None:
    for verb in (status, export, rebuild, reconcile, backup, restore, verify, reset):
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
    what: Annotated[
        What,
        typer.Argument(help="clusters (who is who), customers, labels (what people decided), or the graph."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .csv or .parquet file; a folder for the graph.")
    ],
    form: Annotated[
        str,
        typer.Option(
            "--format", "-f", help="Of the graph: parquet, or neptune-csv for Amazon Neptune's bulk loader."
        ),
    ] = "",
) -> None:
    """Write who is who, the customers, or the whole graph to a file."""
    frame: Frame = ctx.obj
    in_earnest(frame, "export")
    if form and what is not What.graph:
        raise typer.BadParameter("--format is for the graph; files are named .csv or .parquet", ctx)
    if out.is_file():
        sure(frame, f"{out} is there already: write over it?")
    with opened(frame) as c360:
        rows = c360.export(what.value, out, form)
        done = {"what": what.value, "out": str(out), "rows": rows}
        show(frame, done, lambda _: flow(f"{count(rows, 'row')} in {out}."))


def rebuild(
    ctx: typer.Context,
    into: Annotated[
        str, typer.Option(help="Fill this graph instead, and compare it with the ledger; see the docs.")
    ] = "",
    *,
    switch: Annotated[
        bool, typer.Option("--switch", help="With --into: name that graph in the project file, if equal.")
    ] = False,
) -> None:
    """Compute everything that is derived anew from the ledger's log, and fill a new graph."""
    frame: Frame = ctx.obj
    in_earnest(frame, "rebuild")
    if switch and not into:
        raise typer.BadParameter("--switch needs --into ADDRESS", ctx)
    with opened(frame) as c360, bars(frame) as progress:
        if into:
            done = c360.rebuild_into(into, emptied=frame.yes, switch=switch, progress=progress)
        else:
            state, days = c360.rebuild(progress=progress), zone(c360)
    if not into:
        show(frame, state, lambda _: reports.status(state, days))
        return
    show(frame, done, lambda _: graphs.rebuilt(done))
    if done.differing:
        raise typer.Exit(1)


def reconcile(ctx: typer.Context) -> None:
    """Find where the graph does not say what the ledger says, and write only the differences."""
    frame: Frame = ctx.obj
    with opened(frame) as c360, bars(frame) as progress:
        found = c360.reconcile(dry_run=frame.dry_run, progress=progress)
    show(frame, found, lambda _: graphs.reconciled(found))


def backup(
    ctx: typer.Context,
    to: Annotated[Path, typer.Argument(help="A folder for this ledger's backups; the ledger may be in use.")],
) -> None:
    """Add a backup of the ledger and its embedded graph to a folder: whole at first, then what changed."""
    frame: Frame = ctx.obj
    in_earnest(frame, "backup")
    with opened(frame) as c360, bars(frame) as progress:
        done = c360.backup(to, progress=progress)
    show(frame, done, lambda _: backups.backed_up(done))


def restore(
    ctx: typer.Context,
    backup: Annotated[
        Path | None,
        typer.Argument(help="What `backup` wrote to; without it, the ledger goes back."),
    ] = None,
    to: Annotated[
        str, typer.Option(help="As of an entry's number, a date, or an instant in UTC; by default all of it.")
    ] = "",
) -> None:
    """Put a backup in the place of ledger and graph; who was forgotten stays forgotten."""
    frame: Frame = ctx.obj
    in_earnest(frame, "restore")
    if not (backup or to):
        raise typer.BadParameter("name a backup, or say with --to how far the ledger shall go back", ctx)
    with opened(frame) as c360:
        home = c360.project.home
        if backup:
            sure(frame, f"Put {backup} in the place of the ledger in {home}?")
        else:
            sure(frame, f"Let the ledger in {home} go back to {to}?")
        with bars(frame) as progress:
            state = c360.restore(backup, to=to, progress=progress)
        days = zone(c360)
        show(frame, state, lambda _: reports.status(state, days))


def verify(
    ctx: typer.Context,
    seal: Annotated[str, typer.Argument(help="A seal that was noted somewhere else.")] = "",
) -> None:
    """Check that the ledger is as it was written: its file, its tables, and the seals of its log."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        found = c360.verify(seal)
    show(frame, found, lambda _: backups.verified(found))
    if found.problems:
        raise typer.Exit(1)


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
