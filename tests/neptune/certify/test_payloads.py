"""What went over the wire is written down as it went, but for whose it was."""

import json

import pytest

from threesixty.errors import GraphError
from threesixty.graph.neptune_address import Address
from threesixty.graph.neptune_requests import Cluster
from threesixty.neptune.certify.hide import Hide
from threesixty.neptune.certify.payloads import MOST_CHARACTERS, MOST_OF_A_KIND, Payloads


@pytest.fixture
def asking(cluster, tmp_path):
    """Asks the emulator while everything is recorded; what was recorded."""

    def asking(*texts, **parameters):
        address = Address.parse(cluster.address)
        client = Cluster(address, sleep=lambda _: None)
        path = tmp_path / "payloads.jsonl"
        path.write_text("", "utf-8")
        with Payloads(path, Hide(address)).recording():
            for text in texts:
                try:
                    client.write(text, parameters)
                except GraphError:
                    continue
        client.close()
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    return asking


def test_a_request_and_its_answer(asking):
    assert asking("RETURN $number AS number", number=7) == [
        {
            "said": {
                "method": "POST",
                "path": "/opencypher",
                "query": {},
                "headers": {"content-type": "application/json"},
                "body": {"query": "RETURN $number AS number", "parameters": '{"number":7}'},
            },
            "answered": {
                "status": 200,
                "headers": {"content-type": "application/json"},
                "body": '{"results":[{"number":7}]}',
            },
        }
    ]


def test_what_is_said_over_and_over_is_kept_twice(asking):
    assert len(asking(*["RETURN 1 AS one"] * 5)) == MOST_OF_A_KIND


def test_an_error_is_kept_without_the_id_of_its_request(asking):
    [one] = asking("MATCH (n RETURN n")

    assert one["answered"]["status"] == 400
    assert '"requestId":"00000000-0000-0000-0000-000000000000"' in one["answered"]["body"].replace(" ", "")


def test_an_answer_that_broke_off_keeps_its_end(asking, cluster):
    cluster.faults.add("cut", times=1)
    first, *_ = asking("UNWIND range(1, 5000) AS n RETURN n")

    assert first["answered"]["status"] == 200
    assert "InternalFailureException" in first["answered"]["body"][-300:]


def test_a_long_answer_is_cut_in_its_middle(asking):
    [one] = asking("RETURN $text AS text", text="x" * 10_000)

    assert "characters left out" in one["answered"]["body"]
    assert len(one["answered"]["body"]) < MOST_CHARACTERS + 60


def test_an_account_in_a_text_is_not_kept(asking):
    [one] = asking("RETURN $text AS text", text="arn:aws:iam::481516234200:user/ada")

    assert "481516234200" not in json.dumps(one)
