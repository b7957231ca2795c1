"""Rows that could not become Records: list them, mend them, try them again, give them up."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group

from threesixty.cli.frame import Frame, opened, show, sure
from threesixty.cli.terminal import reports
from threesixty.cli.terminal.text import count, flow
from threesixty.errors import NotFound, SourceError, ThreesixtyError
from threesixty.report import HeldReject

if TYPE_CHECKING:
    from threesixty.customer360 import Customer360

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
        row = mended(_one(c360, number), values)
        if frame.dry_run:
            show(frame, row, lambda _: Group(*(flow(f"{name} = {value}") for name, value in row.items())))
            return
        c360.replay(number, row)
        show(frame, {"taken": number}, lambda _: flow(f"Row {number} is taken in."))


def _one(c360: Customer360, number: int) -> HeldReject:
    for held in c360.rejects():
        if held.number == number:
            return held
    raise NotFound("rejected row", str(number), hint="`threesixty rejects` lists them")


def mended(held: HeldReject, values: Sequence[str]) -> dict[str, str]:
    """The columns of a rejected row with some corrected. Raises SourceError, NotFound."""
    try:
        row = json.loads(held.reject.row)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        line = f", line {held.reject.line}" if held.reject.line else ""
        where = f"{held.reject.file}{line}"
        raise SourceError(
            f"row {held.number} has no columns to mend", hint=f"mend {where}, and load it again"
        )
    fixed = dict(row)
    for text in values:
        column, equals, value = text.partition("=")
        if not equals:
            raise SourceError(f"{text!r} says no value", hint="write it as column=value")
        if column not in row:
            raise NotFound("column", column, row, hint=f"its columns are {', '.join(row)}")
        fixed[column] = value
    return fixed


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
        chosen = numbers or [held.number for held in c360.rejects()]
        still: list[str] = []
        for number in chosen:
            try:
                c360.replay(number)
            except SourceError as error:
                still.append(f"row {number}: {error.message}")
        taken = len(chosen) - len(still)
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
