"""The Neptune adapter on the emulator: what Neptune would bill, hot nodes, chaos, beside boto3 as it comes.

Throughput through the emulator promises nothing about AWS: requests, rows and bytes are what counts here.
`python -m benchmarks.neptune FOLDER PART` measures one part in this process and prints its figures.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

import threesixty
from benchmarks import table
from benchmarks.table import Row
from threesixty import questions, sample
from threesixty.conformance.asked import asked, held
from threesixty.customer360 import Customer360
from threesixty.errors import GraphError
from threesixty.graph.delta import Delta
from threesixty.graph.ladybug import Ladybug
from threesixty.graph.neptune import Neptune
from threesixty.graph.neptune_errors import WAITS
from threesixty.neptune.emulator import Emulator
from threesixty.pipeline.draw import rebuild
from threesixty.schema import DEFAULT, EdgeKind

TITLE = "Amazon Neptune: the adapter on the emulator"
CUSTOMERS = 2_300
SHARE = 0.05
CODES = (
    "ConcurrentModificationException", "ThrottlingException", "TooManyRequestsException",
    "QueryLimitExceededException", "MemoryLimitExceededException", "TimeLimitExceededException",
    "CancelledByMaintenanceException", "ServerShutdownException", "InternalFailureException",
    "FailureByQueryException",
)  # fmt: skip
AFTERWARDS = ("cut", "drop", "drop_after", "refuse_after")
ASKED = "execute_open_cypher_query"
USES = EdgeKind("Customer", "USES", "Identifier")
PARTS = ("peaceful", "chaos", "hot", "naive")


def run(work: Path) -> list[Row]:
    """Each part alone in a process, with an emulator of its own."""
    folder = work / "neptune"
    shutil.rmtree(folder, ignore_errors=True)
    said = {part: table.child("benchmarks.neptune", folder / part, part).said for part in PARTS}
    peaceful, chaos = said["peaceful"], said["chaos"]
    return [*_billed(peaceful), _hot(said["hot"]), *_chaos(chaos, peaceful), _naive(said["naive"])]


def _billed(said: dict[str, Any]) -> Iterator[Row]:
    load, one, records = said["load"], said["one"], said["records"]
    loaded = f"{load['requests'] / records:.3f} requests, {load['sent'] / records:,.0f} bytes a Record"
    size = f"{records:,} Records, {said['elements']:,} nodes and edges, in batches; {load['seconds']:.0f} s"
    yield Row("first load", loaded, note=size)
    put = f"{one['requests']:.1f} requests, {one['sent']:,.0f} bytes sent, {one['received']:,.0f} received"
    yield Row("one Record put by a program", put, note="mean of 50, compared before written")
    for name, cost in said["questions"].items():
        got = f"{cost['requests']:.1f} requests, {cost['rows']:.1f} rows, {cost['received']:,.0f} bytes"
        yield Row(f"ask {name}", got, note=f"mean of {cost['times']}")


def _hot(said: dict[str, Any]) -> Row:
    met = not said["errors"] and not said["duplicates"]
    conflicts = f"{said['conflicts']:,} conflicts, of them {said['injected']:,} injected"
    note = f"{conflicts}, in {said['requests']:,} requests"
    got = f"{said['errors']} errors, {said['duplicates']} duplicates"
    return Row("8 writers on 5 hot nodes", got, "0 and 0", met, note)


def _chaos(said: dict[str, Any], peaceful: dict[str, Any]) -> Iterator[Row]:
    load, calm = said["load"], peaceful["load"]
    faults = f"{said['records']:,} Records, {said['faults']:,} faults"
    note = f"{faults}, {said['commands']} commands until all was drawn"
    got = "graph equal" if said["equal"] else "graph differs"
    what = f"{SHARE:.0%} of requests fail, one failover"
    yield Row(what, got, "equal to the fault-free one", said["equal"], note)
    slower = f"{load['seconds'] / calm['seconds']:.1f} times as long"
    extra = f"{load['requests'] / calm['requests'] - 1:+.0%} requests, {slower}"
    yield Row("overhead of it", extra, note=f"at most {said['most']} tries of one request; {said['retries']}")


def _naive(said: dict[str, Any]) -> Row:
    got = f"{said['twice']} rows written twice, {said['empty']} answers empty that were not"
    asked_ = f"{said['writes']:,} CREATEs and {said['reads']:,} reads under the same faults"
    note = f"{asked_}; {said['raised']:,} raised, of them {said['denied']} had been written"
    return Row("the same with boto3 as it comes", got, note=note)


# --- in a process of its own -----------------------------------------------------------------------------


def main() -> None:
    """Measure one part."""
    folder, part = Path(sys.argv[1]), sys.argv[2]
    with Emulator.start(folder / "emulator") as emulator:
        os.environ.update(emulator.environment)
        print(json.dumps(globals()[f"measure_{part}"](folder, emulator)))


def measure_peaceful(folder: Path, emulator: Emulator) -> dict[str, Any]:
    """Load the company, put Records one by one, ask everything."""
    with _company(folder, emulator) as c360:
        load = _metered(c360, c360.load)
        records, elements = c360.status().records, _elements(c360)
        found = {"load": load, "records": records, "elements": elements, "one": _puts(c360)}
        return {**found, "questions": _questions(c360)}


def measure_chaos(folder: Path, emulator: Emulator) -> dict[str, Any]:
    """The same load while requests fail."""
    disturb(emulator, failover=True)
    with _company(folder, emulator) as c360:
        commands = 0

        def load() -> None:
            nonlocal commands
            c360.load()
            commands = 1
            while (status := c360.status()).applied != status.resolved and commands < 50:
                c360.refresh()
                commands += 1

        taken = _metered(c360, load)
        happened = dict(emulator.faults.happened)
        emulator.faults.clear()
        peaceful = Ladybug.open(folder / "peaceful" / "graph.lbug", c360.project.schema)
        rebuild(c360.view, peaceful)
        equal = _joined(c360.graph()) == _joined(peaceful)
        peaceful.close()
        retries = c360.graph().cluster.meter.retries  # type: ignore[attr-defined]
        told = ", ".join(f"{times} {code}" for code, times in retries.most_common(4))
        return {"load": taken, "records": c360.status().records, "commands": commands, "equal": equal,
                "faults": sum(happened.values()), "retries": told,
                "most": max(wait.tries for wait in WAITS.values())}  # fmt: skip


def measure_hot(_: Path, emulator: Emulator) -> dict[str, Any]:
    """Eight writers put the same five customers and their edges again and again."""
    emulator.faults.add(
        "refuse", code="ConcurrentModificationException", operation=ASKED, times=None, probability=0.1
    )
    graphs = [Neptune.open(emulator.address, DEFAULT) for _ in range(8)]
    errors = 0

    def write(number: int) -> int:
        failed = 0
        for _ in range(25):
            people = [_node("Customer", f"customer:{n}", name=f"By {number}") for n in range(5)]
            edges = [(row[0], "identifier:phone:1", number, None) for row in people]
            phone = _node("Identifier", "identifier:phone:1", type="phone")
            try:
                graphs[number].apply(Delta({"Customer": people, "Identifier": [phone]}, {USES: edges}))
            except GraphError:
                failed += 1
        return failed

    with ThreadPoolExecutor(8) as pool:
        errors = sum(pool.map(write, range(8)))
    injected = emulator.faults.happened["ConcurrentModificationException"]
    emulator.faults.clear()
    [nodes] = emulator.engine.run("MATCH (c:Customer) RETURN count(c) AS found").rows
    [edges] = emulator.engine.run("MATCH (:Customer)-[e:USES]->() RETURN count(e) AS found").rows
    meters = [graph.cluster.meter for graph in graphs]
    return {"errors": errors, "duplicates": nodes["found"] + edges["found"] - 10, "injected": injected,
            "conflicts": sum(one.retries["ConcurrentModificationException"] for one in meters),
            "requests": sum(one.requests for one in meters)}  # fmt: skip


def measure_naive(_: Path, emulator: Emulator) -> dict[str, Any]:
    """What somebody writes who reads boto3's page and nothing else."""
    client = boto3.client(
        "neptunedata", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{emulator.port}"
    )
    disturb(emulator, failover=False)
    writes, reads, raised, empty = 1_000, 2_000, 0, 0
    acknowledged: set[str] = set()
    for number in range(writes):
        given = json.dumps({"key": f"k{number}"})
        try:
            client.execute_open_cypher_query(openCypherQuery="CREATE (:Naive {key: $key})", parameters=given)
            acknowledged.add(f"k{number}")
        except Exception:  # noqa: BLE001 - what it raises is counted
            raised += 1
    for _ in range(reads):
        try:
            text = "MATCH (n:Naive) RETURN n.key AS key LIMIT 5"
            rows = client.execute_open_cypher_query(openCypherQuery=text).get("results", [])
            empty += not rows
        except Exception:  # noqa: BLE001
            raised += 1
    emulator.faults.clear()
    there = [row["key"] for row in emulator.engine.run("MATCH (n:Naive) RETURN n.key AS key").rows]
    return {"writes": writes, "reads": reads, "raised": raised, "empty": empty,
            "denied": len(set(there) - acknowledged), "twice": len(there) - len(set(there))}  # fmt: skip


