"""The bulk loader by boto3: jobs, queue, statuses, error logs; S3 is a folder, and moto where it matters."""

import gzip
import json
import shutil
import time
from types import SimpleNamespace
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from threesixty.conformance.town import Town
from threesixty.graph import neptune_csv
from threesixty.neptune.emulator import Emulator
from threesixty.schema import DEFAULT

ROLE = "arn:aws:iam::123456789012:role/loader"
ACTIVE = {"LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"}
NODES = "~id,~label,name:String(single)\nada,P,Ada\nben,P,Ben\n"
EDGES = "~id,~from,~to,~label,since:Long\ne1,ada,ben,KNOWS,5\n"
MANY = "~id,~label\n" + "".join(f"{number},P\n" for number in range(60_000))
"""Rows enough for a job to be seen at work."""


@pytest.fixture(scope="module")
def buckets(tmp_path_factory):
    """A folder that stands for S3."""
    return tmp_path_factory.mktemp("s3")


@pytest.fixture(scope="module")
def cluster(arcadedb_server, tmp_path_factory, buckets):
    url, folder = arcadedb_server.url("neptune"), tmp_path_factory.mktemp("cluster")
    with Emulator.start(folder, bolt_url=url, s3=str(buckets)) as emulator:
        yield emulator


@pytest.fixture
def s3(buckets, request):
    """An empty bucket: `put` writes a file into it."""
    shutil.rmtree(buckets / "bucket", ignore_errors=True)
    (buckets / "bucket").mkdir()

    def put(key, text):
        path = buckets / "bucket" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return SimpleNamespace(put=put, source=f"s3://bucket/{request.node.name[:40]}/")


@pytest.fixture
def neptune(cluster):
    """A client of an empty cluster on which nothing is being loaded, before and after."""
    found = Client(cluster, cluster.port)
    cluster.clear()
    yield found
    found.cancel_all()


