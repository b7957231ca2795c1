"""One promise of Graph = one short test. The words are those of the protocol."""

# ruff: noqa: S101 - tests say what holds by asserting it

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from threesixty.conformance.town import Town
from threesixty.errors import GraphError, GraphRefused, GraphTimeout, GraphUnavailable
from threesixty.graph import Graph
from threesixty.graph.delta import Delta, Elements, Row
from threesixty.schema import EdgeKind

NAMES = "MATCH (c:Customer) RETURN c.id AS id, c.name AS name ORDER BY id"


def exported(graph: Graph) -> dict[str | EdgeKind, list[Row]]:
    """Everything in the graph, batches of one table joined."""
    found: dict[str | EdgeKind, list[Row]] = {}
    for what, rows in graph.export():
        found.setdefault(what, []).extend(rows)
    return found


VERBS = [name for name in vars(Graph) if not name.startswith("_") and callable(getattr(Graph, name, None))]


@pytest.mark.parametrize("verb", VERBS)
def test_a_backend_has_the_signatures_of_the_protocol(graph: Graph, verb: str) -> None:
    assert inspect.signature(getattr(type(graph), verb)) == inspect.signature(getattr(Graph, verb))


def test_a_backend_has_a_name(graph: Graph) -> None:
    assert graph.name.isidentifier()


# --- apply -----------------------------------------------------------------------------------------


def test_apply_puts_nodes_and_edges(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)

    assert exported(graph) == dict([*town.nodes.items(), *town.edges.items()])


