"""A remap says what is lost by it, before and after: values, records, rows, and columns that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pipeline.changing import Company

ROWS = """id,sort,name,mail,born,seen,income,shop
1,P,Ada Silva,ada@x.pt,03/04/1980,2026-07-03,70000,x
2,P,Bo Berg,bo@x.se,13/04/1981,2026-07-03,1234.5,
3,F,Zed GmbH,z@x.de,,2026-07-03,,
"""
TEXT = """
[schema.kinds.person.properties]
income = { type = "money" }
[sources.c]
path = "c.csv"
kind = "person"
key = "id"
date_order = "dmy"
columns = { full_name = "name", email = "mail", birth_date = "born", at = "seen" }
"""
ORDERS = "no,who,other\nA1,1,2\n"
SOLD = """
[sources.orders]
path = "orders.csv"
kind = "purchase"
key = "no"
parties = { buyer = { source = "c", key = "who" } }
"""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path / "c", TEXT + SOLD, ROWS, orders=ORDERS)
    yield made
    made.c360.close()


@pytest.mark.parametrize("dry_run", [True, False])
def test_values_that_can_no_longer_be_read_are_counted_apart(company: Company, dry_run: bool):
    company.change((TEXT + SOLD).replace('"dmy"', '"mdy"'))

    told = company.c360.remap("c", dry_run=dry_run).changes

    assert {(one.fate, one.count, one.key, one.before, one.after) for one in told} == {
        ("changed", 1, "c/1", "1980-04-03", "1980-03-04"), ("unreadable", 1, "c/2", "1981-04-13", "")
    }  # fmt: skip


def test_a_column_left_out_is_a_loss(company: Company):
    company.change((TEXT + SOLD).replace(', at = "seen"', ""))

    [lost] = company.c360.remap(dry_run=True).changes

    assert (lost.what, lost.fate, lost.count) == ("person.at", "lost", 3)
    assert lost.before == "2026-07-03 00:00 UTC"


def test_another_time_zone_shows_in_the_times_that_were_read(company: Company):
    company.change('[project]\nname = "x"\ntime_zone = "Asia/Tokyo"\n' + TEXT + SOLD)

    [moved] = company.c360.remap("c", dry_run=True).changes

    assert (moved.before, moved.after) == ("2026-07-03 00:00 UTC", "2026-07-02 15:00 UTC")


def test_money_comes_out_in_its_currency(company: Company):
    company.change((TEXT + SOLD).replace('at = "seen"', 'at = "seen", income = "income"'))

    [came] = company.c360.remap(dry_run=True).changes

    assert (came.what, came.count, came.before, came.after) == ("person.income", 2, "", "70,000.00")


def test_links_that_lead_elsewhere_are_named(company: Company):
    company.change((TEXT + SOLD).replace('key = "who"', 'key = "other"'))

    [one] = company.c360.remap(dry_run=True).changes

    assert (one.what, one.before, one.after) == ("purchase.buyer", "c/1", "c/2")


def test_records_that_come_and_go_and_rows_that_cannot_be_any_are_named(company: Company):
    kinds = 'kind = { column = "sort", values = { P = "person", Q = "organisation" } }'
    company.change((TEXT + SOLD).replace('kind = "person"', kinds))

    told = company.c360.remap("c", dry_run=True)

    assert (told.new, told.went) == (0, ("c/3 (person)",))
    [refused] = told.refused
    assert (refused.count, "Zed GmbH" in refused.row) == (1, True)
    assert "'sort' names no kind" in refused.reason

    company.change((TEXT + SOLD).replace('kind = "person"', kinds.replace("Q", "F")))
    told = company.c360.remap("c", dry_run=True)
    assert (told.came, told.went) == (("c/3 (organisation)",), ("c/3 (person)",))


def test_customers_that_merge_while_their_records_get_other_names_are_named(tmp_path: Path):
    rows = "id,other,given,family,mail\n1,a,Ada,Silva,ada@x.pt\n2,b,Ada,Silva,ada@x.pt\n"
    text = '[sources.c]\npath = "c.csv"\nkind = "person"\nkey = "id"\ncolumns = { given = "given" }\n'
    company = Company(tmp_path / "d", text, rows)
    more = text.replace('"id"', '"other"').replace(
        '"given" }', '"given", family = "family", email = "mail" }'
    )
    company.change(more)

    told = company.c360.remap(dry_run=True)

    assert (told.merged, told.new, told.ended) == (1, 2, 2)
    [group] = told.moved
    assert [one.name for one in group.before] == ["Ada", "Ada"]
    assert [one.name for one in group.after] == ["Ada Silva"]
    company.c360.close()


def test_a_column_that_no_row_has_is_told(company: Company):
    company.change((TEXT + SOLD).replace('at = "seen"', 'at = "seen", income = "nocol"'))
    [notice] = company.c360.remap(dry_run=True).notices
    assert "'nocol'" in notice

    company.change((TEXT + SOLD).replace('at = "seen"', 'at = "seen", company = "shop"'))
    assert company.c360.remap(dry_run=True).notices == ()