def disturb(emulator: Emulator, *, failover: bool) -> None:
    """So large a share of the requests fails, each way alike."""
    each = SHARE / (len(CODES) + len(AFTERWARDS))
    for number, code in enumerate(CODES):
        emulator.faults.add("refuse", code=code, operation=ASKED, times=None, probability=each, seed=number)
    for number, does in enumerate(AFTERWARDS, len(CODES)):
        emulator.faults.add(does, operation=ASKED, times=None, probability=each, seed=number)
    if failover:
        emulator.faults.add("failover", times=1, probability=1 / 200, seed=99)


@contextmanager
def _company(folder: Path, emulator: Emulator) -> Iterator[Customer360]:
    path = sample.write(folder / "company", customers=CUSTOMERS)
    path.write_text(path.read_text("utf-8") + f'\n[stores]\ngraph = "{emulator.address}"\n', "utf-8")
    with threesixty.open(path) as c360:
        yield c360


def _metered(c360: Customer360, work: Any) -> dict[str, float]:
    start = time.perf_counter()
    meter = c360.graph().cluster.meter  # type: ignore[attr-defined]
    before = (meter.requests, meter.bytes_sent, meter.bytes_received, meter.rows)
    work()
    after = (meter.requests, meter.bytes_sent, meter.bytes_received, meter.rows)
    spent = [now - then for now, then in zip(after, before, strict=True)]
    names = ("requests", "sent", "received", "rows")
    return {**dict(zip(names, spent, strict=True)), "seconds": time.perf_counter() - start}


