"""Neptune: the template of a cluster to start from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli.frame import Frame, show, sure
from threesixty.cli.terminal.text import flow
from threesixty.errors import OutOfSpace


def register(app: typer.Typer) -> None:
    app.command()(template)


def template(
    ctx: typer.Context,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A file to write; else it is printed.")
    ] = None,
) -> None:
    """The CloudFormation template of a Neptune cluster to start from."""
    from threesixty.neptune.template import template as text  # noqa: PLC0415

    frame: Frame = ctx.obj
    if out is None:
        sys.stdout.write(text())
        return
    if out.exists():
        sure(frame, f"{out} is there already: write over it?")
    try:
        out.write_text(text(), "utf-8")
    except OSError as error:
        raise OutOfSpace(f"{out} cannot be written: {error.strerror}", hint="name another file") from None
    show(frame, {"template": str(out)}, lambda _: flow(f"The template is in {out}."))
