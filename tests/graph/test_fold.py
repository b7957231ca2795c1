"""Equal graphs have equal folds, whatever the order of their rows; anything else tells them apart."""

from __future__ import annotations

import math
import random

import pytest

from threesixty.conformance.town import Town
from threesixty.graph.fold import Folding, folded
from threesixty.schema import DEFAULT, EdgeKind

RESOLVES = EdgeKind("Record", "RESOLVES_TO", "Customer")


def of_ledger(*batches):
    folding = Folding(DEFAULT)
    for _ in folding.watch(batches):
        pass
    return folding.fold


def bits(number):
    return (RESOLVES, [Town.edge(RESOLVES, "record:a", "customer:ada", bits=number)])


def test_what_went_into_a_graph_and_what_it_holds_are_equal(graph, town):
    folding = Folding(DEFAULT)
    graph.load(folding.watch(town.nodes.items()), folding.watch(town.edges.items()))

    assert folded(DEFAULT, graph.export()) == folding.fold
    assert folding.fold.rows == 7
    assert folding.fold.differing(folded(DEFAULT, graph.export())) == {}


def test_order_and_batches_do_not_matter(town):
    rows = [town.node("Customer", f"customer:{number}", name=str(number)) for number in range(50)]
    shuffled = random.Random(1).sample(rows, 50)

    assert (
        of_ledger(("Customer", rows)).hash
        == of_ledger(("Customer", shuffled[:20]), ("Identifier", []), ("Customer", shuffled[20:])).hash
    )


@pytest.mark.parametrize(
    "other",
    [
        ("Customer", [Town.node("Customer", "customer:ada", name="Ada", records=3)]),
        ("Customer", [Town.node("Customer", "customer:eda", name="Ada", records=2)]),
        ("Customer", [Town.node("Customer", "customer:ada", name=None, records=2)]),
        ("Customer", [Town.node("Customer", "customer:ada", name="", records=2)]),
        ("Customer", [Town.node("Customer", "customer:ada", name="Ada", records=2)] * 2),
        ("Customer", []),
        ("Household", [Town.node("Household", "customer:ada", name="Ada", members=2)]),
    ],
)
def test_one_value_more_or_less_is_another_graph(other):
    ada = ("Customer", [Town.node("Customer", "customer:ada", name="Ada", records=2)])

    assert of_ledger(ada).hash != of_ledger(other).hash
    assert of_ledger(ada).differing(of_ledger(other))


def test_differing_tables_are_named_with_their_rows(town):
    one = of_ledger(*town.nodes.items(), *town.edges.items())
    other = of_ledger(("Customer", [town.ada]), ("Identifier", [town.phone]), *town.edges.items())

    assert one.differing(other) == {"Customer": (2, 1), "Purchase": (1, 0)}
    assert one.differing(of_ledger(*town.nodes.items()))["Customer-USES->Identifier"] == (2, 0)


def test_the_threesixty_node_is_left_out(town):
    later = town.node("Threesixty", "threesixty", seq=99)

    assert of_ledger(("Threesixty", [town.state])) == of_ledger(("Threesixty", [later])) == of_ledger()


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (0.1 + 0.2, 0.3, True), (1.0000001, 1.0, True), (1.000001, 1.0, False), (-0.0, 0.0, True),
        (3, 3.0, True), (math.nan, None, True), (math.inf, None, True), (0.0, None, False),
    ],
)  # fmt: skip
def test_numbers_are_compared_at_six_digits(one, other, equal):
    assert (of_ledger(bits(one)) == of_ledger(bits(other))) is equal


def test_texts_are_compared_as_engines_keep_them():
    texts = [
        ("Customer", [Town.node("Customer", "customer:a", name=name)])
        for name in ("a\0\ud800", "a\ufffd\ufffd")
    ]

    assert of_ledger(texts[0]) == of_ledger(texts[1])


@pytest.mark.parametrize("wrong", ["2", 2.0, True])
def test_a_value_of_another_type_in_a_graph_is_another_value(wrong):
    right, not_right = (("Customer", [Town.node("Customer", "customer:a", records=n)]) for n in (2, wrong))
    one, true = (("Customer", [Town.node("Customer", "customer:a", records=n)]) for n in (1, True))

    assert folded(DEFAULT, [not_right]) != of_ledger(right)
    assert folded(DEFAULT, [true]) != of_ledger(one)
