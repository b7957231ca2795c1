"""Amounts in another currency, by the rate of their day, and only when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import threesixty
from threesixty.customer360 import Customer360
from threesixty.errors import QuestionError, RatesError
from threesixty.pipeline.currencies import Conversion, conversion

PROJECT = """
[project]
currency = "EUR"
rates = "rates.csv"

[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
columns = { full_name = "name", email = "mail" }

[sources.shop]
path = "shop.csv"
kind = "purchase"
key = "no"
columns = { name = "no", at = "day", amount = "amount", currency = "currency" }
parties.buyer = { source = "crm", key = "who" }
links.includes = { source = "products", key = "sku", values = { amount = "amount" } }

[sources.products]
path = "products.csv"
kind = "product"
key = "sku"
columns = { name = "sku" }
"""
RATES = """date,from,to,rate
2024-01-01,USD,EUR,0.90
2024-03-01,USD,EUR,0.95
2024-01-01,EUR,GBP,0.80
"""
SHOP = """no,who,day,amount,currency,sku
A,1,2024-02-29,100.00,USD,hat
B,1,2024-03-01,100.00,USD,hat
C,1,2024-03-02,8.00,GBP,coat
D,1,2024-03-03,10.00,EUR,coat
"""
EURO = 10_000


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Customer360]:
    """A shop that sells in three currencies, loaded."""
    (tmp_path / "threesixty.toml").write_text(PROJECT)
    (tmp_path / "rates.csv").write_text(RATES)
    (tmp_path / "crm.csv").write_text("id,name,mail\n1,Ada Silva,ada@example.org\n")
    (tmp_path / "shop.csv").write_text(SHOP)
    (tmp_path / "products.csv").write_text("sku\nhat\ncoat\n")
    with threesixty.open(tmp_path) as c360:
        c360.load()
        yield c360


def test_an_amount_in_a_currency_that_cannot_be_read_is_left_out_of_sums_and_counted(shop, tmp_path):
    (tmp_path / "shop.csv").write_text(SHOP + "E,1,2024-03-04,100.00,dollars,hat\n")
    shop.load()
    plain, euros = shop.customer("crm/1"), shop.customer("crm/1", currency="EUR")

    assert (plain.figures.value, plain.figures.other_currency) == (10 * EURO, 4)
    assert (euros.figures.value, euros.figures.other_currency) == ((90 + 95 + 10 + 10) * EURO, 1)
    assert (plain.timeline[0].amount, plain.timeline[0].currency) == (100 * EURO, "XXX")


def test_a_card_is_converted_when_asked_for_and_only_then(shop):
    plain, euros = shop.customer("crm/1"), shop.customer("crm/1", currency="eur")

    assert (plain.figures.value, plain.figures.other_currency) == (10 * EURO, 3)
    assert (euros.figures.value, euros.figures.other_currency) == ((90 + 95 + 10 + 10) * EURO, 0)
    assert euros.figures.currency == "EUR"
    assert [(e.name, e.amount, e.currency) for e in euros.timeline] == [
        ("D", 10 * EURO, "EUR"), ("C", 10 * EURO, "EUR"), ("B", 95 * EURO, "EUR"), ("A", 90 * EURO, "EUR"),
    ]  # fmt: skip
    assert sorted(p.amount for p in euros.products) == [20 * EURO, 185 * EURO]
    assert {e.currency for e in plain.timeline} == {"USD", "GBP", "EUR"}


def test_a_question_is_converted_row_by_row_and_a_sum_is_not(shop):
    rows = shop.ask("purchases", customer="crm/1", currency="GBP").dicts()

    assert {row["name"]: (row["amount"], row["currency"]) for row in rows} == {
        "A": (72 * EURO, "GBP"), "B": (76 * EURO, "GBP"), "C": (8 * EURO, "GBP"), "D": (8 * EURO, "GBP"),
    }  # fmt: skip
    with pytest.raises(QuestionError, match="a sum has no rate"):
        shop.ask("recency_frequency_value", currency="GBP")
    with pytest.raises(QuestionError, match="gives no amounts"):
        shop.ask("hubs", currency="GBP")


def test_a_missing_rate_is_named_with_its_day(shop, tmp_path):
    (tmp_path / "rates.csv").write_text(RATES.replace("2024-01-01,USD", "2024-03-01,USD"))

    with pytest.raises(RatesError, match="no rate from USD to EUR on 2024-02-29 or before"):
        shop.customer("crm/1", currency="EUR")
    with pytest.raises(RatesError, match="there are no rates for 'CHF'"):
        shop.customer("crm/1", currency="CHF")


@pytest.mark.parametrize(
    ("text", "said"),
    [("day,from,to,rate\n", "has no rates"), ("date,from,to,rate\n2024-01-01,USD,EUR,0\n", "line 2"),
     ("date,from,to,rate\n2024-13-01,USD,EUR,1\n", "line 2"), ("", "has no rates"),
     ("date,from,to,rate\n2024-01-01,USD\n", "line 2")],
)  # fmt: skip
def test_a_wrong_file_of_rates_is_said_with_its_line(shop, tmp_path, text, said):
    (tmp_path / "rates.csv").write_text(text)

    with pytest.raises(RatesError, match=said):
        conversion(shop.project, "EUR")


def test_a_rate_works_backwards_and_by_way_of_the_home_currency():
    first = ["2024-01-01"]
    rates = {("EUR", "GBP"): (first, [Decimal("0.8")]), ("EUR", "USD"): (first, [Decimal("1.25")])}
    in_ = Conversion("GBP", "EUR", rates, "rates.csv")

    assert in_.worth(125 * EURO, "USD", 1_710_000_000_000) == 80 * EURO
    assert in_.worth(EURO // 3, "EUR", 1_710_000_000_000) == 2_700
    assert in_.worth(0, "JPY", 1_710_000_000_000) == 0
    assert in_.worth(5, "GBP", None) == 5
    assert in_.worth(5, "EUR", None) is None


def test_the_day_of_an_amount_is_the_one_that_is_shown(shop, tmp_path):
    zoned = PROJECT.replace("[project]", '[project]\ntime_zone = "Europe/Berlin"')
    (tmp_path / "threesixty.toml").write_text(zoned)
    days = {"E": "2024-03-01", "F": "2024-01-01", "G": "2024-02-29 22:30:00Z"}
    bought = [f"{no},1,{day},100.00,USD,hat\n" for no, day in days.items()]
    (tmp_path / "shop.csv").write_text("no,who,day,amount,currency,sku\n" + "".join(bought))
    with threesixty.open(tmp_path, home=tmp_path / "zoned") as c360:
        c360.load()
        card = c360.customer("crm/1", currency="EUR")
        rows = c360.ask("purchases", customer="crm/1", currency="EUR").dicts()

    worths = {"E": 95 * EURO, "F": 90 * EURO, "G": 90 * EURO}
    assert {entry.name: entry.amount for entry in card.timeline} == worths
    assert {row["name"]: row["amount"] for row in rows} == worths


def test_an_amount_of_a_day_that_no_calendar_holds_is_left_as_it_is():
    in_ = Conversion("GBP", "EUR", {("EUR", "GBP"): (["2024-01-01"], [Decimal(2)])}, "rates.csv")

    assert in_.worth(EURO, "EUR", 10**17) is None
    with pytest.raises(RatesError, match="on 0950-01-01 or before"):
        in_.worth(EURO, "EUR", -32_188_060_800_000)
