"""Load jobs by boto3: one at a time, a queue, dependencies, cancelling, taking up again."""

import json
import time
from urllib.request import Request, urlopen

import pytest

from threesixty.neptune.emulator import Emulator

ROLE = "arn:aws:iam::123456789012:role/loader"
ACTIVE = {"LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"}


def test_a_file_that_changes_after_it_was_listed_is_not_loaded(neptune, s3):
    s3.put("many.csv", s3.many)
    s3.put("load/1.csv", s3.nodes)
    s3.put("load/2.csv", s3.nodes)
    first = neptune.start("s3://bucket/many.csv")
    load = neptune.start("s3://bucket/load/", queueRequest=True, failOnError=False)
    s3.put("load/1.csv", s3.nodes + "cem,P,Cem\n")
    neptune.boto.cancel_loader_job(loadId=first)

    told = neptune.ended(load)

    assert told.logged == [("FILE_MODIFICATION_OR_DELETION_ERROR", 0, "1.csv")]
    assert told["feedCount"] == [
        {"LOAD_COMPLETED": 1},
        {"LOAD_DATA_FAILED_DUE_TO_FEED_MODIFIED_OR_DELETED": 1},
    ]


def test_one_job_runs_at_a_time(neptune, s3):
    s3.put("many.csv", s3.many)
    s3.put("a.csv", s3.nodes)
    neptune.start("s3://bucket/many.csv")

    code, message = neptune.refusal(neptune.start, "s3://bucket/a.csv")

    assert code == "BadRequestException"
    assert message == (
        "Failed to start new load for the source s3://bucket/a.csv. "
        "Max concurrent load limit breached. Limit is 1"
    )


def test_at_most_64_jobs_wait(neptune, s3):
    s3.put("many.csv", s3.many)
    s3.put("a.csv", s3.nodes)
    neptune.start("s3://bucket/many.csv")
    loads = [neptune.start("s3://bucket/a.csv", queueRequest=True) for _ in range(64)]

    code, message = neptune.refusal(neptune.start, "s3://bucket/a.csv", queueRequest=True)

    assert (code, message.partition(". ")[2]) == (
        "BadRequestException",
        "Max load task queue size limit breached. Limit is 64",
    )
    assert neptune.status(loads[-1]).outcome == "LOAD_IN_QUEUE"


def test_jobs_that_wait_run_in_the_order_in_which_they_came(neptune, s3):
    s3.put("many.csv", s3.many)
    s3.put("nodes.csv", s3.nodes)
    s3.put("edges.csv", s3.edges)
    first = neptune.start("s3://bucket/many.csv")
    neptune.start("s3://bucket/nodes.csv", queueRequest=True)
    last = neptune.start("s3://bucket/edges.csv", queueRequest=True)
    neptune.boto.cancel_loader_job(loadId=first)

    assert neptune.ended(last).outcome == "LOAD_COMPLETED"


def test_a_job_whose_dependency_fails_is_not_run_nor_is_what_depends_on_it(neptune, s3):
    s3.put("wrong.csv", "~id,~label\nada\n")
    s3.put("nodes.csv", s3.nodes)
    s3.put("edges.csv", s3.edges)
    wrong = neptune.start("s3://bucket/wrong.csv")
    nodes = neptune.start("s3://bucket/nodes.csv", queueRequest=True, dependencies=[wrong])
    edges = neptune.start("s3://bucket/edges.csv", queueRequest=True, dependencies=[nodes])

    unsatisfied = "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"
    assert [neptune.ended(load).outcome for load in (nodes, edges)] == [unsatisfied, unsatisfied]
    assert neptune.count() == 0


def test_a_job_runs_when_its_dependencies_are_complete(neptune, s3):
    s3.put("nodes.csv", s3.nodes)
    s3.put("edges.csv", s3.edges)
    nodes = neptune.start("s3://bucket/nodes.csv")

    assert neptune.load("s3://bucket/edges.csv", queueRequest=True, dependencies=[nodes]).outcome == (
        "LOAD_COMPLETED"
    )


