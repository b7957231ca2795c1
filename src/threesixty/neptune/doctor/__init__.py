"""The doctor: walks from here to a graph, hop by hop, and names the one that fails and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from threesixty.errors import GraphUnavailable
from threesixty.graph.connect import BOLT
from threesixty.graph.neptune_address import Address
from threesixty.neptune.doctor import access, bulk, elsewhere, engine, network
from threesixty.neptune.doctor.finding import Finding, State, Visit, failed, ok, skipped, warning
from threesixty.schema import DEFAULT, Schema

__all__ = ["Finding", "State", "Visit", "examine", "examine_cluster"]

Hop = Callable[[Visit], Iterator[Finding]]


def examine(
    target: str,
    *,
    home: Path = Path(),
    schema: Schema = DEFAULT,
    write: bool = False,
    rounds: int = 20,
    seconds: float = 15.0,
) -> Iterator[Finding]:
    """Findings about the graph of that name or address, one hop after the other, as they are made.

    `rounds` is how often each latency is measured, `seconds` how long one answer may take. Nothing is
    written but, with `write`, one node with a label of its own, which is taken away again.
    """
    if target == "none":
        yield skipped("address", "the project has no graph: every card is folded from the ledger")
    elif target == "embedded":
        yield from elsewhere.embedded(home, schema, rounds=rounds)
    elif target.startswith(BOLT):
        yield from elsewhere.bolt(target, home, schema, rounds=rounds, seconds=seconds)
    else:
        visit = Visit(target, write=write, rounds=rounds, seconds=seconds)
        try:
            yield from examine_cluster(visit)
        finally:
            visit.close()


def examine_cluster(visit: Visit) -> Iterator[Finding]:
    """The hops to a Neptune cluster. What lies behind one that fails is not looked at."""
    for hop in (*TO_AN_ANSWER, *BEHIND_IT):
        seen = []
        for finding in hop(visit):
            yield finding
            seen.append(finding.state)
        if "failed" in seen and hop in TO_AN_ANSWER:
            yield skipped("the rest", "what lies behind the hop that fails was not looked at")
            return


def _address(visit: Visit) -> Iterator[Finding]:
    try:
        visit.address = Address.parse(visit.url)
    except GraphUnavailable as error:
        yield failed("address", error.message, error.hint)
        return
    address = visit.address
    how = "signed requests" if address.iam else "unsigned requests"
    over = "over TLS" if address.tls else "without encryption"
    yield ok("address", f"Neptune, {address.host} on port {address.port}, {how} {over}")


def _dns(visit: Visit) -> Iterator[Finding]:
    found, visit.addresses = network.resolve(visit.address.host, visit.address.port)
    yield found


def _tcp(visit: Visit) -> Iterator[Finding]:
    yield network.connect(visit.address.host, visit.address.port, visit.seconds, visit.addresses)


def _tls(visit: Visit) -> Iterator[Finding]:
    address = visit.address
    if address.tls:
        yield network.encrypt(address.host, address.port, visit.seconds)
    elif address.host in ("localhost", "127.0.0.1", "::1"):
        yield skipped("TLS", "the address says tls=no")
    else:
        yield warning("TLS", "the address says tls=no, so everything can be read on the way",
                      "a Neptune cluster always speaks TLS: take tls=no out")  # fmt: skip


TO_AN_ANSWER: tuple[Hop, ...] = (
    _address, access.about_session, access.credentials, _dns, _tcp, _tls, network.first_answer, network.clock,
    access.signature,
)  # fmt: skip
BEHIND_IT: tuple[Hop, ...] = (
    engine.roles, engine.version, access.actions, engine.statistics, engine.threesixty, bulk.bulk,
    engine.latency,
)  # fmt: skip
