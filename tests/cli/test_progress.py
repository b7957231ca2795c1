from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress as Bars

from threesixty.cli.frame import Frame
from threesixty.cli.progress import COLUMNS, bars, follow
from threesixty.report import Progress


def drawn(*steps: Progress) -> str:
    """The last picture of the bars after some steps."""
    console = Console(file=StringIO(), width=100)
    with Bars(*COLUMNS, console=console, auto_refresh=False) as shown:
        report = follow(shown)
        for step in steps:
            report(step)
        console.print(shown)
    return console.file.getvalue()


def test_bytes_are_written_as_people_say_them() -> None:
    assert "361.1 kB" in drawn(Progress("load crm", 361_124, 361_124, "bytes"))


def test_a_work_whose_size_nobody_knows_ends_when_the_next_begins() -> None:
    shown = drawn(Progress("compare", 0, 0), Progress("draw", 5, 10, "customers"))

    assert "compare" in shown
    assert "5 customers" in shown
    assert "0 records" not in shown


@pytest.mark.parametrize("frame", [Frame(quiet=True), Frame(json=True)])
def test_nobody_looks_nothing_is_drawn(frame, capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    with bars(Frame()) as report:
        report(Progress("load crm", 1, 2))
    assert "load crm" in capsys.readouterr().err

    with bars(frame) as report:
        report(Progress("load crm", 1, 2))
    assert capsys.readouterr().err == ""
