"""Finding people by what one remembers of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ledger.older import make_older

from threesixty.ledger import Ledger

PEOPLE = [
    {"given": "Ada", "family": "Lovelace", "city": "London", "email": "ada@example.org"},
    {"given": "Adam", "family": "Smith", "city": "Kirkcaldy", "phone": "+441592123456"},
    {"given": "José", "family": "Muñoz-García", "city": "Málaga", "postcode": "29001"},
    {"given": "Мария", "family": "Иванова", "city": "Москва"},
    {"given": "London", "family": "Smith", "company": "Ada & Sons"},
    {"given": "太郎", "family": "山田", "city": "東京"},
    {"given": "秀英", "family": "张"},
    {"given": "민준", "family": "김"},
    {"given": "Γιώργος", "family": "Παπαδόπουλος"},
    {"given": "فيصل", "family": "صديقي"},
    {"given": "Jürgen", "family": "Müller", "city": "Århus"},
    {"given": "Søren", "family": "O’Neill"},  # noqa: RUF001
    {"given": "Ann", "family": "O'Neill-D'Angelo"},
    {"given": "Joerg", "family": "Boehm"},
    {"given": "Юлия", "family": "Петрова"},
    {"given": "مُحَمَّد", "family": "حُسَيْن"},
    {"given": "محمد"},
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


def test_a_ledger_from_before_readings_were_known_finds_by_them(tmp_path, person):
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.append([person("1", given="太郎", family="山田"), person("2", given="Ada")])
        make_older(ledger, 10)
        assert ledger.search("yamada") == []

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert ledger.search("yamada") == ledger.search("山田太郎") == [1]
        assert ledger.search("ada") == [2]
        ledger.append([person("1", given="Eve")])
        assert ledger.search("yamada") == ledger.search("shantian") == []


def test_a_ledger_from_before_names_were_written_out_finds_by_it(tmp_path, person):
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.append(
            [person("1", family="Müller"), person("2", family="O'Neill"), person("3", family="Berg")]
        )
        make_older(ledger, 14)
        assert ledger.search("mueller") == ledger.search("oneill") == []

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert (ledger.search("mueller"), ledger.search("oneill"), ledger.search("berg")) == ([1], [2], [3])


def test_a_ledger_from_before_passports_were_known_finds_by_them(tmp_path, person):
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.append([person("1", given="Юлия"), person("2", given="Ada")])
        make_older(ledger, 15)
        assert ledger.search("iuliia") == []

    with Ledger.open(tmp_path / "l.db") as ledger:
        assert (ledger.search("iuliia"), ledger.search("ada")) == ([1], [2])
