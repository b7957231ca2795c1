"""One promise of Graph = one short test, on every backend. The words are those of the protocol."""

import inspect

import pytest

from threesixty.errors import GraphError, GraphRefused, GraphTimeout, GraphUnavailable
from threesixty.graph import Graph
from threesixty.graph.bolt import Bolt
from threesixty.graph.delta import Delta, Elements
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT

NAMES = "MATCH (c:Customer) RETURN c.id AS id, c.name AS name ORDER BY id"


def exported(graph):
    """Everything in the graph, batches of one table joined."""
    found = {}
    for what, rows in graph.export():
        found.setdefault(what, []).extend(rows)
    return found


@pytest.mark.parametrize("backend", [Ladybug, Bolt])
@pytest.mark.parametrize("method", [name for name in vars(Graph) if not name.startswith("_")])
def test_every_backend_has_the_signatures_of_the_protocol(backend, method):
    if callable(getattr(Graph, method, None)):
        assert inspect.signature(getattr(backend, method)) == inspect.signature(getattr(Graph, method))


# --- apply -----------------------------------------------------------------------------------------


def test_apply_puts_nodes_and_edges(graph, town):
    graph.apply(town.delta)

    assert exported(graph) == {
        "Threesixty": [town.state], "Customer": [town.ada, town.ben], "Identifier": [town.phone],
        "Purchase": [town.purchase], **town.edges,
    }  # fmt: skip


def test_putting_a_node_that_is_there_replaces_its_properties(graph, town):
    graph.apply(town.delta)
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:ada", name="Ada L", family="L")]}))

    found = graph.fetch({"Customer": ["customer:ada"]}).nodes["Customer"]
    assert found == [town.node("Customer", "customer:ada", name="Ada L", family="L")]


def test_putting_a_node_that_is_there_keeps_its_edges(graph, town):
    graph.apply(town.delta)
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:ada", name="Ada L")]}))

    assert exported(graph)[town.USES] == town.edges[town.USES]


def test_so_does_putting_an_edge(graph, town):
    graph.apply(town.delta)
    changed = town.edge(town.USES, "customer:ada", "identifier:phone:1", last=11)
    graph.apply(Delta(put_edges={town.USES: [changed]}))

    assert exported(graph)[town.USES] == [changed, town.edges[town.USES][1]]


def test_applying_a_delta_twice_changes_nothing(graph, town):
    graph.apply(town.delta)
    once = exported(graph)
    graph.apply(town.delta)

    assert exported(graph) == once


def test_take_takes_nodes_with_their_edges(graph, town):
    graph.apply(town.delta)
    graph.apply(Delta(take_nodes={"Customer": ["customer:ada"]}))

    left = exported(graph)
    assert (left["Customer"], left[town.USES]) == ([town.ben], [town.edges[town.USES][1]])
    assert town.MADE not in left


def test_take_takes_edges(graph, town):
    graph.apply(town.delta)
    graph.apply(Delta(take_edges={town.USES: [("customer:ada", "identifier:phone:1")]}))

    assert exported(graph)[town.USES] == [town.edges[town.USES][1]]


def test_taking_what_is_not_there_is_no_error(graph, town):
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


def test_an_edge_whose_ends_are_not_there_is_not_drawn(graph, town):
    graph.apply(town.delta)
    before = exported(graph)
    graph.apply(Delta(put_edges={town.USES: [town.edge(town.USES, "customer:ada", "identifier:none")]}))
    graph.apply(Delta(put_edges={town.USES: [town.edge(town.USES, "customer:nobody", "identifier:phone:1")]}))

    assert exported(graph) == before


def test_what_a_delta_puts_twice_is_put_once_the_last_time(graph, town):
    rows = [town.node("Customer", "customer:ada", name=name) for name in ("Eda", "Ada")]
    graph.apply(Delta({"Customer": rows}))

    assert graph.ask(NAMES, {}) == [{"id": "customer:ada", "name": "Ada"}]


def test_what_a_delta_puts_and_takes_is_put(graph, town):
    graph.apply(town.delta)
    graph.apply(
        Delta(
            {"Customer": [town.ada]}, {town.USES: town.edges[town.USES]},
            {"Customer": ["customer:ada"]}, {town.USES: [("customer:ada", "identifier:phone:1")]},
        )
    )  # fmt: skip

    assert exported(graph)[town.USES] == town.edges[town.USES]


def test_all_in_one_transaction(graph, town):
    """A row that cannot be written leaves nothing of its Delta behind."""
    graph.apply(town.delta)
    wrong = town.phone[:-1]
    with pytest.raises((GraphError, TypeError, ValueError)):
        graph.apply(
            Delta({"Customer": [town.node("Customer", "customer:cat", name="Cat")], "Identifier": [wrong]})
        )

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben"]


def test_thousands_of_new_rows_and_changed_ones_go_together(graph, town):
    graph.apply(town.delta)
    count = 2_100 if graph.name == "ladybug" else 1_100  # more than one batch of either
    many = [town.node("Customer", f"customer:{number:05}", name=f"Nr {number}") for number in range(count)]
    numbers = [town.node("Identifier", f"identifier:{row[0]}", type="phone") for row in many]
    uses = [town.edge(town.USES, row[0], f"identifier:{row[0]}", first=1) for row in many]
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


def test_load_fills_an_empty_graph(graph, town):
    graph.load(iter(town.nodes.items()), iter(town.edges.items()))
    loaded = exported(graph)
    graph.clear()
    graph.apply(town.delta)

    assert exported(graph) == loaded


