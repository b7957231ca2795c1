"""A past that was changed is noticed; forgetting is no such change."""

from __future__ import annotations

import pytest
from tests.ledger.older import make_older

from threesixty.ledger import Ledger
from threesixty.ledger.tables import log

CHANGES = [
    "UPDATE version SET raw = replace(raw, 'Ada', 'Eve') WHERE seq = 1",
    "UPDATE version SET no = 2 WHERE seq = 1",
    "UPDATE version SET at_received = at_received + 1 WHERE seq = 2",
    "UPDATE name SET key = 'other' WHERE no = 1",
    "UPDATE decision SET verdict = 'different'",
    "UPDATE decision SET \"by\" = 'somebody else'",
    "UPDATE withdrawal SET action = action + 1",
    "UPDATE pin SET value = '\"else\"'",
    "UPDATE epoch SET weights = '{}'",
    "UPDATE audit SET detail = '{}'",
    "UPDATE erasure SET digest = 'x'",
    "DELETE FROM version WHERE seq = 2",
    "DELETE FROM decision",
    "DELETE FROM erasure",
    "UPDATE version SET seq = 900 WHERE seq = 2",
    "DELETE FROM seal WHERE seq = (SELECT max(seq) FROM seal)",
]


@pytest.fixture
def said(ledger, person):
    """A ledger with something in every table that is sealed."""
    ledger.append([person("1", given="Ada"), person("2", given="Bob"), person("3", given="Cy")])
    ledger.withdraw(ledger.decide([("same", 1, 2)], by="ada", why="told me"), by="ada")
    ledger.append([person("1", given="Ada", family="Lovelace")])
    ledger.pin(1, {"email": "ada@example.org"}, by="eva")
    ledger.open_epoch('{"bits": 1}', by="ada", why="learned")
    ledger.forget([3], by="ada")
    return ledger


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_past_is_noticed(said, change):
    assert said.verify() == []

    assert said._driver.execute(change).rowcount

    assert "not what was written" in said.verify()[-1]


def test_every_table_of_entries_is_among_them():
    entries = {table.name for table in log.tables.values() if [c.name for c in table.primary_key] == ["seq"]}
    assert {word for change in CHANGES for word in change.split()} >= entries - {"gone", "seal"}


def test_what_is_cut_off_the_end_is_noticed_by_whoever_kept_the_seal(said):
    seq, digest = said.seal()
    assert said.sealed_as(seq) == digest

    said._driver.executescript(
        "DELETE FROM version WHERE seq > 3; DELETE FROM decision; DELETE FROM withdrawal;"
        "DELETE FROM erasure; DELETE FROM audit; DELETE FROM seal WHERE seq > 3;"
        "UPDATE counter SET value = 3 WHERE what = 'seq'"
    )

    assert not list(said.broken_seals())
    assert said.sealed_as(seq) == ""


def test_forgetting_and_admitting_again_break_no_seal(ledger, person):
    ada, bob = person("1", given="Ada"), person("2", given="Bob")
    ledger.append([ada])
    ledger.append([bob])
    ledger.decide([("same", 1, 2)], by="ada", why="Ada told me")
    ledger.forget([1], by="ada", strip={2: {}})
    assert ledger.verify() == []

    assert ledger.admit([ada.name]) == 1
    ledger.append([ada])
    ledger.forget(ledger.numbers([ada.name]), by="ada")
    assert ledger.verify() == []


def test_a_rehearsal_leaves_no_seal(ledger, person):
    ledger.append([person("1")])
    before = ledger.seal()

    with ledger.rehearsing():
        ledger.append([person("2")])

    assert ledger.seal() == before
    assert ledger.verify() == []


def test_a_ledger_that_was_never_sealed_is_sealed_by_the_next_write(tmp_path, person):
    path = tmp_path / "l.db"
    with Ledger.open(path) as ledger:
        ledger.append([person("1")])
        make_older(ledger, 1)

    with Ledger.open(path) as ledger:
        assert ledger.seal() == (0, "")
        ledger.append([person("2")])
        assert ledger.seal()[0] == 2
        assert ledger.verify() == []


def test_the_seals_of_one_ledger_say_nothing_of_anothers(tmp_path, person):
    digests = set()
    for name in ("a", "b"):
        with Ledger.open(tmp_path / f"{name}.db") as ledger:
            ledger.append([person("1")])
            digests.add(ledger.seal()[1])
    assert len(digests) == 2
