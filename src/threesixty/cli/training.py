"""Train: learn weights from the ledger, and open an epoch with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli.frame import Frame, opened, show
from threesixty.cli.progress import bars
from threesixty.cli.terminal import weights as pages

_PANEL = "Decide"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=_PANEL)(train)


def train(
    ctx: typer.Context,
    spark: Annotated[
        str, typer.Option(help="Let Splink work on a Spark cluster: the address of its master.")
    ] = "",
    model: Annotated[Path | None, typer.Option(help="Write Splink's own model to this file as well.")] = None,
    by: Annotated[str, typer.Option(help="Who says so; you, unless said otherwise.")] = "",
    why: Annotated[str, typer.Option(help="Why, for those who come later.")] = "",
    *,
    fill: Annotated[
        bool, typer.Option("--fill", help="Keep what is shipped for verdicts that too few pairs show.")
    ] = False,
) -> None:
    """Learn weights from your own records, and show what they would change; nothing counts by them yet."""
    frame: Frame = ctx.obj
    with opened(frame) as c360, bars(frame) as progress:
        found = c360.train(
            fill=fill, spark=spark, model=model, by=by, why=why, dry_run=frame.dry_run, progress=progress
        )
    show(frame, found, lambda width: pages.shown(found, width), whole=True)
