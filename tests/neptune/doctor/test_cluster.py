"""The doctor at an emulated cluster: a healthy one, and one with each thing wrong."""

import json
from datetime import timedelta

import boto3
import pytest
from botocore import auth
from moto.server import ThreadedMotoServer

from threesixty.conformance.town import Town
from threesixty.graph.neptune import Neptune
from threesixty.neptune.doctor.finding import LABEL
from threesixty.neptune.emulator import Emulator
from threesixty.schema import DEFAULT

ROLE = "arn:aws:iam::123456789012:role/NeptuneLoad"
LEFT = f"MATCH (n:{LABEL}) RETURN count(n) AS found"


@pytest.fixture
def cluster(emulator):
    """The emulator, empty and without faults."""
    emulator.faults.clear()
    emulator.clear()
    yield emulator
    emulator.faults.clear()


@pytest.fixture
def started(arcadedb_server, tmp_path):
    """Starts further emulators over the same graph, with other settings."""
    running = []

    def start(**settings):
        running.append(Emulator.start(tmp_path, bolt_url=arcadedb_server.url("neptune"), **settings))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def states(found, *states):
    return [hop for hop, finding in found.items() if finding.state in states]


# --- all is well ------------------------------------------------------------------------------------------


def test_a_healthy_cluster_has_nothing_that_fails(cluster, examined):
    found = examined(cluster.address, write=True)

    assert states(found, "failed") == []
    assert states(found, "skipped") == ["TLS", "bulk"]
    assert found["signature"].what == "the cluster accepts our requests"
    assert found["engine"].what == "version 1.4.7.0.R1"
    assert found["reader"].what == "a replica, as far as the writer is"


def test_it_leaves_nothing_behind(cluster, examined):
    examined(cluster.address, write=True)

    assert cluster.engine.run(LEFT).rows == [{"found": 0}]


def test_without_write_nothing_is_written(cluster, examined):
    seen = []
    cluster.engine.on_commit(lambda *_: seen.append(1))
    found = examined(cluster.address)

    assert found["WriteDataViaQuery, DeleteDataViaQuery"].state == "skipped"
    assert not seen


def test_every_action_is_tried(cluster, examined):
    found = examined(cluster.address, write=True)

    assert {
        "GetEngineStatus", "ReadDataViaQuery", "WriteDataViaQuery", "DeleteDataViaQuery", "GetQueryStatus",
        "CancelQuery", "GetGraphSummary", "GetStatisticsStatus", "GetStreamRecords", "ListLoaderJobs",
        "GetLoaderJobStatus", "CancelLoaderJob",
    } <= {hop for hop, finding in found.items() if finding.state == "ok"}  # fmt: skip


def test_latency_is_measured_three_ways(cluster, examined):
    found = examined(cluster.address, rounds=3)

    for way in ("connection", "status", "point read"):
        assert found[f"latency: {way}"].what.endswith("of 3")


def test_a_customer_360_that_is_there(cluster, examined):
    graph = Neptune.open(cluster.address, DEFAULT)
    graph.apply(Town().delta)
    graph.close()
    found = examined(cluster.address)

    assert found["Customer 360"].what == "it shows 7 entries of the ledger, as of 2023-11-14 22:13 UTC"


def test_two_graphs_in_one_cluster(cluster, examined):
    cluster.engine.run("CREATE (:Threesixty {`~id`: 'a', seq: 1}) CREATE (:Threesixty {`~id`: 'b', seq: 2})")

    assert examined(cluster.address)["Customer 360"].state == "failed"


# --- who we are -------------------------------------------------------------------------------------------


