"""What the bulk loader makes of files, by boto3; S3 is a folder here, and moto where it matters."""

import gzip
import json
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from threesixty.conformance.town import Town
from threesixty.graph import neptune_csv
from threesixty.neptune.emulator import Emulator
from threesixty.schema import DEFAULT

ROLE = "arn:aws:iam::123456789012:role/loader"
NODES = "~id,~label,name:String(single)\nada,P,Ada\nben,P,Ben\n"
EDGES = "~id,~from,~to,~label,since:Long\ne1,ada,ben,KNOWS,5\n"


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
    s3.put("load/1-edges.csv", s3.edges)
    s3.put("load/2-nodes.csv", s3.nodes)

    told = neptune.load("s3://bucket/load/")

    assert told["feedCount"] == [{"LOAD_COMPLETED": 2}]
    assert neptune.ask(
        "MATCH (a)-[r:KNOWS]->(b) RETURN a.name AS a, r.since AS since, id(r) AS r, b.name AS b"
    ) == [{"a": "Ada", "since": 5, "r": "e1", "b": "Ben"}]


def test_files_are_loaded_in_their_order_when_all_of_them_are_said_to_be_edges(neptune, s3):
    s3.put("load/1-edges.csv", s3.edges)
    s3.put("load/2-nodes.csv", s3.nodes)

    told = neptune.load("s3://bucket/load/", edgeOnlyLoad=True, failOnError=False)

    assert told.logged == [("FROM_OR_TO_VERTEX_ARE_MISSING", 0, "1-edges.csv")]
    assert neptune.count() == 2


def test_a_source_is_what_keys_begin_with(neptune, s3):
    for key in ("a/bc", "ab/c", "ade", "bcd"):
        s3.put(key, f"~id,~label\n{key},P\n")

    neptune.load("https://s3.us-east-1.amazonaws.com/bucket/a")

    assert neptune.ask("MATCH (n) RETURN id(n) AS id ORDER BY id") == [
        {"id": "a/bc"}, {"id": "ab/c"}, {"id": "ade"},
    ]  # fmt: skip


def test_packed_files_are_loaded(neptune, s3):
    s3.put("nodes.csv.gz", gzip.compress(s3.nodes.encode()))

    assert neptune.load("s3://bucket/nodes").outcome == "LOAD_COMPLETED"
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
    s3.put("1.csv", s3.nodes)
    s3.put("2.csv", s3.nodes.replace("Ada", "Eve"))
    neptune.load("s3://bucket/1.csv")

    kept = neptune.load("s3://bucket/2.csv", failOnError=False)
    replaced = neptune.load("s3://bucket/2.csv", updateSingleCardinalityProperties=True)

    assert [error["errorMessage"] for error in kept["errors"]["errorLogs"]] == [
        "The vertex 'ada' has an existing value for property 'name'"
    ]
    assert kept["overallStatus"]["insertErrors"] == 1
    assert replaced.outcome == "LOAD_COMPLETED"
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
        assert neptune.load(f"s3://bucket/town/{stage}/").outcome == "LOAD_COMPLETED"

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

    assert told.outcome == "LOAD_FAILED"
    assert told["feedCount"] == [{"LOAD_CANCELLED_DUE_TO_ERRORS": 1}, {"LOAD_FAILED": 1}]
    assert told.logged == [("PARSING_ERROR", 2, "1.csv")]
    assert neptune.ask("MATCH (n) RETURN id(n) AS id") == [{"id": "ada"}]


def test_a_load_goes_on_after_errors_where_the_request_says_so(neptune, s3):
    s3.put("load/1.csv", "~id,~label,age:Int(single)\nada,P,x\nben,P\ncem,P,7\n")
    s3.put("load/2.csv", "~id,~label\ndee,P\n")

    told = neptune.load("s3://bucket/load/", failOnError=False)

    assert told.outcome == "LOAD_FAILED"
    assert [feed["fullUri"] for feed in told["failedFeeds"]] == ["s3://bucket/load/1.csv"]
    assert told["overallStatus"]["parsingErrors"] == told["overallStatus"]["datatypeMismatchErrors"] == 1
    assert told.logged == [("PARSING_ERROR", 1, "1.csv"), ("PARSING_ERROR", 2, "1.csv")]
    assert neptune.count() == 3


def test_a_header_that_is_wrong_is_a_parsing_error_of_no_record(neptune, s3):
    s3.put("a.csv", "~id,~label,age:Integer\nada,P,1\n")

    told = neptune.load("s3://bucket/a.csv")

    assert told.logged == [("PARSING_ERROR", 0, "a.csv")]
    assert "no type 'Integer'" in told["errors"]["errorLogs"][0]["errorMessage"]


def test_an_id_belongs_to_one_edge(neptune, s3):
    s3.put("1.csv", s3.nodes)
    s3.put("2.csv", s3.edges + "e1,ben,ada,KNOWS,5\n")
    neptune.load("s3://bucket/1.csv")

    assert neptune.load("s3://bucket/2.csv").logged == [("ID_ASSIGNED_TO_MULTIPLE_EDGES", 0, "2.csv")]


def test_errors_are_told_page_by_page(neptune, s3):
    s3.put("a.csv", "~id,~label\n" + "x\n" * 25)

    load = neptune.start("s3://bucket/a.csv", failOnError=False)
    neptune.ended(load)
    page = neptune.status(load, errors=True, page=3, errorsPerPage=10)["errors"]

    assert (page["startIndex"], page["endIndex"], page["loadId"]) == (21, 25, load)
    assert [error["recordNum"] for error in page["errorLogs"]] == [21, 22, 23, 24, 25]


def test_a_page_beyond_the_last_error_is_empty(neptune, s3):
    s3.put("a.csv", s3.nodes)

    page = neptune.load("s3://bucket/a.csv")["errors"]

    assert (page["startIndex"], page["endIndex"], page["errorLogs"]) == (0, 0, [])


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
    s3.put("a.csv", s3.nodes)

    assert neptune.refusal(neptune.start, **{"source": "s3://bucket/a.csv", **change})[1] == message


def test_roles_may_be_chained(neptune, s3):
    s3.put("a.csv", s3.nodes)

    assert neptune.load("s3://bucket/a.csv", iamRoleArn=f"{ROLE},{ROLE}2").outcome == "LOAD_COMPLETED"


def test_nothing_is_loaded_through_a_replica(cluster, client_of, s3):
    s3.put("a.csv", s3.nodes)
    reader = client_of(cluster, cluster.reader_port)

    assert reader.refusal(reader.start, "s3://bucket/a.csv") == (
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
def on_s3(arcadedb_server, client_of, tmp_path, moto, monkeypatch):
    """An emulator that reads S3 from moto, its client, and a client of S3."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", moto)
    with Emulator.start(tmp_path, bolt_url=arcadedb_server.url("neptune")) as emulator:
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        emulator.clear()
        s3 = boto3.client("s3")
        if "bucket" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket="bucket")
        yield client_of(emulator, emulator.port), s3


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

    assert (
        neptune.refusal(neptune.start, "s3://nowhere/a")[1] == "S3 bucket not found for source: s3://nowhere"
    )


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

    assert told.outcome == "LOAD_FAILED"
    assert told["feedCount"] == [{"LOAD_S3_ACCESS_DENIED_ERROR": 1}]
    assert told.logged == [("S3_ACCESS_DENIED_ERROR", 0, "nodes.csv")]


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

    code, message = neptune.refusal(neptune.start, "s3://bucket/load/")

    assert code == "InternalFailureException"
    assert message.startswith("Unable to connect to S3 endpoint. Provided source = s3://bucket/load/")
