"""`threesixty neptune certify`: what holds on a real cluster, run once by whoever has one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Group, RenderableType

from threesixty.cli.frame import Frame, note, project_file, show, sure
from threesixty.cli.terminal.text import BAD, GOOD, WARN, count, flow
from threesixty.errors import GraphError, ThreesixtyError

if TYPE_CHECKING:
    from threesixty.neptune.certify import Plan, Report


def register(app: typer.Typer) -> None:
    app.command()(certify)


def certify(
    ctx: typer.Context,
    address: Annotated[
        str,
        typer.Argument(
            help="neptune://host:8182?region=… of a cluster with nothing in it; the project's graph when it "
            "is left out."
        ),
    ] = "",
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The folder for the report and what was recorded.")
    ] = Path("threesixty-certify"),
    customers: Annotated[
        int, typer.Option(help="The size of the sample company.", min=40, max=100_000)
    ] = 2_000,
    delete: Annotated[
        bool, typer.Option("--delete", help="The Customer 360 that the cluster holds may be deleted.")
    ] = False,
    beside: Annotated[
        bool, typer.Option("--beside", help="It may share the cluster with nodes that are not ours.")
    ] = False,
) -> None:
    """Run everything that only a real cluster can answer, and write a report. It takes up to an hour."""
    from threesixty.neptune.certify import Extent, look, refuse  # noqa: PLC0415 - only this command needs it
    from threesixty.neptune.certify import certify as run  # noqa: PLC0415

    frame: Frame = ctx.obj
    address = address or _graph_of_project(frame)
    note(frame, "Looking at the cluster …")
    plan = look(address)
    if frame.dry_run:
        show(frame, plan, lambda _: Group(*map(flow, _planned(plan, customers, out))))
        return
    refuse(plan, delete=delete, beside=beside)
    for line in _planned(plan, customers, out):
        note(frame, line)
    if plan.cost or plan.ours:
        sure(frame, "Go on?")
    with _stopped_as_by_ctrl_c():
        report = run(
            address,
            out,
            Extent(customers=customers),
            plan=plan,
            delete=delete,
            beside=beside,
            tell=lambda said: note(frame, said),
        )
    show(frame, report, lambda _: _drawn(report, out))
    if not report.certified:
        raise typer.Exit(GraphError.exit_code)


def _graph_of_project(frame: Frame) -> str:
    from threesixty import project  # noqa: PLC0415 - only this command needs it

    graph = project.load(project_file(frame), home=frame.home).graph
    if not graph.startswith("neptune:"):
        raise GraphError(
            "the project's graph is no Neptune cluster",
            hint="give the address of one: `threesixty neptune certify neptune://…`",
        )
    return graph


@contextmanager
def _stopped_as_by_ctrl_c() -> Iterator[None]:
    """Also who is told to end takes away first what was written."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        stopped = ThreesixtyError(
            "stopped: what was written to the cluster has been taken away again",
            hint="`threesixty neptune certify` begins from the beginning",
        )
        stopped.exit_code = 130
        raise stopped from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _planned(plan: Plan, customers: int, out: Path) -> Iterator[str]:
    """What will be done, and what it costs."""
    yield f"This is {plan.where}, engine {plan.engine or 'unknown'}."
    if plan.ours:
        named = ", ".join(f"{number:,} {label}" for label, number in plan.ours.items())
        yield f"It deletes what the cluster holds of ours: {named}."
    if plan.others:
        yield f"It does not touch what is not ours: {', '.join(plan.others[:10])}."
    yield (
        "It runs the doctor, the conformance suite and some thirty probes, loads a made-up company of "
        f"{customers:,} people {'by the bulk loader' if plan.in_bulk else 'row by row'}, asks every "
        f"question, takes all of it away again, and writes {out / 'report.md'}."
    )
    yield "Until it is over, nobody else may use a Customer 360 on this cluster: it empties it many times."
    yield f"It costs {plan.cost}." if plan.cost else "It costs nothing: nothing here is billed."


def _drawn(report: Report, out: Path) -> RenderableType:
    held = len(report.promises) - len(report.failed)
    answers = report.company.answers if report.company else ()
    equal = sum(one.equal for one in answers)
    other = [one for one in report.probes if one.verdict == "otherwise"]
    lines = [
        flow(f"{held} of {count(len(report.promises), 'promise')} held.", GOOD if not report.failed else BAD),
        flow(
            f"{equal} of {count(len(answers), 'answer')} equal to the embedded graph's.",
            GOOD if equal == len(answers) else BAD,
        ),
        flow(f"{count(len(other), 'thing')} of {len(report.probes)} seen otherwise than documented."),
        *(flow(f"✗ {one.name}: {one.said}", BAD) for one in report.failed[:20]),
        *(flow(f"! {one.question}: {one.seen}", WARN) for one in other),
    ]
    if report.left_behind is None:
        lines.append(flow("Whether anything was left behind could not be seen.", BAD))
    elif report.left_behind:
        lines.append(flow(f"{count(report.left_behind, 'node')} could not be taken away.", BAD))
    where = (
        f"The report is {out / 'report.md'}. Nothing of your account should be in it or in the files "
        "beside it: look through them before you share them."
    )
    return Group(*lines, flow(where))
