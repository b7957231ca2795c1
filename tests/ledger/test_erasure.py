"""Forgetting leaves no byte of a person behind, and nobody else is touched."""

from __future__ import annotations

import random

import numpy as np
import pytest

from threesixty.ledger import Ledger
from threesixty.record import Identifier, Link, Name, Record, Reject

CANARY = "zyxcanary"


def readable(ledger, text):
    """In which files of the ledger a text can be read."""
    return [
        path.name
        for path in ledger.path.parent.glob(ledger.path.name + "*")
        if text.casefold().encode() in path.read_bytes().lower()
    ]


@pytest.fixture
def canary(person):
    return person(
        f"{CANARY}-key", given=CANARY, family=f"{CANARY}son", email=f"{CANARY}@example.org",
        phone="+447911123456", note=f"met {CANARY} " * 2_000,
    )  # fmt: skip


@pytest.fixture
def crowd(person):
    rnd = random.Random(7)
    names = [f"{rnd.choice('abcxyz')}{rnd.random():.12f}" for _ in range(3_000)]
    return [
        person(
            name, given=name, family=name[::-1], email=f"{name}@example.org", note="n" * rnd.randrange(400)
        )
        for name in names
    ]


def test_no_byte_of_the_person_stays(ledger, person, canary, crowd):
    ledger.append(crowd[:1_500])
    ledger.append([canary])
    ledger.append([person(f"{CANARY}-key", given=CANARY, email=f"{CANARY}2@example.org")])
    ledger.append(
        crowd[1_500:],
        rejects=[Reject("crm", "a.csv", 3, "no key", f'{{"mail": "{CANARY.upper()}2@Example.org"}}')],
    )
    [number] = ledger.numbers([canary.name])
    action = ledger.decide([("same", number, 1), ("same", 1, 2)], by="ada", why=f"{CANARY} told me")
    ledger.withdraw(action, by="ada", why=f"{CANARY} was wrong")
    pinned = ledger.pin(number, {"email": f"{CANARY}@example.com"}, by="ada", why=f"{CANARY} said")
    ledger.withdraw(pinned, by="ada", why=f"not of {CANARY}")
    ledger.replace_postings([], np.array([5]), np.array([number]), np.array([6]))
    ledger.replace_matches([], [(1, number, 9.0, 1)])
    assert readable(ledger, CANARY)

    erased = ledger.forget([number], by="ada")

    assert (erased.records, erased.identifiers, erased.rejects, erased.clean) == (1, 3, 1, True)
    assert readable(ledger, CANARY) == []
    assert ledger.verify() == []
    assert ledger.live(["crm"]) == 3_000


def test_forgetting_many_among_many_leaves_no_byte(ledger, person, crowd):
    """Pages split and merge around what is deleted; copies must not stay in their free space."""
    rnd = random.Random(3)
    gone = [
        person(
            f"{rnd.random()}{CANARY}",
            given=f"{rnd.choice('abc')}{CANARY}{i}",
            email=f"{i * 7919 % 1000}{CANARY}@x.org",
            note=CANARY * rnd.randrange(60),
        )
        for i in range(400)
    ]
    everyone = gone + crowd
    rnd.shuffle(everyone)
    for start in range(0, len(everyone), 170):
        ledger.append(everyone[start : start + 170])
    numbers = ledger.numbers([record.name for record in gone])

    ledger.forget(numbers[:200], by="ada")
    ledger.forget(numbers[200:], by="ada")

    assert readable(ledger, CANARY) == []
    assert ledger.live(["crm"]) == 3_000


def test_a_forgotten_name_is_counted_and_not_stored_again(ledger, person, canary):
    ledger.append([canary, person("2")])
    public = ledger.ids([1])
    ledger.forget([1], by="ada")
    seq = ledger.seq()

    assert ledger.append([canary, person("2")]).forgotten == 1
    assert ledger.seq() == seq
    assert readable(ledger, CANARY) == []
    assert ledger.number_of(public[0]) == 1
    assert ledger.counts().forgotten == 1


def test_links_to_the_forgotten_are_not_drawn_again(ledger, canary):
    gift = Record(Name("shop", "purchase", "P1"), "thing", "{}", {}, links=(Link("recipient", canary.name),))
    ledger.append([canary, gift])
    ledger.forget([1], by="ada")
    assert ledger.links_from() == []

    ledger.append([Record(gift.name, "thing", '{"changed": 1}', {}, links=gift.links)])
    assert ledger.links_from() == []
    assert readable(ledger, CANARY) == []


def test_what_belongs_to_others_too_is_stripped(ledger, person, canary):
    gift = Record(
        Name("shop", "purchase", "P1"), "thing", f'{{"card": "for {CANARY}"}}', {"amount": 5, "name": CANARY},
        links=(Link("buyer", Name("crm", "person", "2")), Link("recipient", canary.name)),
    )  # fmt: skip
    ledger.append([canary, person("2"), gift])
    [number] = ledger.numbers([gift.name])
    ledger.forget([1], by="ada", strip={number: {"amount": 5}})

    [row] = ledger.mapped([number])
    assert row.values == '{"amount":5}'
    assert [link.role for link in ledger.links_from([number])] == ["buyer"]
    assert ledger.append([gift]).unchanged == 1
    assert readable(ledger, CANARY) == []


def test_a_name_admitted_again_is_somebody_new(ledger, canary):
    ledger.append([canary])
    ledger.forget([1], by="ada")

    assert ledger.admit([canary.name]) == 1
    assert ledger.append([canary]).new == 1
    assert ledger.numbers([canary.name]) == [2]


def test_forgetting_is_pending_and_happens_once(ledger, person, canary):
    ledger.append([canary, person("2")])
    ledger.replace_membership([(1, 1), (2, 1)])
    seq = ledger.seq()

    assert ledger.forget([1], by="ada").records == 1
    assert ledger.forget([1], by="ada").records == 0
    assert ledger.pending(seq).parties == [1]
    assert ledger.membership() == {1: 1, 2: 1}


def test_identifiers_that_others_carry_stay(ledger, person):
    ledger.append([person(key, email="shared@example.org") for key in "12"])
    ledger.forget([1], by="ada")

    assert ledger.identifier_records("email", "shared@example.org") == [2]


def test_a_phone_in_a_reject_is_found_however_it_is_written(ledger, canary):
    rejects = [
        Reject("crm", "a.csv", line, "no key", row)
        for line, row in enumerate(['{"tel": "(07911) 123-456"}', '{"tel": "07911 999 999"}'], 1)
    ]
    ledger.append([canary], rejects=rejects)

    assert ledger.forget([1], by="ada").rejects == 1
    assert [held.reject.line for held in ledger.rejects()] == [2]


def test_a_reader_inside_is_told_of(ledger, canary):
    ledger.append([canary])
    with Ledger.open(ledger.path, write=False) as reader, reader.reading():
        reader.parties()
        ledger._driver.execute("PRAGMA busy_timeout = 50")

        assert ledger.forget([1], by="ada").clean is False
    assert ledger.settle() is True
    assert readable(ledger, CANARY) == []


def test_an_identifier_of_an_unknown_type_is_forgotten_too(ledger):
    name = Name("app", "person", "1")
    ledger.append([Record(name, "party", "{}", {}, (Identifier("device", CANARY),))])
    ledger.forget([1], by="ada")

    assert readable(ledger, CANARY) == []
