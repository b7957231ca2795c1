"""Trust who is who: health, how, test, review."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from threesixty.cli import junit
from threesixty.cli.frame import BY, WHY, Frame, console, note, opened, project_file, show
from threesixty.cli.progress import bars
from threesixty.cli.terminal import doubts, reports, trust
from threesixty.cli.terminal.health import health as drawn_health
from threesixty.cli.terminal.how import how as drawn_how

if TYPE_CHECKING:
    from threesixty.customer360 import Customer360
    from threesixty.project.cases import Case
    from threesixty.report.doubts import Doubt

_PANEL = "Trust"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=_PANEL)(health)
    app.command(rich_help_panel=_PANEL)(how)
    app.command("test", rich_help_panel=_PANEL)(run_tests)
    app.command(rich_help_panel=_PANEL)(review)


def health(
    ctx: typer.Context,
    canaries: Annotated[
        int, typer.Option(help="So many invented records, whose customer is known; 0 for none.", min=0)
    ] = 600,
    seed: Annotated[int, typer.Option(help="Another number draws another sample.")] = 360,
) -> None:
    """How sound who is who is, without labels: conflicts, loose merges, drift, canaries; writes nothing."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        with bars(frame) as progress:
            found = c360.health(canaries=canaries, seed=seed, progress=progress)
        show(frame, found, lambda width: drawn_health(found, width), whole=True)


def how(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="A customer, named like in `customer`.")],
) -> None:
    """How a customer came together step by step, its weakest step, and what would break it."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        told = c360.how(key)
        show(frame, told, lambda _: drawn_how(told), whole=True)


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
        int | None, typer.Option(help="Compare people given in words as among so many records.", min=2)
    ] = None,
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
        results = c360.test(file, records=records or 0)
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


def review(
    ctx: typer.Context,
    a: Annotated[
        str, typer.Argument(metavar="[A]", help="A record or customer to decide about, with B.")
    ] = "",
    b: Annotated[str, typer.Argument(metavar="[B]", help="The other one.")] = "",
    *,
    same: Annotated[bool, typer.Option("--same", help="Decide that A and B are one customer.")] = False,
    different: Annotated[bool, typer.Option("--different", help="Decide that A and B are two.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List what waits, and ask nothing.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 10,
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
) -> None:
    """Go through what is most in doubt and matters most, and decide: same, different, or skip.

    Without a terminal, and with --list, it lists. With two names and --same or --different it decides.
    """
    frame: Frame = ctx.obj
    if bool(a) != bool(b) or same + different != bool(a):
        raise typer.BadParameter("name two, with either --same or --different; or nobody", ctx)
    with opened(frame) as c360:
        if a:
            verb = c360.same if same else c360.different
            decided = verb(a, b, why=why, by=by, dry_run=frame.dry_run)
            show(frame, decided, lambda _: reports.decided(decided))
        elif listed or frame.json or not _terminal():
            queue = c360.review(limit)
            show(frame, queue, lambda _: doubts.queue(queue), whole=True)
        else:
            _ask(frame, c360, limit, why, by)


def _terminal() -> bool:
    return sys.stdin.isatty()


def _ask(frame: Frame, c360: Customer360, limit: int, why: str, by: str) -> None:
    """One doubt after the other; those that a decision may have changed are asked of the queue anew."""
    seen: list[tuple[str, str]] = []
    waiting: list[Doubt] = []
    screen = console()
    while len(seen) < limit:
        # Ranking reads through very many doubts: not for each question.
        waiting = waiting or list(c360.review(limit - len(seen), skip=seen).doubts)
        if not waiting:
            break
        doubt = waiting.pop(0)
        seen.append(doubt.records)
        screen.print(doubts.doubt(doubt, min(screen.width, 120)))
        answer = _answer()
        if answer == "q":
            break
        if answer != "k":
            verb = c360.same if answer == "s" else c360.different
            decided = verb(*doubt.records, why=why, by=by, dry_run=frame.dry_run)
            screen.print(reports.decided(decided), crop=False)
            waiting = [one for one in waiting if _stands(c360, one, doubt)]
    note(frame, f"{len(seen):,} looked at; `threesixty undo` takes back the last decision")


def _stands(c360: Customer360, one: Doubt, decided: Doubt) -> bool:
    """Whether a doubt is about customers of whom nothing was decided just now, and who still are there."""
    sides, now = {one.a.customer, one.b.customer}, set(map(c360.resolve, one.records))
    return sides.isdisjoint({decided.a.customer, decided.b.customer}) and now <= sides


def _answer() -> str:
    """s, d, k or q; what is neither is asked again."""
    words = {"same": "s", "different": "d", "skip": "k", "quit": "q"}
    known = words | {letter: letter for letter in words.values()}
    while True:
        said = typer.prompt("[s]ame, [d]ifferent, s[k]ip or [q]uit?", default="k", show_default=False)
        if answer := known.get(said.strip().lower()):
            return answer
