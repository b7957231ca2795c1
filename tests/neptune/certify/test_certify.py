"""A certification of the emulator: a small one, one that breaks off, and, slow, the whole."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from threesixty.errors import GraphDenied, GraphError, GraphUnavailable
from threesixty.graph.neptune import Neptune
from threesixty.neptune.certify import Extent, Report, certify
from threesixty.neptune.certify.probes import ALL as PROBES
from threesixty.schema import DEFAULT

EVERYTHING = "MATCH (n) RETURN n.id AS id, labels(n) AS labels"
FEW_PROBES = ("duplicate id", "exists subquery", "null id")


FEW = [one for one in PROBES if one.name in ("duplicate id", "exists subquery", "null id")]
SMALL = Extent("applying_a_delta_twice", FEW, customers=40, about=1)


class Done(NamedTuple):
    report: Report
    said: list[str]
    out: Path
    left: list[dict]


@pytest.fixture(scope="module")
def done(emulator, tmp_path_factory):
    """A small certification, beside a node of somebody else: one test, three probes, forty people."""
    emulator.faults.clear()
    emulator.clear()
    emulator.engine.run("CREATE (:Airport {`~id`: 'FRA', id: 'FRA'})")
    said, out = [], tmp_path_factory.mktemp("certify")
    report = certify(emulator.address, out, SMALL, beside=True, tell=said.append)
    return Done(report, said, out, emulator.engine.run(EVERYTHING).rows)


def test_a_small_certification_holds(done):
    assert done.report.certified
    assert [one.name for one in done.report.promises] == ["applying a delta twice changes nothing"]
    assert [one.verdict for one in done.report.probes] == ["as documented", "as documented", "seen"]
    assert done.report.company.equal


def test_progress_is_told(done):
    assert [line for line in done.said if line[0].isdigit()] == [
        "1 of 4: the doctor looks at every hop …",
        "2 of 4: the conformance suite …",
        "3 of 4: what documentation alone does not answer …",
        "4 of 4: the sample company of 40 people is loaded and asked …",
    ]
    assert "passed: applying a delta twice changes nothing" in done.said


def test_nothing_of_it_stays_and_everything_of_others_does(done):
    assert done.report.left_behind == 0
    assert done.left == [{"id": "FRA", "labels": ["Airport"]}]


def test_what_it_writes_says_that_it_was_the_emulator(done):
    assert "has never yet run on Amazon Neptune itself" in (done.out / "report.md").read_text("utf-8")
    assert json.loads((done.out / "report.json").read_text("utf-8"))["where"] == "the emulator"


def test_what_it_writes_does_not_say_whose_it_was(done):
    for file in done.out.iterdir():
        text = file.read_text("utf-8")
        assert "127.0.0.1" not in text, file
        assert str(Path.home()) not in text, file
        assert "AWS4-HMAC" not in text, file


def test_requests_of_every_part_are_recorded(done):
    lines = (done.out / "payloads.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["said"]["body"].get("query", "") for line in lines]

    assert len(lines) == done.report.payloads
    for part in ("$rows", "ThreesixtyProbe", "`MEMBER_OF`"):
        assert any(part in text for text in asked), part


# --- when it goes wrong -----------------------------------------------------------------------------------


def test_nodes_of_others_are_refused(cluster, tmp_path):
    cluster.engine.run("CREATE (:Airport {`~id`: 'FRA', id: 'FRA'})")

    with pytest.raises(GraphError, match="not ours"):
        certify(cluster.address, tmp_path, SMALL)


def test_a_promise_that_is_not_held_is_told_with_what_it_met(cluster, tmp_path):
    cluster.faults.add("refuse", code="AccessDeniedException", text="MERGE (n:`Customer`", times=None)
    with pytest.raises(GraphDenied):
        certify(cluster.address, tmp_path, SMALL)
    [told] = json.loads((tmp_path / "report.json").read_text("utf-8"))["promises"]

    assert told["outcome"] == "failed"
    assert "AccessDeniedException" in told["said"]
    assert "applying a delta twice" in (tmp_path / "report.md").read_text("utf-8")
    assert cluster.engine.run(EVERYTHING).rows == []


def test_one_that_breaks_off_still_takes_everything_away_and_writes_what_it_has(cluster, tmp_path):
    """Whoever may not write is told so by the doctor, which is asked first."""
    cluster.faults.add("refuse", code="AccessDeniedException", text="MERGE", times=None)
    with pytest.raises(GraphUnavailable, match="WriteDataViaQuery"):
        certify(cluster.address, tmp_path, SMALL)

    assert "It broke off before its end" in (tmp_path / "report.md").read_text("utf-8")
    assert cluster.engine.run(EVERYTHING).rows == []


def test_it_needs_a_folder(cluster, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(GraphError, match="cannot be written"):
        certify(cluster.address, tmp_path / "file", SMALL)


@pytest.mark.slow
def test_the_whole_certification_holds_on_the_emulator(cluster, tmp_path):
    report = certify(cluster.address, tmp_path, Extent(customers=200))

    assert report.certified
    assert len(report.promises) > 80
    assert {one.outcome for one in report.promises} == {"passed"}
    # What the engine beneath cannot do, as docs/how-to/neptune-emulator.md says.
    assert {one.name for one in report.probes if one.verdict == "otherwise"} <= {
        "cached plan",
        "breaking off",
    }
    assert not [one for one in report.probes if one.seen.startswith("the probe broke")]
    with_rows = [one for one in report.company.answers if one.rows]
    assert len(with_rows) >= 0.9 * len(report.company.answers)
    assert report.left_behind == 0
    graph = Neptune.open(cluster.address, DEFAULT)
    assert dict(graph.export()) == {}
    graph.close()
