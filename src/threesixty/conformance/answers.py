"""Every Question has the same answer on every backend: the one written down in answers.txt."""

# ruff: noqa: S101 - tests say what holds by asserting it

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import pytest

from threesixty.conformance.drawing import DAY, START
from threesixty.graph import Graph
from threesixty.questions import ask, catalogue, find
from threesixty.record import Scalar
from threesixty.report import Answer

IN_PARTS = frozenset({"customer_360", "identifiers"})
"""Questions of several UNION parts, which may come in any order; all others have one order."""


class Case(NamedTuple):
    """A Question with its parameters, and the rows expected of it as text."""

    head: str
    name: str
    given: dict[str, str]
    rows: list[str]


def cases() -> Iterator[Case]:
    """Blocks of `question parameter=value …` and the rows expected of it, one a line."""
    for block in (files("threesixty.conformance") / "answers.txt").read_text("utf-8").split("\n\n"):
        head, *rows = (line for line in block.strip().splitlines() if not line.startswith("#"))
        name, *given = head.split()
        yield Case(head, name, dict(part.split("=", 1) for part in given), rows)


def written(answer: Answer) -> list[str]:
    """An answer as the table of cases writes it: instants as days of the town, nothing as a dash."""
    types = [column.type for column in find(answer.question).columns]
    rows = [" | ".join(map(_cell, row, types)) for row in answer.rows]
    rows += [f"! {answer.note}"] * bool(answer.note) + ["! and more"] * answer.truncated
    return sorted(rows) if answer.question in IN_PARTS else rows


def comparable(answer: Answer) -> tuple[list[tuple[Scalar, ...]], bool, str]:
    """What of an answer is the same on every backend."""
    rows = sorted(answer.rows, key=repr) if answer.question in IN_PARTS else list(answer.rows)
    return rows, answer.truncated, answer.note


def _cell(value: Scalar, type_: str) -> str:
    if value is None:
        return "-"
    if type_ == "instant" and value:
        return f"day {(int(value) - START) // DAY}"
    return str(value) if value != "" else "''"


@pytest.mark.parametrize("case", [pytest.param(case, id=case.head) for case in cases()])
def test_the_answer_is_the_one_written_down(town_graph: Graph, case: Case) -> None:
    answer = ask(town_graph.ask, find(case.name), case.given)

    assert written(answer) == case.rows


def test_every_question_has_its_answer_written_down() -> None:
    assert {case.name for case in cases()} == catalogue().keys()


def test_at_least_nine_in_ten_answers_have_rows() -> None:
    asked = [case for case in cases() if "nobody" not in case.head]
    empty = [case.head for case in asked if not [row for row in case.rows if not row.startswith("!")]]

    assert len(empty) <= len(asked) / 10, empty
