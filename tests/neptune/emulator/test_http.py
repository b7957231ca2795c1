"""One request over HTTP: where it goes, how it is encoded, and the envelope of an error."""

import json
from urllib.parse import quote

import pytest

ADA = "CREATE (c:Customer {`~id`: 'c1', name: 'Ada'})"
NAME = "MATCH (c:Customer {`~id`: $id}) RETURN c.name AS name"


@pytest.fixture
def ada(engine):
    engine.run(ADA)


# --- paths and encodings -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/openCypher", "/opencypher"])
@pytest.mark.parametrize("as_json", [False, True], ids=["form", "json"])
def test_a_statement_comes_as_a_form_or_as_json_at_both_paths(call, ada, path, as_json):
    # The SDKs send parameters as a text with JSON in it.
    told = call("POST", path, {"query": NAME, "parameters": '{"id": "c1"}'}, as_json=as_json)

    assert (told.status, told.body) == (200, {"results": [{"name": "Ada"}]})
    assert told.headers["content-type"] == "application/json"


def test_parameters_may_be_a_json_object(call, ada):
    told = call("POST", "/openCypher", {"query": NAME, "parameters": {"id": "c1"}}, as_json=True)

    assert told.body == {"results": [{"name": "Ada"}]}


def test_a_statement_may_be_part_of_the_address(call, ada):
    # Signed as it is sent: a space is %20 there.
    parameters, query = quote('{"id": "c1"}', safe=""), quote(NAME, safe="")
    told = call("GET", f"/openCypher?parameters={parameters}&query={query}")

    assert told.body == {"results": [{"name": "Ada"}]}


@pytest.mark.parametrize(
    ("fields", "as_json", "code"),
    [
        ({}, False, "MissingParameterException"),
        ({"query": ""}, False, "MalformedQueryException"),
        ({"query": "RETURN 1 AS x", "parameters": "[1]"}, False, "BadRequestException"),
        ({"query": "RETURN 1 AS x", "parameters": "{"}, False, "BadRequestException"),
        (["RETURN 1 AS x"], True, "BadRequestException"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_so(call, fields, as_json, code):
    told = call("POST", "/openCypher", fields, as_json=as_json)

    assert (told.status, told.body["code"]) == (400, code)


def test_a_body_that_is_no_json_is_told_so(sign, send):
    headers = sign("POST", "/openCypher", b"{", {"content-type": "application/json"})
    told = send("POST", "/openCypher", b"{", headers)

    assert (told.status, told.body["code"]) == (400, "BadRequestException")


def test_a_request_of_more_than_150_mb_is_refused_before_it_is_read(send):
    told = send("POST", "/openCypher", b"", {"content-length": "157286401"})

    assert (told.status, told.body["code"]) == (400, "BadRequestException")
    assert told.body["detailedMessage"] == "Request size exceeds max allowed value of 157286400 bytes."


def test_other_paths_and_methods_are_not_there(call):
    assert [
        (told.status, told.body["code"])
        for told in (call("GET", "/nowhere"), call("PUT", "/openCypher"), call("DELETE", "/status"))
    ] == [
        (404, "ResourceNotFoundException"),
        (405, "MethodNotAllowedException"),
        (405, "MethodNotAllowedException"),
    ]


# --- errors ------------------------------------------------------------------------------------------


def test_an_error_has_neptune_s_envelope(ask):
    told = ask("MATCH (c:Customer) RETURN d.name")

    assert told.status == 400
    assert set(told.body) == {"requestId", "code", "detailedMessage", "message"}
    assert told.body["code"] == "MalformedQueryException"
    assert "d" in told.body["detailedMessage"]
    assert told.body["requestId"] == told.headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (c:Customer) RETURN d.name",
        "MATCH (c:Customer) WHERE d.name = 'Ada' RETURN c",
        "MATCH (c:Customer) WITH c.name AS name RETURN c.name",
        "MATCH (c:Customer) WITH c.name RETURN 1 AS x",
        "MATCH (c:Customer) SET d.name = 'Ada'",
        "MATCH (c:Customer) DELETE d",
        "RETURN 1 AS a UNION RETURN 2 AS b",
        "CREATE (:A) MATCH (a:A) RETURN a; MATCH (b) RETURN b",
        "MATCH (c:Customer)",
    ],
)
def test_what_is_no_statement_anywhere_is_malformed(ask, ada, text):
    told = ask(text)

    assert (told.status, told.body["code"]) == (400, "MalformedQueryException")


def test_a_statement_that_is_refused_leaves_nothing(ask, engine):
    ask("CREATE (a:A {`~id`: 'a'}) SET a.list = [1]")

    assert engine.run("MATCH (n) RETURN count(n) AS n").rows == [{"n": 0}]


def test_what_the_emulator_did_not_foresee_is_told_in_the_same_way(server, ask, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(server.engine, "run", broken)
    told = ask("RETURN 1 AS x")

    assert (told.status, told.body["code"]) == (500, "InternalFailureException")
    assert "ZeroDivisionError: nobody thought of this" in told.body["detailedMessage"]


# --- browsers ----------------------------------------------------------------------------------------


def test_a_browser_may_ask_before_it_sends_a_signed_request(send):
    # Without a signature: a browser sends none with this.
    told = send(
        "OPTIONS",
        "/openCypher",
        headers={
            "origin": "http://localhost:5173",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type,x-amz-date",
        },
    )

    assert told.status == 204
    assert told.headers["access-control-allow-origin"] == "*"
    assert "POST" in told.headers["access-control-allow-methods"]
    # The star means every name but this one: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
    assert told.headers["access-control-allow-headers"].split(", ") == ["*", "authorization"]


def test_a_browser_may_read_answers_and_errors(ask, send):
    for told in (ask("RETURN 1 AS x"), ask("RETURN"), send("GET", "/status")):
        assert told.headers["access-control-allow-origin"] == "*"


# --- the instance ------------------------------------------------------------------------------------


def test_writer_and_reader_say_what_they_are(call):
    writer, reader = (call("GET", "/status", reader=reader).body for reader in (False, True))

    assert (writer["status"], writer["role"], reader["role"]) == ("healthy", "writer", "reader")
    assert writer["opencypher"] == {"version": "Neptune-9.0.20190305-1.0"}
    assert writer["features"]["IAMAuthentication"] == "enabled"


def test_requests_are_counted_with_their_bytes(server, ask):
    told = ask("RETURN 1 AS x")
    ask("RETURN")

    assert server.requests.by_operation() == {"execute_open_cypher_query": {200: 1, 400: 1}}
    assert server.requests.bytes_sent >= len(json.dumps(told.body, separators=(",", ":")))
