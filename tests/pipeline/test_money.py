"""Amounts of money among what is known of somebody: for people and in exports in their currency."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.pipeline.changing import Company

TEXT = """
[schema.kinds.person.properties]
income = { type = "money", graph = "no" }
[schema.kinds.organisation.properties]
income = { type = "money", graph = "no" }
[sources.c]
path = "c.csv"
kind = { column = "sort", values = { p = "person", f = "organisation" } }
key = "id"
columns = { family = "name", name = "name", email = "mail", income = "income" }
"""
ROWS = """id,sort,name,mail,income
1,p,Silva,ada@x.pt,70000
2,p,Berg,bo@x.se,-12.3456
3,f,Huber GmbH,info@huber.de,12
4,p,Dahl,cy@x.se,
"""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path / "c", TEXT, ROWS)
    yield made
    made.c360.close()


def test_a_pin_tells_amounts_in_their_currency(company: Company):
    told = company.c360.pin("c/1", "income", "80.000,00")

    assert "income is 80,000.00, it was 70,000.00" in told.sentence


def test_a_table_of_customers_has_plain_decimals(company: Company, tmp_path: Path):
    company.c360.export("customers", tmp_path / "c.csv")
    company.c360.export("customers", tmp_path / "c.parquet")

    with (tmp_path / "c.csv").open(encoding="utf-8") as file:
        found = {row["name"]: row["income"] for row in csv.DictReader(file)}
    assert found == {"Silva": "70000.00", "Berg": "-12.3456", "Huber GmbH": "12.00", "Dahl": ""}
    typed = pq.read_table(tmp_path / "c.parquet").column("income").to_pylist()
    assert set(typed) == {Decimal(70_000), Decimal("-12.3456"), Decimal(12), None}


def test_a_column_that_both_kinds_of_party_share_is_read_alike(company: Company):
    [income] = [one for one in company.c360.customer("c/3").golden if one.property == "income"]
    [why] = company.c360.why_value("c/3", "income").chosen

    assert (income.value, income.type) == (120_000, "money")
    assert (why.value, why.type) == (120_000, "money")
