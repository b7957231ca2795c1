"""Whatever a text says, it is data: it comes back equal, and changes nothing else."""

# ruff: noqa: S101 - tests say what holds by asserting it

from __future__ import annotations

from importlib.resources import files

from threesixty.conformance.town import Town
from threesixty.graph import Graph
from threesixty.graph.delta import Delta, Row

_LINES = (files("threesixty.conformance") / "hostile.txt").read_text("ascii").removesuffix("\n").split("\n")
HOSTILE = [line.encode("ascii").decode("unicode_escape") for line in _LINES[1:]] + ["x" * 70_000]
FIND = "MATCH (c:Customer {name: $name}) RETURN c.name AS name, c.city AS city"


def kept(text: str) -> str:
    """The text as a graph gives it back: equal, but for the one character that not every engine can store.

    It is replaced everywhere, so that one ledger draws equal graphs on every engine.
    """
    return text.replace("\0", "\ufffd")


def _customers(town: Town, texts: list[str]) -> list[Row]:
    return [
        town.node(
            "Customer", f"customer:{number:03}", **dict.fromkeys(("name", "city", "profile", "kind"), text)
        )
        for number, text in enumerate(texts)
    ]


def test_hostile_values_come_back_equal(graph: Graph, town: Town) -> None:
    rows = _customers(town, HOSTILE)
    graph.apply(Delta({"Customer": rows}))
    graph.apply(Delta({"Customer": rows}))

    found = graph.fetch({"Customer": [str(row[0]) for row in rows]}).nodes["Customer"]
    assert found == _customers(town, list(map(kept, HOSTILE)))


def test_hostile_values_come_back_equal_after_a_load(graph: Graph, town: Town) -> None:
    rows = _customers(town, HOSTILE)
    edges = [town.edge(town.USES, str(row[0]), "identifier:phone:1", first=1) for row in rows]
    graph.load([("Customer", rows), ("Identifier", [town.phone])], [(town.USES, edges)])

    assert dict(graph.export()) == {
        "Customer": _customers(town, list(map(kept, HOSTILE))), "Identifier": [town.phone], town.USES: edges,
    }  # fmt: skip


def test_hostile_values_replace_hostile_values_on_nodes_and_edges(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    made = town.edges[town.MADE][0]

    def ada(text: str) -> Row:
        return town.node("Customer", "customer:ada", name=text, profile=text)

    def edge(text: str) -> Row:
        return town.edge(town.MADE, str(made[0]), str(made[1]), role=text)

    for text in HOSTILE:
        graph.apply(Delta({"Customer": [ada(text)]}, {town.MADE: [edge(text)]}))
        found = graph.fetch({"Customer": ["customer:ada"]})
        assert found.nodes["Customer"] == [ada(kept(text))]
        assert found.edges[town.MADE] == [edge(kept(text))]


def test_hostile_parameters_are_only_compared(graph: Graph, town: Town) -> None:
    graph.apply(Delta({"Customer": _customers(town, HOSTILE)}))
    for text in HOSTILE:
        assert graph.ask(FIND, {"name": text}) == [{"name": kept(text), "city": kept(text)}]


def test_hostile_ids_name_only_themselves(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.apply(Delta(take_nodes={"Customer": HOSTILE}))
    graph.apply(Delta(take_edges={town.USES: [(text, text) for text in HOSTILE]}))

    assert graph.fetch({"Customer": HOSTILE}).nodes == {}
    assert graph.fetch({"Customer": ["customer:ada", "customer:ben"]}).nodes["Customer"] == [
        town.ada,
        town.ben,
    ]


def test_half_a_surrogate_is_replaced_and_stops_nothing(graph: Graph, town: Town) -> None:
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:ada", name="A\ud800da")]}))

    assert graph.ask(FIND, {"name": "A\ufffdda"}) == [{"name": "A\ufffdda", "city": None}]
    assert graph.ask(FIND, {"name": "A\ud800da"}) == [{"name": "A\ufffdda", "city": None}]