class Client:
    """boto3's own client, and what tests ask it for again and again."""

    def __init__(self, emulator, port):
        self.boto = boto3.client(
            "neptunedata",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name=emulator.settings.region,
            aws_access_key_id=emulator.settings.access_key,
            aws_secret_access_key=emulator.settings.secret_key,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def start(self, source, **how):
        asked = {"format": "csv", "s3BucketRegion": "us-east-1", "iamRoleArn": ROLE, "mode": "NEW", **how}
        return self.boto.start_loader_job(source=source, **asked)["payload"]["loadId"]

    def status(self, load, **how):
        return self.boto.get_loader_job_status(loadId=load, **how)["payload"]

    def ended(self, load):
        """Its status once it is over, with everything there is to know."""
        while self.status(load)["overallStatus"]["status"] in ACTIVE:
            time.sleep(0.02)
        return self.status(load, details=True, errors=True)

    def load(self, source, **how):
        return self.ended(self.start(source, **how))

    def ask(self, text):
        return self.boto.execute_open_cypher_query(openCypherQuery=text)["results"]

    def count(self):
        return self.ask("MATCH (n) RETURN count(n) AS found")[0]["found"]

    def cancel_all(self):
        for load in self.boto.list_loader_jobs()["payload"]["loadIds"]:
            try:
                self.boto.cancel_loader_job(loadId=load)
            except ClientError:
                continue
        for load in self.boto.list_loader_jobs()["payload"]["loadIds"][:1]:
            self.ended(load)


def overall(status):
    return status["overallStatus"]["status"]


def logged(status):
    return [
        (error["errorCode"], error["recordNum"], error["fileName"].rpartition("/")[2])
        for error in status["errors"]["errorLogs"]
    ]


def refused(function, *given, **how):
    with pytest.raises(ClientError) as caught:
        function(*given, **how)
    response = caught.value.response
    return response["Error"]["Code"], response["detailedMessage"]


# --- what is loaded --------------------------------------------------------------------------------


def test_aws_s_own_row_is_three_records(neptune, s3):
    s3.put("a.csv", "~id,~label,name,team\n'P-1','Player','Stokes','England'\n")

    told = neptune.load("s3://bucket/a.csv")

    assert told["feedCount"] == [{"LOAD_COMPLETED": 1}]
    assert told["overallStatus"] == {
        "fullUri": "s3://bucket/a.csv", "runNumber": 1, "retryNumber": 0, "status": "LOAD_COMPLETED",
        "totalTimeSpent": told["overallStatus"]["totalTimeSpent"],
        "startTime": told["overallStatus"]["startTime"],
        "totalRecords": 3, "totalDuplicates": 0, "parsingErrors": 0, "datatypeMismatchErrors": 0,
        "insertErrors": 0,
    }  # fmt: skip


def test_aws_s_own_row_twice_is_six_records_and_three_duplicates(neptune, s3):
    s3.put("a.csv", "~id,~label,name,team\nP-2,Player,Kohli,India\nP-2,Player,Kohli,India\n")

    told = neptune.load("s3://bucket/a.csv")["overallStatus"]

    assert (told["totalRecords"], told["totalDuplicates"]) == (6, 3)


def test_nodes_are_loaded_before_edges_whatever_their_files_are_called(neptune, s3):
    s3.put("load/1-edges.csv", EDGES)
    s3.put("load/2-nodes.csv", NODES)

    told = neptune.load("s3://bucket/load/")

    assert told["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert neptune.ask(
        "MATCH (a)-[r:KNOWS]->(b) RETURN a.name AS a, r.since AS since, id(r) AS r, b.name AS b"
    ) == [{"a": "Ada", "since": 5, "r": "e1", "b": "Ben"}]


def test_files_are_loaded_in_their_order_when_all_of_them_are_said_to_be_edges(neptune, s3):
    s3.put("load/1-edges.csv", EDGES)
    s3.put("load/2-nodes.csv", NODES)

    told = neptune.load("s3://bucket/load/", edgeOnlyLoad=True, failOnError=False)

    assert logged(told) == [("FROM_OR_TO_VERTEX_ARE_MISSING", 0, "1-edges.csv")]
    assert neptune.count() == 2


def test_a_source_is_what_keys_begin_with(neptune, s3):
    for key in ("a/bc", "ab/c", "ade", "bcd"):
        s3.put(key, f"~id,~label\n{key},P\n")

    neptune.load("https://s3.us-east-1.amazonaws.com/bucket/a")

    assert neptune.ask("MATCH (n) RETURN id(n) AS id ORDER BY id") == [
        {"id": "a/bc"}, {"id": "ab/c"}, {"id": "ade"},
    ]  # fmt: skip


def test_packed_files_are_loaded(neptune, s3):
    s3.put("nodes.csv.gz", gzip.compress(NODES.encode()))

    assert overall(neptune.load("s3://bucket/nodes")) == "LOAD_COMPLETED"
    assert neptune.count() == 2


def test_every_type_arrives(neptune, s3):
    s3.put(
        "a.csv",
        '~id,~label,t:Bool,i:Long,f:Double,s:String,d:Date\n1,P,true,-5,2.5,"a,b",2024-02-29T10:11:12Z\n',
    )

    neptune.load("s3://bucket/a.csv")

    assert neptune.ask("MATCH (n:P) RETURN n.t AS t, n.i AS i, n.f AS f, n.s AS s, n.d AS d") == [
        {"t": True, "i": -5, "f": 2.5, "s": "a,b", "d": "2024-02-29T10:11:12.000Z"}
    ]


def test_opencypher_files_name_id_spaces_and_change_nothing_that_is_there(neptune, s3):
    s3.put("1/people.csv", "name:ID(person),age:Int,:LABEL\nmarko,29,person\n")
    s3.put("1/software.csv", "name:ID(software),lang:String,:LABEL\nlop,java,software\n")
    s3.put(
        "1/edges.csv",
        ":ID,:START_ID(person),:END_ID(software),:TYPE,weight:Double\ne1,marko,lop,created,0.4\n",
    )
    s3.put("2/people.csv", "name:ID(person),age:Int,city:String,:LABEL\nmarko,30,Rom,author\n")

    neptune.load("s3://bucket/1/", format="opencypher", userProvidedEdgeIds=True)
    told = neptune.load("s3://bucket/2/", format="opencypher")

    assert (told["overallStatus"]["totalRecords"], told["overallStatus"]["totalDuplicates"]) == (4, 2)
    assert neptune.ask(
        "MATCH (a:person:author)-[r:created]->(b) "
        "RETURN a.name AS a, a.age AS age, a.city AS city, b.lang AS lang"
    ) == [{"a": "marko", "age": 29, "city": "Rom", "lang": "java"}]


def test_relationships_without_ids_are_made_again_by_every_load(neptune, s3):
    s3.put("1/nodes.csv", ":ID,:LABEL\nada,P\nben,P\n")
    s3.put("1/edges.csv", ":START_ID,:END_ID,:TYPE\nada,ben,KNOWS\n")

    for _ in range(2):
        neptune.load("s3://bucket/1/", format="opencypher", userProvidedEdgeIds=False)

    assert neptune.ask("MATCH (:P)-[r:KNOWS]->(:P) RETURN count(r) AS found") == [{"found": 2}]


def test_values_are_replaced_only_where_the_request_says_so(neptune, s3):
    s3.put("1.csv", NODES)
    s3.put("2.csv", NODES.replace("Ada", "Eve"))
    neptune.load("s3://bucket/1.csv")

    kept = neptune.load("s3://bucket/2.csv", failOnError=False)
    replaced = neptune.load("s3://bucket/2.csv", updateSingleCardinalityProperties=True)

    assert [error["errorMessage"] for error in kept["errors"]["errorLogs"]] == [
        "The vertex 'ada' has an existing value for property 'name'"
    ]
    assert kept["overallStatus"]["insertErrors"] == 1
    assert overall(replaced) == "LOAD_COMPLETED"
    assert neptune.ask("MATCH (n) RETURN n.name AS name ORDER BY name") == [{"name": "Ben"}, {"name": "Eve"}]


def test_empty_texts_are_loaded_only_where_the_request_says_so(neptune, s3):
    s3.put("a.csv", '~id,~label,name:String(single)\nada,P,""\n')

    first = neptune.load("s3://bucket/a.csv")
    second = neptune.load("s3://bucket/a.csv", parserConfiguration={"allowEmptyStrings": "true"})

    assert [told["overallStatus"]["totalRecords"] for told in (first, second)] == [1, 2]
    assert neptune.ask("MATCH (n) RETURN n.name AS name") == [{"name": ""}]


def test_our_own_files_make_the_graph_they_were_written_from(neptune, s3, buckets, open_graph):
    town = Town()
    neptune_csv.write(buckets / "bucket" / "town", DEFAULT, town.nodes.items(), town.edges.items())

    for stage in neptune_csv.STAGES:
        assert overall(neptune.load(f"s3://bucket/town/{stage}/")) == "LOAD_COMPLETED"

    loaded = neptune.ask(
        "MATCH (c:Customer {id: 'customer:ada'})-[m:MADE]->(p) "
        "RETURN c.value AS v, m.role AS r, p.amount AS a"
    )
    assert loaded == [{"v": 125_000, "r": "buyer", "a": 99_900}]


# --- what goes wrong -------------------------------------------------------------------------------


def test_a_load_stops_at_its_first_error_and_what_it_loaded_stays(neptune, s3):
    s3.put("load/1.csv", "~id,~label\nada,P\nben\ncem,P\n")
    s3.put("load/2.csv", "~id,~label\ndee,P\n")

    told = neptune.load("s3://bucket/load/")

    assert overall(told) == "LOAD_FAILED"
    assert told["feedCount"] == [{"LOAD_CANCELLED_DUE_TO_ERRORS": 1}, {"LOAD_FAILED": 1}]
    assert logged(told) == [("PARSING_ERROR", 2, "1.csv")]
    assert neptune.ask("MATCH (n) RETURN id(n) AS id") == [{"id": "ada"}]


def test_a_load_goes_on_after_errors_where_the_request_says_so(neptune, s3):
    s3.put("load/1.csv", "~id,~label,age:Int(single)\nada,P,x\nben,P\ncem,P,7\n")
    s3.put("load/2.csv", "~id,~label\ndee,P\n")

    told = neptune.load("s3://bucket/load/", failOnError=False)

    assert overall(told) == "LOAD_FAILED"
    assert [feed["fullUri"] for feed in told["failedFeeds"]] == ["s3://bucket/load/1.csv"]
    assert told["overallStatus"]["parsingErrors"] == told["overallStatus"]["datatypeMismatchErrors"] == 1
    assert logged(told) == [("PARSING_ERROR", 1, "1.csv"), ("PARSING_ERROR", 2, "1.csv")]
    assert neptune.count() == 3


def test_a_header_that_is_wrong_is_a_parsing_error_of_no_record(neptune, s3):
    s3.put("a.csv", "~id,~label,age:Integer\nada,P,1\n")

    told = neptune.load("s3://bucket/a.csv")

    assert logged(told) == [("PARSING_ERROR", 0, "a.csv")]
    assert "no type 'Integer'" in told["errors"]["errorLogs"][0]["errorMessage"]


def test_an_id_belongs_to_one_edge(neptune, s3):
    s3.put("1.csv", NODES)
    s3.put("2.csv", EDGES + "e1,ben,ada,KNOWS,5\n")
    neptune.load("s3://bucket/1.csv")

    assert logged(neptune.load("s3://bucket/2.csv")) == [("ID_ASSIGNED_TO_MULTIPLE_EDGES", 0, "2.csv")]


def test_errors_are_told_page_by_page(neptune, s3):
    s3.put("a.csv", "~id,~label\n" + "x\n" * 25)

    load = neptune.start("s3://bucket/a.csv", failOnError=False)
    neptune.ended(load)
    page = neptune.status(load, errors=True, page=3, errorsPerPage=10)["errors"]

    assert (page["startIndex"], page["endIndex"], page["loadId"]) == (21, 25, load)
    assert [error["recordNum"] for error in page["errorLogs"]] == [21, 22, 23, 24, 25]


def test_a_page_beyond_the_last_error_is_empty(neptune, s3):
    s3.put("a.csv", NODES)

    page = neptune.load("s3://bucket/a.csv")["errors"]

    assert (page["startIndex"], page["endIndex"], page["errorLogs"]) == (0, 0, [])


def test_a_file_that_changes_after_it_was_listed_is_not_loaded(neptune, s3):
    s3.put("many.csv", MANY)
    s3.put("load/1.csv", NODES)
    s3.put("load/2.csv", NODES)
    first = neptune.start("s3://bucket/many.csv")
    load = neptune.start("s3://bucket/load/", queueRequest=True, failOnError=False)
    s3.put("load/1.csv", NODES + "cem,P,Cem\n")
    neptune.boto.cancel_loader_job(loadId=first)

    told = neptune.ended(load)

    assert logged(told) == [("FILE_MODIFICATION_OR_DELETION_ERROR", 0, "1.csv")]
    assert told["feedCount"] == [
        {"LOAD_COMPLETED": 1},
        {"LOAD_DATA_FAILED_DUE_TO_FEED_MODIFIED_OR_DELETED": 1},
    ]


# --- jobs ------------------------------------------------------------------------------------------


def test_one_job_runs_at_a_time(neptune, s3):
    s3.put("many.csv", MANY)
    s3.put("a.csv", NODES)
    neptune.start("s3://bucket/many.csv")

    code, message = refused(neptune.start, "s3://bucket/a.csv")

    assert code == "BadRequestException"
    assert message == (
        "Failed to start new load for the source s3://bucket/a.csv. "
        "Max concurrent load limit breached. Limit is 1"
    )


def test_at_most_64_jobs_wait(neptune, s3):
    s3.put("many.csv", MANY)
    s3.put("a.csv", NODES)
    neptune.start("s3://bucket/many.csv")
    loads = [neptune.start("s3://bucket/a.csv", queueRequest=True) for _ in range(64)]

    code, message = refused(neptune.start, "s3://bucket/a.csv", queueRequest=True)

    assert (code, message.partition(". ")[2]) == (
        "BadRequestException",
        "Max load task queue size limit breached. Limit is 64",
    )
    assert overall(neptune.status(loads[-1])) == "LOAD_IN_QUEUE"


def test_jobs_that_wait_run_in_the_order_in_which_they_came(neptune, s3):
    s3.put("many.csv", MANY)
    s3.put("nodes.csv", NODES)
    s3.put("edges.csv", EDGES)
    first = neptune.start("s3://bucket/many.csv")
    neptune.start("s3://bucket/nodes.csv", queueRequest=True)
    last = neptune.start("s3://bucket/edges.csv", queueRequest=True)
    neptune.boto.cancel_loader_job(loadId=first)

    assert overall(neptune.ended(last)) == "LOAD_COMPLETED"


def test_a_job_whose_dependency_fails_is_not_run_nor_is_what_depends_on_it(neptune, s3):
    s3.put("wrong.csv", "~id,~label\nada\n")
    s3.put("nodes.csv", NODES)
    s3.put("edges.csv", EDGES)
    wrong = neptune.start("s3://bucket/wrong.csv")
    nodes = neptune.start("s3://bucket/nodes.csv", queueRequest=True, dependencies=[wrong])
    edges = neptune.start("s3://bucket/edges.csv", queueRequest=True, dependencies=[nodes])

    unsatisfied = "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED"
    assert [overall(neptune.ended(load)) for load in (nodes, edges)] == [unsatisfied, unsatisfied]
    assert neptune.count() == 0


def test_a_job_runs_when_its_dependencies_are_complete(neptune, s3):
    s3.put("nodes.csv", NODES)
    s3.put("edges.csv", EDGES)
    nodes = neptune.start("s3://bucket/nodes.csv")

    assert overall(neptune.load("s3://bucket/edges.csv", queueRequest=True, dependencies=[nodes])) == (
        "LOAD_COMPLETED"
    )


def test_a_running_job_can_be_cancelled_and_what_it_loaded_stays(neptune, s3):
    s3.put("many.csv", MANY)
    load = neptune.start("s3://bucket/many.csv")
    while not neptune.status(load)["overallStatus"]["totalRecords"]:
        time.sleep(0.01)

    neptune.boto.cancel_loader_job(loadId=load)
    told = neptune.ended(load)

    assert overall(told) == "LOAD_CANCELLED_BY_USER"
    assert neptune.count() == told["overallStatus"]["totalRecords"] < 60_000


def test_a_job_that_is_over_cannot_be_cancelled(neptune, s3):
    s3.put("a.csv", NODES)
    load = neptune.start("s3://bucket/a.csv")
    neptune.ended(load)

    assert refused(neptune.boto.cancel_loader_job, loadId=load) == (
        "BulkLoadIdNotFoundException",
        f"The load with id = {load} does not exist or not active",
    )


def test_a_job_nobody_started_is_not_found(neptune):
    assert refused(neptune.status, "nobody")[0] == "BulkLoadIdNotFoundException"


@pytest.mark.parametrize("mode", ["RESUME", "AUTO"])
def test_a_failed_load_goes_on_with_the_files_that_failed(neptune, s3, mode):
    s3.put("load/1.csv", NODES)
    s3.put("load/2.csv", "~id,~label\ncem\n")
    failed = neptune.start("s3://bucket/load/")
    assert overall(neptune.ended(failed)) == "LOAD_FAILED"
    neptune.ask("MATCH (n) DETACH DELETE n")
    s3.put("load/2.csv", "~id,~label\ncem,P\n")

    told = neptune.load("s3://bucket/load/", mode=mode)

    assert (overall(told), told["overallStatus"]["runNumber"]) == ("LOAD_COMPLETED", 2)
    assert told["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert neptune.ask("MATCH (n) RETURN id(n) AS id") == [{"id": "cem"}]


def test_nothing_of_a_complete_load_is_loaded_again_unless_it_is_said_to_be_new(neptune, s3):
    s3.put("load/1.csv", NODES)
    neptune.load("s3://bucket/load/")
    neptune.ask("MATCH (n) DETACH DELETE n")

    resumed = neptune.load("s3://bucket/load/", mode="AUTO")
    nothing = neptune.count()
    anew = neptune.load("s3://bucket/load/", mode="NEW")

    assert [overall(told) for told in (resumed, anew)] == ["LOAD_COMPLETED", "LOAD_COMPLETED"]
    assert (nothing, neptune.count()) == (0, 2)


def test_nothing_can_be_resumed_that_was_never_started(neptune, s3):
    s3.put("never/1.csv", NODES)

    assert overall(neptune.load("s3://bucket/never/", mode="RESUME")) == "LOAD_FAILED_INVALID_REQUEST"
    assert neptune.count() == 0


def test_jobs_are_listed_the_newest_first(neptune, s3):
    s3.put("many.csv", MANY)
    s3.put("a.csv", NODES)
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

    assert logged(told) == [("PARSING_ERROR", 1, "a.csv")]


def fetched(url, body=None):
    content = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, content, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)["payload"]


# --- what is refused -------------------------------------------------------------------------------

REFUSED = {
    "a bucket that is not there": (
        {"source": "s3://nowhere/a"}, "S3 bucket not found for source: s3://nowhere",
    ),
    "a source without files": (
        {"source": "s3://bucket/none"}, "The source s3://bucket/none does not exist/not reachable",
    ),
    "a source that is none": (
        {"source": "bucket/none"}, "The source bucket/none is no URI of Amazon S3",
    ),
    "a bucket outside the folder": (
        {"source": "s3://../etc"}, "The source s3://../etc is no URI of Amazon S3",
    ),
    "a role that is none": (
        {"iamRoleArn": "loader"}, "Couldn't find the AWS credential for iam_role_arn loader",
    ),
    "another region": (
        {"s3BucketRegion": "eu-west-1"}, "Bucket is not in provided Region (eu-west-1)",
    ),
    "a format that is none": (
        {"format": "parquet"},
        "format is one of csv, opencypher, ntriples, nquads, rdfxml, turtle, not parquet",
    ),
    "a mode that is none": ({"mode": "AGAIN"}, "mode is one of NEW, RESUME, AUTO, not AGAIN"),
    "RDF": ({"format": "turtle"}, "The emulator holds no RDF: format turtle"),
    "values that openCypher never replaces": (
        {"format": "opencypher", "updateSingleCardinalityProperties": True},
        "updateSingleCardinalityProperties is not supported for loading openCypher data",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_load_is_refused_for(neptune, s3, what):
    change, message = REFUSED[what]
    s3.put("a.csv", NODES)

    assert refused(neptune.start, **{"source": "s3://bucket/a.csv", **change})[1] == message


def test_roles_may_be_chained(neptune, s3):
    s3.put("a.csv", NODES)

    assert overall(neptune.load("s3://bucket/a.csv", iamRoleArn=f"{ROLE},{ROLE}2")) == "LOAD_COMPLETED"


def test_nothing_is_loaded_through_a_replica(cluster, s3):
    s3.put("a.csv", NODES)
    reader = Client(cluster, cluster.reader_port)

    assert refused(reader.start, "s3://bucket/a.csv") == (
        "MethodNotAllowedException",
        "Start new load operation not permitted on a read replica instance",
    )


# --- S3 itself -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moto():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def on_s3(arcadedb_server, tmp_path, moto, monkeypatch):
    """An emulator that reads S3 from moto, its client, and a client of S3."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", moto)
    with Emulator.start(tmp_path, bolt_url=arcadedb_server.url("neptune")) as emulator:
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        emulator.clear()
        s3 = boto3.client("s3")
        if "bucket" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket="bucket")
        yield Client(emulator, emulator.port), s3


def test_files_are_read_from_s3(on_s3):
    neptune, s3 = on_s3
    s3.put_object(Bucket="bucket", Key="load/edges.csv", Body=EDGES)
    s3.put_object(Bucket="bucket", Key="load/nodes.csv.gz", Body=gzip.compress(NODES.encode()))

    told = neptune.load("s3://bucket/load/")

    assert told["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert neptune.ask("MATCH (a)-[:KNOWS]->(b) RETURN a.name AS a, b.name AS b") == [
        {"a": "Ada", "b": "Ben"}
    ]


def test_a_bucket_that_s3_does_not_have_is_refused(on_s3):
    neptune, _ = on_s3

    assert refused(neptune.start, "s3://nowhere/a")[1] == "S3 bucket not found for source: s3://nowhere"


def test_a_file_that_may_not_be_read_says_so(on_s3, moto, monkeypatch):
    neptune, s3 = on_s3
    s3.put_object(Bucket="bucket", Key="secret/nodes.csv", Body=NODES)
    lister = only_lists(moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", lister["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", lister["SecretAccessKey"])
    checks_access(moto, True)
    try:
        told = neptune.load("s3://bucket/secret/")
    finally:
        checks_access(moto, False)

    assert overall(told) == "LOAD_FAILED"
    assert told["feedCount"] == [{"LOAD_S3_ACCESS_DENIED_ERROR": 1}]
    assert logged(told) == [("S3_ACCESS_DENIED_ERROR", 0, "nodes.csv")]


def only_lists(moto):
    """The key of somebody who may see that there are files, and no more."""
    iam = boto3.client("iam", endpoint_url=moto, region_name="us-east-1")
    iam.create_user(UserName="lister")
    allowed = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="lister", PolicyName="list", PolicyDocument=policy)
    return iam.create_access_key(UserName="lister")["AccessKey"]


def checks_access(moto, on):
    """moto checks permissions after so many more requests; after very many means never."""
    count = b"0" if on else b"inf"
    urlopen(Request(f"{moto}/moto-api/reset-auth", count, {"Content-Type": "text/plain"})).close()


def test_s3_that_cannot_be_reached_is_said_to_be(on_s3, monkeypatch):
    neptune, _ = on_s3
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    code, message = refused(neptune.start, "s3://bucket/load/")

    assert code == "InternalFailureException"
    assert message.startswith("Unable to connect to S3 endpoint. Provided source = s3://bucket/load/")
