"""Neptune Streams by boto3: what openCypher and the loader write comes out as AWS documents it."""

import gzip
import json
import time
from types import SimpleNamespace
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.neptune.emulator import Emulator
from threesixty.neptune.emulator.changes import Change, Element
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.stream import DAY, Stream

ROLE = "arn:aws:iam::123456789012:role/loader"


@pytest.fixture(scope="module")
def emulator(arcadedb_server, tmp_path_factory):
    folder, url = tmp_path_factory.mktemp("streams"), arcadedb_server.url("neptune")
    with Emulator.start(folder, bolt_url=url, streams=True, iam=False, s3=str(folder / "s3")) as started:
        yield started


@pytest.fixture
def neptune(emulator):
    """A client of an empty graph; `new` gives what the stream has got since."""
    emulator.clear()
    boto = client(emulator)
    before = latest(boto)

    def write(text, **parameters):
        boto.execute_open_cypher_query(openCypherQuery=text, parameters=json.dumps(parameters))

    def new():
        if latest(boto) == before:
            return []
        how = (
            {"iteratorType": "AFTER_SEQUENCE_NUMBER", **before}
            if before
            else {"iteratorType": "TRIM_HORIZON"}
        )
        return boto.get_propertygraph_stream(limit=100_000, **how)["records"]

    return SimpleNamespace(
        write=write, new=new, boto=boto, port=emulator.port, folder=emulator.settings.folder
    )


