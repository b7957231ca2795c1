"""Before anything is written: where it is, what is there, what that costs, and when it is refused."""

import pytest

from threesixty.conformance.town import Town
from threesixty.errors import GraphError, GraphUnavailable
from threesixty.graph.neptune import Neptune
from threesixty.graph.neptune_address import Address
from threesixty.neptune.certify.before import Plan, look, refuse, whose
from threesixty.neptune.certify.before import _cost as cost
from threesixty.neptune.certify.report import EMULATOR, NEPTUNE, UNKNOWN
from threesixty.neptune.doctor import Visit
from threesixty.schema import DEFAULT


@pytest.fixture
def town(cluster):
    """A small Customer 360 on the cluster."""
    graph = Neptune.open(cluster.address, DEFAULT)
    graph.apply(Town().delta)
    graph.close()


def test_an_empty_emulator(cluster):
    assert look(cluster.address) == Plan(EMULATOR, "1.4.7.0.R1", {}, (), in_bulk=False, cost="")


def test_looking_writes_nothing(cluster, town):
    seen = []
    cluster.engine.on_commit(lambda *_: seen.append(1))
    look(cluster.address)

    assert not seen


def test_a_customer_360_is_counted(cluster, town):
    plan = look(cluster.address)

    assert plan.ours == {"Threesixty": 1, "Customer": 2, "Identifier": 1, "Purchase": 1}
    assert plan.others == ()


def test_nodes_of_others_are_named(cluster, town):
    cluster.engine.run("CREATE (:Airport {`~id`: 'a'}) CREATE (:Country {`~id`: 'b'})")

    assert look(cluster.address).others == ("Airport", "Country")


def test_a_cluster_that_cannot_be_reached_is_refused_in_the_doctor_s_words(cluster):
    with pytest.raises(GraphUnavailable, match="it fails at signature: the signature is for another region"):
        look(cluster.address.replace("us-east-1", "eu-central-1"))


# --- whose it is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("neptune://x.cluster-y.eu-central-1.neptune.amazonaws.com?region=eu-central-1", NEPTUNE),
        ("neptune://x.cluster-y.neptune.cn-north-1.amazonaws.com.cn?region=cn-north-1", UNKNOWN),
        ("neptune://x.cluster-y.eu-central-1.neptune.amazonaws.com?region=eu-central-1&tls=no", UNKNOWN),
        ("neptune://neptune.amazonaws.com.example.invalid?region=eu-central-1", UNKNOWN),
        ("neptune://127.0.0.1:9?region=eu-central-1", UNKNOWN),
    ],
)
def test_only_a_name_of_amazon_s_over_tls_is_amazon_s(url, where):
    assert whose(Visit(url, address=Address.parse(url), seconds=1.0)) == where


# --- refusing ---------------------------------------------------------------------------------------------


def plan(ours=None, others=()):
    return Plan(NEPTUNE, "1.4.7.0", ours or {}, others, in_bulk=False, cost="")


def test_an_empty_cluster_is_taken():
    refuse(plan(), delete=False, beside=False)


def test_a_customer_360_is_not_deleted_unless_that_is_said():
    with pytest.raises(GraphError, match=r"holds a Customer 360 \(12,000 Customer\)") as refused:
        refuse(plan({"Customer": 12_000}), delete=False, beside=True)
    refuse(plan({"Customer": 12_000}), delete=True, beside=False)

    assert "--delete" in refused.value.hint


def test_nor_is_a_cluster_shared():
    with pytest.raises(GraphError, match=r"not ours \(Airport\)") as refused:
        refuse(plan(others=("Airport",)), delete=True, beside=False)
    refuse(plan(others=("Airport",)), delete=False, beside=True)

    assert "--beside" in refused.value.hint


def test_what_an_earlier_certification_left_is_nobody_s():
    refuse(plan({"ThreesixtyProbe": 3, "ThreesixtyDoctor": 1}), delete=False, beside=False)


# --- what it costs ----------------------------------------------------------------------------------------


def test_the_emulator_costs_nothing():
    assert cost(EMULATOR, "us-east-1") == ""


def test_a_cluster_costs_by_the_price_file():
    assert cost(NEPTUNE, "us-east-1").startswith("about 0.32 USD: 1 hour of 2 NCUs at 0.1608 (read 2026-")


def test_prices_of_another_region_are_said_to_be_that():
    assert "in us-east-1, whose prices are known" in cost(NEPTUNE, "eu-central-1")
