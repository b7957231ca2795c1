"""What the cluster is: roles of its endpoints, engine, statistics, its graph, and how far away it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

from threesixty.graph.neptune_errors import Trouble
from threesixty.neptune.doctor import network
from threesixty.neptune.doctor.access import NOTHING, trouble_at
from threesixty.neptune.doctor.finding import Attempt, Finding, Visit, failed, ok, skipped, timed, warning

STATE = "MATCH (n:Threesixty) RETURN n.seq AS seq, n.as_of AS as_of"
FAR_MILLISECONDS = 50.0
"""A question of several requests is slow from so far away."""

FEATURES = (
    ((1, 1, 1), "openCypher for production"),
    ((1, 4, 1), "a look-up by an id that is null finds nothing, instead of failing"),
    ((1, 4, 5), "faster changes, and answers that say at their end that they broke off"),
    ((1, 4, 6), "a time limit for each question, kept by the engine"),
)
"""What came with which engine. https://docs.aws.amazon.com/neptune/latest/userguide/engine-releases.html"""
NEEDED = (1, 1, 1)
FLAWED = ((1, 3, 2, 0), (1, 3, 3, 0), (1, 4, 1, 0))
"""Engines whose cache of plans may give wrong answers, by their release notes."""


def roles(visit: Visit) -> Iterator[Finding]:
    """The writer's endpoint leads to the writer, the reader's to a reader."""
    if not visit.status:
        yield skipped("writer", "its role is not known without GetEngineStatus")
    else:
        yield _writer(visit)
    if not visit.address.reader:
        yield skipped("reader", "the address names no reader: the writer answers every question")
        return
    yield from _reader(visit)


def _writer(visit: Visit) -> Finding:
    role, health = visit.status.get("role"), visit.status.get("status")
    if role == "reader":
        return failed(
            "writer",
            f"{visit.address.host} is a reader, and cannot be written",
            "give the cluster endpoint, and the reader endpoint as reader=",
        )
    if health != "healthy":
        return warning("writer", f"its status is {health}", "wait, and look at the cluster's events")
    since = f", up since {visit.status['startTime']}" if visit.status.get("startTime") else ""
    return ok("writer", f"healthy{since}")


def _reader(visit: Visit) -> Iterator[Finding]:
    host = visit.address.reader
    name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdecimal() else (host, "", "")
    found, addresses = network.resolve(name, int(port or visit.address.port))
    if found.state == "ok":
        found = network.connect(name, int(port or visit.address.port), visit.seconds, addresses)
    if found.state != "ok":
        yield Finding("reader", found.state, f"reader= is out of reach: {found.what}", found.hint)
        return
    made = visit.attempt("get_engine_status", host=host)
    if made.trouble:
        yield trouble_at("reader", made.trouble)
    elif made.answer.get("role") == "writer":
        yield warning(
            "reader",
            "the reader's endpoint leads to the writer",
            "a cluster without replicas answers so; otherwise give the cluster-ro endpoint",
        )
    else:
        yield _lag(visit, host)


def _lag(visit: Visit, host: str) -> Finding:
    """Whether the replica answers, and shows what the writer shows."""
    here, there = visit.ask(STATE), visit.ask(STATE, host=host)
    if there.trouble and there.trouble.sort != "denied":
        return trouble_at("reader", there.trouble)
    behind = _seq(here) - _seq(there)
    if behind > 0:
        return warning(
            "reader",
            f"it is {behind} entries of the ledger behind the writer",
            "look at ClusterReplicaLagMaximum; what must be fresh is asked of the writer anyway",
        )
    return ok("reader", "a replica, as far as the writer is", "", there.milliseconds)


def _seq(made: Attempt) -> int:
    return max((int(row.get("seq") or 0) for row in made.rows), default=0)


