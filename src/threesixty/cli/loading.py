"""Bring records in: demo, init, check, load."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from threesixty.cli.frame import Frame, note, opened, show, sure, zone
from threesixty.cli.progress import bars
from threesixty.cli.terminal import card, loads, page, remaps, reports
from threesixty.cli.terminal.text import flow
from threesixty.errors import SourceError, ThreesixtyError
from threesixty.report import Loaded

_PANEL = "Bring records in"


def register(app: typer.Typer) -> None:
    for verb in (demo, init, check, load, remap):
        app.command(rich_help_panel=_PANEL)(verb)


def load(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Names of sources; all of them by default.")
    ] = None,
    *,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Take a snapshot that lost many of its keys.")
    ] = False,
    accept_change: Annotated[
        bool,
        typer.Option(
            "--accept-change",
            help="Take columns as they are now, whatever was agreed; read a table anew that went back.",
        ),
    ] = False,
) -> None:
    """Read the sources, find out who is who, and bring the graph up to date.

    What is known already is skipped, so loading again after an interruption or with the same files is safe.
    """
    frame: Frame = ctx.obj
    try:
        result = _load(frame, sources or [], accept_shrink=accept_shrink, accept_change=accept_change)
    except SourceError as stopped:
        told = stopped.loaded
        if isinstance(told, Loaded) and told.sources and not frame.json:
            show(frame, told, lambda _: loads.loaded(told))
        raise
    show(frame, result, lambda _: loads.loaded(result))


def remap(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Names of sources; all of them by default.")
    ] = None,
) -> None:
    """Map what is loaded anew after the project file changed: from the ledger, no file is read.

    With --dry-run it tells which values, identifiers and customers would change, and keeps nothing.
    """
    frame: Frame = ctx.obj
    with opened(frame) as c360, bars(frame) as progress:
        result = c360.remap(*(sources or []), dry_run=frame.dry_run, progress=progress)
        show(frame, result, lambda _: remaps.remapped(result))


def _load(
    frame: Frame, sources: list[str], *, accept_shrink: bool = False, accept_change: bool = False
) -> Loaded:
    with opened(frame) as c360, bars(frame) as progress:
        return c360.load(
            *sources,
            dry_run=frame.dry_run,
            accept_shrink=accept_shrink,
            accept_change=accept_change,
            progress=progress,
        )


def init(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            help="Files of your source systems (CSV, JSON, Parquet, Excel, Avro), places in S3 "
            "(s3://bucket/folder/*.csv), databases (postgresql://…, mysql://…, sqlite:///shop.db#table)."
        ),
    ],
) -> None:
    """Look at files and tables, and write a commented threesixty.toml that reads them."""
    from threesixty.sources import guess  # noqa: PLC0415

    frame: Frame = ctx.obj
    target = frame.project / "threesixty.toml" if frame.project.is_dir() else frame.project
    text = guess.guess(files, folder=target.parent)
    if frame.dry_run:
        sys.stdout.write(text)
        return
    if target.exists():
        sure(frame, f"{target} is there already: write over it?")
    target.write_text(text, encoding="utf-8")
    steps = [
        ("threesixty check", "see the first records of every source"),
        ("threesixty load", "bring them in"),
    ]
    done = flow(f"{target} is written: look at the guesses in it, each says why.")
    show(frame, {"path": str(target)}, lambda _: Group(done, page.next_steps(steps)))


def check(
    ctx: typer.Context,
    preview: Annotated[int, typer.Option(help="How many records of every source to show.", min=0)] = 3,
) -> None:
    """Check the project file and show the first records of every source; nothing is written."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        result = c360.check(preview=preview)
        show(frame, result, lambda _: reports.checked(result, c360.project.schema, zone(c360)), whole=True)


def demo(
    ctx: typer.Context,
    customers: Annotated[
        int, typer.Option(help="About how many people the sample company knows.", min=10)
    ] = 2000,
    folder: Annotated[Path, typer.Option(help="Where its files are written.")] = Path("threesixty-demo"),
) -> None:
    """Make a sample company, load it, and show one customer and what to try next."""
    from threesixty import sample  # noqa: PLC0415

    frame: Frame = ctx.obj
    if folder.exists() and any(folder.iterdir()) and not (folder / "truth").is_dir():
        raise ThreesixtyError(f"{folder} has files of its own", hint="name another one with --folder")
    note(frame, f"Writing the sample company to {folder} …")
    sample.write(folder, customers=customers)
    frame = Frame(folder, frame.home, frame.json, frame.yes, dry_run=False, quiet=frame.quiet)
    result = _load(frame, [])
    with opened(frame) as c360:
        shown = sample.showcase()
        view = c360.customer(str(shown["person"]["customer"]))
        days = zone(c360)
    parts = (loads.loaded_in_short(result), Text(""))
    told = {"loaded": result, "customer": view}
    tour = page.next_steps(_tour(folder, view.name, shown))
    show(
        frame, told, lambda width: Group(*parts, card.card(view, width, days, steps=False), tour), whole=True
    )


def _activation() -> list[tuple[str, str]]:
    """What makes `threesixty` a command of this shell, where it is not one yet."""
    script = Path(sys.executable).parent / "activate"
    if shutil.which("threesixty") or not script.exists():
        return []
    near = Path(os.path.relpath(script))
    return [(f". {page.shell(str(min(near, script, key=lambda path: len(str(path)))))}", "once in a shell")]


def _tour(folder: Path, name: str, shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Commands that show what Threesixty does, the wrong merge and its repair among them."""
    wrong = shown["wrong_merge"]
    return [
        *_activation(),
        (f"cd {page.shell(str(folder))}", "where it lives"),
        (f"threesixty find {page.shell(name)}", "look somebody up"),
        (f"threesixty why {' '.join(wrong['why'])}", "a wrong merge"),
        (f"threesixty split {wrong['customer']} {' '.join(wrong['son'])}", "father and son"),
        ("threesixty load", "and they stay two"),
        ("threesixty undo", "or one again"),
        ("threesixty ask campaign_results", "ask the graph"),
        ("cp -r later/. . && threesixty load", "October, with its dirt"),
    ]
