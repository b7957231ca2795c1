"""Appending: versions decide, differences only, nothing twice."""

from __future__ import annotations

import contextlib
import json
import tempfile
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.errors import LedgerError
from threesixty.ledger import Appended, FileMark, Ledger
from threesixty.ledger.log import supersedes
from threesixty.record import Identifier, Name, Record, Reject

CASES = Path(__file__).parent / "cases"


def current(ledger, key="1"):
    """The note of the live version, None when there is none."""
    [number] = ledger.numbers([Name("crm", "person", key)])
    rows = ledger.mapped([number]) if number else []
    return json.loads(rows[0].values)["given"] if rows else None


def test_new_records_are_counted_numbered_and_given_ids(ledger, person):
    assert ledger.append([person("1"), person("2")]) == Appended(2, new=2)

    numbers = ledger.numbers([Name("crm", "person", key) for key in ("1", "2", "3")])
    assert numbers == [1, 2, None]
    first, second = ledger.ids([1, 2])
    assert first != second
    assert {len(first), len(second)} == {16}
    assert ledger.number_of(second) == 2


def test_the_same_batch_again_writes_nothing(ledger, person):
    batch = [person("1", given="Ada"), person("2", given="Bob", version="5")]
    mark = FileMark("crm", "crm.csv", "d1", 2, done=True)
    bad = [Reject("crm", "crm.csv", 7, "no key", "{}")]
    ledger.append(batch, mark=mark, rejects=bad)
    before = ledger.path.with_name("ledger.db-wal").read_bytes()

    again = ledger.append(batch, mark=mark, rejects=bad)

    assert again == Appended(2, unchanged=2, rejected=1)
    assert ledger.path.with_name("ledger.db-wal").read_bytes() == before
    assert len(ledger.rejects()) == 1


def test_a_changed_row_is_a_new_version(ledger, person):
    ledger.append([person("1", given="Ada")])

    assert ledger.append([person("1", given="Eda")]) == Appended(2, changed=1)
    assert current(ledger) == "Eda"
    assert [(seq, json.loads(raw)["given"]) for seq, raw, *_ in ledger.versions(1)] == [
        (1, "Ada"),
        (2, "Eda"),
    ]


def test_what_returns_after_a_change_is_a_new_fact(ledger, person):
    a, b = person("1", given="A"), person("1", given="B")

    assert [ledger.append([record]).seq for record in (a, b, a)] == [1, 2, 3]
    assert current(ledger) == "A"


def test_where_a_source_has_versions_a_row_that_comes_once_more_brings_nothing_back(ledger, person):
    a, b = (person("1", given=name, version="5") for name in "AB")

    assert [ledger.append([record]).seq for record in (a, b, a)] == [1, 2, 2]
    assert current(ledger) == "B"


def test_a_row_that_comes_once_more_does_not_bring_back_who_was_deleted(ledger, person):
    ada = person("1", given="Ada", version="5")
    ledger.append([ada, person("1", version="5", deleted=True)])

    assert ledger.append([ada]).unchanged == 1
    assert current(ledger) is None


def test_an_older_version_is_kept_but_does_not_become_current(ledger, person):
    ledger.append([person("1", given="new", version="10")])
    older = person("1", given="old", version="9")

    assert ledger.append([older]) == Appended(2, unchanged=1)
    assert current(ledger) == "new"
    assert len(ledger.versions(1)) == 2
    assert ledger.append([older]) == Appended(2, unchanged=1)


def test_rows_older_than_what_was_known_before_the_delivery_are_late(ledger, person):
    ledger.append([person("1", version="10")])
    since = ledger.seq()
    rows = [person("1", given=f"v{n}", version=str(n)) for n in (9, 12, 11)] + [person("2", version="1")]

    assert ledger.append(rows, rows=(1, 2, 3, 4), since=since).late == {1: Name("crm", "person", "1")}
    assert not ledger.append(rows, rows=(1, 2, 3, 4)).late


def test_several_versions_of_one_name_in_a_batch_are_taken_in_order(ledger, person):
    batch = [person("1", given=name) for name in ("a", "b", "b", "c")]

    assert ledger.append(batch) == Appended(3, new=1, changed=2, unchanged=1)
    assert current(ledger) == "c"


@pytest.mark.parametrize(
    "line", [x for x in (CASES / "versions.txt").read_text().splitlines() if x and not x.startswith("#")]
)
def test_which_version_stands(line):
    arriving, current_version, verdict = (part.strip().strip("'") for part in line.split("|"))
    assert supersedes(arriving, current_version) is (verdict == "yes")


