"""AWS's own library for Python: every operation that the emulator serves, and what is in its answers."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from threesixty.graph import neptune_csv
from threesixty.neptune.emulator.faults import PATH as FAULTS_PATH

pytestmark = pytest.mark.slow
ENDLESS = "MATCH (a), (b), (c), (d) WHERE a.id < b.id AND c.id > d.id RETURN count(*) AS found"
ROLE = "arn:aws:iam::123456789012:role/loader"


@pytest.fixture
def neptune(company, cluster, connected):
    """The sample company."""
    return connected(cluster)


@pytest.fixture
def empty(scratch, connected):
    """An empty graph that may be written into."""
    return connected(scratch)


def rows(client, text, **parameters):
    given = {"parameters": json.dumps(parameters)} if parameters else {}
    return client.execute_open_cypher_query(openCypherQuery=text, **given)["results"]


def code_of(client, operation, **given):
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**given)
    return refused.value.response["Error"]["Code"]


def test_every_operation_that_is_served_is_tried_here(cluster):
    served = {operation.name for operation in cluster._operations() if operation.path != FAULTS_PATH}

    tried = set(re.findall(r"\.(\w+)\(", Path(__file__).read_text("utf-8")))

    assert served - tried == set()


# --- queries ---------------------------------------------------------------------------------------


def test_all_nodes_are_those_of_the_embedded_engine(neptune, company):
    found = {row["n"]["~id"]: row["n"] for row in rows(neptune, "MATCH (n) RETURN n")}

    assert found == company.nodes


def test_all_edges_are_those_of_the_embedded_engine(neptune, company):
    found = {row["e"]["~id"]: row["e"] for row in rows(neptune, "MATCH ()-[e]->() RETURN e")}

    assert found == company.edges


def test_a_path_is_one_flat_list_of_nodes_and_edges(neptune, company):
    bought = company.typed("INCLUDES")[0]
    text = "MATCH p = (a {`~id`: $id})-[:INCLUDES]->(b) RETURN p"

    found = [row["p"] for row in rows(neptune, text, id=bought["~start"])]

    wanted = [edge for edge in company.typed("INCLUDES") if edge["~start"] == bought["~start"]]
    assert sorted(path[1]["~id"] for path in found) == sorted(edge["~id"] for edge in wanted)
    for start, edge, end in found:
        assert start == company.nodes[bought["~start"]]
        assert edge == company.edges[edge["~id"]]
        assert end == company.nodes[edge["~end"]]


def test_values_come_as_what_they_are(neptune):
    text = "RETURN 1 AS whole, 1.5 AS broken, 'é\"' AS said, true AS truth, null AS nothing, [1, 'b'] AS list"

    assert rows(neptune, text) == [
        {"whole": 1, "broken": 1.5, "said": 'é"', "truth": True, "nothing": None, "list": [1, "b"]}
    ]


def test_parameters_are_data_and_nothing_else(neptune):
    hostile = "'} RETURN 1 //\n`\"\\ \u2028 MATCH (n) DETACH DELETE n"

    assert rows(neptune, "RETURN $said AS said", said=hostile) == [{"said": hostile}]


@pytest.mark.parametrize(("mode", "ran"), [("static", False), ("dynamic", True), ("details", True)])
def test_an_explanation_names_the_steps_of_a_query(neptune, mode, ran):
    plan = neptune.execute_open_cypher_explain_query(
        openCypherQuery="MATCH (c:Customer {`~id`: $id})-[:MADE]->(p:Purchase) RETURN p.id AS id",
        parameters='{"id": "nobody"}',
        explainMode=mode,
    )["results"].read()

    # Its words are those of the engine beneath: nothing is promised about Neptune's.
    assert b"-[:MADE]->(p:Purchase)" in plan
    assert b"NodeIndexSeek(c:Customer)" in plan
    assert (b"Rows Returned: 0" in plan) is ran


def test_a_query_that_runs_is_listed_shown_and_cancelled(neptune):
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(code_of, neptune, "execute_open_cypher_query", openCypherQuery=ENDLESS)
        query = listed(neptune)
        shown = neptune.get_open_cypher_query_status(queryId=query["queryId"])
        cancelled = neptune.cancel_open_cypher_query(queryId=query["queryId"], silent=False)
        code = running.result(60)

    assert query["queryString"] == shown["queryString"] == ENDLESS
    assert query["queryEvalStats"]["cancelled"] is shown["queryEvalStats"]["cancelled"] is False
    assert shown["queryEvalStats"]["elapsed"] >= query["queryEvalStats"]["elapsed"]
    assert cancelled["payload"] is True
    assert code == "CancelledByUserException"
    assert neptune.list_open_cypher_queries()["runningQueryCount"] == 0


def listed(client):
    """The one query that runs, once it does."""
    for _ in range(600):
        told = client.list_open_cypher_queries(includeWaiting=True)
        if told["queries"]:
            assert told["acceptedQueryCount"] == told["runningQueryCount"] == len(told["queries"]) == 1
            return told["queries"][0]
        time.sleep(0.05)
    raise AssertionError("the query was never listed")


def test_a_query_that_was_cancelled_silently_gives_no_rows(neptune):
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(rows, neptune, ENDLESS)
        neptune.cancel_open_cypher_query(queryId=listed(neptune)["queryId"], silent=True)

        assert running.result(60) == []


def test_a_query_nobody_runs_is_an_error(neptune):
    for operation in ("get_open_cypher_query_status", "cancel_open_cypher_query"):
        assert code_of(neptune, operation, queryId="nobody") == "InvalidParameterException"


# --- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MATCH (n RETURN n", "MalformedQueryException"),
        ("MATCH (a), (b), p = shortestPath((a)-[*1..3]-(b)) RETURN p", "UnsupportedOperationException"),
        ("RETURN $missing AS missing", "MissingParameterException"),
    ],
)
def test_what_neptune_refuses_is_refused(neptune, text, code):
    assert code_of(neptune, "execute_open_cypher_query", openCypherQuery=text) == code


def test_the_reason_stands_in_the_answer(neptune):
    with pytest.raises(ClientError) as refused:
        neptune.execute_open_cypher_query(openCypherQuery="MATCH (n RETURN n")

    told = refused.value.response
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert told["detailedMessage"]
    assert told["requestId"] == told["ResponseMetadata"]["RequestId"]


def test_a_wrong_key_opens_nothing(company, cluster, connected):
    stranger = connected(cluster, key="not the emulator's")

    assert code_of(stranger, "get_engine_status") == "AccessDeniedException"


def test_a_reader_answers_and_does_not_write(company, cluster, connected):
    reader = connected(cluster, port=cluster.reader_port)

    found = rows(reader, "MATCH (n:Customer) RETURN count(*) AS found")
    code = code_of(reader, "execute_open_cypher_query", openCypherQuery="CREATE (:Left {`~id`: 'left'})")

    assert found == [{"found": len(company.labelled("Customer"))}]
    assert code == "ReadOnlyViolationException"


# --- the instance ----------------------------------------------------------------------------------


def test_the_status_tells_role_and_engine(company, cluster, connected):
    writer = connected(cluster).get_engine_status()
    reader = connected(cluster, port=cluster.reader_port).get_engine_status()

    assert (writer["status"], writer["role"], reader["role"]) == ("healthy", "writer", "reader")
    assert re.fullmatch(r"1(\.\d+){3}\.R\d+", writer["dbEngineVersion"])
    assert writer["opencypher"]["version"].startswith("Neptune-9.0")
    assert writer["features"]["IAMAuthentication"] == "enabled"


def test_a_reset_takes_two_steps_and_leaves_nothing(empty):
    rows(empty, "CREATE (:One {`~id`: '1'})-[:TO {`~id`: 'e'}]->(:Two {`~id`: '2'})")

    code = code_of(empty, "execute_fast_reset", action="performDatabaseReset", token="guessed")
    kept = rows(empty, "MATCH (n) RETURN count(*) AS found")
    token = empty.execute_fast_reset(action="initiateDatabaseReset")["payload"]["token"]
    empty.execute_fast_reset(action="performDatabaseReset", token=token)

    assert code == "InvalidParameterException"
    assert kept == [{"found": 2}]
    assert rows(empty, "MATCH (n) RETURN count(*) AS found") == [{"found": 0}]


# --- statistics ------------------------------------------------------------------------------------


def test_a_summary_counts_what_there_is(neptune, company):
    summary = neptune.get_propertygraph_summary(mode="basic")["payload"]["graphSummary"]

    assert (summary["numNodes"], summary["numEdges"]) == (len(company.nodes), len(company.edges))
    assert sorted(summary["nodeLabels"]) == company.labels
    assert sorted(summary["edgeLabels"]) == company.types
    assert merged(summary["nodeProperties"]) == used(company.nodes)
    assert merged(summary["edgeProperties"]) == used(company.edges)
    assert summary["totalNodePropertyValues"] == sum(used(company.nodes).values())
    assert "nodeStructures" not in summary


def test_a_detailed_summary_knows_what_nodes_and_edges_are_made_of(neptune, company):
    summary = neptune.get_propertygraph_summary(mode="detailed")["payload"]["graphSummary"]

    nodes, edges = summary["nodeStructures"], summary["edgeStructures"]
    assert sum(one["count"] for one in nodes) == len(company.nodes)
    assert sum(one["count"] for one in edges) == len(company.edges)
    made_of = {frozenset(one["nodeProperties"]) for one in nodes}
    assert made_of == {frozenset(node["~properties"]) for node in company.nodes.values()}


def merged(counts):
    return {name: count for one in counts for name, count in one.items()}


def used(elements):
    """How many elements have each of the properties."""
    found = {}
    for one in elements.values():
        for name in one["~properties"]:
            found[name] = found.get(name, 0) + 1
    return found


def test_statistics_say_when_they_were_computed(neptune, company):
    told = neptune.get_propertygraph_statistics()["payload"]

    assert told["active"]
    assert told["autoCompute"]
    assert told["statisticsId"].isdecimal()
    assert told["date"] <= datetime.now(UTC)
    assert told["signatureInfo"]["instanceCount"] == len(company.nodes)


def test_statistics_grow_old_when_nobody_computes_them(empty):
    nodes = lambda: empty.get_propertygraph_summary()["payload"]["graphSummary"]["numNodes"]  # noqa: E731
    empty.manage_propertygraph_statistics(mode="refresh")
    empty.manage_propertygraph_statistics(mode="disableAutoCompute")
    rows(empty, "CREATE (:One {`~id`: '1'})")

    old = nodes()
    empty.manage_propertygraph_statistics(mode="refresh")
    new = nodes()
    empty.manage_propertygraph_statistics(mode="enableAutoCompute")

    assert (old, new) == (0, 1)


def test_statistics_that_were_deleted_are_not_there(empty):
    told = empty.delete_propertygraph_statistics()

    missing = code_of(empty, "get_propertygraph_summary")
    active = empty.get_propertygraph_statistics()["payload"]["active"]
    empty.manage_propertygraph_statistics(mode="refresh")

    assert told["payload"] == {"active": False, "statisticsId": "-1"}
    assert missing == "StatisticsNotAvailableException"
    assert active is False
    assert empty.get_propertygraph_summary()["payload"]["graphSummary"]["numNodes"] == 0


# --- the bulk loader -------------------------------------------------------------------------------


def load(client, source, **given):
    """Starts a job with what our files are written for."""
    job = client.start_loader_job(
        source=source,
        format="csv",
        s3BucketRegion="us-east-1",
        iamRoleArn=ROLE,
        parserConfiguration={"allowEmptyStrings": "true"},
        userProvidedEdgeIds=True,
        **given,
    )
    return job["payload"]["loadId"]


def ended(client, job):
    """The status of a job that has ended."""
    for _ in range(1200):
        told = client.get_loader_job_status(loadId=job)["payload"]
        if told["overallStatus"]["status"] not in ("LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"):
            return told
        time.sleep(0.1)
    raise AssertionError("the load never ended")


def test_the_loader_makes_the_same_graph_of_our_files(empty, neptune, company, buckets, cluster_export):
    written = cluster_export(buckets / "company" / "whole")
    assert written == len(company.nodes) + len(company.edges)

    for part in neptune_csv.STAGES:
        told = ended(empty, load(empty, f"s3://company/whole/{part}/"))
        assert told["overallStatus"]["status"] == "LOAD_COMPLETED", told
        assert told["overallStatus"]["insertErrors"] == 0

    found = {row["n"]["~id"]: row["n"] for row in rows(empty, "MATCH (n) RETURN n")}
    drawn = {row["e"]["~id"]: row["e"] for row in rows(empty, "MATCH ()-[e]->() RETURN e")}
    assert found == company.nodes
    assert drawn == company.edges


def test_a_load_that_fails_says_in_which_line(empty, buckets):
    (buckets / "broken").mkdir(exist_ok=True)
    (buckets / "broken" / "edges.csv").write_text("~id,~from,~to,~label\ne1,nobody,nowhere,KNOWS\n", "ascii")

    job = load(empty, "s3://broken/edges.csv")
    ended(empty, job)
    told = empty.get_loader_job_status(loadId=job, details=True, errors=True)["payload"]

    assert told["overallStatus"]["status"] == "LOAD_FAILED"
    assert [one["fullUri"] for one in told["failedFeeds"]] == ["s3://broken/edges.csv"]
    [error] = told["errors"]["errorLogs"]
    assert error["errorCode"] == "FROM_OR_TO_VERTEX_ARE_MISSING"
    assert error["fileName"] == "s3://broken/edges.csv"


def test_jobs_are_listed_and_those_that_wait_can_be_cancelled(empty, buckets):
    (buckets / "many").mkdir(exist_ok=True)
    lines = "".join(f"n{number},Many\n" for number in range(50_000))
    (buckets / "many" / "nodes.csv").write_text(f"~id,~label\n{lines}", "ascii")

    running = load(empty, "s3://many/nodes.csv", mode="NEW", queueRequest=True)
    waiting = load(empty, "s3://many/nodes.csv", mode="NEW", queueRequest=True)
    everything = empty.list_loader_jobs(limit=2)["payload"]["loadIds"]
    for job in (waiting, running):
        empty.cancel_loader_job(loadId=job)

    assert everything == [waiting, running]
    assert ended(empty, running)["overallStatus"]["status"] == "LOAD_CANCELLED_BY_USER"
    assert ended(empty, waiting)["overallStatus"]["status"] == "LOAD_CANCELLED_BY_USER"
    assert code_of(empty, "cancel_loader_job", loadId=running) == "BulkLoadIdNotFoundException"
    assert code_of(empty, "get_loader_job_status", loadId="nobody") == "BulkLoadIdNotFoundException"


# --- the stream ------------------------------------------------------------------------------------


CREATED = "CREATE (:Left {`~id`: 'l', name: 'Ada'})-[:TO {`~id`: 'e', weight: 2}]->(:Right {`~id`: 'r'})"
ADDED = {
    ("ADD", "vl", "l", "Left"),
    ("ADD", "vp", "l", "Ada"),
    ("ADD", "vl", "r", "Right"),
    ("ADD", "e", "e", "TO"),
    ("ADD", "ep", "e", 2),
}
RENAMED = [("REMOVE", "vp", "l", "Ada"), ("ADD", "vp", "l", "Eva")]
TAKEN = [("REMOVE", "ep", "e", 2), ("REMOVE", "e", "e", "TO"), ("REMOVE", "vl", "r", "Right")]


def test_the_stream_tells_of_every_change_in_order(empty):
    before = last_event(empty)
    rows(empty, CREATED)
    rows(empty, "MATCH (n {`~id`: 'l'}) SET n.name = 'Eva'")
    rows(empty, "MATCH (n {`~id`: 'r'}) DETACH DELETE n")

    told = empty.get_propertygraph_stream(limit=100, iteratorType="AFTER_SEQUENCE_NUMBER", **before)

    changes = [changed(record) for record in told["records"]]
    assert (told["format"], told["totalRecords"]) == ("PG_JSON", len(changes))
    assert set(changes[:5]) == ADDED
    assert changes[5:] == RENAMED + TAKEN
    assert [place for place, one in enumerate(told["records"]) if one.get("isLastOp")] == [4, 6, 9]


def changed(record):
    data = record["data"]
    return record["op"], data["type"], data["id"], data["value"]["value"]


def last_event(client):
    try:
        told = client.get_propertygraph_stream(iteratorType="LATEST")
    except client.exceptions.StreamRecordsNotFoundException:
        return {"commitNum": 0, "opNum": 0}
    return {key: int(number) for key, number in told["lastEventId"].items()}


def test_nothing_comes_after_the_last_change(empty):
    rows(empty, "CREATE (:Left {`~id`: 'l'})")
    newest = last_event(empty)

    given = {"iteratorType": "AFTER_SEQUENCE_NUMBER", **newest}
    assert code_of(empty, "get_propertygraph_stream", **given) == "StreamRecordsNotFoundException"


def test_without_streams_there_is_no_stream(neptune):
    given = {"iteratorType": "TRIM_HORIZON"}

    assert code_of(neptune, "get_propertygraph_stream", **given) == "UnsupportedOperationException"
