"""A writer and a reader over one graph, and what a failover does to them."""

from http.client import HTTPConnection, RemoteDisconnected

import pytest

MAKE = "CREATE (:Customer {`~id`: 'c1'})"
COUNT = "MATCH (n) RETURN count(n) AS n"


def test_a_reader_shows_what_the_writer_wrote(ask):
    ask(MAKE)

    assert ask(COUNT, reader=True).body == {"results": [{"n": 1}]}


@pytest.mark.parametrize(
    "text",
    [
        MAKE,
        "MERGE (n:Customer {`~id`: 'c1'})",
        "MATCH (n) SET n.x = 1",
        "MATCH (n) REMOVE n.x",
        "MATCH (n) DETACH DELETE n",
        "USING QUERY:TIMEOUTMILLISECONDS 100 CREATE (:A)",
    ],
)
def test_a_reader_refuses_whatever_writes(ask, text):
    told = ask(text, reader=True)

    assert (told.status, told.body["code"]) == (400, "ReadOnlyViolationException")
    assert told.body["detailedMessage"] == "openCypher update attempted on read-replica"
    assert ask(COUNT).body == {"results": [{"n": 0}]}


def test_a_word_in_a_text_or_a_comment_writes_nothing(ask):
    told = ask("/* DELETE */ RETURN 'CREATE (n)' AS `SET`", reader=True)

    assert told.body == {"results": [{"SET": "CREATE (n)"}]}


def test_a_reader_is_not_reset(call):
    told = call("POST", "/system", {"action": "initiateDatabaseReset"}, reader=True)

    assert told.body["code"] == "ReadOnlyViolationException"


# --- failover ----------------------------------------------------------------------------------------


@pytest.fixture
def opened(server):
    """Connections that stay open; a failover of another test is undone."""
    connections = []

    def opened(port):
        connections.append(HTTPConnection("127.0.0.1", port, timeout=30))
        return connections[-1]

    yield opened
    for connection in connections:
        connection.close()
    server.fail_over(seconds=0)


def role(sign, connection):
    connection.request("GET", "/status", headers=sign("GET", "/status", port=connection.port))
    return connection.getresponse().read().decode().partition('"role":"')[2].partition('"')[0]


def test_in_a_failover_the_endpoints_change_places_later_than_the_instances(server, sign, opened):
    assert role(sign, opened(server.port)) == "writer"

    server.fail_over(seconds=3600)

    # The names still lead to the instances they led to, which have changed their roles.
    assert role(sign, opened(server.port)) == "reader"
    assert role(sign, opened(server.reader_port)) == "writer"


def test_after_a_failover_the_endpoints_are_what_they_were(server, sign, opened):
    server.fail_over(seconds=0)

    assert role(sign, opened(server.port)) == "writer"
    assert role(sign, opened(server.reader_port)) == "reader"


def test_a_failover_closes_every_connection(server, sign, opened):
    connections = [opened(server.port), opened(server.reader_port)]
    for connection in connections:
        role(sign, connection)

    server.fail_over(seconds=0)

    for connection in connections:
        connection.auto_open = 0
        with pytest.raises((RemoteDisconnected, ConnectionError)):
            role(sign, connection)


def test_who_writes_to_the_old_writer_is_told_that_it_is_a_replica(server, ask, opened):
    server.fail_over(seconds=3600)

    assert ask(MAKE).body["code"] == "ReadOnlyViolationException"
    assert ask(MAKE, reader=True).status == 200
