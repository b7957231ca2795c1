"""Bills that AWS and others worked out come to the same cent here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from threesixty.neptune.cost import bill, billed_backup
from threesixty.neptune.prices import UNITS, Instance, Price, load

CASES = Path(__file__).parents[1] / "cases"


def blocks(name):
    text = (CASES / name).read_text("utf-8")
    told = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [block.splitlines() for block in told.strip().split("\n\n") if block.strip()]


def case(lines):
    """Name, prices of the place, quantities and total of one bill."""
    said = [line.removeprefix("price ").split(maxsplit=1) for line in lines]
    facts = dict(words for line, words in zip(lines, said, strict=True) if not line.startswith("price "))
    priced = dict(words for line, words in zip(lines, said, strict=True) if line.startswith("price "))
    name, total = facts.pop("case"), facts.pop("total")
    assert facts.pop("source")
    assert date.fromisoformat(facts.pop("read"))
    return pytest.param(priced, facts, total, id=name)


@pytest.mark.parametrize(("priced", "quantities", "total"), [case(block) for block in blocks("bills.txt")])
def test_a_bill_comes_to_what_others_worked_out(priced, quantities, total):
    found = bill(there(priced), {name: Decimal(quantity) for name, quantity in quantities.items()})

    assert f"{found.total:.2f}" == total
    assert not found.missing


def there(priced):
    """The shipped prices, or those of another place and none but those."""
    shipped = load()["us-east-1"]
    if not priced:
        return shipped
    prices = {name: Price(Decimal(amount), date(2026, 11, 25), "") for name, amount in priced.items()}
    instances = {name: Instance(name, price, 2, 16) for name, price in prices.items() if name not in UNITS}
    return replace(shipped, each=prices, instances=instances)


def rows(name):
    lines = (CASES / name).read_text("utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize(("volume", "days", "snapshots", "growth", "billed"), rows("backups.txt"))
def test_the_first_day_of_backups_is_free(volume, days, snapshots, growth, billed):
    assert billed_backup(float(volume), int(days), int(snapshots), float(growth)) == float(billed)


def test_a_total_is_rounded_once_and_not_line_by_line():
    prices = load()["us-east-1"]
    found = bill(prices, {"storage_gb_month": 0.04, "alarm_month": 0.04})

    assert [line.amount for line in found.lines] == [0.004, 0.004]
    assert found.total == 0.01


def test_what_has_no_price_is_named_and_not_taken_for_free():
    prices = load()["us-east-1"]
    known = {name: price for name, price in prices.each.items() if name != "io_million"}
    found = bill(replace(prices, each=known), {"io_million": 5, "storage_gb_month": 1})

    assert found.missing == ("io_million",)
    assert [line.name for line in found.lines] == ["storage_gb_month"]
