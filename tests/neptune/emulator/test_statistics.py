"""Statistics and summary at both of their paths: what they count, and when they grow old."""

import pytest

MADE = (
    "CREATE (a:Customer {`~id`: 'c1', name: 'Ada', born: 1815}), "
    "(b:Customer:Vip {`~id`: 'c2', name: 'Ben'}), (i:Identifier {`~id`: 'i1', type: 'phone'}), "
    "(a)-[:USES {`~id`: 'e1', first: 5}]->(i), (b)-[:USES {`~id`: 'e2'}]->(i), "
    "(b)-[:KNOWS {`~id`: 'e3'}]->(a)"
)


@pytest.fixture(params=["/propertygraph/statistics", "/pg/statistics"])
def path(request):
    return request.param


@pytest.fixture
def statistics(call, path):
    """Statistics that are computed on their own again after the test."""

    def statistics(method="GET", fields=None):
        return call(method, path, fields)

    yield statistics
    call("POST", path, {"mode": "enableAutoCompute"})


@pytest.fixture
def summary(call, path):
    def summary(mode=""):
        return call("GET", f"{path}/summary" + (f"?mode={mode}" if mode else ""))

    return summary


def counted(told):
    return told.body["payload"]["graphSummary"]


def test_a_summary_counts_what_there_is(engine, summary):
    engine.run(MADE)
    told = summary()

    assert counted(told) == counted(summary("basic")) == {
        "numNodes": 3,
        "numEdges": 3,
        "numNodeLabels": 3,
        "numEdgeLabels": 2,
        "nodeLabels": ["Customer", "Identifier", "Vip"],
        "edgeLabels": ["KNOWS", "USES"],
        "numNodeProperties": 3,
        "numEdgeProperties": 1,
        "nodeProperties": [{"name": 2}, {"born": 1}, {"type": 1}],
        "edgeProperties": [{"first": 1}],
        "totalNodePropertyValues": 4,
        "totalEdgePropertyValues": 1,
    }  # fmt: skip
    assert told.body["payload"]["version"] == "v1"
    assert told.body["payload"]["lastStatisticsComputationTime"].endswith("Z")


def test_a_detailed_summary_adds_what_nodes_and_edges_are_made_of(engine, summary):
    engine.run(MADE)
    told = counted(summary("detailed"))

    assert told["numNodes"] == 3
    assert told["nodeStructures"] == [
        {"count": 1, "nodeProperties": ["born", "name"], "distinctOutgoingEdgeLabels": ["USES"]},
        {"count": 1, "nodeProperties": ["name"], "distinctOutgoingEdgeLabels": ["KNOWS", "USES"]},
        {"count": 1, "nodeProperties": ["type"], "distinctOutgoingEdgeLabels": []},
    ]
    assert told["edgeStructures"] == [
        {"count": 2, "edgeProperties": []},
        {"count": 1, "edgeProperties": ["first"]},
    ]


def test_an_empty_graph_has_a_summary(summary):
    assert counted(summary())["numNodes"] == 0
    assert counted(summary("detailed"))["nodeStructures"] == []


def test_a_mode_that_is_none_is_refused(summary, statistics):
    assert summary("thorough").body["code"] == "InvalidParameterException"
    assert statistics("POST", {"mode": "now"}).body["code"] == "InvalidParameterException"
    assert statistics("POST", {}).body["code"] == "MissingParameterException"


def test_statistics_say_how_much_they_saw(engine, statistics):
    engine.run(MADE)
    told = statistics().body["payload"]

    assert (told["active"], told["autoCompute"]) == (True, True)
    assert told["signatureInfo"]["instanceCount"] == 3
    # name, born, type, first; USES, KNOWS
    assert told["signatureInfo"]["predicateCount"] == 6


def test_statistics_grow_old_until_somebody_refreshes_them(engine, statistics, summary):
    counted(summary())
    statistics("POST", {"mode": "disableAutoCompute"})
    engine.run(MADE)
    old = counted(summary())["numNodes"]
    refreshed = statistics("POST", {"mode": "refresh"}).body

    assert old == 0
    assert counted(summary())["numNodes"] == 3
    assert statistics().body["payload"]["statisticsId"] == refreshed["payload"]["statisticsId"]
    assert statistics().body["payload"]["autoCompute"] is False


def test_statistics_that_were_deleted_are_not_there_until_they_are_refreshed(statistics, summary):
    deleted = statistics("DELETE").body
    told = summary()
    shown = statistics().body["payload"]
    statistics("POST", {"mode": "refresh"})

    assert deleted["payload"] == {"active": False, "statisticsId": "-1"}
    assert (told.status, told.body["code"]) == (400, "StatisticsNotAvailableException")
    assert (shown["active"], shown["statisticsId"]) == (False, "-1")
    assert summary().status == 200
