"""Small random towns: both backends and a few lines of Python agree who is connected with whom."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threesixty.questions import ask, find
from threesixty.schema import DEFAULT

CUSTOMERS = [f"customer:{letter}" for letter in "abcdefg"]
some = st.sets(st.sampled_from(CUSTOMERS), max_size=4)
towns = st.fixed_dictionaries(
    {
        "phones": st.lists(st.tuples(some, st.booleans(), st.booleans()), max_size=7),
        "households": st.lists(st.sampled_from([0, 1, 2]), min_size=7, max_size=7),
    }
)


@pytest.fixture(scope="module")
def graphs(embedded, server_graph):
    return embedded, server_graph


def draw(picture, chosen):
    for customer in CUSTOMERS:
        picture.customer(customer.partition(":")[2], f"Name {customer[-1]}")
    for number, (holders, generic, hub) in enumerate(chosen["phones"]):
        count = 60 if hub else 0
        picture.identifier("phone", f"+{number}", *sorted(holders), generic=generic, holders=count)
    for home in (1, 2):
        members = {c: "adult" for c, h in zip(CUSTOMERS, chosen["households"], strict=True) if h == home}
        picture.household(str(home), f"H{home}", members)
    return picture


class Town:
    """The same town as plain sets."""

    def __init__(self, chosen):
        phones = [(f"identifier:phone:+{n}", who, hub)
                  for n, (who, generic, hub) in enumerate(chosen["phones"]) if not generic]  # fmt: skip
        self.sharing = {(c, o, via) for via, who, _ in phones for c in who for o in who if c != o}
        homes = zip(CUSTOMERS, chosen["households"], strict=True)
        at_home = {(c, h) for c, h in homes if h}
        self.near = {(c, o) for via, who, hub in phones if not hub for c in who for o in who if c != o}
        self.near |= {(c, o) for c, h in at_home for o, k in at_home if h == k and c != o}

    def distances(self, start):
        found, edge = {start: 0}, {start}
        while edge:
            edge = {o for c, o in self.near if c in edge} - found.keys()
            found.update(dict.fromkeys(edge, max(found.values()) + 1))
        return found


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=towns)
def test_sharing_connections_and_paths(graphs, drawing, chosen):
    town = Town(chosen)
    for graph in graphs:
        graph.clear()
        graph.apply(draw(drawing(), chosen).delta())
        for customer in CUSTOMERS[:2]:
            check(graph, town, customer)


def check(graph, town, customer):
    shared = ask(graph.ask, find("sharing"), {"customer": customer}).dicts()
    assert {(customer, row["id"], row["identifier"]) for row in shared} == {
        pair for pair in town.sharing if pair[0] == customer
    }
    expected = {other: far for other, far in town.distances(customer).items() if 0 < far <= 3}
    connected = ask(graph.ask, find("connections"), {"customer": customer, "depth": 3}).dicts()
    assert {row["id"]: row["distance"] for row in connected} == expected
    assert all((row["through"], row["id"]) in town.near for row in connected)
    for other in CUSTOMERS[4:]:
        check_path(graph, town, customer, other)


def check_path(graph, town, customer, other):
    rows = ask(graph.ask, find("path"), {"customer": customer, "other": other}).dicts()
    distance = town.distances(customer).get(other, 0)
    assert len(rows) == (distance if distance <= 6 else 0)
    if rows:
        assert (rows[0]["id"], rows[-1]["to"]) == (customer, other)
        assert all((row["id"], row["to"]) in town.near for row in rows)
        assert [row["to"] for row in rows[:-1]] == [row["id"] for row in rows[1:]]


def test_the_default_schema_has_what_the_texts_name():
    assert {"Customer", "Record", "Identifier", "Household", "Alias", "Threesixty", "Purchase", "Product",
            "Ticket"} <= DEFAULT.nodes.keys()  # fmt: skip
