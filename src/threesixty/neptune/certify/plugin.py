"""What pytest is run with: the conformance tests' fixtures on a cluster, and their outcomes one a line.

`-p threesixty.neptune.certify.plugin`, with THREESIXTY_CERTIFY set to a JSON object of `address`, `out`
(a folder) and `hidden` (texts that must not be seen).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from threesixty.conformance.drawing import eight_customers
from threesixty.conformance.fixtures import town
from threesixty.graph.neptune import Neptune
from threesixty.graph.neptune_address import Address
from threesixty.neptune.certify.hide import Hide, secrets
from threesixty.neptune.certify.payloads import Payloads
from threesixty.neptune.certify.suite import OUTCOMES
from threesixty.schema import DEFAULT

__all__ = ["graph", "graph_to_close", "opened", "pytest_runtest_logreport", "town", "town_graph"]

MOST_LINES, MOST_CHARACTERS = 5, 600
SETTINGS = json.loads(os.environ.get("THREESIXTY_CERTIFY", '{"address": "", "out": "", "hidden": []}'))


@pytest.fixture(scope="session")
def opened() -> Iterator[Neptune]:
    """The graph on the cluster, opened once, every request of it written down."""
    address = Address.parse(SETTINGS["address"])
    hide = Hide(address, [*SETTINGS["hidden"], *secrets(boto3.Session())])
    payloads = Payloads(Path(SETTINGS["out"]) / "payloads.jsonl", hide)
    with payloads.recording():
        graph = Neptune.open(SETTINGS["address"], DEFAULT)
        yield graph
        graph.close()


@pytest.fixture
def graph(opened: Neptune) -> Neptune:
    """The graph on the cluster, emptied."""
    opened.clear()
    return opened


@pytest.fixture
def graph_to_close() -> Neptune:
    """The graph on the cluster, opened once more."""
    return Neptune.open(SETTINGS["address"], DEFAULT)


@pytest.fixture(scope="session")
def town_graph(opened: Neptune) -> Neptune:
    """The eight customers; the answers come last, so that no other test empties the graph in between."""
    opened.clear()
    opened.apply(eight_customers())
    return opened


def named(test: str) -> str:
    """A test's name as the sentence that it is; its parameter stays as it stands."""
    name, bracket, parameter = test.partition("[")
    return name.removeprefix("test_").replace("_", " ") + (f" [{parameter}" if bracket else "")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """One line for each test, as soon as it is over."""
    over = report.when == "call" or (report.when == "setup" and not report.passed)
    if not over:
        return
    line = {
        "name": named(report.location[2]),
        "outcome": report.outcome,
        "seconds": round(report.duration, 3),
        "said": _said(report) if report.failed else "",
    }
    with (Path(SETTINGS["out"]) / OUTCOMES).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _said(report: pytest.TestReport) -> str:
    """What a test that failed met, in a few lines."""
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = (crash.message if crash else report.longreprtext).strip().splitlines()
    return "\n".join(lines[:MOST_LINES])[:MOST_CHARACTERS]
