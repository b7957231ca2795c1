"""The sample company on a cluster: loaded, read back, and asked what the embedded graph is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import threesixty
from threesixty import sample
from threesixty.conformance.answers import comparable
from threesixty.conformance.asked import Asked, asked, held
from threesixty.graph import Graph
from threesixty.graph.neptune import Neptune
from threesixty.neptune.certify.report import AnswerTime, Company
from threesixty.questions import ask, find
from threesixty.schema import DEFAULT


@contextmanager
def embedded(customers: int) -> Iterator[Graph]:
    """The sample company in an embedded graph, in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="threesixty-certify-") as folder:
        project = sample.write(Path(folder), customers=customers)
        with threesixty.open(project) as c360:
            c360.load()
            yield c360.graph()


def certify_company(address: str, customers: int, about: int) -> Company:
    """Loads the company, reads it back, and asks all Questions about so many of its customers."""
    graph = Neptune.open(address, DEFAULT)
    try:
        return _certified(graph, customers, about)
    finally:
        graph.close()


def _certified(graph: Neptune, customers: int, about: int) -> Company:
    with embedded(customers) as own:
        elements = held(own)
        start = perf_counter()
        graph.load(elements.nodes.items(), elements.edges.items())
        took = perf_counter() - start
        equal = held(graph) == elements
        answers = tuple(_answered(graph, own, one) for one in asked(elements, about))
    meter = graph.cluster.meter
    return Company(
        len(elements.nodes.get("Customer", ())), sum(map(len, elements.nodes.values())),
        sum(map(len, elements.edges.values())), took,
        graph.cluster.address.loads_in_bulk, equal, answers, meter.requests, meter.bytes_sent,
        meter.bytes_received, dict(meter.retries),
    )  # fmt: skip


def _answered(graph: Graph, own: Graph, one: Asked) -> AnswerTime:
    name, given = one
    expected = ask(own.ask, find(name), given)
    answer = ask(graph.ask, find(name), given)
    return AnswerTime(name, len(answer.rows), comparable(answer) == comparable(expected), answer.milliseconds)
