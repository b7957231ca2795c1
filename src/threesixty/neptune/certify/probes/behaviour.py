"""How a cluster behaves: conflicts, plans, lag, cancelling, answers that break off."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median

from threesixty.neptune.certify.probes.asking import ID, LABEL, NotAsked, Seen, probe, required, told
from threesixty.neptune.certify.raw import send
from threesixty.neptune.doctor.finding import Attempt, Visit
from threesixty.questions import find

HOT, ROUNDS = 5, 15
WAIT_SECONDS = 10.0


@probe("conflicts when writers change the same five nodes", "some requests fail and may be sent again",
       "transactions-exceptions.html")  # fmt: skip
def conflicts(visit: Visit) -> Seen:
    said = []
    for writers in (visit.address.writers, 2 * visit.address.writers):
        codes = _hammered(visit, writers)
        share = ", ".join(f"{number} {code}" for code, number in codes.most_common())
        said.append(f"{writers} writers: {share}")
    found = required(visit.ask(f"MATCH (n:{LABEL}) RETURN count(n) AS found")).rows[0]["found"]
    return Seen(f"{'; '.join(said)}; {found} nodes", found == HOT)


def _hammered(visit: Visit, writers: int) -> Counter[str]:
    """How requests ended that put the same few nodes, all at once and each in another order."""
    text = f"UNWIND $ids AS one MERGE (n:{LABEL} {{`~id`: one}}) SET n.name = $name"
    ids = [f"{ID}hot:{number}" for number in range(HOT)]

    def write(writer: int) -> list[Attempt]:
        turned = [ids[(writer + place) % HOT] for place in range(HOT)]
        return [visit.ask(text, ids=turned, name=f"{writer} {turn}") for turn in range(ROUNDS)]

    with ThreadPoolExecutor(writers) as pool:
        made = [one for some in pool.map(write, range(writers)) for one in some]
    return Counter(one.trouble.code if one.trouble else "done" for one in made)


@probe("looking up by {`~id`: $x}, by id(n) = $x, and by {id: $x}: median of each, among 500 nodes")
def ways_to_look_up(visit: Visit) -> Seen:
    ids = [f"{ID}{number}" for number in range(500)]
    required(visit.ask(f"UNWIND $ids AS one MERGE (n:{LABEL} {{`~id`: one}}) SET n.id = one", ids=ids))
    ways = {
        "{`~id`: $x}": f"MATCH (n:{LABEL} {{`~id`: $x}}) RETURN n.id AS id",
        "id(n) = $x": f"MATCH (n:{LABEL}) WHERE id(n) = $x RETURN n.id AS id",
        "{id: $x}": f"MATCH (n:{LABEL} {{id: $x}}) RETURN n.id AS id",
    }
    return Seen(
        "; ".join(
            f"{way} {_median(visit, text, ids):.1f} ms{_steps(visit, text)}" for way, text in ways.items()
        )
    )


def _steps(visit: Visit, text: str) -> str:
    """The steps of a plan, as Neptune's engine names them; '' where they have other names."""
    made = visit.attempt(
        "execute_open_cypher_explain_query",
        openCypherQuery=text,
        parameters=json.dumps({"x": ID + "1"}),
        explainMode="details",
    )
    plan = "" if made.trouble else str(made.answer["results"].read(), "utf-8", "replace")
    steps = dict.fromkeys(re.findall(r"\bDFE[A-Z]\w+", plan))
    return f" ({', '.join(steps)})" if steps else ""


