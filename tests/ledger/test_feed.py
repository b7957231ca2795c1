"""The feed is numbered, read page by page, and never rewritten; what was told is read back from it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.older import make_older

from threesixty.ledger import Ledger, MovedRow, Telling, feed


def came(customer, *records, was=0):
    return Telling("formed", customer, (), [MovedRow(record, was, customer, 0) for record in records])


def test_entries_are_numbered_in_their_order(ledger):
    ledger.tell([came(3, 3, 4), came(1, 1)], 7, "load")
    ledger.tell([Telling("grew", 1, (), [MovedRow(4, 3, 1, 0)])], 9, "decision", 8)

    first, _, third = ledger.changes(0, 10)
    assert (first.no, first.seq, first.what, first.customer) == (1, 7, "formed", 3)
    assert (third.no, third.cause, third.action, third.moved) == (3, "decision", 8, (MovedRow(4, 3, 1, 0),))
    assert [row.no for row in ledger.changes(1, 1)] == [2]
    assert ledger.last_change() == 3


def test_whose_a_record_is_is_what_was_told_last(ledger):
    ledger.tell([came(1, 1, 2), came(3, 3)], 7, "load")
    ledger.tell([Telling("shrank", 1, (), [MovedRow(2, 1, 0, 1)]), came(1, 3, was=3)], 9, "load")

    assert ledger.told() == {1: 1, 3: 1}
    assert ledger.told([2, 3]) == {3: 1}
    assert ledger.told_by(3, 2) == MovedRow(3, 0, 3, 0)
    assert ledger.told_by(2, 4) == MovedRow(2, 1, 0, 1)
    assert ledger.told_by(9, 4) is None


def test_a_customer_of_very_many_records_is_told_in_pieces(ledger):
    ledger.tell([came(1, *range(1, 2502))], 7, "load")

    told = ledger.changes(0, 10)
    assert [(row.what, len(row.moved)) for row in told] == [("formed", 1000), ("grew", 1000), ("grew", 501)]
    assert len(ledger.told()) == 2501


@given(st.dictionaries(st.integers(1, 40), st.integers(1, 5), max_size=40), st.integers(1, 9))
def test_the_first_entries_are_those_that_would_be_told_one_by_one(members, piece):
    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        patched.setattr(feed, "_PIECE", piece)
        with Ledger.open(Path(folder) / "at once.db") as at_once, Ledger.open(Path(folder) / "l.db") as one:
            at_once.tell_first(members, 7, "load", 2)
            customers = sorted(set(members.values()))
            those = {c: sorted(r for r in members if members[r] == c) for c in customers}
            one.tell([came(customer, *records) for customer, records in those.items()], 7, "load", 2)

            assert [row._replace(at=0) for row in at_once.changes(0, 99)] == [
                row._replace(at=0) for row in one.changes(0, 99)
            ]
            assert at_once.last_change() == one.last_change()


def test_an_older_ledger_tells_who_there_is_when_it_is_opened(tmp_path, person):
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.append([person(str(number)) for number in range(3)])
        ledger.replace_membership([(1, 1), (2, 1), (3, 3)])
        make_older(ledger, 11)

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert [(row.no, row.what, row.customer) for row in ledger.changes(0, 9)] == [
            (1, "formed", 1), (2, "formed", 3),
        ]  # fmt: skip
        assert ledger.told() == {1: 1, 2: 1, 3: 3}
        ledger.tell([came(2, 2, was=1)], 7, "decision")
        assert ledger.last_change() == 3
        assert ledger.verify() == []
