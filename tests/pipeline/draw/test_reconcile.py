"""Whatever happens to a graph behind our back, reconciling puts it right, and writes nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.pipeline.conftest import ADA, Town, company

from threesixty.graph.bolt import Bolt
from threesixty.graph.delta import Delta
from threesixty.schema import DEFAULT, EdgeKind

USES = EdgeKind("Customer", "USES", "Identifier")
MADE = EdgeKind("Customer", "MADE", "Purchase")
RESOLVES = EdgeKind("Record", "RESOLVES_TO", "Customer")


class Counting:
    """The graph itself, and how often it was written to."""

    def __init__(self, graph):
        self._graph = graph
        self.writes = []

    def __getattr__(self, name):
        return getattr(self._graph, name)

    def apply(self, delta):
        self.writes.append(delta)
        self._graph.apply(delta)

    def load(self, nodes, edges):
        raise AssertionError("reconciling never fills a graph anew")

    clear = load


@pytest.fixture(scope="module", params=["embedded", "arcadedb", "neptune"])
def made(request, tmp_path_factory):
    """A company drawn into a graph on every backend, once."""
    address = {"embedded": lambda: "embedded", "arcadedb": lambda: request.getfixturevalue("arcadedb"),
               "neptune": lambda: request.getfixturevalue("emulator").address}[request.param]()  # fmt: skip
    town = Town(tmp_path_factory.mktemp("reconcile"), address)
    graph = town.c360.graph()
    graph.clear()
    company(town)
    town.put(
        "crm", {**ADA[0], "id": "3", "given": "Bea", "email": "bea@example.org", "phone": "", "card": "L7"}
    )
    town.before = whole(town)
    yield town
    town.c360.close()


@pytest.fixture
def town(made):
    """The company, its graph as it should be, and its writes counted."""
    graph = Counting(made.c360.graph())
    made.c360._graph = graph
    yield made
    if made.c360._graph is graph:
        made.c360._graph = graph._graph
    if whole(made) != made.before:
        made.c360.rebuild()
        made.before = whole(made)


def whole(town):
    """Everything in the graph, the Threesixty node included."""
    found = {}
    for what, rows in town.c360.graph().export():
        found.setdefault(what, []).extend(rows)
    return found


def first(town, what):
    return whole(town)[what][0]


def damage_everything(town):
    """Something of every sort at once."""
    for harm in HARMS.values():
        harm(town)


def take_a_node(town):
    """An end of many edges."""
    town.c360.graph().apply(Delta(take_nodes={"Customer": [first(town, "Customer")[0]]}))


def take_an_edge(town):
    town.c360.graph().apply(Delta(take_edges={USES: [first(town, USES)[:2]]}))


def take_a_label(town):
    ids = [row[0] for row in whole(town)["Identifier"]]
    town.c360.graph().apply(Delta(take_nodes={"Identifier": ids}))


def change_a_node(town):
    row = first(town, "Purchase")
    town.c360.graph().apply(Delta({"Purchase": [(row[0], "Another name", *row[2:-1], None)]}))


def empty_a_node(town):
    row = first(town, "Household") if "Household" in whole(town) else first(town, "Product")
    label = "Household" if "Household" in whole(town) else "Product"
    town.c360.graph().apply(Delta({label: [(row[0], *(None for _ in row[1:]))]}))


def change_an_edge(town):
    row = first(town, RESOLVES)
    town.c360.graph().apply(Delta(put_edges={RESOLVES: [(*row[:2], 5, 99.5, "because", "")]}))


def add_a_node(town):
    row = first(town, "Customer")
    town.c360.graph().apply(Delta({"Customer": [("customer:nobody", *row[1:])]}))


def add_an_edge(town):
    found = whole(town)
    pairs = {row[:2] for row in found[MADE]}
    [start, finish] = next(
        (customer[0], purchase[0])
        for customer in found["Customer"] for purchase in found["Purchase"]
        if (customer[0], purchase[0]) not in pairs
    )  # fmt: skip
    town.c360.graph().apply(Delta(put_edges={MADE: [(start, finish, "buyer")]}))


def move_a_node_to_another_label(town):
    row = first(town, "Record")
    town.c360.graph().apply(Delta(take_nodes={"Record": [row[0]]}))
    town.c360.graph().apply(Delta({"Alias": [(row[0], row[1])]}))


def take_the_state(town):
    town.c360.graph().apply(Delta(take_nodes={"Threesixty": ["threesixty"]}))


def put_the_state_back(town):
    row = first(town, "Threesixty")
    town.c360.graph().apply(Delta({"Threesixty": [(*row[:2], 1, *row[3:])]}))


HARMS = {
    harm.__name__: harm
    for harm in (take_an_edge, change_a_node, empty_a_node, change_an_edge, add_a_node, add_an_edge,
                 move_a_node_to_another_label, take_a_node, take_a_label, put_the_state_back)
}  # fmt: skip


BACKENDS = ("embedded", "arcadedb", "neptune")
CASES = [
    *(pytest.param("embedded", harm, id=harm.__name__) for harm in (*HARMS.values(), take_the_state)),
    *(pytest.param(backend, damage_everything, id=f"{backend} everything") for backend in BACKENDS),
]


@pytest.mark.parametrize(("made", "harm"), CASES, indirect=["made"], scope="module")
def test_a_damaged_graph_is_put_right_with_what_differs_and_nothing_else(town, harm):
    graph, before = town.c360.graph(), whole(town)
    harm(town)
    damaged = whole(town)
    assert damaged != before
    graph.writes.clear()

    seen = town.c360.reconcile(dry_run=True)
    assert graph.writes == []
    done = town.c360.reconcile()

    assert whole(town) == before
    assert done == replace(seen, dry_run=False)
    written = sum(len(rows) for delta in graph.writes for rows in
                  (*delta.put_nodes.values(), *delta.put_edges.values(),
                   *delta.take_nodes.values(), *delta.take_edges.values()))  # fmt: skip
    assert written == sum(drift.count for drift in done.drifts)
    graph.writes.clear()
    assert town.c360.reconcile().drifts == ()
    assert graph.writes == []


def test_a_second_time_only_reads(town):
    """On a cluster each request is billed: the second time sends reads, and as many as the first dry run."""
    graph = town.c360.graph()
    meter = graph.cluster.meter if graph.name == "neptune" else None
    take_a_node(town)
    town.c360.reconcile()
    before = meter.requests if meter else 0
    town.c360.reconcile(dry_run=True)
    read = meter.requests - before if meter else 0
    graph.writes.clear()

    town.c360.reconcile()

    assert graph.writes == []
    assert not meter or meter.requests - before == 2 * read


def test_what_was_found_is_told_with_examples(town):
    customer = first(town, "Customer")[0]
    town.c360.graph().apply(Delta(take_nodes={"Customer": [customer]}))
    add_a_node(town)

    drifts = {drift.table: drift for drift in town.c360.reconcile(dry_run=True).drifts}

    assert (drifts["Customer"].missing, drifts["Customer"].extra) == (1, 1)
    assert drifts["Customer"].examples == {"missing": (customer,), "extra": ("customer:nobody",)}
    assert drifts["Customer-USES->Identifier"].missing > 0
    assert "Identifier" not in drifts


def test_a_graph_that_is_behind_catches_up_and_a_row_too_many_goes(town):
    """What `load` would have drawn is a difference like any other."""
    before = whole(town)
    put_the_state_back(town)
    add_a_node(town)

    town.c360.reconcile()

    assert whole(town) == before


def test_after_reconciling_a_rebuild_changes_nothing(town):
    damage_everything(town)
    town.c360.reconcile()
    reconciled = whole(town)
    town.c360._graph = town.c360.graph()._graph

    town.c360.rebuild()

    assert {**whole(town), "Threesixty": []} == {**reconciled, "Threesixty": []}


def test_the_ledger_s_project_of_another_graph_is_untouched(tmp_path: Path):
    """An embedded graph whose file was lost is filled by reconciling, too."""
    town = Town(tmp_path / "town")
    company(town)
    before = whole(town)
    town.c360.graph().clear()

    town.c360.reconcile()

    assert whole(town) == before
    town.c360.close()


# --- what only a server without a schema allows --------------------------------------------------------


on_a_server = pytest.mark.parametrize("made", ["arcadedb"], indirect=True, scope="module")


@pytest.fixture
def by_hand(made, request):
    """Runs any Cypher behind our back."""
    graph = Bolt.open(request.getfixturevalue("arcadedb"), DEFAULT)

    def run(text, **parameters):
        with graph._session() as session:
            return [record.data() for record in session.run(text, parameters)]

    yield run
    run("MATCH (n:Stranger) DETACH DELETE n")
    run("MATCH (n:Customer) WHERE n.id IS NULL DETACH DELETE n")
    graph.close()


@on_a_server
def test_labels_edge_types_and_properties_of_others_are_never_touched(town, by_hand):
    customer = first(town, "Customer")[0]
    by_hand("MATCH (c:Customer {id: $id}) SET c.score = 7, c.name = 'Wrong' "
            "CREATE (s:Stranger {id: 'stranger:1', name: 'S'}) CREATE (c)-[:KNOWS {since: 3}]->(s) "
            "CREATE (s)-[:USES {first: 1}]->(c)", id=customer)  # fmt: skip

    done = town.c360.reconcile()

    assert [(drift.table, drift.different) for drift in done.drifts] == [("Customer", 1)]
    found = by_hand(
        "MATCH (c:Customer {id: $id})-[k:KNOWS]->(s:Stranger)-[u:USES]->(c) "
        "RETURN c.score AS score, c.name AS name, k.since AS since, s.name AS stranger, u.first AS first",
        id=customer,
    )
    [row] = found
    assert row == {"score": 7, "name": row["name"], "since": 3, "stranger": "S", "first": 1}
    assert row["name"] != "Wrong"


@on_a_server
def test_a_value_of_another_type_is_put_right(town, by_hand):
    before = whole(town)
    customer = first(town, "Customer")[0]
    by_hand("MATCH (c:Customer {id: $id}) SET c.records = 'two', c.name = 5", id=customer)

    town.c360.reconcile()

    assert whole(town) == before


@on_a_server
def test_an_edge_that_is_there_twice_is_there_once(town, by_hand):
    before = whole(town)
    start, finish, *_ = first(town, USES)
    by_hand("MATCH (c:Customer {id: $a}) MATCH (i:Identifier {id: $b}) CREATE (c)-[:USES {first: 1}]->(i)",
            a=start, b=finish)  # fmt: skip

    done = town.c360.reconcile()

    assert [(drift.table, drift.twice) for drift in done.drifts] == [("Customer-USES->Identifier", 1)]
    assert whole(town) == before
    assert town.c360.reconcile().drifts == ()


@on_a_server
def test_a_node_without_an_id_is_told_and_left_alone(town, by_hand):
    by_hand("CREATE (:Customer {name: 'Nobody'})")
    town.c360.graph().writes.clear()

    [drift] = town.c360.reconcile().drifts

    assert (drift.table, drift.nameless, drift.count) == ("Customer", 1, 0)
    assert town.c360.graph().writes == []
    assert by_hand("MATCH (c:Customer {name: 'Nobody'}) RETURN count(*) AS found") == [{"found": 1}]
