"""Whatever a text says, it is data: it comes back equal, and changes nothing else."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threesixty.errors import GraphRefused
from threesixty.graph import cypher
from threesixty.graph.delta import Delta

CASES = Path(__file__).parent / "cases" / "hostile.txt"
HOSTILE = [
    line.encode("ascii").decode("unicode_escape")
    for line in CASES.read_text("ascii").removesuffix("\n").split("\n")[1:]
] + ["x" * 70_000]
FIND = "MATCH (c:Customer {name: $name}) RETURN c.name AS name, c.city AS city"


def customers(town):
    return [
        town.node(
            "Customer", f"customer:{number:03}", **dict.fromkeys(("name", "city", "profile", "kind"), text)
        )
        for number, text in enumerate(HOSTILE)
    ]


def test_hostile_values_come_back_equal(graph, town):
    rows = customers(town)
    graph.apply(Delta({"Customer": rows}))
    graph.apply(Delta({"Customer": rows}))

    assert graph.fetch({"Customer": [row[0] for row in rows]}).nodes["Customer"] == rows


def test_hostile_values_come_back_equal_after_a_load(graph, town):
    rows = customers(town)
    edges = [town.edge(town.USES, row[0], "identifier:phone:1", first=1) for row in rows]
    graph.load([("Customer", rows), ("Identifier", [town.phone])], [(town.USES, edges)])

    assert dict(graph.export()) == {"Customer": rows, "Identifier": [town.phone], town.USES: edges}


def test_hostile_values_replace_hostile_values_on_nodes_and_edges(graph, town):
    graph.apply(town.delta)
    made = town.edges[town.MADE][0]
    for text in HOSTILE:
        ada = town.node("Customer", "customer:ada", name=text, profile=text)
        edge = town.edge(town.MADE, *made[:2], role=text)
        graph.apply(Delta({"Customer": [ada]}, {town.MADE: [edge]}))
        found = graph.fetch({"Customer": ["customer:ada"]})
        assert (found.nodes["Customer"], found.edges[town.MADE]) == ([ada], [edge])


def test_hostile_parameters_are_only_compared(graph, town):
    rows = customers(town)
    graph.apply(Delta({"Customer": rows}))
    for text in HOSTILE:
        assert graph.ask(FIND, {"name": text}) == [{"name": text, "city": text}]


def test_hostile_ids_name_only_themselves(graph, town):
    graph.apply(town.delta)
    graph.apply(Delta(take_nodes={"Customer": HOSTILE}))
    graph.apply(Delta(take_edges={town.USES: [(text, text) for text in HOSTILE]}))

    assert graph.fetch({"Customer": HOSTILE}).nodes == {}
    assert graph.fetch({"Customer": ["customer:ada", "customer:ben"]}).nodes["Customer"] == [
        town.ada,
        town.ben,
    ]


def test_half_a_surrogate_is_replaced_and_stops_nothing(graph, town):
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:ada", name="A\ud800da")]}))

    assert graph.ask(FIND, {"name": "A\ufffdda"}) == [{"name": "A\ufffdda", "city": None}]
    assert graph.ask(FIND, {"name": "A\ud800da"}) == [{"name": "A\ufffdda", "city": None}]


@pytest.mark.parametrize("name", ["a`b", "a b", "", "a;b", "1a", "a'b", "a\\b"])
def test_what_is_no_plain_word_never_becomes_a_label(name):
    with pytest.raises(GraphRefused):
        cypher.quoted(name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**63), 2**63 - 1) | st.none())
def test_any_text_and_number_come_back_equal(ladybug, town, text, number):
    row = town.node("Customer", "customer:ada", name=text, value=number, profile=text)
    ladybug.apply(Delta({"Customer": [row]}))

    assert ladybug.fetch({"Customer": ["customer:ada"]}).nodes["Customer"] == [row]