def _median(visit: Visit, text: str, ids: list[str]) -> float:
    return median(required(visit.ask(text, x=one)).milliseconds for one in ids[:: len(ids) // 20])


@probe("the plan of the 360° view, all its UNION ALL parts, is cached", "reads below 100 ms are",
       "access-graph-qpc.html")  # fmt: skip
def cached_plan(visit: Visit) -> Seen:
    text, parameters = find("customer_360").text, '{"customer": "customer:nobody"}'
    for _ in range(3):
        required(visit.ask(text, customer="customer:nobody"))
    made = visit.attempt(
        "execute_open_cypher_explain_query", openCypherQuery=text, parameters=parameters, explainMode="static"
    )
    plan = str(required(made).answer["results"].read(), "utf-8", "replace")
    is_cached = "Plan cached by request" in plan
    return Seen(
        "the plan says that it was cached" if is_cached else "the plan does not say that it was cached",
        is_cached,
    )


@probe(
    "how long a replica takes to show a change",
    "often well below 100 ms",
    "feature-overview-db-clusters.html",
)
def replica_lag(visit: Visit) -> Seen:
    if not visit.address.reader:
        raise NotAsked("the address names no reader")
    times = []
    for turn in range(10):
        one = f"{ID}lag:{turn}"
        required(visit.ask(f"MERGE (n:{LABEL} {{`~id`: $id}})", id=one))
        times.append(_until_shown(visit, one))
    return Seen(f"median {median(times):.0f} ms, worst {max(times):.0f} ms of {len(times)}")


def _until_shown(visit: Visit, one: str) -> float:
    text = f"MATCH (n:{LABEL} {{`~id`: $id}}) RETURN count(n) AS found"
    start = time.monotonic()
    while time.monotonic() - start < WAIT_SECONDS:
        if required(visit.ask(text, host=visit.address.reader, id=one)).rows[0]["found"]:
            return (time.monotonic() - start) * 1000
    raise NotAsked(f"a replica did not show a change within {WAIT_SECONDS:g} s")


@probe("cancelling a question that runs", "CancelledByUserException", "access-graph-opencypher-status.html")
def cancelling(visit: Visit) -> Seen:
    slow = "UNWIND range(1, 30000) AS a UNWIND range(1, 30000) AS b WITH a, b WHERE (a * b) % 7 = 3"
    text = f"{slow} RETURN count(*) AS found"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(visit.ask, text)
        listed = _listed(visit, running.done)
        visit.attempt("cancel_open_cypher_query", queryId=listed["queryId"], silent=False)
        made = running.result()
    whole = "whole" if listed["queryString"] == text else f"as {listed['queryString'][:60]}…"
    what = f"{told(made)}; the list shows its text {whole}"
    return Seen(what, bool(made.trouble and made.trouble.code == "CancelledByUserException"))


def _listed(visit: Visit, is_over: Callable[[], bool]) -> dict[str, str]:
    """The running query as the cluster lists it."""
    start = time.monotonic()
    while time.monotonic() - start < WAIT_SECONDS and not is_over():
        queries = required(visit.attempt("list_open_cypher_queries")).answer.get("queries", [])
        for query in queries:
            if "30000" in query.get("queryString", ""):
                return {name: str(query[name]) for name in ("queryId", "queryString")}
        time.sleep(0.05)
    raise NotAsked("the query was over, or not listed")


@probe("an answer that fails in its middle", "status 200, and an error appended to the body",
       "access-graph-opencypher-queries.html")  # fmt: skip
def breaking_off(visit: Visit) -> Seen:
    many = (
        "UNWIND range(1, 4000) AS a UNWIND range(1, 4000) AS b RETURN a, b, 'a text of some length' AS text"
    )
    answer = send(visit, f"USING QUERY:TIMEOUTMILLISECONDS 700 {many}")
    end = answer.body[-200:].decode("utf-8", "replace")
    what = f"status {answer.status}, {len(answer.body)} bytes, ends in {end!r}"
    return Seen(what, answer.status == 200 and '"code"' in end)


@probe(
    "changes in the stream", "an event for each, when neptune_streams is 1", "streams-using-api-response.html"
)
def stream(visit: Visit) -> Seen:
    looked = visit.attempt("get_propertygraph_stream", limit=1, iteratorType="LATEST")
    if looked.trouble and looked.trouble.code != "StreamRecordsNotFoundException":
        raise NotAsked(f"streams are off: {told(looked)}")
    required(visit.ask(f"MERGE (n:{LABEL} {{`~id`: $id}}) SET n.name = 'put'", id=ID + "1"))
    made = required(visit.attempt("get_propertygraph_stream", limit=10, iteratorType="LATEST"))
    records = made.answer.get("records", [])
    return Seen(f"{len(records)} events, the last {str(records[-1:])[:200]}", bool(records))


@probe("what the storage holds")
def storage(visit: Visit) -> Seen:
    ask = partial(visit.attempt, "get_storage_info")
    if not hasattr(visit.client(), "get_storage_info"):
        raise NotAsked("this boto3 does not know GetStorageInfo")
    made = required(ask())
    told_ = {name: value for name, value in made.answer.items() if name != "ResponseMetadata"}
    return Seen(str(told_)[:400])