def test_putting_a_node_that_is_there_replaces_its_properties(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:ada", name="Ada L", family="L")]}))

    found = graph.fetch({"Customer": ["customer:ada"]}).nodes["Customer"]
    assert found == [town.node("Customer", "customer:ada", name="Ada L", family="L")]


def test_putting_a_node_that_is_there_keeps_its_edges(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:ada", name="Ada L")]}))

    assert exported(graph)[town.USES] == town.edges[town.USES]


def test_so_does_putting_an_edge(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    changed = town.edge(town.USES, "customer:ada", "identifier:phone:1", last=11)
    graph.apply(Delta(put_edges={town.USES: [changed]}))

    assert exported(graph)[town.USES] == [changed, town.edges[town.USES][1]]


@pytest.mark.parametrize("changed", [{3}, {0, 7, 8, 29}, set(range(30))], ids=["one", "some", "all"])
def test_putting_edges_of_a_node_leaves_its_others(graph: Graph, town: Town, changed: set[int]) -> None:
    ends = [f"identifier:phone:{number:02}" for number in range(30)]
    graph.apply(town.delta)
    before = [town.edge(town.USES, start, end, last=1) for start in ("customer:ada", "customer:ben")
              for end in ends]  # fmt: skip
    graph.apply(Delta({"Identifier": [town.node("Identifier", end) for end in ends]}, {town.USES: before}))
    put = {row[:2]: (*row[:2], 5, None) for row in before[:30] if ends.index(str(row[1])) in changed}
    graph.apply(Delta(put_edges={town.USES: list(put.values())}))

    found = [row for row in exported(graph)[town.USES] if row[1] != "identifier:phone:1"]
    assert found == [put.get(row[:2], row) for row in before]


def test_applying_a_delta_twice_changes_nothing(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    once = exported(graph)
    graph.apply(town.delta)

    assert exported(graph) == once


def test_take_takes_nodes_with_their_edges(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.apply(Delta(take_nodes={"Customer": ["customer:ada"]}))

    left = exported(graph)
    assert (left["Customer"], left[town.USES]) == ([town.ben], [town.edges[town.USES][1]])
    assert town.MADE not in left


def test_take_takes_edges(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.apply(Delta(take_edges={town.USES: [("customer:ada", "identifier:phone:1")]}))

    assert exported(graph)[town.USES] == [town.edges[town.USES][1]]


def test_taking_what_is_not_there_is_no_error(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    before = exported(graph)
    graph.apply(
        Delta(
            take_nodes={"Customer": ["customer:nobody"], "Store": ["store:none"]},
            take_edges={
                town.USES: [("customer:ada", "identifier:none"), ("customer:nobody", "identifier:none")]
            },
        )
    )

    assert exported(graph) == before


def test_an_edge_whose_ends_are_not_there_is_not_drawn(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    before = exported(graph)
    graph.apply(Delta(put_edges={town.USES: [town.edge(town.USES, "customer:ada", "identifier:none")]}))
    graph.apply(Delta(put_edges={town.USES: [town.edge(town.USES, "customer:nobody", "identifier:phone:1")]}))

    assert exported(graph) == before


def test_what_a_delta_puts_twice_is_put_once_the_last_time(graph: Graph, town: Town) -> None:
    rows = [town.node("Customer", "customer:ada", name=name) for name in ("Eda", "Ada")]
    graph.apply(Delta({"Customer": rows}))

    assert graph.ask(NAMES, {}) == [{"id": "customer:ada", "name": "Ada"}]


def test_what_a_delta_puts_and_takes_is_put(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.apply(
        Delta(
            {"Customer": [town.ada]}, {town.USES: town.edges[town.USES]},
            {"Customer": ["customer:ada"]}, {town.USES: [("customer:ada", "identifier:phone:1")]},
        )
    )  # fmt: skip

    assert exported(graph)[town.USES] == town.edges[town.USES]


def test_a_row_that_cannot_be_written_leaves_nothing_of_its_delta_behind(graph: Graph, town: Town) -> None:
    """By one transaction for a Delta, or, where every statement is its own, by looking before sending."""
    graph.apply(town.delta)
    wrong = town.phone[:-1]
    with pytest.raises((GraphError, TypeError, ValueError)):
        graph.apply(
            Delta({"Customer": [town.node("Customer", "customer:cat", name="Cat")], "Identifier": [wrong]})
        )

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben"]


def test_thousands_of_new_rows_and_changed_ones_go_together(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    count = 2_100 if graph.name == "ladybug" else 1_100  # more than one batch of either
    keys = [f"{number:05}" for number in range(count)]
    many = [town.node("Customer", f"customer:{key}", name=f"Nr {key}") for key in keys]
    numbers = [town.node("Identifier", f"identifier:{key}", type="phone") for key in keys]
    uses = [town.edge(town.USES, f"customer:{key}", f"identifier:{key}", first=1) for key in keys]
    changed = town.node("Customer", "customer:ada", name="Ada L")
    lost = town.edge(town.USES, "customer:nobody", "identifier:phone:1")
    graph.apply(
        Delta({"Customer": [*many, changed], "Identifier": numbers},
              {town.USES: [*uses, *town.edges[town.USES], lost]}, {"Purchase": ["purchase:shop:1"]})
    )  # fmt: skip

    found = exported(graph)
    assert found["Customer"] == [*many, changed, town.ben]
    assert found["Identifier"] == [*numbers, town.phone]
    assert found[town.USES] == [*uses, *town.edges[town.USES]]
    assert "Purchase" not in found


# --- load ------------------------------------------------------------------------------------------


def test_load_fills_an_empty_graph(graph: Graph, town: Town) -> None:
    graph.load(iter(town.nodes.items()), iter(town.edges.items()))
    loaded = exported(graph)
    graph.clear()
    graph.apply(town.delta)

    assert exported(graph) == loaded


def test_batches_of_one_label_or_edge_kind_come_one_after_the_other(graph: Graph, town: Town) -> None:
    nodes = [("Customer", [town.ada]), ("Customer", [town.ben]), ("Identifier", [town.phone])]
    graph.load(nodes, [(town.USES, [row]) for row in town.edges[town.USES]])

    assert exported(graph) == {
        "Customer": [town.ada, town.ben], "Identifier": [town.phone], town.USES: town.edges[town.USES],
    }  # fmt: skip


def test_load_keeps_its_rules_for_rows_twice_and_edges_without_an_end(graph: Graph, town: Town) -> None:
    lost = town.edge(town.USES, "customer:ada", "identifier:none")
    edges = [(town.USES, [*town.edges[town.USES], town.edges[town.USES][0], lost])]
    graph.load([("Customer", [town.ada, town.ben, town.ada]), ("Identifier", [town.phone])], edges)

    found = exported(graph)
    assert (found["Customer"], found[town.USES]) == ([town.ada, town.ben], town.edges[town.USES])


def test_after_a_load_the_graph_can_be_asked_and_changed(graph: Graph, town: Town) -> None:
    graph.load(town.nodes.items(), town.edges.items())
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:cat", name="Cat")]}))

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben", "Cat"]


# --- ask -------------------------------------------------------------------------------------------


def test_ask_gives_rows_by_column(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    text = "MATCH (c:Customer {id: $customer})-[e:USES]->(i:Identifier) RETURN c.name AS name, e.last AS last"

    assert graph.ask(text, {"customer": "customer:ada"}) == [{"name": "Ada", "last": 9}]


def test_ask_adds_up_to_integers(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    [row] = graph.ask("MATCH (c:Customer) RETURN sum(c.records) AS records", {}, scan=True)

    assert (row["records"], type(row["records"])) == (3, int)


@pytest.mark.parametrize("seconds", [0.2])
def test_ask_raises_graph_timeout(graph: Graph, town: Town, seconds: float) -> None:
    graph.apply(town.delta)
    pairs = "UNWIND range(1, 20000) AS a UNWIND range(1, 20000) AS b WITH a, b"
    slow = f"{pairs} WHERE (a * b) % 7 = 3 RETURN count(*) AS found"
    with pytest.raises(GraphTimeout):
        graph.ask(slow, {}, seconds=seconds)

    assert graph.ask(NAMES, {})


@pytest.mark.parametrize(
    "text", ["MATCH (c:Customer RETURN c", "MATCH (c:Customer) RETURN d.name AS name", "Hello"]
)
def test_ask_raises_graph_refused(graph: Graph, text: str) -> None:
    with pytest.raises(GraphRefused):
        graph.ask(text, {})


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (c:Customer {id: 'x'})",
        "MATCH (c:Customer) SET c.name = 'x'",
        "match (c:Customer) detach delete c",
        "MATCH (c:Customer) RETURN c.name AS name; MATCH (c:Customer) DETACH DELETE c",
        "MATCH (c:Customer) REMOVE c.name",
        "MERGE (c:Customer {id: 'x'}) RETURN c.id AS id",
        "LOAD FROM '/etc/passwd' RETURN *",
        "CALL show_tables() RETURN *",
    ],
)
def test_ask_only_reads(graph: Graph, town: Town, text: str) -> None:
    graph.apply(town.delta)
    with pytest.raises(GraphRefused):
        graph.ask(text, {})

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben"]


# --- fetch -----------------------------------------------------------------------------------------


def test_fetch_gives_the_named_nodes_with_the_edges_that_start_at_them(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)

    assert graph.fetch({"Customer": ["customer:ada"], "Identifier": ["identifier:phone:1"]}) == Elements(
        {"Customer": [town.ada], "Identifier": [town.phone]},
        {town.USES: [town.edges[town.USES][0]], town.MADE: town.edges[town.MADE]},
    )


def test_absent_ones_are_left_out(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)

    assert graph.fetch({"Customer": ["customer:nobody"], "Store": ["store:none"]}) == Elements()


def test_fetch_gives_the_first_edge_of_a_kind_that_is_drawn(graph: Graph, town: Town) -> None:
    graph.apply(Delta(town.nodes))
    before = graph.fetch({"Customer": ["customer:ada"]}).edges
    graph.apply(Delta(put_edges=town.edges))

    assert not before
    assert graph.fetch({"Customer": ["customer:ada"]}).edges[town.MADE] == town.edges[town.MADE]


def test_fetch_takes_thousands_of_ids(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    ids = [f"customer:{number}" for number in range(3_000)]

    assert graph.fetch({"Customer": [*ids, "customer:ada", "customer:ada"]}).nodes == {"Customer": [town.ada]}


# --- applied, clear, export, close -----------------------------------------------------------------


def test_applied_is_seq_of_the_threesixty_node(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)

    assert graph.applied() == 7


def test_applied_is_minus_1_when_it_is_empty(graph: Graph) -> None:
    assert graph.applied() == -1


def test_clear_takes_away_every_node_and_edge_of_the_schema(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.clear()

    assert (exported(graph), graph.applied()) == ({}, -1)


def test_after_clear_the_graph_can_be_filled_again(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    graph.ask(NAMES, {})
    graph.clear()
    graph.apply(town.delta)

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben"]


def test_equal_graphs_export_equal(graph: Graph, town: Town) -> None:
    graph.load(town.nodes.items(), town.edges.items())
    whole = exported(graph)
    graph.clear()
    for label, rows in reversed(town.nodes.items()):
        graph.apply(Delta({label: rows[::-1]}))
    graph.apply(Delta(put_edges=town.edges))

    assert exported(graph) == whole


def test_export_comes_by_label_and_then_by_edge_kind_each_sorted(graph: Graph, town: Town) -> None:
    graph.apply(town.delta)
    order = [what for what, _ in graph.export()]

    assert order == ["Threesixty", "Customer", "Identifier", "Purchase", town.USES, town.MADE]


def test_copy_makes_a_file_where_the_graph_is_one_and_leaves_it_as_it_is(
    graph: Graph, town: Town, tmp_path: Path
) -> None:
    graph.apply(town.delta)

    applied, tables = graph.copy(tmp_path / "copied")

    assert bool(tables) == (applied >= 0) == (tmp_path / "copied").exists()
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:eve", name="Eve")]}))
    assert graph.ask("MATCH (c:Customer {id: 'customer:eve'}) RETURN c.name AS name", {}) == [{"name": "Eve"}]


def test_closing_twice_is_no_error(graph_to_close: Graph) -> None:
    graph_to_close.close()
    graph_to_close.close()


def test_a_closed_graph_says_that_it_is_closed(graph_to_close: Graph) -> None:
    graph_to_close.close()
    with pytest.raises(GraphUnavailable):
        graph_to_close.ask(NAMES, {})
    with pytest.raises(GraphUnavailable):
        graph_to_close.apply(Delta())
