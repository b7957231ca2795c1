"""What is remembered is asked of the file once, and is what the file says all the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from threesixty.errors import DecisionRefused, LedgerError
from threesixty.ledger import Ledger


def test_a_value_is_there_after_reopening(tmp_path):
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.set_state("band", "large")
        ledger.set_state("resolved_seq", 7)

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert (ledger.state("band"), ledger.reached("resolved_seq")) == ("large", 7)


def test_what_was_never_set_is_the_default_of_whoever_asks(ledger):
    assert (ledger.state("band"), ledger.state("band", "small"), ledger.reached("band")) == (None, "small", 0)


def test_a_value_set_to_what_it_is_writes_nothing(ledger):
    with closing(sqlite3.connect(ledger.path)) as other:
        ledger.set_state("members", 3)
        [before] = other.execute("PRAGMA data_version").fetchone()
        ledger.set_state("members", 3)

        assert other.execute("PRAGMA data_version").fetchone() == (before,)
        ledger.set_state("members", 4)
        assert other.execute("PRAGMA data_version").fetchone() != (before,)


def test_what_is_taken_back_was_never_true(ledger):
    ledger.set_state("members", 1)
    with ledger.rehearsing():
        ledger.set_state("members", 2)
        assert ledger.state("members") == 2

    assert ledger.state("members") == 1


def test_what_an_error_took_back_was_never_true(ledger):
    def fail():
        with ledger.writing():
            ledger.set_state("members", 2)
            ledger.decide([], by="ada")

    with pytest.raises(DecisionRefused):
        fail()

    assert ledger.state("members") is None


def test_numbers_taken_back_are_given_again(ledger, person):
    ledger.append([person("1")])
    with ledger.rehearsing():
        ledger.append([person("2"), person("3")])
        assert ledger.seq() == 3

    assert ledger.seq() == 1
    ledger.append([person("4")])
    assert (ledger.seq(), ledger.numbers([person("4").name])) == (2, [2])


def test_dropping_what_is_derived_drops_what_is_remembered_of_it(ledger, person):
    ledger.append([person("1")])
    ledger.set_state("band", "large")
    ledger.drop_derived()

    assert (ledger.state("band"), ledger.seq()) == (None, 1)


def test_who_only_reads_asks_each_time(ledger, person):
    with Ledger.open(ledger.path, write=False) as reader:
        assert (reader.state("band"), reader.seq()) == (None, 0)
        ledger.append([person("1")])
        ledger.set_state("band", "large")

        assert (reader.state("band"), reader.seq()) == ("large", 1)


def test_who_only_reads_cannot_set(ledger):
    ledger.set_state("band", "large")
    with Ledger.open(ledger.path, write=False) as reader, pytest.raises(LedgerError, match="for reading"):
        reader.set_state("band", "small")
