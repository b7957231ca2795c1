"""Graphs that are not on Neptune: a Bolt server, and the embedded file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from threesixty.errors import GraphError, GraphHeld, GraphUnavailable
from threesixty.graph import Graph, cypher, files
from threesixty.graph.connect import connect, embedded_path
from threesixty.neptune.doctor import network
from threesixty.neptune.doctor.finding import Finding, failed, ok, timed, warning
from threesixty.schema import Schema

BOLT_PORT = 7687


def bolt(url: str, home: Path, schema: Schema, *, rounds: int, seconds: float) -> Iterator[Finding]:
    """The hops to a Bolt server. Opening it asks for its indexes, as every use of it does."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or BOLT_PORT
    yield ok("address", f"a Bolt server, {host} on port {port}")
    named, addresses = network.resolve(host, port)
    yield named
    if named.state == "failed":
        return
    reached = network.connect(host, port, seconds, addresses)
    yield reached
    if reached.state == "failed":
        return
    yield from _asked("login", url, home, schema, rounds)


def embedded(home: Path, schema: Schema, *, rounds: int) -> Iterator[Finding]:
    """The file of the embedded graph: nothing is made where there is none."""
    path = embedded_path(home)
    yield ok("address", f"the embedded graph, {path}")
    if not path.exists():
        yield warning("file", "there is none yet", "`threesixty load` draws it")
        return
    size = sum(file.stat().st_size for file in files.engine_files(path))
    yield ok("file", f"{size / 1e6:,.1f} MB")
    yield from _asked("open", "embedded", home, schema, rounds)


def _asked(hop: str, target: str, home: Path, schema: Schema, rounds: int) -> Iterator[Finding]:
    """Opens a graph, asks how much it shows, and how long a small question takes."""
    try:
        graph, took = timed(lambda: connect(target, home, schema))
    except GraphHeld as held:
        yield warning(hop, held.message, "ask that process, or end it")
        return
    except GraphUnavailable as error:
        yield failed(hop, error.message, error.hint)
        return
    assert graph is not None  # noqa: S101 - the target names one
    try:
        yield ok(hop, f"the graph is open ({graph.name})", "", took)
        yield from _shown(graph, rounds)
    except GraphError as error:
        yield failed("question", error.message, error.hint)
    finally:
        graph.close()


def _shown(graph: Graph, rounds: int) -> Iterator[Finding]:
    seq = graph.applied()
    if seq < 0:
        yield ok("Customer 360", "there is none in it yet", "`threesixty rebuild` fills it")
    else:
        yield ok("Customer 360", f"it shows {seq} entries of the ledger")
    times = [timed(lambda: graph.ask(cypher.applied(), {}))[1] for _ in range(rounds)]
    what = f"median {median(times):.1f} ms, worst {max(times):.1f} ms of {rounds}"
    yield ok("latency: question", what, "", median(times))
