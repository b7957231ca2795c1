"""A cluster on which requests fail in every documented way: the graph ends as if none had.

The emulator injects the faults by chance, with a seed; a failover comes in the middle. What a load could
not draw, the next command draws, as it would for a user.
"""

from __future__ import annotations

import pytest

import threesixty
from threesixty import sample
from threesixty.graph.ladybug import Ladybug
from threesixty.graph.neptune_errors import WAITS
from threesixty.pipeline.draw import rebuild

CODES = (
    "ConcurrentModificationException", "ThrottlingException", "TooManyRequestsException",
    "QueryLimitExceededException", "MemoryLimitExceededException", "TimeLimitExceededException",
    "CancelledByMaintenanceException", "ServerShutdownException", "InternalFailureException",
    "FailureByQueryException",
)  # fmt: skip
AFTERWARDS = ("cut", "drop", "drop_after", "refuse_after", "slow")
AGAIN = 12  # commands until the graph is up to date, at the most


def disturb(emulator, share, *, failover_after):
    """So large a share of the requests fails, each way alike; later writer and reader swap."""
    each = share / (len(CODES) + len(AFTERWARDS))
    for number, code in enumerate(CODES):
        emulator.faults.add("refuse", code=code, times=None, probability=each, seed=number)
    for number, does in enumerate(AFTERWARDS, len(CODES)):
        emulator.faults.add(does, times=None, probability=each, seed=number, seconds=0.02)
    emulator.faults.add("failover", times=1, probability=1 / failover_after, seed=99)


@pytest.fixture
def disturbed(emulator):
    emulator.clear()
    yield emulator
    emulator.faults.clear()
    emulator.clear()


@pytest.mark.parametrize(
    ("customers", "share", "failover_after"),
    [(40, 0.05, 60), pytest.param(2_300, 0.05, 400, marks=pytest.mark.slow)],
)
def test_the_graph_ends_as_if_no_request_had_failed(disturbed, tmp_path, customers, share, failover_after):
    path = sample.write(tmp_path / "company", customers=customers)
    path.write_text(
        path.read_text("utf-8") + f'\n[stores]\ngraph = "{disturbed.address}&writers=4"\n', "utf-8"
    )
    disturb(disturbed, share, failover_after=failover_after)

    with threesixty.open(path) as c360:
        for source in c360.project.sources:
            c360.load(source.name)
        tries = up_to_date(c360)
        meter = c360.graph().cluster.meter
        happened = dict(disturbed.faults.happened)
        disturbed.faults.clear()

        assert sum(happened.values()) > meter.requests * share / 3
        assert "failover" in happened
        assert tries <= AGAIN
        assert sum(meter.retries.values()) <= sum(happened.values()) * max(w.tries for w in WAITS.values())
        assert joined(c360.graph().export()) == fault_free(c360, tmp_path)


def up_to_date(c360):
    """How many commands it took until the graph showed everything."""
    for number in range(1, AGAIN + 1):
        c360.refresh()
        status = c360.status()
        if status.applied == status.resolved:
            return number
    return AGAIN + 1


def fault_free(c360, folder):
    """The graph of the same ledger on an engine that nobody disturbs."""
    peaceful = Ladybug.open(folder / "peaceful" / "graph.lbug", c360.project.schema)
    rebuild(c360.view, peaceful)
    exported = joined(peaceful.export())
    peaceful.close()
    return exported


def joined(exported):
    """Batches of one table joined."""
    found = {}
    for what, rows in exported:
        found.setdefault(what, []).extend(rows)
    return found
