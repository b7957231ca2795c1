"""Rows by column name, and a small piece of graph to put, take and fetch."""

import pytest

from threesixty.graph.delta import Delta
from threesixty.schema import DEFAULT, EdgeKind

USES = EdgeKind("Customer", "USES", "Identifier")
MADE = EdgeKind("Customer", "MADE", "Purchase")


def node(label, id_, **values):
    return (id_, *(values.get(column.name) for column in DEFAULT.nodes[label]))


def edge(kind, start, finish, **values):
    return (start, finish, *(values.get(column.name) for column in DEFAULT.edges[kind]))


@pytest.fixture
def town():
    """Ada and Ben, the telephone both use, and one purchase; `.delta` puts them."""
    return Town()


class Town:
    """Ada uses a telephone and made a purchase; Ben uses the same telephone."""

    USES, MADE = USES, MADE
    node, edge = staticmethod(node), staticmethod(edge)
    ada = node("Customer", "customer:ada", name="Ada", records=2, value=125_000, birth_date="1965-05-14")
    ben = node("Customer", "customer:ben", name="Ben", records=1)
    phone = node("Identifier", "identifier:phone:1", name="+1…55", type="phone", holders=2, generic=False)
    purchase = node("Purchase", "purchase:shop:1", name="12", at=1_700_000_000_000, amount=99_900)
    state = node("Threesixty", "threesixty", name="Threesixty", seq=7, as_of=1_700_000_000_000)

    def __init__(self):
        self.nodes = {
            "Customer": [self.ada, self.ben],
            "Identifier": [self.phone],
            "Purchase": [self.purchase],
            "Threesixty": [self.state],
        }
        self.edges = {
            USES: [
                edge(USES, "customer:ada", "identifier:phone:1", first=5, last=9),
                edge(USES, "customer:ben", "identifier:phone:1"),
            ],
            MADE: [edge(MADE, "customer:ada", "purchase:shop:1", role="buyer")],
        }
        self.delta = Delta(self.nodes, self.edges)


@pytest.fixture
def ladybug(open_graph):
    """An empty embedded graph."""
    return open_graph("ladybug")
