"""The oracle itself gives the answers that were written down by hand."""

import pytest

from threesixty.conformance.answers import cases, comparable, written
from threesixty.conformance.drawing import eight_customers
from threesixty.questions import ask, find
from threesixty.questions.question import parameters


@pytest.fixture(scope="module")
def oracle(oracle_of):
    town = eight_customers()
    return oracle_of(town.put_nodes, town.put_edges)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.head) for case in cases()])
def test_it_gives_the_answers_written_down(oracle, case):
    question = find(case.name)

    assert written(oracle.answer(question, parameters(question, case.given))) == case.rows


@pytest.mark.parametrize(("employees", "crowd"), [(50, False), (51, True)])
def test_a_company_of_many_is_named_and_its_people_are_not_followed(
    shared_graph, drawing, oracle_of, employees, crowd
):
    town = drawing()
    town.customer("hall", "Hall & Co", kind="organisation")
    town.customer("whole", "", kind="organisation")
    town.edge("customer:hall", "PART_OF", "customer:whole")
    for number in range(employees):
        town.customer(f"{number:02}", f"Employee {number}")
        town.edge(f"customer:{number:02}", "WORKS_FOR", "customer:hall", role="clerk" if number else None)
    drawn = town.delta()
    shared_graph.clear()
    shared_graph.apply(drawn)
    oracle = oracle_of(drawn.put_nodes, drawn.put_edges)
    answers = {}
    for name, given in (
        ("connections", {"customer": "hall", "depth": 1}), ("path", {"customer": "00", "other": "01"}),
        ("path", {"customer": "01", "other": "whole"}),
    ):  # fmt: skip
        found = answers[name, given["customer"]] = ask(shared_graph.ask, find(name), given)
        assert comparable(found) == comparable(oracle.answer(find(name), parameters(find(name), given)))
    around = answers["connections", "hall"]

    assert len(around.rows) == (1 if crowd else employees + 1)
    assert around.note == ("more than 50 of a sort, so not followed: employees of Hall & Co" if crowd else "")
    assert hows(answers["path", "00"]) == ["works for Hall & Co", "employs Employee 1 as clerk"]
    assert hows(answers["path", "01"])[1:] == ["is part of customer:whole"]


def hows(answer):
    return [row[3] for row in answer.rows]
