"""The sample company, loaded as anybody loads it: all Questions about some customers, on every backend."""

import pytest

import threesixty
from threesixty import sample
from threesixty.conformance.answers import comparable
from threesixty.conformance.asked import asked, held
from threesixty.questions import ask, catalogue, find
from threesixty.questions.question import parameters

SIZES = [40, pytest.param(2_000, marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=SIZES)
def company(request, tmp_path_factory):
    """Its embedded graph, and everything that is in it."""
    project = sample.write(tmp_path_factory.mktemp("company"), customers=request.param)
    with threesixty.open(project) as c360:
        c360.load()
        yield c360.graph(), held(c360.graph())


@pytest.fixture(scope="module")
def elsewhere(company, server_graph):
    """The same graph on every other backend."""
    elements = company[1]
    server_graph.load(elements.nodes.items(), elements.edges.items())
    return [server_graph]


def test_every_question_is_asked(company):
    assert {name for name, _ in asked(company[1])} == catalogue().keys()


def test_answers_are_equal_on_every_backend_and_in_plain_python(company, elsewhere, oracle_of):
    embedded, elements = company
    oracle = oracle_of(elements.nodes, elements.edges)
    for name, given in asked(elements):
        expected = comparable(oracle.answer(find(name), parameters(find(name), given)))
        for graph in (embedded, *elsewhere):
            assert comparable(ask(graph.ask, find(name), given)) == expected, (graph.name, name, given)


def test_at_least_nine_in_ten_answers_have_rows(company):
    embedded, elements = company
    wanted = asked(elements)
    empty = [(name, given) for name, given in wanted if not ask(embedded.ask, find(name), given).rows]

    assert len(empty) <= len(wanted) / 10, empty
