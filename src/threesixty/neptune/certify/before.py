"""Before a certification: where it would run, what it would find there, what it would do, what that costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException

from threesixty.errors import GraphError, GraphTimeout, GraphUnavailable
from threesixty.graph import cypher
from threesixty.graph.neptune import Neptune
from threesixty.neptune import prices
from threesixty.neptune.certify import suite
from threesixty.neptune.certify.probes.asking import LABEL, OTHER
from threesixty.neptune.certify.report import EMULATOR, NEPTUNE, UNKNOWN
from threesixty.neptune.doctor import Finding, Visit, examine_cluster
from threesixty.neptune.doctor.finding import LABEL as DOCTOR
from threesixty.neptune.doctor.network import get
from threesixty.schema import DEFAULT

OF_ITS_OWN = (DOCTOR, LABEL, OTHER)
"""Labels that nothing but doctor and probes write."""
HOURS, NCU = 1, 2
STRANGERS = (
    "MATCH (n) WHERE size([label IN labels(n) WHERE label IN $known]) = 0 "
    "RETURN labels(n) AS labels LIMIT 100"
)
SECONDS = 60.0
FAULTS = "/emulator/faults"
_AMAZON = re.compile(r"\.neptune\.amazonaws\.com(\.cn)?$")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a certification of a cluster would meet.

    `ours` counts nodes of our labels by label: a certification deletes them. `others` are labels that are
    not ours: their nodes stay. `cost` is in words, '' where nothing is billed.
    """

    where: str
    engine: str
    ours: dict[str, int]
    others: tuple[str, ...]
    in_bulk: bool
    cost: str


def look(address: str) -> Plan:
    """Looks at a cluster, and writes nothing. Raises GraphError where a certification could not go on."""
    suite.require()
    visit = Visit(address, rounds=1)
    try:
        reach(visit)
        where = whose(visit)
        engine = str(visit.status.get("dbEngineVersion", ""))
        region = visit.session.region_name
    finally:
        visit.close()
    with closing(Neptune.open(address, DEFAULT)) as graph:
        in_bulk = graph.cluster.address.loads_in_bulk
        return Plan(where, engine, ours(graph), strangers(graph), in_bulk, _cost(where, region))


def reach(visit: Visit) -> list[Finding]:
    """Walks to a cluster as the doctor does, and gives what was found. Raises GraphUnavailable."""
    found = []
    for one in examine_cluster(visit):
        found.append(one)
        if one.state == "failed":
            raise GraphUnavailable(f"it fails at {one.hop}: {one.what}", hint=one.hint)
    return found


def whose(visit: Visit) -> str:
    """The emulator, Amazon's own, or what nobody can tell from here."""
    try:
        is_emulator = get(visit, FAULTS).status == 200  # Neptune has no such path
    except (OSError, HTTPException):
        is_emulator = False
    if is_emulator:
        return EMULATOR
    is_amazon = visit.address.tls and _AMAZON.search(visit.address.host)
    return NEPTUNE if is_amazon else UNKNOWN


def ours(graph: Neptune) -> dict[str, int]:
    """How many nodes a cluster holds of each label of ours it has any of."""
    return dict(_counted(graph, (*DEFAULT.nodes, *OF_ITS_OWN)))


def _counted(graph: Neptune, labels: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for label in labels:
        [row] = graph.cluster.read(cypher.count_nodes(label), {}, fresh=True)
        if row["found"]:
            yield label, int(row["found"])


def strangers(graph: Neptune) -> tuple[str, ...]:
    """Labels of nodes that are not ours, some of them."""
    known = [*DEFAULT.nodes, *OF_ITS_OWN]
    try:
        rows = graph.cluster.read(STRANGERS, {"known": known}, seconds=SECONDS, fresh=True)
    except GraphTimeout:
        return ("more than can be looked through in a minute",)
    return tuple(sorted({label for row in rows for label in row["labels"]}))


def refuse(plan: Plan, *, delete: bool, beside: bool) -> None:
    """Raises GraphError where a cluster holds what nobody said may be deleted, or may be beside."""
    graph = {label: count for label, count in plan.ours.items() if label not in OF_ITS_OWN}
    if graph and not delete:
        named = ", ".join(f"{count:,} {label}" for label, count in graph.items())
        raise GraphError(
            f"the cluster holds a Customer 360 ({named}), and a certification would delete it",
            hint="take a cluster without one; --delete says that this one may go",
        )
    if plan.others and not beside:
        raise GraphError(
            f"the cluster holds nodes that are not ours ({', '.join(plan.others[:10])})",
            hint="take a cluster of its own; --beside says that it may share this one, whose nodes stay",
        )


def _cost(where: str, region: str) -> str:
    if where == EMULATOR:
        return ""
    regions = prices.load()
    priced = regions.get(region) or regions["us-east-1"]
    hour, requests = priced.each["ncu_hour"], priced.each["io_million"]
    amount = hour.amount * NCU * HOURS
    elsewhere = "" if priced.region == region else f" in {priced.region}, whose prices are known"
    return (
        f"about {amount:.2f} {priced.currency}{elsewhere}: {HOURS} hour of {NCU} NCUs at {hour.amount} "
        f"(read {_day(hour.read)}), and I/O, which is {requests.amount} a million. The cluster is billed "
        "for every further hour that it stands, used or not"
    )


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"
