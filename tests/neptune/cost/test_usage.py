"""What is counted is what is there, on every backend; measuring leaves no trace."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

import threesixty
from threesixty import questions, sample
from threesixty.conformance.drawing import eight_customers
from threesixty.errors import GraphUnavailable, ThreesixtyError
from threesixty.graph import cypher
from threesixty.graph.delta import Delta
from threesixty.graph.neptune import Neptune
from threesixty.neptune import usage
from threesixty.neptune.change import statements
from threesixty.schema import DEFAULT, EdgeKind


@pytest.fixture(scope="session")
def exported(company):
    """Every row of the graph by label and edge kind."""
    rows = {}
    for what, some in company.graph().export():
        rows.setdefault(what, []).extend(some)
    return rows


def named(what):
    return what if isinstance(what, str) else f"{what.source}-{what.type}-{what.target}"


def test_nodes_edges_and_values_are_those_of_the_graph(counted, exported):
    keys = {what: 1 if isinstance(what, str) else 2 for what in exported}
    wanted = {
        named(what): (len(rows), sum(cell is not None for row in rows for cell in row[keys[what] :]))
        for what, rows in exported.items()
    }
    found = {one.name: (one.found, one.values) for one in (*counted.nodes, *counted.edges) if one.found}

    assert found == wanted


def test_texts_are_counted_once_for_each_column(counted, exported, company):
    for label, columns in company.project.schema.nodes.items():
        texts = set()
        for row in exported.get(label, ()):
            cells = zip(columns, row[1:], strict=True)
            texts |= {(c.name, cell) for c, cell in cells if isinstance(cell, str)}
        [one] = [drawn for drawn in counted.nodes if drawn.name == label]

        assert (one.texts, one.characters) == (len(texts), sum(len(text) for _, text in texts))


def test_statements_are_labels_ids_edges_and_properties(counted, exported):
    """Worked out here as the bulk loader would count them: row by row."""
    total = 0
    for what, rows in exported.items():
        keys = 1 if isinstance(what, str) else 2
        for row in rows:
            own = 2 if isinstance(what, str) else 1
            total += own + sum(cell is not None for cell in row[keys:])

    assert counted.statements == total


def test_ids_are_in_the_dictionary(counted, exported):
    nodes = [row[0] for what, rows in exported.items() if isinstance(what, str) for row in rows]
    edges = sum(len(rows) for what, rows in exported.items() if not isinstance(what, str))

    assert counted.texts >= len(nodes) + edges
    # Lengths are taken from a sample of each label, within which they hardly differ.
    assert counted.id_characters == pytest.approx(sum(map(len, nodes)), rel=0.02)


def test_every_question_is_measured_with_what_it_answers(counted):
    assert [one.question for one in counted.asked] == list(questions.catalogue())
    card = next(one for one in counted.asked if one.question == "customer_360")
    path = next(one for one in counted.asked if one.question == "path")

    assert card.requests == 1
    assert card.rows > 5
    assert card.bytes_received > card.values
    assert path.requests > 1


def test_requests_and_bytes_of_a_question_do_not_grow(counted):
    """What Neptune bills: a ratchet over the sample company. Lower it when a Question becomes cheaper."""
    most = {"customer_360": (1, 8_000), "connections": (4, 4_000), "path": (10, 12_000)}
    for one in counted.asked:
        requests, received = most.get(one.question, (1, 16_000))

        assert one.requests <= requests
        assert one.bytes_received <= received


def test_what_a_changed_record_writes_does_not_grow(counted):
    """A ratchet too: nodes, edges and statements that a load writes for each row that changed something."""
    for change in counted.changes:
        assert change.put + change.taken <= 20
        assert change.statements <= 120


def test_growth_is_the_mean_of_the_year_before_the_newest_month(counted, exported, company):
    columns = [column.name for column in company.project.schema.nodes["Purchase"]]
    at = 1 + columns.index("at")
    months = Counter(row[at] // 2_629_800_000 for row in exported["Purchase"] if row[at] is not None)
    newest = max(months)
    year = sum(n for month, n in months.items() if newest - 12 <= month < newest)
    [purchases] = [growth for growth in counted.growth if growth.name == "Purchase"]

    assert purchases.dated == months.total()
    assert purchases.a_month == year / 12


def test_bought_is_counted_beside_the_lines_it_adds_up(counted, exported):
    bought = exported[EdgeKind("Customer", "BOUGHT", "Product")]
    made = exported[EdgeKind("Customer", "MADE", "Purchase")]
    lines = Counter(row[0] for row in exported[EdgeKind("Purchase", "INCLUDES", "Product")])

    assert counted.bought == usage.Bought(
        len(bought), len(made), sum(lines[row[1]] for row in made), len({row[0] for row in bought})
    )


# --- rehearsals --------------------------------------------------------------------------------------


def test_a_changed_row_and_a_new_one_are_rehearsed_for_people_and_things(counted):
    """An event that changes, or a source of a single row, may draw nothing."""
    measured = {(change.source, change.what) for change in counted.changes}
    always = ("crm", "shop", "loyalty", "orders", "order_lines", "products", "categories", "helpdesk")

    assert measured >= {(name, what) for name in always for what in ("changed", "new")}
    assert all(change.put >= 1 and change.statements > change.put for change in counted.changes)


def test_a_new_record_of_a_person_draws_its_node_and_its_edges(counted):
    [new] = [change for change in counted.changes if (change.source, change.what) == ("crm", "new")]

    assert new.put > 3
    assert new.taken == 0


def test_a_rehearsal_leaves_ledger_and_graph_as_they_were(company):
    ledger, graph = company.ledger, company.graph()
    before = (ledger.seq(), ledger.counts(), graph.applied(), list(graph.export()))
    usage.counted(company)

    assert (ledger.seq(), ledger.counts(), graph.applied(), list(graph.export())) == before
    assert ledger.verify() == []


def test_statements_of_a_delta_are_those_of_what_it_puts_and_one_for_what_it_takes():
    kind = EdgeKind("Customer", "MEMBER_OF", "Household")
    delta = Delta(
        {"Household": [("household:1", "Lovelace", None)]},
        {kind: [("customer:1", "household:1", "adult", 7)]},
        {"Household": ["household:2"]},
        {kind: [("customer:1", "household:2")]},
    )

    assert statements(delta) == (2 + 1) + (1 + 2) + 1 + 1


# --- elsewhere ---------------------------------------------------------------------------------------


def test_every_backend_counts_alike(graph):
    drawn = eight_customers()
    graph.apply(drawn)
    nodes = {one.name: one for one in usage.drawn(graph, DEFAULT.nodes)}
    edges = {one.name: one for one in usage.drawn(graph, DEFAULT.edges)}
    names = [row[1] for row in drawn.put_nodes["Customer"]]
    months = Counter(row[4] // 2_629_800_000 for row in drawn.put_nodes["Purchase"] if row[4] is not None)

    assert {label: len(rows) for label, rows in drawn.put_nodes.items() if rows} == {
        name: one.found for name, one in nodes.items() if one.found
    }
    assert {named(kind): len(rows) for kind, rows in drawn.put_edges.items() if rows} == {
        name: one.found for name, one in edges.items() if one.found
    }
    assert nodes["Customer"].characters >= sum(map(len, set(names)))
    assert sum(row["found"] for row in graph.ask(cypher.counted_by_month("Purchase"), {})) == months.total()
    assert {row["month"] for row in graph.ask(cypher.counted_by_month("Purchase"), {})} == set(months)


@pytest.mark.slow
def test_a_project_on_a_cluster_is_counted_alike_by_its_own_meter(
    emulator, company_folder, counted, tmp_path
):
    """The whole company on the emulator: the same graph, the same rows; requests are those of the cluster."""
    shutil.copytree(
        company_folder, tmp_path, ignore=shutil.ignore_patterns("graph", "*.lock"), dirs_exist_ok=True
    )
    project = tmp_path / "threesixty.toml"
    project.write_text(f'[stores]\ngraph = "{emulator.address}"\n\n{project.read_text("utf-8")}', "utf-8")
    emulator.clear()
    with threesixty.open(project) as c360:
        found = usage.counted(c360)

    assert (found.nodes, found.edges, found.growth, found.bought) == (
        counted.nodes, counted.edges, counted.growth, counted.bought,
    )  # fmt: skip
    assert (found.statements, found.texts, found.changes) == (
        counted.statements,
        counted.texts,
        counted.changes,
    )
    assert [(one.question, one.requests, one.rows) for one in found.asked] == [
        (one.question, one.requests, one.rows) for one in counted.asked
    ]
    assert found.graph == "neptune"


def test_an_empty_project_has_nothing_to_count(tmp_path):
    with (
        threesixty.open(sample.write(tmp_path, customers=40)) as c360,
        pytest.raises(ThreesixtyError) as refused,
    ):
        usage.counted(c360)

    assert "threesixty load" in refused.value.hint


def test_a_project_without_a_graph_says_how_to_get_one(tmp_path):
    project = sample.write(tmp_path, customers=40)
    project.write_text('[stores]\ngraph = "none"\n\n' + project.read_text("utf-8"), "utf-8")
    with threesixty.open(project) as c360, pytest.raises(GraphUnavailable) as refused:
        usage.counted(c360)

    assert "embedded" in refused.value.hint


# --- a cluster ---------------------------------------------------------------------------------------

MEMBER = {
    "id": "customer:1",
    "name": "Ada",
    "role": "adult",
    "since": 7,
    "until": None,
    "evidence": "address",
    "household": "h",
    "household_name": "Ö",
    "kind": "family",
}
ROWS = json.dumps({"results": [MEMBER, MEMBER]}, ensure_ascii=False).encode()
STORED = {"totalStorageBytesUsed": 5_000_000, "quads": {"PG": {"SPOG": {"sizeInBytes": 9, "count": 40_000}}}}


@pytest.fixture
def cluster():
    """A graph on a cluster that answers every question with two rows, and tells what it stores."""
    answers = {"/status": {"role": "writer", "dbEngineVersion": "1.5.0.0"}, "/storage/info": STORED}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(json.dumps(answers[self.path]).encode() if self.path in answers else b"")

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(ROWS)

        def _answer(self, body):
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"neptune://127.0.0.1:{server.server_port}?region=eu-central-1&tls=no&iam=no"
    graph = Neptune.open(url, DEFAULT)
    graph.answers = answers
    yield graph
    graph.close()
    server.shutdown()
    server.server_close()


def test_on_a_cluster_its_own_meter_counts(cluster):
    asked = usage.measured(cluster, questions.find("household"), ["customer:1", "customer:2"])

    assert (asked.requests, asked.rows, asked.values) == (1, 2, 16)
    assert asked.bytes_received == len(ROWS)
    assert cluster.cluster.meter.requests == 3  # its status, and two questions


def test_a_cluster_that_tells_what_it_stores_is_believed(cluster):
    assert usage.stored(cluster) == usage.Stored(5_000_000, 40_000)


def test_a_cluster_that_does_not_tell_is_estimated(cluster):
    del cluster.answers["/storage/info"]

    assert usage.stored(cluster) is None
