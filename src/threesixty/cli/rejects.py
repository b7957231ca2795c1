"""Rows that could not become Records: list them, mend them, try them again, give them up."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from threesixty.cli.frame import Frame, opened, show, sure
from threesixty.cli.terminal import reports
from threesixty.cli.terminal.text import count, flow
from threesixty.errors import SourceError, ThreesixtyError

app = typer.Typer(
    invoke_without_command=True, help="Rows that were rejected: list, mend, try again, give up."
)

_NUMBER = "The number of a rejected row."


@app.callback()
def rejects(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only those of one source.")] = None,
) -> None:
    """Rows that were rejected: list, mend, try again, give up."""
    if ctx.invoked_subcommand is None:
        _list(ctx, source)


@app.command("list")
def list_(
    ctx: typer.Context, source: Annotated[str | None, typer.Argument(help="Only those of one source.")] = None
) -> None:
    """List rejected rows with place and reason."""
    _list(ctx, source)


def _list(ctx: typer.Context, source: str | None) -> None:
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        held = c360.rejects(source)
        show(frame, held, lambda _: reports.rejects(held), whole=True)


@app.command()
def fix(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help=_NUMBER)],
    values: Annotated[list[str], typer.Argument(help="Corrected columns, as column=value.")],
) -> None:
    """Correct columns of a rejected row and take it in."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        row = c360.mend(number, dict(map(_said, values)), dry_run=frame.dry_run)
        lines = [f"{name} = {value or ''}" for name, value in row.items()]
        said = lines if frame.dry_run else [f"Row {number} is taken in."]
        show(frame, row if frame.dry_run else {"taken": number}, lambda _: Group(*map(flow, said)))


def _said(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals:
        raise SourceError(f"{text!r} says no value", hint="write it as column=value")
    return column, value


@app.command()
def replay(
    ctx: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Numbers of rejected rows; all by default.")
    ] = None,
) -> None:
    """Try rejected rows again, after the project file was changed."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        chosen = len(set(numbers or c360.rejects()))
        still = [f"row {number}: {why}" for number, why in c360.replay(numbers or ()).items()]
        taken = chosen - len(still)
        said = [flow(f"{count(taken, 'row')} taken in, {count(len(still), 'row')} still rejected.")]
        done = {"taken": taken, "rejected": still}
        show(frame, done, lambda _: Group(*said, *(flow(line) for line in still)))


@app.command()
def drop(ctx: typer.Context, numbers: Annotated[list[int], typer.Argument(help=_NUMBER)]) -> None:
    """Give rejected rows up: they are deleted."""
    frame: Frame = ctx.obj
    sure(frame, f"Delete {count(len(numbers), 'rejected row')}?")
    with opened(frame) as c360:
        for number in numbers:
            c360.drop_reject(number)
    show(frame, {"dropped": numbers}, lambda _: flow(f"{count(len(numbers), 'row')} dropped."))


@app.command()
def export(ctx: typer.Context, out: Annotated[Path, typer.Argument(help="A CSV file to write.")]) -> None:
    """Write rejected rows with their reasons to a CSV file."""
    frame: Frame = ctx.obj
    if out.exists():
        sure(frame, f"{out} is there already: write over it?")
    with opened(frame) as c360:
        held = c360.rejects()
    try:
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("number", "source", "file", "line", "reason", "row"))
            for item in held:
                reject = item.reject
                writer.writerow(
                    (item.number, reject.source, reject.file, reject.line, reject.reason, reject.row)
                )
    except OSError as error:
        raise ThreesixtyError(
            f"{out} cannot be written: {error.strerror}", hint="name another file"
        ) from error
    show(frame, {"out": str(out), "rows": len(held)}, lambda _: flow(f"{count(len(held), 'row')} in {out}."))
