"""The top command with its global options; the verbs register themselves on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli import (
    asking,
    deciding,
    epochs,
    following,
    keeping,
    loading,
    neptune_certify,
    neptune_cost,
    neptune_doctor,
    neptune_emulator,
    neptune_lint,
    neptune_notebook,
    neptune_template,
    rejects,
    training,
    trusting,
    watching,
    what_if,
)
from threesixty.cli.frame import Frame, Group

app = typer.Typer(
    name="threesixty",
    cls=Group,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Global options may stand anywhere: `threesixty load --json`. `c360` is short for `threesixty`. "
    "Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 several customers answer, 4 nobody answers, "
    "5 ledger or graph cannot be used, 130 stopped.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"threesixty {version('threesixty')}")
        raise typer.Exit


@app.callback()
def threesixty(
    ctx: typer.Context,
    *,
    project: Annotated[
        Path, typer.Option("--project", "-p", help="The project file, or the folder it lies in.")
    ] = Path("threesixty.toml"),
    home: Annotated[
        Path | None, typer.Option(help="Where ledger and graph are kept, instead of beside the project.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON on stdout.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer every question with yes.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and do nothing.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Customer 360: records in, who is who, a graph, and a 360° view of every customer."""
    del version
    ctx.obj = Frame(project, home, json, yes, dry_run, quiet)


neptune = typer.Typer(help="Around an Amazon Neptune cluster.", no_args_is_help=True)

for _group in (
    loading,
    watching,
    asking,
    following,
    neptune_lint,
    neptune_notebook,
    deciding,
    training,
    trusting,
    what_if,
    keeping,
    neptune_cost,
):
    _group.register(app)
neptune_emulator.register(app)
for _group in (neptune_doctor, neptune_certify, neptune_template):
    _group.register(neptune)
app.add_typer(rejects.app, name="rejects", rich_help_panel="Bring records in")
app.add_typer(epochs.app, name="epoch", rich_help_panel="Decide")
app.add_typer(neptune, name="neptune", rich_help_panel="Keep")