def version(visit: Visit) -> Iterator[Finding]:
    """The engine, and what it is too old for."""
    said = str(visit.status.get("dbEngineVersion", ""))
    number = tuple(int(part) for part in said.split(".") if part.isdecimal())
    if not number:
        yield skipped("engine", "its version is not known without GetEngineStatus")
        return
    missing = [what for since, what in FEATURES if number < since]
    if number[:4] in FLAWED:
        yield failed(
            "engine",
            f"version {said} may answer wrongly: its cache of query plans mixes parameters up",
            "upgrade it to the next patch release",
        )
    if not missing:
        yield ok("engine", f"version {said}")
        return
    yield Finding("engine", "failed" if number < NEEDED else "warning",
                  f"version {said} lacks: {'; '.join(missing)}",
                  "`aws neptune modify-db-cluster --engine-version …`, after a snapshot")  # fmt: skip


def statistics(visit: Visit) -> Iterator[Finding]:
    """Queries are planned by statistics; small instances and new graphs have none."""
    made = visit.attempt("get_propertygraph_statistics")
    payload: dict[str, Any] = made.answer.get("payload", {})
    if made.trouble and made.trouble.code != "StatisticsNotAvailableException":
        return  # what stands in the way is told by the action
    if made.trouble or not payload.get("active"):
        yield warning(
            "statistics",
            "there are none, so queries are planned without",
            "`aws neptunedata manage-propertygraph-statistics --mode enableAutoCompute`; "
            "instances of the t3 and t4g classes have none",
        )
        return
    when = f", of {payload['date']}" if payload.get("date") else ""
    yield ok("statistics", f"there are some{when}")


def threesixty(visit: Visit) -> Iterator[Finding]:
    """The node that says how much of which ledger the graph shows."""
    made = visit.ask(STATE)
    if made.trouble:
        return  # what stands in the way is told by the action
    if not made.rows:
        yield ok("Customer 360", "there is none on the cluster yet", "`threesixty rebuild` fills it")
    elif len(made.rows) > 1:
        yield failed(
            "Customer 360",
            f"{len(made.rows)} Threesixty nodes: several graphs were drawn here",
            "one project = one cluster: clear it, and `threesixty rebuild`",
        )
    else:
        row = made.rows[0]
        yield ok("Customer 360", f"it shows {row.get('seq')} entries of the ledger, {_day(row.get('as_of'))}")


def _day(at: object) -> str:
    try:
        moment = datetime.fromtimestamp(float(str(at)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return "of an unknown day"
    return f"as of {moment:%Y-%m-%d %H:%M} UTC"


def latency(visit: Visit) -> Iterator[Finding]:
    """Median and worst of several rounds: a new connection, the status, and one node by its id."""
    ways: dict[str, Callable[[], object]] = {
        "connection": partial(_connected, visit),
        "status": lambda: _sound(visit.attempt("get_engine_status")),
        "point read": lambda: _sound(visit.ask(NOTHING, id=visit.id)),
    }
    if not visit.status:
        del ways["status"]
    for name, way in ways.items():
        try:
            times = [timed(way)[1] for _ in range(visit.rounds)]
        except _Broken as broken:
            yield trouble_at(f"latency: {name}", broken.met)
            continue
        middle, worst = median(times), max(times)
        what = f"median {middle:.1f} ms, worst {worst:.1f} ms of {visit.rounds}"
        far = middle > FAR_MILLISECONDS
        hint = f"run Threesixty in the cluster's region, {visit.session.region_name}" if far else ""
        yield Finding(f"latency: {name}", "warning" if far else "ok", what, hint, middle)


class _Broken(Exception):
    def __init__(self, met: Trouble) -> None:
        super().__init__(met.code)
        self.met = met


def _connected(visit: Visit) -> None:
    address = visit.address
    host, port = address.host, address.port
    found = (
        network.encrypt(host, port, visit.seconds)
        if address.tls
        else network.connect(host, port, visit.seconds, [])
    )
    if found.state != "ok":
        raise _Broken(Trouble("unreachable", found.hop, found.what))


def _sound(made: Attempt) -> None:
    if made.trouble:
        raise _Broken(made.trouble)
