"""AWS Labs' Neptune server for language models, spoken to over its standard input and output."""

import json
import socket

import pytest

from threesixty.neptune.emulator import Emulator

pytestmark = pytest.mark.slow
PORT = 8182


@pytest.fixture(scope="module")
def at_8182(company, beneath, tmp_path_factory):
    """The sample company at the only port this server knows."""
    try:
        socket.create_server(("127.0.0.1", PORT)).close()
    except OSError as taken:
        pytest.skip(f"the server knows no other port than {PORT}, and something else is there: {taken}")
    folder = tmp_path_factory.mktemp("at_8182")
    with Emulator.start(folder, bolt_url=beneath.url("company"), port=PORT) as started:
        yield started


@pytest.fixture(scope="module")
def told(company, at_8182, run_program):
    """What the server said, asked once for all tests."""
    queries = [
        {"query": "MATCH (n {`~id`: $id}) RETURN n", "parameters": {"id": company.busiest["~id"]}},
        {"query": "MATCH (c:Customer) RETURN count(*) AS customers"},
        {"query": "MATCH (n RETURN n"},
    ]
    environment = {"NEPTUNE_ENDPOINT": "neptune-db://127.0.0.1", "NEPTUNE_USE_HTTPS": "false"}
    return run_program("mcp", at_8182, {"environment": environment, "queries": queries})


@pytest.fixture(scope="module")
def schema(told):
    assert not told["schema"]["failed"], told["schema"]
    return json.loads(told["schema"]["texts"][0])


def test_it_offers_its_tools(told):
    assert {"get_graph_status", "get_graph_schema", "run_opencypher_query"} <= set(told["tools"])


def test_it_finds_the_graph_available(told):
    assert told["status"] == {"failed": False, "texts": ["Available"]}
    assert told["status_resource"] == ["Available"]


def test_its_schema_has_every_label_and_every_type(schema, company):
    assert sorted(one["labels"] for one in schema["nodes"]) == company.labels
    assert sorted(one["type"] for one in schema["relationships"]) == company.types


def test_its_schema_gives_each_property_one_type(schema):
    for one in [*schema["nodes"], *schema["relationships"]]:
        assert all(len(known["type"]) == 1 for known in one["properties"]), one


def test_its_schema_knows_what_leads_where(schema, company):
    found = {
        (one["left_node"], one["relation"], one["right_node"]) for one in schema["relationship_patterns"]
    }

    assert found <= company.patterns
    assert {type_ for _, type_, _ in found} == set(company.types)


def test_its_resource_is_the_same_schema(told, schema):
    assert json.loads(told["schema_resource"][0]) == schema


def test_it_passes_on_what_the_graph_answers(told, company):
    node, counted, _ = told["answers"]

    assert not node["failed"], node
    assert rows(node) == [{"n": company.busiest}]
    assert rows(counted) == [{"customers": len(company.labelled("Customer"))}]


def rows(answer):
    found = [json.loads(text) for text in answer["texts"]]
    return found[0] if isinstance(found[0], list) else found


def test_it_says_that_a_query_was_refused_but_not_why(told):
    refused = told["answers"][2]

    assert refused["failed"]
    assert refused["texts"] == ["Error executing tool run_opencypher_query"]
