"""Neptune's ways of failing, told apart and handled by the table; reads from replicas; hot nodes.

The emulator injects what a cluster does when it is busy, failing or far away.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from threesixty import errors
from threesixty.errors import GraphDenied, GraphRefused, GraphTimeout, GraphUnavailable
from threesixty.graph.delta import Delta
from threesixty.graph.neptune import Neptune
from threesixty.graph.neptune_address import Address
from threesixty.graph.neptune_requests import Cluster
from threesixty.schema import DEFAULT

READ = "MATCH (c:Customer) RETURN c.id AS id, c.name AS name ORDER BY id"
WRITE = "UNWIND $rows AS row MERGE (n:Customer {`~id`: row.id}) SET n += row.properties"
CASES = [
    line.split()
    for line in (Path(__file__).parent / "cases" / "neptune_errors.txt").read_text("utf-8").splitlines()[1:]
]
ASKED = "execute_open_cypher_query"


@pytest.fixture
def faults(emulator):
    emulator.clear()
    emulator.requests.clear()
    yield emulator.faults
    emulator.faults.clear()


@pytest.fixture
def cluster(emulator, faults):
    """A cluster that is asked without waiting between attempts."""
    made = Cluster(Address.parse(f"{emulator.address}&writers=8"), sleep=lambda _: None)
    yield made
    made.close()


@pytest.fixture
def neptune(cluster):
    graph = Neptune(cluster, DEFAULT)
    yield graph
    graph.close()


def people(count):
    return [
        {"id": f"customer:{n}", "properties": {"id": f"customer:{n}", "name": f"Nr {n}"}}
        for n in range(count)
    ]


def names(cluster):
    return [row["name"] for row in cluster.read(READ, {}, fresh=True)]


# --- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "error", "requests"), CASES)
def test_each_code_is_tried_again_as_often_as_the_table_says(
    cluster, faults, emulator, code, error, requests
):
    faults.add("refuse", code=code, message="as AWS words it", operation=ASKED, times=None)
    with pytest.raises(getattr(errors, error)) as told:
        cluster.read(READ, {}, seconds=5)

    assert emulator.requests.count(ASKED) == int(requests)
    assert code in told.value.message
    assert "as AWS words it" in told.value.message
    assert told.value.hint


@pytest.mark.parametrize("code", [code for code, _, requests in CASES if int(requests) > 1])
def test_what_passes_is_no_error(cluster, faults, code):
    cluster.write(WRITE, {"rows": people(1)})
    faults.add("refuse", code=code, operation=ASKED, times=1)

    assert names(cluster) == ["Nr 0"]
    assert cluster.meter.retries == {code: 1}


@pytest.mark.parametrize("does", ["cut", "drop", "drop_after"])
def test_an_answer_that_broke_off_is_never_an_empty_one(cluster, faults, does):
    cluster.write(WRITE, {"rows": people(3)})
    faults.add(does, operation=ASKED, times=2)

    assert names(cluster) == ["Nr 0", "Nr 1", "Nr 2"]
    assert sum(cluster.meter.retries.values()) == 2


def test_an_answer_that_always_breaks_off_is_an_error(cluster, faults):
    faults.add("cut", operation=ASKED, times=None)
    with pytest.raises(GraphUnavailable):
        cluster.read(READ, {})


def test_an_answer_that_broke_off_for_want_of_time_is_a_timeout(cluster, faults):
    faults.add("cut", code="TimeLimitExceededException", operation=ASKED, times=None)
    with pytest.raises(GraphTimeout):
        cluster.read(READ, {})


@pytest.mark.parametrize("does", ["drop_after", "cut", "refuse_after"])
def test_a_write_whose_answer_was_lost_is_written_once(cluster, faults, emulator, does):
    faults.add(does, operation=ASKED, times=1)
    cluster.write(WRITE, {"rows": people(5)})

    assert names(cluster) == [f"Nr {n}" for n in range(5)]
    assert emulator.requests.count(ASKED) == 3  # the write, once more by us and not by boto3, and the read


def test_a_batch_that_is_too_much_is_halved(cluster, faults, emulator):
    faults.add("refuse", code="MemoryLimitExceededException", operation=ASKED, times=2)
    cluster.write_rows(WRITE, "rows", people(100))

    assert len(names(cluster)) == 100
    assert cluster.meter.retries == {"MemoryLimitExceededException": 2}
    assert emulator.requests.count(ASKED, 200) == 5  # 25, 25, 31 and the last 19, and the read


def test_a_single_row_that_is_too_much_is_an_error(cluster, faults):
    faults.add("refuse", code="TimeLimitExceededException", operation=ASKED, times=None)
    with pytest.raises(GraphTimeout):
        cluster.write_rows(WRITE, "rows", people(4))


def test_a_failover_is_followed(neptune, faults, emulator, town):
    faults.add("failover", operation=ASKED, times=1)
    neptune.cluster._sleep = time.sleep
    neptune.apply(town.delta)

    assert faults.happened["failover"] == 1
    assert neptune.applied() == 7
    assert [row["name"] for row in neptune.ask(READ, {})] == ["Ada", "Ben"]


# --- who asks, and whom ------------------------------------------------------------------------------


def test_a_wrong_key_is_denied(emulator, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    cluster = Cluster(Address.parse(emulator.address))
    with pytest.raises(GraphDenied) as told:
        cluster.read(READ, {})

    assert "doctor" in told.value.hint


def test_a_reader_in_the_place_of_the_writer_is_said_at_once(emulator):
    swapped = f"neptune://127.0.0.1:{emulator.reader_port}?region=us-east-1&tls=no"
    with pytest.raises(GraphUnavailable, match="is a reader"):
        Neptune.open(swapped, DEFAULT)


def test_a_host_that_is_not_there_is_said_without_long_waiting():
    with pytest.raises(GraphUnavailable) as told:
        Neptune.open("neptune://127.0.0.1:1?region=us-east-1&tls=no", DEFAULT)

    assert "doctor" in told.value.hint


def asked_of(faults, role):
    """A fault that disturbs nobody, and counts how often an instance is asked."""
    return faults.add("slow", role=role, operation=ASKED, seconds=0.0, times=None)


def test_questions_go_to_the_reader(neptune, faults):
    reader, writer = asked_of(faults, "reader"), asked_of(faults, "writer")
    neptune.ask(READ, {})

    assert (reader.met, writer.met) == (1, 0)


def test_after_a_write_questions_go_to_the_writer_until_the_reader_shows_it(neptune, faults, town):
    neptune.apply(town.delta)
    reader, writer = asked_of(faults, "reader"), asked_of(faults, "writer")
    neptune.ask(READ, {})
    first = (reader.met, writer.met)
    neptune.ask(READ, {})

    assert first == (2, 0)  # how far it is, and the question
    assert (reader.met, writer.met) == (3, 0)  # from then on it is trusted


def test_a_write_that_says_not_how_far_it_is_keeps_questions_at_the_writer(neptune, faults, town):
    neptune.apply(Delta({"Customer": [town.ada]}))
    writer = asked_of(faults, "writer")
    neptune.ask(READ, {})

    assert writer.met == 1


# --- what is counted ---------------------------------------------------------------------------------


def test_a_look_up_of_anything_takes_two_requests(neptune, emulator, town):
    neptune.apply(town.delta)
    emulator.requests.clear()
    found = neptune.fetch({label: [str(row[0]) for row in rows] for label, rows in town.nodes.items()})

    assert emulator.requests.count(ASKED) == 2
    assert found.edges == town.edges


def test_the_meter_counts_what_neptune_bills(cluster):
    cluster.write(WRITE, {"rows": people(2)})
    before = cluster.meter.bytes_received
    cluster.read(READ, {})

    assert (cluster.meter.requests - 1, cluster.meter.rows) == (2, 2)  # and one for the engine's version
    assert cluster.meter.bytes_sent > len(WRITE)
    assert cluster.meter.bytes_received - before >= len('{"results":[]}')


# --- limits ------------------------------------------------------------------------------------------


def test_a_question_that_takes_too_long_is_stopped_on_the_cluster(neptune, emulator):
    pairs = "UNWIND range(1, 20000) AS a UNWIND range(1, 20000) AS b WITH a, b"
    with pytest.raises(GraphTimeout):
        neptune.ask(f"{pairs} WHERE (a * b) % 7 = 3 RETURN count(*) AS found", {}, seconds=0.3)

    assert neptune.cluster.call("list_open_cypher_queries")["runningQueryCount"] == 0


def test_what_neptune_does_not_know_is_refused_with_its_words(neptune):
    with pytest.raises(GraphRefused) as told:
        neptune.ask("MATCH p = shortestPath((a)-[*1..3]-(b)) RETURN length(p) AS length", {})

    assert "lint" in told.value.hint


def test_foreign_labels_are_never_touched(neptune, emulator, town):
    emulator.engine.run("CREATE (:Planet {`~id`: 'planet:1', name: 'Mars'})")
    neptune.apply(town.delta)
    neptune.clear()

    assert emulator.engine.run("MATCH (p:Planet) RETURN p.name AS name").rows == [{"name": "Mars"}]


@pytest.mark.parametrize("writers", [8])
def test_eight_writers_on_five_hot_nodes(emulator, faults, town, writers):
    """Each writes the same customers and edges; conflicts come from the engine and from the fault switch."""
    faults.add("refuse", code="ConcurrentModificationException", operation=ASKED, times=None, probability=0.1)
    graphs = [Neptune.open(emulator.address, DEFAULT) for _ in range(writers)]

    def write(number):
        for round_ in range(5):
            rows = [
                town.node("Customer", f"customer:{n}", name=f"By {number}", records=round_) for n in range(5)
            ]
            edges = [town.edge(town.USES, row[0], "identifier:phone:1", first=number) for row in rows]
            graphs[number].apply(Delta({"Customer": rows, "Identifier": [town.phone]}, {town.USES: edges}))

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    conflicts = faults.happened["ConcurrentModificationException"]
    faults.clear()

    found = graphs[0].fetch({"Customer": [f"customer:{n}" for n in range(5)]})
    assert conflicts
    assert len(found.nodes["Customer"]) == len({row[0] for row in found.nodes["Customer"]}) == 5
    assert len(found.edges[town.USES]) == 5
    [counted] = emulator.engine.run("MATCH (c:Customer)-[e:USES]->() RETURN count(e) AS edges").rows
    assert counted == {"edges": 5}
    for graph in graphs:
        graph.close()
