"""Every question has the same answer on every backend: the one written down in cases/answers.txt."""

from pathlib import Path

import pytest

from threesixty.questions import ask, catalogue, find

CASES = Path(__file__).parent / "cases" / "answers.txt"
DAY = 86_400_000
START = 1_704_067_200_000


def cases():
    """Blocks of `question parameter=value …` and the rows expected of it, one a line."""
    for block in CASES.read_text("utf-8").split("\n\n"):
        head, *rows = (line for line in block.strip().splitlines() if not line.startswith("#"))
        name, *given = head.split()
        yield pytest.param(name, dict(part.split("=", 1) for part in given), rows, id=head)


def written(answer):
    """An answer as the table of cases writes it: instants as days of the town, nothing as a dash."""
    types = [column.type for column in find(answer.question).columns]
    rows = [" | ".join(map(cell, row, types)) for row in answer.rows]
    return rows + [f"! {answer.note}"] * bool(answer.note) + ["! and more"] * answer.truncated


def cell(value, type_):
    if value is None:
        return "-"
    if type_ == "instant" and value:
        return f"day {(value - START) // DAY}"
    return str(value) if value != "" else "''"


@pytest.mark.parametrize(("name", "given", "expected"), list(cases()))
def test_answers(town_graph, name, given, expected):
    answer = ask(town_graph.ask, find(name), given)

    assert sorted_parts(name, written(answer)) == expected


def sorted_parts(name, rows):
    """Parts of one text may come in any order; every other question has one order."""
    return sorted(rows) if name in {"customer_360", "identifiers"} else rows


def test_every_question_has_its_answer_written_down():
    assert {case.values[0] for case in cases()} == catalogue().keys()


def test_at_least_nine_in_ten_answers_have_rows():
    asked = [case for case in cases() if "nobody" not in case.id]
    empty = [case.id for case in asked if not [row for row in case.values[2] if not row.startswith("!")]]

    assert len(empty) <= len(asked) / 10, empty
