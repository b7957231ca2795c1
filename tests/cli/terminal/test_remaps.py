from __future__ import annotations

from dataclasses import replace

import pytest

from threesixty.cli.terminal.remaps import remapped
from threesixty.report.remapped import Remapped, Waiting

PAGE = Remapped(
    sources=("crm",), rows=0, new=0, changed=0, ended=0, rejected=0, mended=0, changes=(),
    customers_before=0, customers=0, merged=0, split=0, moved=(), waiting=(), notices=(), seconds=0.0,
)  # fmt: skip


@pytest.mark.parametrize(("many", "told"), [(1, ""), (10, ""), (11, "and 1 more"), (25, "and 15 more")])
def test_how_many_more_decisions_wait_is_said_where_some_are_not_shown(printed, many: int, told: str) -> None:
    waiting = tuple(Waiting("different", f"crm/{n}", f"crm/x{n}", "ana") for n in range(many))

    shown = printed(remapped(replace(PAGE, waiting=waiting)), 80)

    assert told in shown
    assert shown.count("more") == bool(told)
    assert shown.count("(ana)") == min(many, 10)
