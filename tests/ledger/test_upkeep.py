"""Counts, rejects, backups and checks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threesixty.errors import NotFound
from threesixty.ledger import FileMark
from threesixty.record import Reject


def test_counts(ledger, person, purchase):
    ada = replace(person("1", email="ada@example.org"), unreadable=("birth_date", "phone"))
    ledger.append(
        [ada, person("2", source="shop"), purchase("L1", buyer="9")],
        rejects=[Reject("crm", "a.csv", 3, "no key", "{}")],
        mark=FileMark("crm", "a.csv", "d", 3, done=True),
    )
    ledger.replace_membership([(1, 1), (2, 1)])
    ledger.withdraw(ledger.decide([("same", 1, 2)], by="ada"), by="ada")

    counts = ledger.counts()
    assert (counts.records, counts.parties, counts.customers) == (3, 2, 1)
    assert (counts.identifiers, counts.rejects, counts.dangling, counts.decisions) == (1, 1, 1, 0)
    assert counts.kinds == {("crm", "person"): 1, ("shop", "person"): 1, ("shop", "purchase"): 1}
    assert counts.dangles == "person crm/9"
    assert counts.unreadable == 2
    assert ledger.unreadable() == {("crm", "person", "birth_date"): 1, ("crm", "person", "phone"): 1}
    assert counts.source_rejects == {"crm": 1}
    assert set(counts.last_loads) == {"crm"}


def test_rejects_are_kept_until_dropped(ledger):
    rejects = [Reject(source, "a.csv", line, "no key", "{}") for source in ("crm", "shop") for line in (1, 2)]
    ledger.append([], rejects=rejects)
    first, second = ledger.rejects("shop")
    assert (first.reject, second.reject) == tuple(rejects[2:])

    ledger.drop_reject(first.number)
    assert ledger.rejects("shop", limit=5) == [second]
    with pytest.raises(NotFound):
        ledger.drop_reject(first.number)


def test_verify_finds_what_does_not_fit(ledger, person):
    ledger.append([person("1", email="ada@example.org")])
    assert ledger.verify() == []

    ledger._driver.execute("DELETE FROM identifier")
    ledger._driver.execute("DELETE FROM version")
    *_, unsealed = ledger.verify()
    assert unsealed == "entry 1 is not what was written then"
    assert ledger.verify()[:-1] == [
        "a live record has no version",
        "a record carries an identifier that is not there",
    ]
