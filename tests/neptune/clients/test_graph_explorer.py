"""AWS's Graph Explorer: the shapes of its requests, from its browser and from its proxy.

The application itself needs a browser and Docker. What it asks, and which parts of an answer it reads, is
known from its source (https://github.com/aws/graph-explorer); the statements are in a table.
"""

import json
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from threesixty.conformance.drawing import eight_customers
from threesixty.graph.delta import edge_id
from threesixty.graph.neptune import Neptune
from threesixty.neptune.emulator import Emulator
from threesixty.schema import DEFAULT, EdgeKind

CASES = Path(__file__).parents[1] / "cases" / "graph_explorer.txt"
EDGE = edge_id(EdgeKind("Alias", "NOW", "Customer"), "alias:ada2", "customer:ada")
SUMMARY = "/pg/statistics/summary?mode=detailed"
PAGE = "https://localhost"


def table():
    """Title -> statement and rows."""
    lines = [line for line in CASES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    found = {}
    for title, text, rows in zip(*(lines[first::3] for first in range(3)), strict=True):
        assert title.startswith("== "), title
        assert rows.startswith("= "), title
        found[title[3:]] = (text.replace("$EDGE", EDGE), json.loads(rows[2:]))
    return found


TABLE = table()


# --- who asks -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster(emulator):
    """An emulator that checks signatures, with eight customers."""
    emulator.clear()
    emulator.faults.clear()
    graph = Neptune.open(emulator.address, DEFAULT)
    graph.apply(eight_customers())
    graph.close()
    return emulator


@pytest.fixture(scope="module")
def open_cluster(cluster, arcadedb_server, tmp_path_factory):
    """The same graph where nothing is signed: a browser cannot sign."""
    folder = tmp_path_factory.mktemp("open")
    with Emulator.start(folder, bolt_url=arcadedb_server.url("neptune"), iam=False) as started:
        yield started


@pytest.fixture
def browser(open_cluster):
    """The application in a browser, without its proxy: JSON, from another origin."""

    def send(method, path, query=None):
        body = b"" if query is None else json.dumps({"query": query}).encode()
        headers = {"origin": PAGE, "content-type": "application/json", "accept": "*/*"}
        return sent(open_cluster.port, method, path, body, headers)

    return send


@pytest.fixture
def proxy(cluster):
    """Its proxy: a form, signed together with every header, as its signer (aws4) does."""

    def send(method, path, query=None):
        body = b"" if query is None else f"query={quote(query, safe='')}".encode()
        form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        headers = {**form, "Content-Length": str(len(body))} if body else {}
        return sent(cluster.port, method, path, body, signed(cluster, method, path, body, headers))

    return send


def signed(emulator, method, path, body, headers):
    request = AWSRequest(method, f"http://127.0.0.1:{emulator.port}{path}", dict(headers), body)
    known = Credentials(emulator.settings.access_key, emulator.settings.secret_key)
    SigV4Auth(known, "neptune-db", emulator.settings.region).add_auth(request)
    return dict(request.headers)


def sent(port, method, path, body, headers):
    """Status, headers and parsed body of the answer to a request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
    finally:
        connection.close()
    return answer.status, answer.headers, json.loads(read) if read else None


@pytest.fixture(params=["browser", "proxy"])
def explorer(request):
    """Either of them."""
    return request.getfixturevalue(request.param)


# --- what it asks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", TABLE)
def test_a_statement_is_answered(explorer, title):
    text, expected = TABLE[title]

    status, _, told = explorer("POST", "/openCypher", text)

    assert status == 200, told
    assert in_order(short(told["results"])) == in_order(expected)


def short(value):
    """Nodes by their id, edges as "start TYPE end"."""
    if isinstance(value, list):
        return [short(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("~entityType") == "node":
        return value["~id"]
    if value.get("~entityType") == "relationship":
        return f"{value['~start']} {value['~type']} {value['~end']}"
    return {key: short(one) for key, one in value.items()}


def in_order(value):
    """Lists may come in any order: the rows, and what was collected."""
    if isinstance(value, dict):
        return {key: in_order(one) for key, one in value.items()}
    return sorted(map(in_order, value), key=repr) if isinstance(value, list) else value


def test_a_node_has_what_is_read_of_it(explorer):
    text = 'MATCH (v) WHERE ID(v) = "alias:ada2" RETURN v AS object'

    [row] = explorer("POST", "/openCypher", text)[2]["results"]

    assert row["object"] == {
        "~id": "alias:ada2",
        "~entityType": "node",
        "~labels": ["Alias"],
        "~properties": {"id": "alias:ada2", "name": "ada2"},
    }


def test_an_edge_has_what_is_read_of_it(explorer):
    text = "MATCH ()-[e:`REFERRED`]->() RETURN e AS object LIMIT 1"

    [row] = explorer("POST", "/openCypher", text)[2]["results"]

    assert row["object"] == {
        "~id": edge_id(EdgeKind("Customer", "REFERRED", "Customer"), "customer:ada", "customer:dan"),
        "~entityType": "relationship",
        "~start": "customer:ada",
        "~end": "customer:dan",
        "~type": "REFERRED",
        "~properties": {"role": "referred_by"},
    }


def test_every_node_has_a_name_to_be_drawn_with(explorer):
    text = "MATCH (v) WHERE v.name IS NULL RETURN v AS object LIMIT 10"

    assert explorer("POST", "/openCypher", text)[2]["results"] == []


def test_the_summary_starts_its_schema(explorer):
    drawn = eight_customers()
    status, _, told = explorer("GET", SUMMARY)
    summary = told["payload"]["graphSummary"]

    assert status == 200
    assert sorted(summary["nodeLabels"]) == sorted(drawn.put_nodes)
    assert sorted(summary["edgeLabels"]) == sorted({kind.type for kind in drawn.put_edges})
    assert summary["numNodes"] == sum(map(len, drawn.put_nodes.values()))
    assert summary["numEdges"] == sum(map(len, drawn.put_edges.values()))


def test_a_mistake_in_the_query_editor_is_told_in_words(explorer):
    status, headers, told = explorer("POST", "/openCypher", "MATCH (v RETURN v")

    assert status == 400
    assert headers["content-type"].startswith("application/json")
    assert told["code"] == "MalformedQueryException"
    assert told["detailedMessage"]
    assert told["requestId"]


# --- how it asks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/openCypher", SUMMARY])
def test_a_browser_may_ask_from_another_origin(open_cluster, path):
    asked = {
        "origin": PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,authorization,queryid",
    }

    status, headers, _ = sent(open_cluster.port, "OPTIONS", path, b"", asked)

    assert status == 204
    assert headers["access-control-allow-origin"] in ("*", PAGE)
    assert {"GET", "POST"} <= set(headers["access-control-allow-methods"].split(", "))
    # A star allows every header but this one.
    assert {"*", "authorization"} <= set(headers["access-control-allow-headers"].split(", "))


@pytest.mark.parametrize("query", ["RETURN 1 AS one", "RETURN"])
def test_a_browser_may_read_answers_and_errors(browser, query):
    _, headers, _ = browser("POST", "/openCypher", query)

    assert headers["access-control-allow-origin"] in ("*", PAGE)


def test_headers_for_the_proxy_do_no_harm_without_it(open_cluster):
    headers = {
        "content-type": "application/json",
        "graph-db-connection-url": "https://elsewhere.example:8182",
        "aws-neptune-region": "eu-central-1",
        "service-type": "neptune-db",
        "db-query-logging-enabled": "false",
        "queryid": "c0ffee00-0000-4000-8000-000000000000",
    }

    status, _, told = sent(open_cluster.port, "POST", "/openCypher", b'{"query": "RETURN 1 AS one"}', headers)

    assert (status, told["results"]) == (200, [{"one": 1}])


def test_without_a_proxy_there_is_no_signature_and_no_answer(cluster):
    body, headers = b'{"query": "RETURN 1 AS one"}', {"content-type": "application/json", "origin": PAGE}

    status, answered, told = sent(cluster.port, "POST", "/openCypher", body, headers)

    assert (status, told["code"]) == (403, "AccessDeniedException")
    assert answered["access-control-allow-origin"] == "*"
