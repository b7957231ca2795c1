"""How far long work is: one bar per task on stderr, with rate and time to go."""

from __future__ import annotations

from collections.abc import Iterator
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

from threesixty.cli.frame import Frame
from threesixty.cli.terminal.text import QUIET, clean, count, size
from threesixty.report import Progress, Tell


class _Rate(ProgressColumn):
    """Done, rate and time to go: '12,000 records · 41,203/s · 8 s to go'."""

    def render(self, task: Task) -> Text:
        unit = str(task.fields.get("unit", ""))
        parts = [_amount(task.completed, unit)] if task.completed and not task.fields.get("unknown") else []
        if task.speed and not task.finished:
            parts.append(f"{_amount(task.speed, unit)}/s")
            if task.time_remaining:
                parts.append(f"{count(round(task.time_remaining))} s to go")
        return Text(" · ".join(parts), QUIET)


def _amount(number: float, unit: str) -> str:
    return size(round(number)) if unit == "bytes" else f"{round(number):,} {unit}".rstrip()


COLUMNS = (TextColumn("{task.description}", markup=False), BarColumn(24), TimeElapsedColumn(), _Rate())


@contextmanager
def bars(frame: Frame) -> Iterator[Tell]:
    """A function that takes Progress and draws it, where somebody looks."""
    screen = Console(stderr=True, markup=False, highlight=False, emoji=False)
    if frame.quiet or frame.json or not screen.is_terminal:
        yield lambda _: None
        return
    with Bars(*COLUMNS, console=screen) as drawn:
        yield follow(drawn)


def follow(drawn: Bars) -> Tell:
    """A function that draws one bar per task, in the order the tasks are heard of."""
    tasks: dict[str, TaskID] = {}

    def report(progress: Progress) -> None:
        if progress.task not in tasks:
            for earlier in drawn.tasks:
                _end(drawn, earlier)
            tasks[progress.task] = drawn.add_task(clean(progress.task), total=None)
        drawn.update(
            tasks[progress.task], completed=progress.done, total=progress.total or None, unit=progress.unit
        )

    return report


def _end(drawn: Bars, task: Task) -> None:
    """A task whose size nobody knew is over when the next begins."""
    if task.total is None:
        done = task.completed or 1
        drawn.update(task.id, total=done, completed=done, unknown=not task.completed)
