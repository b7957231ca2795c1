"""What is refused, and how: the codes and statuses that the adapter tells apart."""

from __future__ import annotations

from threesixty.neptune.certify.probes.asking import ID, LABEL, TYPE, NotAsked, Seen, probe, required, told
from threesixty.neptune.doctor.finding import Visit

_CODES = "errors-engine-codes.html"


@probe("a text that is no openCypher", "MalformedQueryException", _CODES)
def malformed(visit: Visit) -> Seen:
    made = visit.ask("MATCH (n RETURN n")
    return Seen(told(made), bool(made.trouble and made.trouble.code == "MalformedQueryException"))


@probe("a parameter that is not given")
def missing_parameter(visit: Visit) -> Seen:
    return Seen(told(visit.ask("RETURN $absent AS absent")))


@probe("a label that nothing has", "nothing is found, and nothing fails (openCypher 9)")
def unknown_label(visit: Visit) -> Seen:
    made = visit.ask("MATCH (n:ThreesixtyNobodyHasThis) RETURN n.name AS name")
    return Seen(told(made), not made.trouble and not made.rows)


@probe("deleting a node that has edges, without DETACH", "it is refused", "opencypher-exceptions.html")
def delete_with_edges(visit: Visit) -> Seen:
    text = f"CREATE (:{LABEL} {{`~id`: $a}})-[:{TYPE} {{`~id`: $e}}]->(:{LABEL} {{`~id`: $b}})"
    required(visit.ask(text, a=ID + "a", b=ID + "b", e=ID + "e"))
    made = visit.ask(f"MATCH (n:{LABEL} {{`~id`: $a}}) DELETE n", a=ID + "a")
    return Seen(told(made), bool(made.trouble))


@probe("EXISTS { … } in a condition")
def exists_subquery(visit: Visit) -> Seen:
    return Seen(
        told(visit.ask(f"MATCH (n:{LABEL}) WHERE EXISTS {{ MATCH (n)-->() }} RETURN count(n) AS found"))
    )


@probe("SKIP and LIMIT by parameter")
def skip_and_limit_by_parameter(visit: Visit) -> Seen:
    made = visit.ask("UNWIND range(1, 10) AS n RETURN n ORDER BY n SKIP $skip LIMIT $limit", skip=2, limit=3)
    if made.trouble:
        return Seen(told(made))
    return Seen(f"accepted, and gives {[row['n'] for row in made.rows]}")


@probe(
    "a time limit in the text",
    "TimeLimitExceededException, since 1.4.6.0",
    "opencypher-query-hints-timeout-hint.html",
)
def time_limit(visit: Visit) -> Seen:
    slow = "UNWIND range(1, 5000) AS a UNWIND range(1, 5000) AS b WITH a, b WHERE (a * b) % 7 = 3"
    made = visit.ask(f"USING QUERY:TIMEOUTMILLISECONDS 300 {slow} RETURN count(*) AS found")
    what = f"{told(made)}, after {made.milliseconds:.0f} ms"
    return Seen(what, bool(made.trouble and made.trouble.code == "TimeLimitExceededException"))


@probe("writing to a reader", "ReadOnlyViolationException", _CODES)
def writing_to_a_reader(visit: Visit) -> Seen:
    if not visit.address.reader:
        raise NotAsked("the address names no reader")
    made = visit.ask(f"MERGE (n:{LABEL} {{`~id`: $id}})", host=visit.address.reader, id=ID + "1")
    if not made.trouble:
        raise NotAsked("the reader's endpoint leads to the writer")
    return Seen(told(made), made.trouble.code == "ReadOnlyViolationException")


@probe("a request of 4 MB", "no limit is documented for openCypher", "limits.html")
def large_request(visit: Visit) -> Seen:
    made = visit.ask("RETURN size($text) AS characters", text="x" * (4 << 20))
    return Seen(told(made))
