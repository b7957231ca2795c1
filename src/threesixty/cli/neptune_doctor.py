"""`threesixty neptune doctor`: hop by hop to the graph, and what to do about the one that fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from threesixty.cli.frame import Frame, as_json_text, console, project_file
from threesixty.cli.terminal.text import BAD, GOOD, LOUD, QUIET, WARN, count, flow
from threesixty.errors import GraphError

if TYPE_CHECKING:
    from threesixty.neptune.doctor import Finding

_MARKS = {"ok": ("✓", GOOD), "warning": ("!", WARN), "failed": ("✗", BAD), "skipped": ("–", QUIET)}  # noqa: RUF001
_HOP = 20


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    ctx: typer.Context,
    address: Annotated[
        str,
        typer.Argument(help="neptune://host:8182?region=…; the project's graph when it is left out."),
    ] = "",
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Also put one node of its own, change it, and take it away.")
    ] = False,
    rounds: Annotated[int, typer.Option(help="How often each latency is measured.", min=1, max=1000)] = 20,
    seconds: Annotated[float, typer.Option(help="How long one answer may take.", min=0.1)] = 15.0,
) -> None:
    """Walk from here to the graph, and name the hop that fails and what to do next."""
    frame: Frame = ctx.obj
    findings = _findings(frame, address, write=write, rounds=rounds, seconds=seconds)
    seen = _printed(frame, findings)
    if any(one.state == "failed" for one in seen):
        raise typer.Exit(GraphError.exit_code)


def _findings(frame: Frame, address: str, *, write: bool, rounds: int, seconds: float) -> Iterator[Finding]:
    from threesixty.neptune.doctor import examine  # noqa: PLC0415 - only this command needs it

    if address and address != "embedded":
        return examine(address, write=write, rounds=rounds, seconds=seconds)
    from threesixty import project  # noqa: PLC0415

    known = project.load(project_file(frame), home=frame.home)
    return examine(
        address or known.graph,
        home=known.home,
        schema=known.schema,
        write=write,
        rounds=rounds,
        seconds=seconds,
    )


def _printed(frame: Frame, findings: Iterator[Finding]) -> Sequence[Finding]:
    """Every finding as it is made, and in the end what they come to."""
    if frame.json:
        seen = list(findings)
        typer.echo(as_json_text(seen), nl=False)
        return seen
    screen, seen = console(), []
    for finding in findings:
        _draw(screen, finding)
        seen.append(finding)
    screen.print()
    screen.print(_verdict(seen))
    return seen


def _draw(screen: Console, finding: Finding) -> None:
    mark, style = _MARKS[finding.state]
    took = "" if finding.milliseconds is None else f"  {finding.milliseconds:.0f} ms"
    line = Table.grid(Column(width=1), Column(width=_HOP), Column(), padding=(0, 1))
    line.add_row(Text(mark, style), flow(finding.hop, LOUD), flow(finding.what).append(took, QUIET))
    if finding.hint:
        line.add_row("", "", flow(f"→ {finding.hint}"))
    screen.print(line)


def _verdict(seen: Sequence[Finding]) -> Text:
    failed = [one for one in seen if one.state == "failed"]
    warnings = sum(one.state == "warning" for one in seen)
    if failed:
        return flow(f"It fails at {failed[0].hop}: {failed[0].what.rstrip('.')}.", BAD)
    if warnings:
        return flow(f"It works, with {count(warnings, 'thing')} to look at.", WARN)
    return flow("All is well.", GOOD)
