"""Rows of Questions on a narrow screen: figures and days whole, ids shorter than names."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from threesixty.cli.terminal.answers import answer
from threesixty.report import Answer

COLUMNS = ("customer", "name", "at", "amount", "purchases", "product", "product_name")
TYPES = {"at": "instant", "amount": "money", "purchases": "integer"}
ROW = (
    "customer:k4x7qhm2vtz3ne5b", "Maximiliane von und zu Hohenstein", 1_746_230_400_000, 123_456_789_012_300,
    1_234_567, "product:all:d3a64574e42647e43b7e497c", "Four-season tent, green",
)  # fmt: skip
ANSWER = Answer("q", COLUMNS, (ROW, (*ROW[:3], None, *ROW[4:])), truncated=False)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_figures_and_days_are_never_cut(printed, width: int):
    shown = printed(answer(ANSWER, TYPES, width=width), width)

    assert {"2025-05-03", "12,345,678,901.23", "1,234,567"} <= set(shown.split())
    assert max(map(cell_len, shown.splitlines())) <= width


def test_ids_give_way_before_names(printed):
    line = printed(answer(ANSWER, TYPES, width=100), 100).splitlines()[1]

    assert "Maximiliane" in line
    assert "Four-season" in line
    assert "k4x7qhm2" not in line


def test_where_there_is_room_all_is_whole(printed):
    line = printed(answer(ANSWER, TYPES, width=200), 200).splitlines()[1]

    assert all(str(ROW[place]) in line for place in (0, 1, 5, 6))


def test_rows_too_long_for_any_screen_have_a_line_for_each_value(printed):
    lines = printed(answer(ANSWER, TYPES, width=40), 40).splitlines()

    assert lines[0].split() == ["customer", "customer:k4x7qhm2vtz3ne5b"]
    assert any(line.split() == ["purchases", "1,234,567"] for line in lines)


def test_a_table_that_would_cut_most_of_what_it_says_is_written_in_lines(printed):
    columns = ("customer", "name", "role", "since", "until", "evidence", "household", "household_name")
    ids = "customer:k4x7qhm2vtz3ne5b", "household:2wstdbwz7xhcien5"
    row = (ids[0], "Ana Carneiro Nogueira", "family", 0, 0, "address, surname", ids[1], "Nogueira household")
    types = {"since": "instant", "until": "instant"}

    shown = printed(answer(Answer("q", columns, (row, row), truncated=False), types, width=80), 80)

    assert "…" not in shown
    assert any(line.split() == ["customer", ids[0]] for line in shown.splitlines())