@given(st.permutations(range(5)), st.sets(st.integers(1, 4)), st.sampled_from(["", "v"]))
@settings(max_examples=30, deadline=None)
def test_any_order_and_batching_of_versions_gives_the_same_current_row(order, cuts, prefix):
    versions = [
        Record(
            Name("crm", "person", "1"), "party", f"row {i}", {"given": f"g{i}"},
            (Identifier("email", f"e{i}@example.org"),), version=f"{prefix}{i}", deleted=i == 3,
        )
        for i in range(5)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "l.db") as ledger:
        ends = [0, *sorted(cuts), 5]
        for start, end in pairwise(ends):
            ledger.append([versions[i] for i in order[start:end]])

        assert current(ledger) == "g4"
        assert [row.value for row in ledger.carried([1])] == ["e4@example.org"]
        assert ledger.search("g4") == [1]
        assert len(ledger.versions(1)) == 5


def test_a_deleted_record_is_gone_until_it_is_said_again(ledger, person):
    ada = person("1", given="Ada", email="ada@example.org")
    ledger.append([ada])

    assert ledger.append([person("1", deleted=True)]).deleted == 1
    assert current(ledger) is None
    assert ledger.identifier_records("email", "ada@example.org") == []
    assert ledger.append([person("1", deleted=True)]) == Appended(2, unchanged=1)
    assert ledger.append([ada]).changed == 1
    assert current(ledger) == "Ada"
    assert ledger.ids([1]) == ledger.ids(ledger.numbers([ada.name]))


def test_a_newer_deletion_outlasts_an_older_row(ledger, person):
    ledger.append([person("1", version="2", deleted=True)])
    ledger.append([person("1", given="Ada", version="1")])

    assert current(ledger) is None


def test_targets_of_links_have_numbers_before_they_are_loaded(ledger, person, purchase):
    ledger.append([purchase("L1", buyer="17", product="SKU1", node="P1")])
    [buyer] = ledger.numbers([Name("crm", "person", "17")])
    public = ledger.ids([buyer])

    ledger.append([person("17", given="Ada")])

    assert ledger.ids([buyer]) == public != [""]
    assert {link.role for link in ledger.links_to([buyer])} == {"buyer"}
    assert ledger.counts().dangling == 1  # the product


def test_rows_that_share_a_node_speak_of_one_thing(ledger, purchase):
    ledger.append([purchase("L1", node="P1"), purchase("L2", node="P1"), purchase("P1")])

    rows = ledger.mapped(sort="thing")
    assert len({row.node for row in rows}) == 1
    assert ledger.names([rows[0].node]) == [Name("shop", "purchase", "P1")]


def test_all_sources_mean_the_same_by_a_shared_key(ledger, purchase):
    product = Record(Name("erp", "product", "SKU1"), "thing", "{}", {"name": "Tea"})
    ledger.append([product, purchase("L1", product="SKU1")])

    [row] = ledger.mapped(ledger.numbers([product.name]))
    [link] = ledger.links_from(ledger.numbers([Name("shop", "purchase", "L1")]))
    assert link.to == row.node
    assert json.loads(link.values) == {"quantity": 2}
    assert ledger.counts().dangling == 0


def test_text_that_no_database_keeps_becomes_a_reject(ledger, person):
    done = ledger.append([person("1"), person("2\0"), person("3\ud800")])

    assert (done.new, done.rejected) == (1, 2)
    assert {held.reject.line for held in ledger.rejects()} == {0}
    assert ledger.counts().records == 1


def test_a_failing_batch_leaves_nothing_behind(ledger, person):
    with contextlib.suppress(ZeroDivisionError), ledger.writing():
        ledger.append([person("1")])
        raise ZeroDivisionError

    assert ledger.seq() == 0
    assert ledger.append([person("2")]) == Appended(1, new=1)
    assert ledger.numbers([Name("crm", "person", "2")]) == [1]


def test_a_reading_ledger_refuses_to_write(ledger, person):
    with Ledger.open(ledger.path, write=False) as reader, pytest.raises(LedgerError, match="for reading"):
        reader.append([person("1")])


def test_file_marks_are_kept(ledger):
    assert ledger.file_mark("crm", "a.csv") is None
    for rows in count(10, 10):
        mark = FileMark("crm", "a.csv", "d", rows, done=rows == 20)
        ledger.append([], mark=mark)
        assert ledger.file_mark("crm", "a.csv") == mark
        if mark.done:
            break
