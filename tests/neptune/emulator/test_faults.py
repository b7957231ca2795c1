"""Faults on demand: each sort, which requests it happens to, and the switch over HTTP."""

import json
import time
from http.client import HTTPException

import pytest

from threesixty.neptune.emulator.faults import MESSAGES, SORTS
from threesixty.neptune.emulator.refusal import STATUS, Refusal

ONE = "RETURN 1 AS x"
MAKE = "MERGE (n:A {`~id`: 'a'})"
COUNT = "MATCH (n:A) RETURN count(n) AS n"
SWITCH = "/emulator/faults"


def made(server):
    return server.engine.run(COUNT).rows == [{"n": 1}]


# --- sorts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", STATUS)
def test_every_code_of_neptune_s_can_be_injected_with_its_status(server, ask, code):
    server.faults.add("refuse", code=code)
    told = ask(MAKE)

    assert (told.status, told.body["code"]) == (STATUS[code], code)
    assert told.body["detailedMessage"] == MESSAGES.get(code, "Injected by the emulator")
    assert not made(server)


def test_an_error_may_come_after_everything_was_done(server, ask):
    server.faults.add("refuse_after", code="InternalFailureException", message="as AWS words it")
    told = ask(MAKE)

    assert (told.status, told.body["detailedMessage"]) == (500, "as AWS words it")
    assert made(server)


def test_an_answer_that_breaks_off_has_status_200_and_the_error_at_its_end(server, ask):
    server.faults.add("cut", code="TimeLimitExceededException")
    told = ask("UNWIND range(1, 100) AS x RETURN x")

    begun, _, error = told.body.decode().partition('{"requestId"')
    assert told.status == 200
    assert begun.startswith('{"results":[{"x":1},{"x":2},')
    assert json.loads('{"requestId"' + error)["code"] == "TimeLimitExceededException"
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(told.body)


@pytest.mark.parametrize(("does", "done"), [("drop", False), ("drop_after", True)])
def test_a_connection_may_be_closed_before_or_after(server, ask, does, done):
    server.faults.add(does)
    with pytest.raises((HTTPException, ConnectionError)):
        ask(MAKE)

    assert made(server) is done
    assert server.requests.count(status=0) == 1


def test_an_answer_may_take_longer(server, ask):
    server.faults.add("slow", seconds=0.3)
    began = time.monotonic()
    told = ask(ONE)

    assert told.body == {"results": [{"x": 1}]}
    assert time.monotonic() - began >= 0.3


def test_a_failover_may_happen_to_a_request(server, ask):
    server.faults.add("failover", seconds=3600)
    with pytest.raises((HTTPException, ConnectionError)):
        ask(MAKE)
    told = ask(MAKE)
    server.fail_over(seconds=0)

    assert told.body["code"] == "ReadOnlyViolationException"
    assert ask(MAKE).status == 200


# --- which requests ----------------------------------------------------------------------------------


def test_a_fault_happens_so_many_times(server, ask):
    server.faults.add("refuse", code="ThrottlingException", times=2)

    assert [ask(ONE).status for _ in range(4)] == [500, 500, 200, 200]
    assert server.faults.happened == {"ThrottlingException": 2}


def test_a_fault_without_an_end_happens_until_it_is_taken_away(server, ask):
    server.faults.add("refuse", times=None)

    assert {ask(ONE).status for _ in range(5)} == {500}
    server.faults.clear()
    assert ask(ONE).status == 200


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"operation": "execute_open_cypher_query"}, [True, True, True, False]),
        ({"operation": "get_engine_status"}, [False, False, False, True]),
        ({"text": "RETURN 1"}, [True, False, False, False]),
        ({"writes": True}, [False, True, False, False]),
        ({"writes": False}, [True, False, True, True]),
        ({"role": "reader"}, [False, False, True, False]),
        ({"operation": "execute_open_cypher_query", "role": "writer", "writes": False},
         [True, False, False, False]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_a_fault_is_for_the_requests_it_describes(server, ask, call, facts, met):
    server.faults.add("refuse", code="ThrottlingException", times=None, **facts)
    told = [ask(ONE), ask(MAKE), ask(COUNT, reader=True), call("GET", "/status")]

    assert [one.status == 500 for one in told] == met


def test_dice_fall_the_same_way_for_the_same_seed(server, ask):
    def fallen(seed):
        server.faults.clear()
        server.faults.add("refuse", probability=0.5, seed=seed, times=None)
        return [ask(ONE).status for _ in range(12)]

    assert fallen(7) == fallen(7) != fallen(8)
    assert set(fallen(7)) == {200, 500}


def test_the_first_fault_that_wants_to_happen_happens(server, ask):
    server.faults.add("refuse", code="ThrottlingException", writes=True)
    server.faults.add("refuse", code="ServerShutdownException", times=None)

    assert [ask(text).body["code"] for text in (ONE, MAKE, MAKE)] == [
        "ServerShutdownException", "ThrottlingException", "ServerShutdownException",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("does", "facts", "said"),
    [
        ("explode", {}, "A fault does one of refuse"),
        ("refuse", {"code": "TeapotException"}, "no error of Neptune's"),
        ("refuse", {"when": "never"}, "when"),
        ("slow", {"seconds": "long"}, "seconds has to be a number"),
    ],
)
def test_a_fault_that_is_none_is_refused(server, does, facts, said):
    with pytest.raises(Refusal, match=said):
        server.faults.add(does, **facts)


def test_every_sort_is_tried_here():
    assert set(SORTS) == {"refuse", "refuse_after", "cut", "drop", "drop_after", "slow", "failover"}


# --- over HTTP ---------------------------------------------------------------------------------------


def test_faults_are_switched_over_http_without_a_signature(server, send, ask):
    def switch(method, fields=None):
        body = b"" if fields is None else json.dumps(fields).encode()
        return send(method, SWITCH, body, {"content-type": "application/json"})

    one = {"does": "refuse", "code": "ThrottlingException"}
    switch("POST", one)
    added = switch("POST", {"faults": [{**one, "code": "ServerShutdownException"}, {"does": "drop"}]}).body
    told = [ask(ONE).body["code"] for _ in range(2)]
    shown = switch("GET").body
    cleared = switch("DELETE").body

    assert [fault["does"] for fault in added["faults"]] == ["refuse", "refuse", "drop"]
    assert told == ["ThrottlingException", "ServerShutdownException"]
    assert [fault["met"] for fault in shown["faults"]] == [1, 1, 0]
    assert shown["happened"] == {"ThrottlingException": 1, "ServerShutdownException": 1}
    assert cleared == {"faults": [], "happened": {}}
    assert ask(ONE).status == 200


@pytest.mark.parametrize(
    "fields", [{"does": "explode"}, {}, {"faults": ["drop"]}, {"does": "slow", "seconds": "x"}]
)
def test_a_fault_that_is_none_is_refused_over_http(send, fields):
    told = send("POST", SWITCH, json.dumps(fields).encode(), {"content-type": "application/json"})

    assert (told.status, told.body["code"]) == (400, "InvalidParameterException")