def test_a_running_job_can_be_cancelled_and_what_it_loaded_stays(neptune, s3):
    s3.put("many.csv", s3.many)
    load = neptune.start("s3://bucket/many.csv")
    while not neptune.status(load)["overallStatus"]["totalRecords"]:
        time.sleep(0.01)

    neptune.boto.cancel_loader_job(loadId=load)
    told = neptune.ended(load)

    assert told.outcome == "LOAD_CANCELLED_BY_USER"
    assert neptune.count() == told["overallStatus"]["totalRecords"] < 60_000


def test_a_job_that_is_over_cannot_be_cancelled(neptune, s3):
    s3.put("a.csv", s3.nodes)
    load = neptune.start("s3://bucket/a.csv")
    neptune.ended(load)

    assert neptune.refusal(neptune.boto.cancel_loader_job, loadId=load) == (
        "BulkLoadIdNotFoundException",
        f"The load with id = {load} does not exist or not active",
    )


def test_a_job_nobody_started_is_not_found(neptune):
    assert neptune.refusal(neptune.status, "nobody")[0] == "BulkLoadIdNotFoundException"


@pytest.mark.parametrize("mode", ["RESUME", "AUTO"])
def test_a_failed_load_goes_on_with_the_files_that_failed(neptune, s3, mode):
    s3.put("load/1.csv", s3.nodes)
    s3.put("load/2.csv", "~id,~label\ncem\n")
    failed = neptune.start("s3://bucket/load/")
    assert neptune.ended(failed).outcome == "LOAD_FAILED"
    neptune.ask("MATCH (n) DETACH DELETE n")
    s3.put("load/2.csv", "~id,~label\ncem,P\n")

    told = neptune.load("s3://bucket/load/", mode=mode)

    assert (told.outcome, told["overallStatus"]["runNumber"]) == ("LOAD_COMPLETED", 2)
    assert told["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert neptune.ask("MATCH (n) RETURN id(n) AS id") == [{"id": "cem"}]


def test_nothing_of_a_complete_load_is_loaded_again_unless_it_is_said_to_be_new(neptune, s3):
    s3.put("load/1.csv", s3.nodes)
    neptune.load("s3://bucket/load/")
    neptune.ask("MATCH (n) DETACH DELETE n")

    resumed = neptune.load("s3://bucket/load/", mode="AUTO")
    nothing = neptune.count()
    anew = neptune.load("s3://bucket/load/", mode="NEW")

    assert [told.outcome for told in (resumed, anew)] == ["LOAD_COMPLETED", "LOAD_COMPLETED"]
    assert (nothing, neptune.count()) == (0, 2)


def test_nothing_can_be_resumed_that_was_never_started(neptune, s3):
    s3.put("never/1.csv", s3.nodes)

    assert neptune.load("s3://bucket/never/", mode="RESUME").outcome == "LOAD_FAILED_INVALID_REQUEST"
    assert neptune.count() == 0


def test_jobs_are_listed_the_newest_first(neptune, s3):
    s3.put("many.csv", s3.many)
    s3.put("a.csv", s3.nodes)
    running = neptune.start("s3://bucket/many.csv")
    waiting = neptune.start("s3://bucket/a.csv", queueRequest=True)

    def listed(**how):
        return neptune.boto.list_loader_jobs(**how)["payload"]["loadIds"]

    assert listed()[:2] == [waiting, running]
    assert listed(limit=1) == [waiting]
    assert listed(limit=1, includeQueuedLoads=False) == [running]


def test_aws_s_words_for_yes_and_an_id_as_a_parameter_are_understood(arcadedb_server, s3, buckets, tmp_path):
    s3.put("a.csv", "~id,~label\nada\n")
    asked = {"source": "s3://bucket/a.csv", "format": "csv", "iamRoleArn": ROLE, "region": "us-east-1"}
    url = arcadedb_server.url("neptune")
    with Emulator.start(tmp_path, bolt_url=url, s3=str(buckets), iam=False) as emulator:
        address = f"http://127.0.0.1:{emulator.port}/loader"
        load = fetched(address, {**asked, "failOnError": "FALSE", "mode": "new"})["loadId"]
        status = "LOAD_IN_QUEUE"
        while status in ACTIVE:
            told = fetched(f"{address}?loadId={load}&details=TRUE&errors=TRUE")
            status = told["overallStatus"]["status"]

    assert [error["recordNum"] for error in told["errors"]["errorLogs"]] == [1]


def fetched(url, body=None):
    content = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, content, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)["payload"]
