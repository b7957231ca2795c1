"""AWS's command line: the same operations as a person types them, and what it prints."""

import json
import re
import subprocess
import time

import pytest

from threesixty.graph import neptune_csv

pytestmark = pytest.mark.slow
SECONDS = 120
ROLE = "arn:aws:iam::123456789012:role/loader"


@pytest.fixture(scope="session")
def aws(installed, surroundings):
    """Runs `aws neptunedata` against an emulator; what it printed, which is JSON as a rule."""

    def run(emulator, *words, port=None, fails=False):
        url = f"http://{emulator.settings.host}:{port or emulator.port}"
        done = subprocess.run(
            [installed("aws") / "aws", "neptunedata", *words, "--endpoint-url", url, "--output", "json"],
            env=surroundings(emulator), capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        assert (done.returncode != 0) is fails, done.stderr
        if fails:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    return run


@pytest.fixture
def neptune(company, cluster, aws):
    """`aws neptunedata` on the sample company."""
    return lambda *words, **given: aws(cluster, *words, **given)


@pytest.fixture
def empty(scratch, aws):
    """`aws neptunedata` on an empty graph."""
    return lambda *words, **given: aws(scratch, *words, **given)


def rows(run, text, **parameters):
    given = ["--parameters", json.dumps(parameters)] if parameters else []
    return run("execute-open-cypher-query", "--open-cypher-query", text, *given)["results"]


def test_a_node_is_printed_as_the_embedded_engine_holds_it(neptune, company):
    node = company.busiest

    assert rows(neptune, "MATCH (n {`~id`: $id}) RETURN n", id=node["~id"]) == [{"n": node}]


def test_nodes_are_counted_by_label(neptune, company):
    found = rows(neptune, "MATCH (n) RETURN labels(n) AS labels, count(*) AS found")

    counted = {row["labels"][0]: row["found"] for row in found}
    assert counted == {label: len(company.labelled(label)) for label in company.labels}


def test_an_explanation_is_written_into_a_file(neptune, tmp_path):
    out = tmp_path / "plan.txt"
    text = "MATCH (c:Customer) RETURN c.name AS name"

    neptune(
        "execute-open-cypher-explain-query", "--open-cypher-query", text, "--explain-mode", "static", str(out)
    )

    assert "Customer" in out.read_text("utf-8")


def test_an_error_is_told_with_its_code(neptune):
    told = neptune("execute-open-cypher-query", "--open-cypher-query", "MATCH (n RETURN n", fails=True)

    assert "(MalformedQueryException)" in told


def test_queries_are_listed_and_strangers_are_not_cancelled(neptune):
    listed = neptune("list-open-cypher-queries")
    shown = neptune("get-open-cypher-query-status", "--query-id", "nobody", fails=True)
    told = neptune("cancel-open-cypher-query", "--query-id", "nobody", fails=True)

    assert (listed["runningQueryCount"], listed["queries"]) == (0, [])
    assert "(InvalidParameterException)" in shown
    assert "(InvalidParameterException)" in told


def test_the_status_tells_role_and_engine(neptune, cluster):
    writer = neptune("get-engine-status")
    reader = neptune("get-engine-status", port=cluster.reader_port)

    assert (writer["status"], writer["role"], reader["role"]) == ("healthy", "writer", "reader")
    assert re.fullmatch(r"1(\.\d+){3}\.R\d+", writer["dbEngineVersion"])


@pytest.mark.parametrize("mode", ["basic", "detailed"])
def test_a_summary_counts_what_there_is(neptune, company, mode):
    summary = neptune("get-propertygraph-summary", "--mode", mode)["payload"]["graphSummary"]

    assert (summary["numNodes"], summary["numEdges"]) == (len(company.nodes), len(company.edges))
    assert (sorted(summary["nodeLabels"]), sorted(summary["edgeLabels"])) == (company.labels, company.types)
    assert sum(one["count"] for one in summary.get("edgeStructures", [])) == (
        len(company.edges) if mode == "detailed" else 0
    )


def test_statistics_are_computed_shown_and_deleted(empty):
    computed = empty("manage-propertygraph-statistics", "--mode", "refresh")["payload"]["statisticsId"]
    shown = empty("get-propertygraph-statistics")["payload"]
    deleted = empty("delete-propertygraph-statistics")["payload"]
    missing = empty("get-propertygraph-summary", fails=True)
    empty("manage-propertygraph-statistics", "--mode", "refresh")

    assert (shown["statisticsId"], shown["active"]) == (computed, True)
    assert deleted == {"active": False, "statisticsId": "-1"}
    assert "(StatisticsNotAvailableException)" in missing


def test_our_files_are_loaded_as_the_page_on_export_says(empty, company, buckets, cluster_export):
    cluster_export(buckets / "typed" / "whole")

    for part in neptune_csv.STAGES:
        job = empty(
            "start-loader-job", "--source", f"s3://typed/whole/{part}/", "--format", "csv",
            "--s3-bucket-region", "us-east-1", "--iam-role-arn", ROLE,
            "--parser-configuration", "allowEmptyStrings=true", "--user-provided-edge-ids",
        )["payload"]["loadId"]  # fmt: skip
        told = ended(empty, job)
        assert told["overallStatus"]["status"] == "LOAD_COMPLETED", told

    assert job in empty("list-loader-jobs", "--limit", "1")["payload"]["loadIds"]
    assert "(BulkLoadIdNotFoundException)" in empty("cancel-loader-job", "--load-id", job, fails=True)
    assert rows(empty, "MATCH (n) RETURN count(*) AS found") == [{"found": len(company.nodes)}]
    assert rows(empty, "MATCH ()-[e]->() RETURN count(*) AS found") == [{"found": len(company.edges)}]


def ended(run, job):
    """The status of a job that has ended."""
    for _ in range(100):
        told = run("get-loader-job-status", "--load-id", job, "--details", "--errors")["payload"]
        if told["overallStatus"]["status"] not in ("LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"):
            return told
        time.sleep(0.2)
    raise AssertionError("the load never ended")


def test_a_change_is_read_from_the_stream(empty):
    rows(empty, "CREATE (n:Left {`~id`: 'l', name: $name}) RETURN n", name="Ada")

    newest = empty("get-propertygraph-stream", "--iterator-type", "LATEST")
    event = newest["lastEventId"]
    again = empty(
        "get-propertygraph-stream", "--iterator-type", "AT_SEQUENCE_NUMBER",
        "--commit-num", str(event["commitNum"]), "--op-num", str(event["opNum"]), "--limit", "1",
    )  # fmt: skip

    assert newest["records"] == again["records"]
    assert newest["records"][0]["data"]["value"] == {"value": "Ada", "dataType": "String"}


def test_a_reset_takes_two_steps(empty):
    rows(empty, "CREATE (n:Left {`~id`: 'l'}) RETURN n")

    token = empty("execute-fast-reset", "--action", "initiateDatabaseReset")["payload"]["token"]
    empty("execute-fast-reset", "--action", "performDatabaseReset", "--token", token)

    assert rows(empty, "MATCH (n) RETURN count(*) AS found") == [{"found": 0}]
