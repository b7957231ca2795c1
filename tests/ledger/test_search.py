"""Finding people by what one remembers of them."""

from __future__ import annotations

from pathlib import Path

import pytest

PEOPLE = [
    {"given": "Ada", "family": "Lovelace", "city": "London", "email": "ada@example.org"},
    {"given": "Adam", "family": "Smith", "city": "Kirkcaldy", "phone": "+441592123456"},
    {"given": "José", "family": "Muñoz-García", "city": "Málaga", "postcode": "29001"},
    {"given": "Мария", "family": "Иванова", "city": "Москва"},
    {"given": "London", "family": "Smith", "company": "Ada & Sons"},
]
CASES = [
    line.split("|")
    for line in (Path(__file__).parent / "cases" / "search.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("asked", "found"), CASES)
def test_search(ledger, person, asked, found):
    ledger.append([person(str(i), **values) for i, values in enumerate(PEOPLE, 1)])

    assert sorted(ledger.search(asked.strip())) == [int(number) for number in found.split()]


def test_search_stops_at_its_limit(ledger, person):
    ledger.append([person(str(i), given="Ada", email=f"ada{i}@example.org") for i in range(30)])

    assert len(ledger.search("ada", limit=7)) == 7


def test_what_a_record_no_longer_says_finds_it_no_more(ledger, person):
    ledger.append([person("1", given="Ada", family="Byron")])
    ledger.append([person("1", given="Ada", family="Lovelace")])

    assert ledger.search("byron") == []
    assert ledger.search("lovelace ada") == [1]
