"""What rows of load files make of what is stored: duplicates, violations and counts, without any I/O."""

from copy import deepcopy

import pytest

from threesixty.neptune.emulator.loading.file import Fault, Row, Said
from threesixty.neptune.emulator.loading.merge import Merge, Policy, Stored

GO_ON = Policy(stops=False)
REPLACE = Policy(stops=False, replaces=True)
KEEP = Policy(stops=False, keeps=True)


def node(id_, *labels, **values):
    """A row of a vertex file; values of single cardinality, or in a list for those of set cardinality."""
    return Row(1, id_, labels, tuple(said(values)))


def edge(id_, start, finish, **values):
    return Row(1, id_, ("KNOWS",), tuple(said(values)), start, finish)


def said(values):
    for key, value in values.items():
        if isinstance(value, list):
            yield from (Said(key, one, single=False) for one in value)
        else:
            yield Said(key, value, single=True)


def merged(*rows, stored=(), policy=GO_ON, further=None):
    return Merge(deepcopy(dict(stored)), {} if further is None else further, policy).rows(rows)


def counts(result):
    """Records, duplicates and insert errors."""
    return result.counts.totalRecords, result.counts.totalDuplicates, result.counts.insertErrors


ADA = ((False, "ada"), Stored({"P"}, {"name": "Ada", "age": 30}))
BEN = ((False, "ben"), Stored({"P"}, {}))


def test_a_label_and_each_value_are_a_record_each():
    assert counts(merged(node("ada", "P", "Q", name="Ada", tags=["x", "y"]))) == (5, 0, 0)


def test_a_vertex_that_is_new_and_has_no_label_is_a_vertex():
    assert merged(node("ada")).new[False, "ada"].labels == {"vertex"}


def test_a_vertex_that_is_there_needs_no_label():
    result = merged(node("ada", city="Rom"), stored=[ADA])

    assert counts(result) == (1, 0, 0)
    assert not result.labels


def test_another_row_of_a_vertex_adds_to_it():
    result = merged(node("ada", "P", name="Ada"), node("ada", "Q", city="Rom"))

    assert result.new[False, "ada"] == Stored({"P", "Q"}, {"name": "Ada", "city": "Rom"})


def test_a_label_that_is_new_to_a_vertex_is_added():
    assert merged(node("ada", "P", "Q"), stored=[ADA]).labels == {"ada": {"Q"}}


def test_a_value_that_is_there_is_a_duplicate():
    assert counts(merged(node("ada", "P", name="Ada"), stored=[ADA])) == (2, 2, 0)


@pytest.mark.parametrize("value", [30.0, "30", True])
def test_a_value_of_another_type_is_another_value(value):
    assert counts(merged(node("ada", age=value), stored=[ADA])) == (1, 0, 1)


def test_another_value_violates_single_cardinality():
    result = merged(node("ada", "P", name="Eve"), stored=[ADA])

    assert counts(result) == (2, 1, 1)
    assert [(error.code, error.message) for error in result.errors] == [
        ("SINGLE_CARDINALITY_VIOLATION", "The vertex 'ada' has an existing value for property 'name'")
    ]
    assert not result.properties


def test_another_value_replaces_the_first_where_the_request_says_so():
    result = merged(node("ada", name="Eve"), node("ada", name="Eva"), stored=[ADA], policy=REPLACE)

    assert counts(result) == (2, 0, 0)
    assert result.properties == {(False, "ada"): {"name": "Eva"}}


def test_in_an_opencypher_load_what_is_there_stays():
    result = merged(node("ada", "P", "Q", name="Eve", city="Rom"), stored=[ADA], policy=KEEP)

    assert counts(result) == (4, 2, 0)
    assert result.properties == {(False, "ada"): {"city": "Rom"}}
    assert result.labels == {"ada": {"Q"}}


def test_of_a_set_opencypher_sees_the_first_value():
    result = merged(node("ada", "P", tags=["x", "y"]))

    assert result.new[False, "ada"].properties == {"tags": "x"}
    assert counts(result) == (3, 0, 0)


def test_values_of_a_set_are_known_again():
    further = {}
    first = merged(node("ada", tags=["x", "y"]), further=further)
    again = merged(node("ada", tags=["x", "y", "z"]), stored=first.after.items(), further=further)

    assert counts(again) == (3, 2, 0)


def test_an_edge_and_each_of_its_values_are_a_record_each():
    result = merged(edge("e", "ada", "ben", since=1, why="x"), stored=[ADA, BEN])

    assert counts(result) == (3, 0, 0)
    assert result.new[True, "e"] == Stored({"KNOWS"}, {"since": 1, "why": "x"}, "ada", "ben")


def test_the_ends_of_an_edge_may_be_new():
    result = merged(node("ada", "P"), node("ben", "P"), edge("e", "ada", "ben"))

    assert set(result.new) == {(False, "ada"), (False, "ben"), (True, "e")}


def test_an_edge_whose_end_is_missing_is_not_inserted_nor_are_its_values():
    result = merged(edge("e", "ada", "ben", since=1), stored=[ADA])

    assert counts(result) == (2, 0, 2)
    assert [(error.code, error.message) for error in result.errors] == [
        (
            "FROM_OR_TO_VERTEX_ARE_MISSING",
            "Either from vertex, 'ada', or to vertex, 'ben', is not present.",
        )
    ]


def test_an_edge_that_is_there_is_a_duplicate():
    rows = edge("e", "ada", "ben", since=1), edge("e", "ada", "ben", since=1, why="x")

    assert counts(merged(*rows, stored=[ADA, BEN])) == (5, 2, 0)


@pytest.mark.parametrize("policy", [GO_ON, KEEP])
def test_an_id_belongs_to_one_edge(policy):
    rows = edge("e", "ada", "ben"), edge("e", "ben", "ada", since=1)
    result = merged(*rows, stored=[ADA, BEN], policy=policy)

    assert counts(result) == (3, 0, 2)
    assert [error.code for error in result.errors] == ["ID_ASSIGNED_TO_MULTIPLE_EDGES"]


def test_a_value_of_an_edge_is_single():
    rows = edge("e", "ada", "ben", since=1), edge("e", "ada", "ben", since=2)

    assert merged(*rows, stored=[ADA, BEN]).errors[0].message == (
        "The edge 'e' has an existing value for property 'since'"
    )


def test_rows_that_cannot_be_read_are_counted_and_told():
    rows = Fault(7, "3 fields are expected"), Fault(9, "not a number", "value"), node("ada", "P")
    result = merged(*rows)

    assert (result.counts.parsingErrors, result.counts.datatypeMismatchErrors) == (1, 1)
    assert [(error.code, error.number) for error in result.errors] == [
        ("PARSING_ERROR", 7),
        ("PARSING_ERROR", 9),
    ]
    assert set(result.new) == {(False, "ada")}


def test_the_first_error_ends_the_load_where_the_request_says_so():
    result = merged(node("ada", "P"), Fault(2, "broken"), node("ben", "P"), policy=Policy())

    assert result.stopped
    assert set(result.new) == {(False, "ada")}


def test_what_cannot_be_read_on_ends_the_load_whatever_the_request_says():
    assert merged(Fault(2, "broken", "rest")).stopped


def test_what_was_there_is_kept_for_the_change_log():
    result = merged(node("ada", "Q", city="Rom"), node("ada", city="Rom"), stored=[ADA])

    assert result.before == {(False, "ada"): Stored({"P"}, {"name": "Ada", "age": 30})}
    assert result.after[False, "ada"] == Stored({"P", "Q"}, {"name": "Ada", "age": 30, "city": "Rom"})
