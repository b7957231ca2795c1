"""Look: notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from threesixty.cli.frame import Frame, note, opened, project_file, show, sure
from threesixty.cli.terminal.text import flow
from threesixty.errors import OutOfSpace, ThreesixtyError
from threesixty.schema import DEFAULT, Schema

if TYPE_CHECKING:
    from threesixty.neptune.notebook import Shown

_PANEL = "Look"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=_PANEL)(notebook)


def notebook(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")] = Path("customer360.ipynb"),
    address: Annotated[
        str, typer.Option(help="A cluster, as the project file writes it, instead of the project's.")
    ] = "",
) -> None:
    """Write a Jupyter notebook with every question, for people who open the cluster directly.

    It asks about customers of the project where there is one.
    """
    from threesixty.neptune import notebook as written  # noqa: PLC0415

    frame: Frame = ctx.obj
    if out.is_file():
        sure(frame, f"{out} is there already: write over it?")
    schema, target, shown = DEFAULT, "", written.NOBODY
    if frame.project != Frame().project or frame.project.exists():
        schema, target = _project(frame)
        shown = _somebody(frame)
    cluster = written.cluster_of(address, target)
    text = json.dumps(written.notebook(schema, cluster, shown), indent=1, ensure_ascii=False) + "\n"
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise OutOfSpace(f"{out} cannot be written: {error.strerror}", hint="name another file") from None
    done = {"notebook": str(out), "cluster": cluster.endpoint() if cluster else ""}
    where = f"it opens {cluster.endpoint()}" if cluster else "write the address of your cluster into it"
    show(frame, done, lambda _: flow(f"The notebook is in {out}: {where}."))


def _project(frame: Frame) -> tuple[Schema, str]:
    from threesixty import project  # noqa: PLC0415

    found = project.load(project_file(frame))
    return found.schema, found.graph


def _somebody(frame: Frame) -> Shown:
    """Two customers worth looking at; nobody where the graph cannot be asked."""
    from threesixty.neptune import notebook as written  # noqa: PLC0415

    try:
        with opened(frame) as c360:
            return written.somebody(c360.graph().ask)
    except ThreesixtyError as error:
        note(frame, f"! the notebook asks about nobody: {error.message}")
        return written.NOBODY
