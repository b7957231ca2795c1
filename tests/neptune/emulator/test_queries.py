"""Queries that run: listed, shown, ended by whoever wants it or by their time; and explained."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from threesixty.neptune.emulator import Emulator

ENDLESS = "UNWIND range(1, 20000) AS a UNWIND range(1, 20000) AS b WITH a, b WHERE a < b RETURN count(*) AS n"
WRITING = "UNWIND range(1, 20000) AS a UNWIND range(1, 20000) AS b CREATE (:A {x: a + b})"
STATUS = "/openCypher/status"


@pytest.fixture
def running(server, call, ask):
    """Starts a query and waits until it is listed: its answer to come, and what the list says of it."""
    with ThreadPoolExecutor(2) as pool:

        def start(text=ENDLESS):
            answer = pool.submit(ask, text)
            return answer, listed(call)

        yield start
        for query in server.engine.underway.all():
            server.engine.cancel(query)


def listed(call):
    for _ in range(600):
        if queries := call("GET", STATUS).body["queries"]:
            return queries[0]
        time.sleep(0.02)
    pytest.fail("the query was never listed")


def test_nothing_runs(call):
    assert call("GET", STATUS).body == {"acceptedQueryCount": 0, "runningQueryCount": 0, "queries": []}


def test_a_query_that_runs_is_listed_and_shown(call, running):
    _, query = running()
    shown = call("GET", f"/opencypher/status/{query['queryId']}").body

    assert query["queryString"] == shown["queryString"] == ENDLESS
    assert shown["queryEvalStats"]["elapsed"] >= query["queryEvalStats"]["elapsed"] >= 0
    assert shown["queryEvalStats"]["cancelled"] is False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/opencypher/status/{id}"),
        ("DELETE", "/openCypher/status/{id}?silent=false"),
        # As graph-notebook does.
        ("GET", "/openCypher/status?cancelQuery=true&queryId={id}&silent=false"),
        ("POST", "/openCypher/status?cancelQuery=true&queryId={id}"),
    ],
)
def test_a_query_can_be_ended(call, running, method, path):
    answer, query = running()
    told = call(method, path.format(id=query["queryId"]))
    ended = answer.result(30)

    assert told.body == {"status": "200 OK", "payload": True}
    assert (ended.status, ended.body["code"]) == (500, "CancelledByUserException")
    assert ended.body["requestId"] == query["queryId"]
    assert call("GET", STATUS).body["queries"] == []


def test_a_query_that_is_ended_silently_answers_with_nothing(call, running):
    answer, query = running()
    call("DELETE", f"{STATUS}/{query['queryId']}?silent=true")

    assert answer.result(30).body == {"results": []}


def test_a_write_that_is_ended_leaves_nothing(call, running, engine):
    answer, query = running(WRITING)
    call("DELETE", f"{STATUS}/{query['queryId']}")

    assert answer.result(30).body["code"] == "CancelledByUserException"
    assert engine.run("MATCH (n) RETURN count(n) AS n").rows == [{"n": 0}]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_query_that_nobody_runs_is_an_error(call, method):
    told = call(method, f"{STATUS}/nobody")

    assert (told.status, told.body["code"]) == (400, "InvalidParameterException")
    assert told.body["detailedMessage"] == "Supplied queryId nobody is invalid"


def test_an_emulator_that_stops_waits_for_nobody(arcadedb_server, tmp_path, send):
    form = {"content-type": "application/x-www-form-urlencoded"}
    started = Emulator.start(tmp_path, bolt_url=arcadedb_server.url("neptune"), iam=False)
    with ThreadPoolExecutor(2) as pool, started as emulator:
        emulator.faults.add("slow", seconds=3600, operation="get_engine_status")
        query = f"query={ENDLESS}".encode()
        running = pool.submit(send, "POST", "/openCypher", query, form, emulator.port)
        slow = pool.submit(send, "GET", "/status", port=emulator.port)
        while not (emulator.engine.underway.all() and emulator.faults.happened):
            time.sleep(0.02)

    assert running.result().body["code"] == "CancelledByUserException"
    assert slow.result().body["status"] == "healthy"


# --- time --------------------------------------------------------------------------------------------


def test_a_query_is_given_the_time_it_asks_for(ask):
    told = ask(f"USING QUERY:TIMEOUTMILLISECONDS 200 {ENDLESS}")

    assert (told.status, told.body["code"]) == (500, "TimeLimitExceededException")
    assert told.body["detailedMessage"] == "Operation terminated (deadline exceeded)"


def test_a_cluster_has_a_time_for_every_query(arcadedb_server, tmp_path, send):
    url = arcadedb_server.url("neptune")
    with Emulator.start(tmp_path, bolt_url=url, seconds=0.2, iam=False) as emulator:
        form = {"content-type": "application/x-www-form-urlencoded"}
        told = send("POST", "/openCypher", f"query={ENDLESS}".encode(), form, emulator.port)
        settings = send("GET", "/status", port=emulator.port).body["settings"]

    assert told.body["code"] == "TimeLimitExceededException"
    assert settings["clusterQueryTimeoutInMs"] == "200"


# --- explain -----------------------------------------------------------------------------------------

FOUND = "MATCH (c:Customer {`~id`: $id})-[:USES]->(i:Identifier) RETURN i.value AS value"


@pytest.mark.parametrize("mode", ["static", "dynamic", "details", "DETAILS"])
@pytest.mark.parametrize("path", ["/openCypher", "/opencypher/explain"])
def test_a_query_is_explained_in_the_words_of_the_engine_beneath(call, mode, path):
    fields = {"query": FOUND, "explain": mode, "parameters": '{"id": "c1"}'}
    told = call("POST", path, fields)

    assert told.status == 200
    assert told.headers["content-type"] == "text/plain; charset=UTF-8"
    assert b"-[:USES]->(i:Identifier)" in told.body
    # Only what is run knows how many rows there were.
    assert (b"Rows Returned: 0" in told.body) is (mode != "static")


@pytest.mark.parametrize(
    ("text", "mode", "code"),
    [
        (FOUND, "thoroughly", "InvalidParameterException"),
        ("MATCH (c RETURN c", "static", "MalformedQueryException"),
        ("CREATE (:A)", "static", "UnsupportedOperationException"),
    ],
)
def test_what_cannot_be_explained_is_refused(call, engine, text, mode, code):
    told = call("POST", "/openCypher", {"query": text, "explain": mode})

    assert (told.status, told.body["code"]) == (400, code)
    assert engine.run("MATCH (n) RETURN count(n) AS n").rows == [{"n": 0}]
