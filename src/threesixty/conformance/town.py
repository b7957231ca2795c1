"""A piece of graph small enough to compare by eye: two customers, a telephone and a purchase."""

from __future__ import annotations

from threesixty.graph.delta import Delta, Row
from threesixty.record import Scalar
from threesixty.schema import DEFAULT, EdgeKind

USES = EdgeKind("Customer", "USES", "Identifier")
MADE = EdgeKind("Customer", "MADE", "Purchase")


def node(label: str, id_: str, **values: Scalar) -> Row:
    """The row of a node of the default schema; what is not named is null."""
    return (id_, *(values.get(column.name) for column in DEFAULT.nodes[label]))


def edge(kind: EdgeKind, start: str, finish: str, **values: Scalar) -> Row:
    """The row of an edge of the default schema; what is not named is null."""
    return (start, finish, *(values.get(column.name) for column in DEFAULT.edges[kind]))


class Town:
    """Ada uses a telephone and made a purchase; Ben uses the same telephone. `.delta` puts them."""

    USES, MADE = USES, MADE
    node, edge = staticmethod(node), staticmethod(edge)
    ada = node("Customer", "customer:ada", name="Ada", records=2, value=125_000, birth_date="1965-05-14")
    ben = node("Customer", "customer:ben", name="Ben", records=1)
    phone = node("Identifier", "identifier:phone:1", name="+1…55", type="phone", holders=2, generic=False)
    purchase = node("Purchase", "purchase:shop:1", name="12", at=1_700_000_000_000, amount=99_900)
    state = node("Threesixty", "threesixty", name="Threesixty", seq=7, as_of=1_700_000_000_000)

    def __init__(self) -> None:
        self.nodes: dict[str, list[Row]] = {
            "Customer": [self.ada, self.ben],
            "Identifier": [self.phone],
            "Purchase": [self.purchase],
            "Threesixty": [self.state],
        }
        self.edges: dict[EdgeKind, list[Row]] = {
            USES: [
                edge(USES, "customer:ada", "identifier:phone:1", first=5, last=9),
                edge(USES, "customer:ben", "identifier:phone:1"),
            ],
            MADE: [edge(MADE, "customer:ada", "purchase:shop:1", role="buyer")],
        }
        self.delta = Delta(self.nodes, self.edges)
