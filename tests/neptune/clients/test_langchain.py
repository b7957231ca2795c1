"""LangChain's `NeptuneGraph`: the schema it draws for a language model, and the answers it gets."""

import pytest

pytestmark = pytest.mark.slow
COUNTED = "MATCH (c:Customer) RETURN count(*) AS customers"


@pytest.fixture(scope="session")
def told(company, cluster, run_program):
    """What LangChain learned and was answered, asked once for all tests."""
    id_ = company.busiest["~id"]
    queries = [
        {"query": "MATCH (n {`~id`: $id}) RETURN n", "params": {"id": id_}},
        {"query": "MATCH (n {`~id`: $id})-[e]-(b) RETURN e, b", "params": {"id": id_}},
        {"query": "MATCH (n RETURN n"},
    ]
    return run_program(
        "langchain",
        cluster,
        {
            "host": cluster.settings.host,
            "port": cluster.port,
            "queries": queries,
            "written": f"I would ask\n```\n{COUNTED}\n```",
        },
    )


def test_it_knows_every_label_with_its_properties(told, company):
    known = {one["labels"]: {p["property"] for p in one["properties"]} for one in told["nodes"]}

    assert sorted(known) == company.labels
    for label, names in known.items():
        # It looks at 100 nodes of each label.
        assert names <= {name for node in company.labelled(label) for name in node["~properties"]}
        assert {"id", "name"} & names


def test_it_knows_every_type_of_edge_with_its_properties(told, company):
    known = {one["type"]: {p["property"] for p in one["properties"]} for one in told["edges"]}

    assert sorted(known) == company.types
    for type_, names in known.items():
        assert names <= {name for edge in company.typed(type_) for name in edge["~properties"]}


def test_a_property_has_one_type_everywhere(told):
    for one in [*told["nodes"], *told["edges"]]:
        names = [p["property"] for p in one["properties"]]
        assert len(names) == len(set(names)), one


def test_it_knows_what_leads_where(told, company):
    patterns = {f"(:`{start}`)-[:`{type_}`]->(:`{end}`)" for start, type_, end in company.patterns}

    assert set(told["triples"]) <= patterns
    assert {one.split("`")[3] for one in told["triples"]} == set(company.types)
    assert all(one in told["text"] for one in told["triples"])


def test_it_is_answered_with_the_node_the_embedded_engine_holds(told, company):
    assert told["answers"][0] == {"rows": [{"n": company.busiest}]}


def test_it_is_answered_with_edges_and_their_other_ends(told, company):
    found = told["answers"][1]["rows"]

    id_ = company.busiest["~id"]
    assert {row["e"]["~id"] for row in found} == {edge["~id"] for edge in company.at(id_)}
    assert {row["b"]["~id"] for row in found} == company.beside(id_)
    assert all(row["b"] == company.nodes[row["b"]["~id"]] for row in found)


def test_it_is_told_why_a_query_was_refused(told):
    assert "MalformedQueryException" in told["answers"][2]["error"]


def test_a_chain_asks_what_its_model_wrote(told, company):
    query, context = told["chained"]

    assert query["query"].strip() == COUNTED
    assert context["context"] == [{"customers": len(company.labelled("Customer"))}]