def test_a_wrong_secret(cluster, failing, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    hop, said = failing(cluster.address)

    assert hop == "signature"
    assert "the signature is not right" in said


def test_an_unknown_key(cluster, failing, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody-knows")
    hop, said = failing(cluster.address)

    assert hop == "signature"
    assert "the access key is not known" in said


def test_another_region(cluster, failing):
    hop, said = failing(cluster.address.replace("us-east-1", "eu-central-1"))

    assert hop == "signature"
    assert "for another region" in said


def test_the_region_may_come_from_the_environment(cluster, examined, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    found = examined(cluster.address.replace("region=us-east-1&", ""))

    assert found["AWS"].what == "region us-east-1"
    assert found["signature"].state == "ok"


def test_no_region_at_all(cluster, failing):
    hop, said = failing(cluster.address.replace("region=us-east-1&", ""))

    assert hop == "AWS"
    assert "which region" in said


def test_no_credentials(cluster, failing, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    hop, said = failing(cluster.address)

    assert hop == "credentials"
    assert "there are none" in said


def test_a_profile_that_is_not_there(cluster, failing, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    hop, said = failing(cluster.address)

    assert hop == "AWS"
    assert "nobody" in said


def test_a_clock_that_is_off(cluster, failing, monkeypatch):
    now = auth.get_current_datetime
    monkeypatch.setattr(auth, "get_current_datetime", lambda: now() - timedelta(minutes=17))
    hop, said = failing(cluster.address)

    assert hop == "signature"
    assert "too old or too new" in said


def test_signed_requests_are_wanted_and_not_sent(cluster, failing):
    hop, said = failing(cluster.address + "&iam=no")

    assert hop == "IAM"
    assert "take iam=no out" in said


def test_iam_authentication_that_is_off(started, examined):
    found = examined(started(iam=False).address.replace("&iam=no", ""))

    assert found["IAM"].state == "warning"
    assert "enable-iam-database-authentication" in found["IAM"].hint
    assert found["ReadDataViaQuery"].state == "ok"


def test_requests_that_need_no_signature_and_get_none(started, examined):
    found = examined(started(iam=False).address)

    assert (found["credentials"].state, found["IAM"].state) == ("skipped", "ok")
    assert states(found, "failed") == []


# --- what we may do ---------------------------------------------------------------------------------------


def forbid(cluster, action, **facts):
    said = f"User: arn:aws:iam::123456789012:user/ada is not authorized to perform: neptune-db:{action}"
    cluster.faults.add("refuse", code="AccessDeniedException", message=said, times=None, **facts)


def test_an_action_that_is_needed_and_not_allowed(cluster, failing):
    forbid(cluster, "WriteDataViaQuery", text="MERGE")
    hop, said = failing(cluster.address, write=True)

    assert hop == "WriteDataViaQuery"
    assert "not allowed: loading and drawing" in said
    assert "add neptune-db:WriteDataViaQuery" in said


def test_nothing_is_put_where_nothing_may_be_taken(cluster, failing):
    forbid(cluster, "DeleteDataViaQuery", text="DELETE")
    hop, _ = failing(cluster.address, write=True)

    assert hop == "DeleteDataViaQuery"
    assert cluster.engine.run(LEFT).rows == [{"found": 0}]


def test_an_action_one_can_do_without(cluster, examined):
    forbid(cluster, "GetStreamRecords", operation="get_propertygraph_stream")
    found = examined(cluster.address)

    assert found["GetStreamRecords"].state == "warning"
    assert states(found, "failed") == []


def test_a_cluster_that_does_not_tell_its_status(cluster, examined):
    forbid(cluster, "GetEngineStatus", operation="get_engine_status")
    found = examined(cluster.address)

    assert found["signature"].what == "the cluster knows who we are"
    assert {"writer", "engine"} <= set(states(found, "skipped"))
    assert found["ReadDataViaQuery"].state == "ok"


# --- what it is -------------------------------------------------------------------------------------------


def swapped(cluster):
    host, reader = f"127.0.0.1:{cluster.port}", f"127.0.0.1:{cluster.reader_port}"
    return cluster.address.replace(host, "x").replace(reader, host).replace("x", reader)


def test_writer_and_reader_mixed_up(cluster, examined):
    found = examined(swapped(cluster))

    assert found["writer"].state == "failed"
    assert "is a reader" in found["writer"].what
    assert found["reader"].state == "warning"


def test_writing_to_a_reader(cluster, examined):
    found = examined(swapped(cluster), write=True)

    assert found["DeleteDataViaQuery"].state == "failed"
    assert "leads to a reader" in found["DeleteDataViaQuery"].what


def test_a_reader_that_is_out_of_reach(cluster, examined, closed):
    found = examined(cluster.address.replace(str(cluster.reader_port), str(closed)))

    assert found["reader"].state == "failed"
    assert f"nothing listens on port {closed}" in found["reader"].what


@pytest.mark.parametrize(
    ("version", "state", "said"),
    [
        ("1.4.5.1.R2", "warning", "a time limit for each question"),
        ("1.2.0.0", "warning", "faster changes"),
        ("1.0.5.1", "failed", "openCypher for production"),
        ("1.4.1.0", "failed", "may answer wrongly"),
    ],
)
def test_an_engine_that_is_too_old(started, examined, version, state, said):
    cluster = started(engine_version=version)
    found = [one for one in examined_all(cluster.address) if one.hop == "engine"]

    assert (found[0].state, said in found[0].what) == (state, True)


def examined_all(address):
    from threesixty.neptune.doctor import examine  # noqa: PLC0415

    return list(examine(address, rounds=1, seconds=5.0))


# --- a bad day --------------------------------------------------------------------------------------------


def test_a_cluster_that_has_too_much_to_do(cluster, examined):
    cluster.faults.add(
        "refuse", code="ThrottlingException", operation="execute_open_cypher_query", times=None
    )
    found = examined(cluster.address)

    assert found["ReadDataViaQuery"].state == "warning"
    assert "too much to do" in found["ReadDataViaQuery"].what


def test_an_answer_that_never_comes(cluster, failing):
    cluster.faults.add("slow", seconds=3.0, text=LABEL)
    hop, said = failing(cluster.address, seconds=1.5)

    assert hop == "ReadDataViaQuery"
    assert "no whole answer came (ReadTimeoutError" in said


def test_an_answer_that_breaks_off(cluster, failing):
    cluster.faults.add("cut", text=LABEL)
    hop, said = failing(cluster.address)

    assert hop == "ReadDataViaQuery"
    assert "no whole answer came" in said


def test_a_replica_that_does_not_answer(cluster, failing):
    cluster.faults.add("drop", role="reader", operation="execute_open_cypher_query")
    hop, said = failing(cluster.address)

    assert hop == "reader"
    assert "no whole answer came" in said


def test_a_replica_that_is_behind(cluster, examined, serve):
    cluster.engine.run("CREATE (:Threesixty {`~id`: 'threesixty', id: 'threesixty', seq: 7})")
    told = {"status": "healthy", "role": "reader", "dbEngineVersion": "1.4.7.0.R1", "results": []}
    with serve(status=200, body=json.dumps(told).encode()) as port:
        found = examined(cluster.address.replace(str(cluster.reader_port), str(port)))

    assert found["reader"].state == "warning"
    assert found["reader"].what == "it is 7 entries of the ledger behind the writer"


def test_a_cluster_that_was_stopped(started, failing):
    cluster = started()
    address = cluster.address
    cluster.stop()
    hop, said = failing(address)

    assert hop == "TCP"
    assert "nothing listens" in said


# --- bulk loads -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, monkeypatch):
    """A client of S3 with one bucket, `loads`."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3)
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="loads")
    return client


def test_one_node_goes_through_the_bucket_and_nothing_stays(cluster, examined, bucket):
    found = examined(f"{cluster.address}&bulk=s3://loads/first&role={ROLE}", write=True)

    assert [found[hop].state for hop in ("bucket", "StartLoaderJob", "bulk load")] == ["ok", "ok", "ok"]
    assert cluster.engine.run(LEFT).rows == [{"found": 0}]
    assert "Contents" not in bucket.list_objects_v2(Bucket="loads")


def test_without_write_nothing_is_loaded(cluster, examined, bucket):
    found = examined(f"{cluster.address}&bulk=s3://loads/first&role={ROLE}")

    assert (found["bucket"].state, found["StartLoaderJob"].state) == ("ok", "skipped")


def test_a_bucket_that_is_not_there(cluster, examined, bucket):
    found = examined(f"{cluster.address}&bulk=s3://elsewhere/first&role={ROLE}")

    assert found["bucket"].state == "failed"
    assert "there is no such bucket" in found["bucket"].what


def test_s3_that_is_out_of_reach(cluster, examined, closed, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{closed}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    found = examined(f"{cluster.address}&bulk=s3://loads/first&role={ROLE}")

    assert found["bucket"].state == "failed"
    assert "gateway endpoint" in found["bucket"].hint