def test_batches_of_one_label_or_edge_kind_come_one_after_the_other(graph, town):
    nodes = [("Customer", [town.ada]), ("Customer", [town.ben]), ("Identifier", [town.phone])]
    graph.load(nodes, [(town.USES, [row]) for row in town.edges[town.USES]])

    assert exported(graph) == {
        "Customer": [town.ada, town.ben], "Identifier": [town.phone], town.USES: town.edges[town.USES],
    }  # fmt: skip


def test_load_keeps_its_rules_for_rows_twice_and_edges_without_an_end(graph, town):
    lost = town.edge(town.USES, "customer:ada", "identifier:none")
    edges = [(town.USES, [*town.edges[town.USES], town.edges[town.USES][0], lost])]
    graph.load([("Customer", [town.ada, town.ben, town.ada]), ("Identifier", [town.phone])], edges)

    found = exported(graph)
    assert (found["Customer"], found[town.USES]) == ([town.ada, town.ben], town.edges[town.USES])


def test_after_a_load_the_graph_can_be_asked_and_changed(graph, town):
    graph.load(town.nodes.items(), town.edges.items())
    graph.apply(Delta({"Customer": [town.node("Customer", "customer:cat", name="Cat")]}))

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben", "Cat"]


# --- ask -------------------------------------------------------------------------------------------


def test_ask_gives_rows_by_column(graph, town):
    graph.apply(town.delta)
    text = "MATCH (c:Customer {id: $customer})-[e:USES]->(i:Identifier) RETURN c.name AS name, e.last AS last"

    assert graph.ask(text, {"customer": "customer:ada"}) == [{"name": "Ada", "last": 9}]


def test_ask_adds_up_to_integers(graph, town):
    graph.apply(town.delta)
    [row] = graph.ask("MATCH (c:Customer) RETURN sum(c.records) AS records", {}, scan=True)

    assert (row["records"], type(row["records"])) == (3, int)


@pytest.mark.parametrize("seconds", [0.2])
def test_ask_raises_graph_timeout(graph, town, seconds):
    graph.apply(town.delta)
    pairs = "UNWIND range(1, 20000) AS a UNWIND range(1, 20000) AS b WITH a, b"
    slow = f"{pairs} WHERE (a * b) % 7 = 3 RETURN count(*) AS found"
    with pytest.raises(GraphTimeout):
        graph.ask(slow, {}, seconds=seconds)

    assert graph.ask(NAMES, {})


@pytest.mark.parametrize(
    "text", ["MATCH (c:Customer RETURN c", "MATCH (c:Customer) RETURN d.name AS name", "Hello"]
)
def test_ask_raises_graph_refused(graph, text):
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
def test_ask_only_reads(graph, town, text):
    graph.apply(town.delta)
    with pytest.raises(GraphRefused):
        graph.ask(text, {})

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben"]


# --- fetch -----------------------------------------------------------------------------------------


def test_fetch_gives_the_named_nodes_with_the_edges_that_start_at_them(graph, town):
    graph.apply(town.delta)

    assert graph.fetch({"Customer": ["customer:ada"], "Identifier": ["identifier:phone:1"]}) == Elements(
        {"Customer": [town.ada], "Identifier": [town.phone]},
        {town.USES: [town.edges[town.USES][0]], town.MADE: town.edges[town.MADE]},
    )


def test_absent_ones_are_left_out(graph, town):
    graph.apply(town.delta)

    assert graph.fetch({"Customer": ["customer:nobody"], "Store": ["store:none"]}) == Elements()


def test_fetch_takes_thousands_of_ids(graph, town):
    graph.apply(town.delta)
    ids = [f"customer:{number}" for number in range(3_000)]

    assert graph.fetch({"Customer": [*ids, "customer:ada", "customer:ada"]}).nodes == {"Customer": [town.ada]}


# --- applied, clear, export, close -----------------------------------------------------------------


def test_applied_is_seq_of_the_threesixty_node(graph, town):
    graph.apply(town.delta)

    assert graph.applied() == 7


def test_applied_is_minus_1_when_it_is_empty(graph):
    assert graph.applied() == -1


def test_clear_takes_away_every_node_and_edge_of_the_schema(graph, town):
    graph.apply(town.delta)
    graph.clear()

    assert (exported(graph), graph.applied()) == ({}, -1)


def test_after_clear_the_graph_can_be_filled_again(graph, town):
    graph.apply(town.delta)
    graph.ask(NAMES, {})
    graph.clear()
    graph.apply(town.delta)

    assert [row["name"] for row in graph.ask(NAMES, {})] == ["Ada", "Ben"]


def test_equal_graphs_export_equal(open_graph, town):
    whole, piecewise = open_graph("ladybug"), open_graph("arcadedb")
    whole.load(town.nodes.items(), town.edges.items())
    for label, rows in reversed(town.nodes.items()):
        piecewise.apply(Delta({label: rows[::-1]}))
    piecewise.apply(Delta(put_edges=town.edges))

    assert exported(whole) == exported(piecewise)


def test_export_comes_by_label_and_then_by_edge_kind_each_sorted(graph, town):
    graph.apply(town.delta)
    order = [what for what, _ in graph.export()]

    assert order == ["Threesixty", "Customer", "Identifier", "Purchase", town.USES, town.MADE]


def test_closing_twice_is_no_error(arcadedb, tmp_path):
    for graph in (Ladybug.open(tmp_path / "graph.lbug", DEFAULT), Bolt.open(arcadedb, DEFAULT)):
        graph.close()
        graph.close()
        with pytest.raises(GraphUnavailable):
            graph.ask(NAMES, {})
        with pytest.raises(GraphUnavailable):
            graph.apply(Delta())