def _puts(c360: Customer360, times: int = 50) -> dict[str, float]:
    def put() -> None:
        for number in range(times):
            row = {"id": f"N-{number}", "type": "P", "first_name": "Nora", "last_name": f"Number{number}",
                   "email": f"nora{number}@example.org", "city": "Lisboa"}  # fmt: skip
            c360.put("crm", [row])

    return {name: spent / times for name, spent in _metered(c360, put).items()}


def _questions(c360: Customer360) -> dict[str, dict[str, float]]:
    graph = c360.graph()
    found: dict[str, list[dict[str, float]]] = {}
    for name, given in asked(held(graph)):
        spent = _metered(
            c360, lambda name=name, given=given: questions.ask(graph.ask, questions.find(name), given)
        )
        found.setdefault(name, []).append(spent)
    return {
        name: {**{key: sum(one[key] for one in some) / len(some) for key in some[0]}, "times": len(some)}
        for name, some in sorted(found.items())
    }


def _elements(c360: Customer360) -> int:
    return sum(len(rows) for _, rows in c360.graph().export())


def _joined(graph: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for what, rows in graph.export():
        found.setdefault(what, []).extend(rows)
    return found


def _node(label: str, node: str, **values: Any) -> tuple[Any, ...]:
    return (node, *(values.get(column.name) for column in DEFAULT.nodes[label]))


if __name__ == "__main__":
    main()
