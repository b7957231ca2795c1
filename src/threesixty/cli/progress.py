"""How far long work is: one bar per task on stderr, with rate and time to go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import (
    Progress as Bars,
)
from rich.text import Text

from threesixty.cli.terminal.text import QUIET, clean, count
from threesixty.report import Progress

Report = Callable[[Progress], None]


class _Rate(ProgressColumn):
    """Done, rate and time to go: '12,000 records · 41,203/s · 8 s to go'."""

    def render(self, task: Task) -> Text:
        unit = task.fields.get("unit", "")
        parts = [f"{count(int(task.completed))} {unit}".rstrip()]
        if task.speed and not task.finished:
            parts.append(f"{count(round(task.speed))}/s")
            if task.time_remaining:
                parts.append(f"{count(round(task.time_remaining))} s to go")
        return Text(" · ".join(parts), QUIET)


@contextmanager
def bars(*, quiet: bool) -> Iterator[Report]:
    """A function that takes Progress and draws it, where somebody looks."""
    screen = Console(stderr=True, markup=False, highlight=False, emoji=False)
    if quiet or not screen.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(24), TimeElapsedColumn(), _Rate())
    with Bars(*columns, console=screen) as drawn:
        yield _follow(drawn)


def _follow(drawn: Bars) -> Report:
    tasks: dict[str, TaskID] = {}

    def report(progress: Progress) -> None:
        if progress.task not in tasks:
            tasks[progress.task] = drawn.add_task(clean(progress.task), total=None)
        drawn.update(
            tasks[progress.task], completed=progress.done, total=progress.total or None, unit=progress.unit
        )

    return report
