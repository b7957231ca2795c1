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
def anywhere(company, shared_graph):
    """The same graph on every backend."""
    elements = company[1]
    shared_graph.load(elements.nodes.items(), elements.edges.items())
    return shared_graph


def test_every_question_is_asked(company):
    assert {name for name, _ in asked(company[1])} == catalogue().keys()


def test_answers_on_every_backend_are_those_of_plain_python(company, anywhere, oracle_of):
    elements = company[1]
    oracle = oracle_of(elements.nodes, elements.edges)
    for name, given in asked(elements):
        expected = comparable(oracle.answer(find(name), parameters(find(name), given)))
        assert comparable(ask(anywhere.ask, find(name), given)) == expected, (name, given)


def test_at_least_nine_in_ten_answers_have_rows(company):
    embedded, elements = company
    wanted = asked(elements)
    empty = [(name, given) for name, given in wanted if not ask(embedded.ask, find(name), given).rows]

    assert len(empty) <= len(wanted) / 10, empty