def client(emulator):
    return boto3.client(
        "neptunedata", endpoint_url=f"http://127.0.0.1:{emulator.port}", region_name="us-east-1",
        aws_access_key_id="x", aws_secret_access_key="x", config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip


def latest(boto):
    """Where the stream ends, as parameters of a request; none when it is empty."""
    try:
        last = boto.get_propertygraph_stream(iteratorType="LATEST")["lastEventId"]
    except ClientError:
        return {}
    return {"commitNum": int(last["commitNum"]), "opNum": int(last["opNum"])}


def said(records):
    """Records as lines: operation, type, id, key, value, and the ends of an edge."""
    return [
        " ".join(
            str(part)
            for part in (
                record["op"], data["type"], data["id"], data["key"], data["value"]["value"],
                data["value"]["dataType"], *filter(None, (data.get("from"), data.get("to"))),
            )
        )
        for record in records
        for data in [record["data"]]
    ]  # fmt: skip


def test_a_node_comes_as_its_labels_and_its_properties(neptune):
    neptune.write("CREATE (:P:Q {`~id`: 'ada', name: 'Ada', age: 30, high: 1.5, here: true})")

    assert sorted(said(neptune.new())) == [
        "ADD vl ada label P String",
        "ADD vl ada label Q String",
        "ADD vp ada age 30 Long",
        "ADD vp ada here True Bool",
        "ADD vp ada high 1.5 Double",
        "ADD vp ada name Ada String",
    ]


def test_an_edge_comes_with_its_ends_after_its_nodes(neptune):
    neptune.write("CREATE (a:P {`~id`: 'ada'})-[:KNOWS {`~id`: 'e', since: 5}]->(b:P {`~id`: 'ben'})")

    assert said(neptune.new()) == [
        "ADD vl ada label P String",
        "ADD vl ben label P String",
        "ADD e e label KNOWS String ada ben",
        "ADD ep e since 5 Long",
    ]


def test_another_value_takes_the_old_one_away_and_adds_the_new_one(neptune):
    neptune.write("CREATE (:P {`~id`: 'ada', name: 'Ada', age: 30})")
    neptune.write("MATCH (n {`~id`: 'ada'}) SET n.name = 'Eve', n.city = 'Rom', n.age = null")

    assert said(neptune.new())[3:] == [
        "REMOVE vp ada name Ada String",
        "ADD vp ada name Eve String",
        "REMOVE vp ada age 30 Long",
        "ADD vp ada city Rom String",
    ]


def test_a_value_that_stays_the_same_makes_no_record(neptune):
    neptune.write("CREATE (:P {`~id`: 'ada', name: 'Ada'})")
    before = len(neptune.new())
    neptune.write("MATCH (n {`~id`: 'ada'}) SET n.name = 'Ada'")

    assert len(neptune.new()) == before


def test_a_number_of_another_type_is_another_value(neptune):
    neptune.write("CREATE (:P {`~id`: 'ada', age: 30})")
    neptune.write("MATCH (n {`~id`: 'ada'}) SET n.age = 30.0")

    assert said(neptune.new())[2:] == ["REMOVE vp ada age 30 Long", "ADD vp ada age 30.0 Double"]


def test_labels_come_and_go(neptune):
    neptune.write("CREATE (:P {`~id`: 'ada'})")
    neptune.write("MATCH (n {`~id`: 'ada'}) SET n:Q")
    neptune.write("MATCH (n {`~id`: 'ada'}) REMOVE n:P")

    assert said(neptune.new())[1:] == ["ADD vl ada label Q String", "REMOVE vl ada label P String"]


def test_what_is_deleted_goes_edge_by_edge_before_its_node_and_values_before_labels(neptune):
    neptune.write(
        "CREATE (a:P {`~id`: 'ada', name: 'Ada'})-[:KNOWS {`~id`: 'e', since: 5}]->(:P {`~id`: 'ben'})"
    )
    made = len(neptune.new())
    neptune.write("MATCH (n {`~id`: 'ada'}) DETACH DELETE n")

    assert said(neptune.new())[made:] == [
        "REMOVE ep e since 5 Long",
        "REMOVE e e label KNOWS String ada ben",
        "REMOVE vp ada name Ada String",
        "REMOVE vl ada label P String",
    ]


def test_a_transaction_has_one_number_and_one_last_operation(neptune):
    neptune.write("UNWIND range(1, 3) AS n CREATE (:P {number: n})")
    neptune.write("CREATE (:P)")
    records = neptune.new()

    first = int(records[0]["eventId"]["commitNum"])
    assert [(int(record["eventId"]["commitNum"]), int(record["eventId"]["opNum"])) for record in records] == [
        *((first, number) for number in range(1, 7)), (first + 1, 1),
    ]  # fmt: skip
    assert [record.get("isLastOp") for record in records] == [None] * 5 + [True, True]
    assert abs(records[0]["commitTimestampInMillis"] / 1000 - time.time()) < 600


def test_what_fails_and_what_only_reads_makes_no_record(neptune):
    with pytest.raises(ClientError):
        neptune.write("CREATE (:P {`~id`: 'a'}) CREATE (:P {`~id`: 'a'})")
    neptune.write("MATCH (n) RETURN n")

    assert neptune.new() == []


def test_the_loader_s_rows_are_in_the_stream(neptune):
    bucket = neptune.folder / "s3" / "bucket"
    bucket.mkdir(parents=True, exist_ok=True)
    (bucket / "nodes.csv").write_text(
        "~id,~label,name:String(single),at:Date\nada,P,Ada,2024-02-29\nben,P,,\n"
    )
    (bucket / "edges.csv").write_text("~id,~from,~to,~label,since:Long\ne,ada,ben,KNOWS,5\n")
    neptune.write("CREATE (:Q {`~id`: 'ada', name: 'Old'})")
    load = neptune.boto.start_loader_job(
        source="s3://bucket/", format="csv", s3BucketRegion="us-east-1", iamRoleArn=ROLE, mode="NEW",
        updateSingleCardinalityProperties=True,
    )["payload"]["loadId"]  # fmt: skip
    while (
        neptune.boto.get_loader_job_status(loadId=load)["payload"]["overallStatus"]["status"]
        != "LOAD_COMPLETED"
    ):
        time.sleep(0.02)

    assert sorted(said(neptune.new())[2:]) == [
        "ADD e e label KNOWS String ada ben",
        "ADD ep e since 5 Long",
        "ADD vl ada label P String",
        "ADD vl ben label P String",
        "ADD vp ada at 2024-02-29T00:00Z String",
        "ADD vp ada name Ada String",
        "REMOVE vp ada name Old String",
    ]


# --- asking ----------------------------------------------------------------------------------------


def refused(function, *given, **how):
    with pytest.raises(ClientError) as caught:
        function(*given, **how)
    return caught.value.response["Error"]["Code"], caught.value.response["detailedMessage"]


def test_a_reader_goes_on_after_the_last_event_it_saw(neptune):
    neptune.write("UNWIND range(1, 25) AS n CREATE (:P {`~id`: 'n' + toString(n)})")
    wanted, end = said(neptune.new()), latest(neptune.boto)
    last, read = {"commitNum": end["commitNum"], "opNum": 0}, []
    while last != end:
        answer = neptune.boto.get_propertygraph_stream(iteratorType="AFTER_SEQUENCE_NUMBER", **last)
        assert len(answer["records"]) == answer["totalRecords"] <= 10
        read += said(answer["records"])
        last = answer["lastEventId"]

    assert read == wanted


def test_what_comes_after_the_last_event_is_told_with_its_number(neptune):
    neptune.write("CREATE (:P)")
    last = latest(neptune.boto)

    code, message = refused(neptune.boto.get_propertygraph_stream, commitNum=1 << 62)

    assert code == "StreamRecordsNotFoundException"
    assert message.endswith(
        f"Last valid eventId is [commitNum = {last['commitNum']}, opNum = {last['opNum']}]"
    )


def test_the_horizon_is_the_first_record_and_the_latest_is_one(neptune):
    neptune.write("CREATE (:P {name: 'Ada'})")

    first = neptune.boto.get_propertygraph_stream(iteratorType="TRIM_HORIZON", limit=1)
    last = neptune.boto.get_propertygraph_stream(iteratorType="LATEST", limit=100)

    assert (first["lastEventId"], first["format"]) == ({"commitNum": 1, "opNum": 1}, "PG_JSON")
    assert (last["totalRecords"], last["records"][0]["isLastOp"]) == (1, True)


WRONG = (
    {"iteratorType": "AT_SEQUENCE_NUMBER"},
    {"iteratorType": "NOW"},
    {"limit": 0, "commitNum": 1},
    {"limit": 100_001, "commitNum": 1},
)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_parameters_out_of_range_are_refused(neptune, wrong):
    with pytest.raises(OSError, match="400") as caught:
        fetched(neptune.port, "propertygraph", **wrong)

    assert json.load(caught.value)["code"] == "InvalidParameterException"


def fetched(port, path, *, packed=False, **how):
    query = "&".join(f"{name}={value}" for name, value in how.items())
    headers = {"Accept-Encoding": "gzip"} if packed else {}
    return urlopen(Request(f"http://127.0.0.1:{port}/{path}/stream?{query}", headers=headers))


def test_the_short_path_and_packed_answers_say_the_same(neptune):
    neptune.write("CREATE (:P {name: 'Ada'})")
    with fetched(neptune.port, "propertygraph", iteratorType="LATEST") as answer:
        plain = json.load(answer)
    with fetched(neptune.port, "pg", packed=True, iteratorType="LATEST") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        packed = json.loads(gzip.decompress(answer.read()))

    assert packed == plain


def test_a_cluster_without_streams_says_that_it_has_none(arcadedb_server, tmp_path):
    with Emulator.start(tmp_path, bolt_url=arcadedb_server.url("neptune"), iam=False) as emulator:
        code, message = refused(client(emulator).get_propertygraph_stream, iteratorType="LATEST")

    assert (code, message) == (
        "UnsupportedOperationException",
        "Neptune Streams is not enabled: neptune_streams is 0",
    )


# --- the log itself --------------------------------------------------------------------------------


def noted(stream, *names, moment=0):
    for name in names:
        stream.note(moment, [Change(name, False, None, Element(name, ("P",), {"name": name}))])


def names(answer):
    return [record["data"]["id"] for record in answer["records"] if record["data"]["type"] == "vl"]


def test_numbers_go_on_where_an_earlier_emulator_stopped(tmp_path):
    noted(Stream(tmp_path / "log", now=lambda: 0), "ada", "ben")
    again = Stream(tmp_path / "log", now=lambda: 0)
    noted(again, "cem")

    answer = again.read("TRIM_HORIZON", (0, 0), 100)

    assert names(answer) == ["ada", "ben", "cem"]
    assert answer["lastEventId"] == {"commitNum": 3, "opNum": 2}


def test_a_transaction_that_was_written_in_part_is_taken_away(tmp_path):
    noted(Stream(tmp_path / "log", now=lambda: 0), "ada", "ben")
    content = (tmp_path / "log").read_bytes()
    (tmp_path / "log").write_bytes(content[:-5])
    again = Stream(tmp_path / "log", now=lambda: 0)
    noted(again, "cem")

    assert names(again.read("TRIM_HORIZON", (0, 0), 100)) == ["ada", "cem"]


def test_records_are_kept_for_as_many_days_as_the_cluster_is_told(tmp_path):
    clock = [0]
    stream = Stream(tmp_path / "log", days=2, now=lambda: clock[0])
    noted(stream, "ada")
    clock[0] = DAY
    noted(stream, "ben", moment=DAY)
    clock[0] = 2 * DAY + 1

    assert names(stream.read("TRIM_HORIZON", (0, 0), 100)) == ["ben"]
    with pytest.raises(Refusal, match="ExpiredStreamException"):
        stream.read("AT_SEQUENCE_NUMBER", (1, 1), 100)
    clock[0] = 4 * DAY
    with pytest.raises(Refusal, match="ExpiredStreamException"):
        stream.read("AT_SEQUENCE_NUMBER", (2, 1), 100)


def test_a_stream_that_is_switched_off_forgets(tmp_path):
    noted(Stream(tmp_path / "log", now=lambda: 0), "ada")
    noted(Stream(tmp_path / "log", on=False), "ben")
    again = Stream(tmp_path / "log")

    with pytest.raises(Refusal, match="StreamRecordsNotFoundException"):
        again.read("TRIM_HORIZON", (0, 0), 100)


def test_an_answer_ends_with_the_record_that_makes_it_larger_than_ten_megabytes(tmp_path):
    stream = Stream(tmp_path / "log", now=lambda: 0)
    for number in range(4):
        stream.note(
            0, [Change(str(number), False, None, Element(str(number), ("P",), {"x": "x" * (4 << 20)}))]
        )

    assert stream.read("TRIM_HORIZON", (0, 0), 100)["lastEventId"] == {"commitNum": 3, "opNum": 2}


PIECES = st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, 1.0, True, "x", "y"]), max_size=3)
ELEMENTS = st.none() | st.builds(
    Element, st.just("n"), st.sets(st.sampled_from("PQR"), min_size=1).map(tuple), PIECES
)


@settings(max_examples=200)
@given(st.lists(ELEMENTS, min_size=1, max_size=6))
def test_whoever_replays_the_stream_has_the_element_as_it_is(tmp_path_factory, states):
    stream = Stream(tmp_path_factory.mktemp("replay") / "log", now=lambda: 0)
    for before, after in zip([None, *states], states, strict=False):
        stream.note(0, [Change("n", False, before, after)])
    labels, properties = set(), {}
    try:
        records = stream.read("TRIM_HORIZON", (0, 0), 100)["records"]
    except Refusal:
        records = []
    for record in records:
        data, adds = record["data"], record["op"] == "ADD"
        value = data["value"]["value"]
        if data["type"] == "vl":
            (labels.add if adds else labels.remove)(value)
        elif adds:
            assert data["key"] not in properties
            properties[data["key"]] = (data["value"]["dataType"], value)
        else:
            assert properties.pop(data["key"]) == (data["value"]["dataType"], value)

    last = states[-1]
    types = {int: "Long", float: "Double", bool: "Bool", str: "String"}
    assert labels == set(last.labels if last else ())
    assert properties == {
        key: (types[type(one)], one) for key, one in (last.properties if last else {}).items()
    }
