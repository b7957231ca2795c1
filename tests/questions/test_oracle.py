"""The oracle itself gives the answers that were written down by hand."""

import pytest

from threesixty.conformance.answers import cases, written
from threesixty.conformance.drawing import eight_customers
from threesixty.questions import find
from threesixty.questions.question import parameters


@pytest.fixture(scope="module")
def oracle(oracle_of):
    town = eight_customers()
    return oracle_of(town.put_nodes, town.put_edges)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.head) for case in cases()])
def test_it_gives_the_answers_written_down(oracle, case):
    question = find(case.name)

    assert written(oracle.answer(question, parameters(question, case.given))) == case.rows
