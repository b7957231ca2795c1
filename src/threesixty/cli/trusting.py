"""Trust who is who: test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from threesixty.cli import junit
from threesixty.cli.frame import Frame, note, opened, project_file, show
from threesixty.cli.terminal import trust

if TYPE_CHECKING:
    from threesixty.project.cases import Case

_PANEL = "Trust"


def register(app: typer.Typer) -> None:
    app.command("test", rich_help_panel=_PANEL)(run_tests)


def run_tests(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Cases; identity-tests.txt beside the project file.")
    ] = None,
    *,
    xml: Annotated[
        Path | None, typer.Option("--junit", help="Write the results as JUnit XML too, for a CI server.")
    ] = None,
    records: Annotated[
        int, typer.Option(help="Compare people given in words as among so many records.", min=0)
    ] = 0,
    generate: Annotated[
        bool, typer.Option("--generate", help="Write a file of hard cases to start from, and do not test.")
    ] = False,
    each: Annotated[int, typer.Option(help="With --generate: so many cases of each sort.", min=1)] = 2,
    seed: Annotated[int, typer.Option(help="With --generate: other people for another number.")] = 360,
) -> None:
    """Hold who is who against cases that say who must be one customer, and who must not.

    Ends with 1 when a case is not as it must be.
    """
    frame: Frame = ctx.obj
    if generate:
        _generate(frame, file, each, seed)
        return
    with opened(frame) as c360:
        results = c360.test(file, records=records)
    if xml:
        junit.write(xml, results)
    show(frame, results, lambda _: trust.tested(results), whole=True)
    if not results.good:
        raise typer.Exit(1)


def _generate(frame: Frame, file: Path | None, each: int, seed: int) -> None:
    from threesixty import project  # noqa: PLC0415 - what only one command needs
    from threesixty.project import cases  # noqa: PLC0415

    known = project.load(project_file(frame))
    made = list(_hard_cases(known.country, each, seed))
    if frame.dry_run:
        sys.stdout.write(cases.as_text(made))
        return
    path = file or known.path.parent / cases.FILE
    many = cases.write(path, made)
    note(frame, f"{many:,} cases are in {path}; nobody in them is real. Add your own: it is plain text.")


def _hard_cases(country: str, each: int, seed: int) -> Iterator[Case]:
    from threesixty.project.cases import Case, Party  # noqa: PLC0415
    from threesixty.sample.hard_cases import hard_cases  # noqa: PLC0415

    for made in hard_cases(country, each=each, seed=seed):
        yield Case("same" if made.same else "different", Party(row=made.a), Party(row=made.b), made.why)
