"""What a value is stays what it is, from the row to the card, in the graph and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import threesixty
from threesixty.customer360 import Customer360

HEAD = """
[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
date_order = ["mdy", "dmy"]
written = 2019
first_year = -1000
columns = { full_name = "name", email = "mail", birth_date = "born", at = "at" }
"""


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Callable[..., Customer360]]:
    """A project with one source, loaded with rows."""
    opened: list[Customer360] = []

    def load(*rows: str, project: str = HEAD) -> Customer360:
        (tmp_path / "threesixty.toml").write_text(project)
        (tmp_path / "crm.csv").write_text("id,name,mail,born,at\n" + "\n".join(rows) + "\n")
        for one in opened:
            one.close()
        opened.append(threesixty.open(tmp_path))
        opened[-1].load()
        return opened[-1]

    yield load
    for one in opened:
        one.close()


def test_a_date_is_as_precise_on_the_card_as_it_was_said(crm):
    said = {"1931": "1931", "May 1931": "1931-05", "4/2/31": "1931-04-02", "20/8/1991": "1991-08-20",
            "44 BC": "-0043", "-0050-01-0": "-0050-01"}  # fmt: skip
    c360 = crm(*(f"{no},Name{no},n{no}@example.org,{born}," for no, born in enumerate(said)))

    for no, kept in enumerate(said.values()):
        cards = [c360.customer(f"crm/{no}", from_ledger=where) for where in (False, True)]
        assert [(card.origin, card.value("birth_date")) for card in cards] == [
            ("graph", kept), ("ledger", kept),
        ]  # fmt: skip


def test_who_knows_more_of_a_date_agrees_and_wins(crm):
    c360 = crm(
        "1,Ada Silva,ada@example.org,1931,2019-05-01",
        "2,Ada Silva,ada@example.org,4/2/31,2018-05-01",
        "3,Ada Silva,ada@example.org,,2018-05-01",
    )

    golden = next(g for g in c360.customer("crm/1").golden if g.property == "birth_date")
    assert (golden.value, golden.rule) == ("1931-04-02", "whole")
    assert [lost.value for lost in golden.losing] == ["1931"]
    assert c360.why("crm/1", "crm/2").sentence.count("birth dates agree as far as known")


def test_a_source_that_says_later_when_it_was_written_is_mapped_anew(crm):
    rows = "1,Ada Silva,ada@example.org,7/1/19,"
    assert crm(rows).customer("crm/1").value("birth_date") == "2019-07-01"

    c360 = crm(rows, project=HEAD.replace("written = 2019", "written = 2019-06-30"))

    assert c360.customer("crm/1").value("birth_date") == "1919-07-01"
