"""`threesixty neptune certify`: what holds on a real cluster, run once by whoever has one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType

from threesixty.cli.frame import Frame, note, show, sure
from threesixty.cli.terminal.text import BAD, GOOD, count, flow
from threesixty.errors import GraphError

if TYPE_CHECKING:
    from threesixty.neptune.certify import Report


def register(app: typer.Typer) -> None:
    app.command()(certify)


def certify(
    ctx: typer.Context,
    address: Annotated[
        str, typer.Argument(help="neptune://host:8182?region=… of a cluster without a graph.")
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The folder for the report and what was recorded.")
    ] = Path("threesixty-certify"),
    customers: Annotated[int, typer.Option(help="The size of the sample company.", min=40)] = 2_000,
) -> None:
    """Run everything that only a real cluster can answer, and write a report. It takes about an hour."""
    from threesixty.neptune.certify import Extent, ours  # noqa: PLC0415 - only this command needs it
    from threesixty.neptune.certify import certify as run  # noqa: PLC0415

    frame: Frame = ctx.obj
    if held := ours(address):
        named = ", ".join(f"{number:,} {label}" for label, number in held.items())
        sure(frame, f"This deletes the graph that the cluster holds ({named}). Go on?")
    report = run(
        address, out, Extent(customers=customers), delete=bool(held), tell=lambda said: note(frame, said)
    )
    show(frame, report, lambda _: _drawn(report, out))
    if not report.certified:
        raise typer.Exit(GraphError.exit_code)


def _drawn(report: Report, out: Path) -> RenderableType:
    held = len(report.promises) - len(report.failed)
    answers = report.company.answers if report.company else ()
    equal = sum(one.equal for one in answers)
    other = [one for one in report.probes if one.verdict == "otherwise"]
    lines = [
        flow(f"{held} of {count(len(report.promises), 'promise')} held.", GOOD if not report.failed else BAD),
        flow(f"{equal} of {count(len(answers), 'answer')} equal to the embedded graph's."),
        flow(f"{count(len(other), 'thing')} of {len(report.probes)} seen otherwise than documented."),
        *(flow(f"✗ {one.name}: {one.said}", BAD) for one in report.failed[:20]),
        *(flow(f"! {one.question}: {one.seen}") for one in other),
    ]
    if report.left_behind:
        lines.append(flow(f"{count(report.left_behind, 'node')} could not be taken away.", BAD))
    where = (
        f"The report is {out / 'report.md'}. Nothing of your account is in it: look through it, and share it."
    )
    return Group(*lines, flow(where))
