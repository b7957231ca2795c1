"""The price file: what it says, and how it is told that it is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from threesixty.errors import NotFound, ProjectError
from threesixty.neptune.prices import LEVELS, chosen, load, shipped

FILE = shipped()


@pytest.fixture
def edited(tmp_path):
    """Loads the shipped file with one piece of text in the place of another."""

    def load_(old, new):
        assert old in FILE
        (tmp_path / "prices.toml").write_text(FILE.replace(old, new, 1), "utf-8")
        return load(tmp_path / "prices.toml")

    return load_


def test_every_shipped_price_says_where_and_when_it_was_read():
    for prices in load().values():
        for price in (*prices.each.values(), *(instance.price for instance in prices.instances.values())):
            assert price.amount > 0
            assert price.source
            assert date(2026, 1, 1) < price.read < date(2100, 1, 1)


def test_every_assumption_goes_from_low_to_high_and_says_why():
    for assumption in load()["us-east-1"].assumptions.values():
        told = [assumption.at(level) for level in LEVELS]

        assert told == sorted(told) or assumption.name == "page_fill"
        assert assumption.what
        assert assumption.why


def test_an_edited_price_is_the_one_that_counts(edited):
    prices = edited("ncu_hour = { price = 0.1608", "ncu_hour = { price = 0.1941")["us-east-1"]

    assert str(prices.each["ncu_hour"].amount) == "0.1941"


def test_a_region_that_was_added_is_known(edited):
    one = 'io_million = { price = 0.23, read = 2026-11-25, source = "my bill" }'
    regions = edited("[facts]", f"[regions.eu-west-2.prices]\n{one}\n\n[facts]")

    assert set(chosen(regions, "eu-west-2").each) == {"io_million"}
    assert chosen(regions, "eu-west-2").oldest == date(2026, 11, 25)


def test_an_unknown_region_is_refused_with_the_nearest_one():
    with pytest.raises(NotFound, match="us-east-2") as refused:
        chosen(load(), "us-east-2")

    assert "us-east-1" in refused.value.hint


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("price = 0.1608", 'price = "0.1608"', "regions.us-east-1.prices.ncu_hour needs `price`, a number"),
        ("price = 0.1608", "price = -1", "must not be negative"),
        ("price = 0.1608", "price = inf", "without end"),
        ("price = 0.1608", "price = true", "needs `price`, a number"),
        ("price = 0.1608, read = 2026-08-23", "price = 0.1608", "needs `read`, the day it was read"),
        ("ncu_hour =", "ncu_hours =", "regions.us-east-1.prices.ncu_hours is no price; there are ncu_hour"),
        ("vcpu = 2, gib = 16", "vcpu = 2", "db.r5.large needs `gib`"),
        ("low = 1.0", "lowest = 1.0", "assumptions.page_fill needs `low`"),
        ("high = 0.5", "high = 0.0", "assumptions.page_fill must be more than 0"),
        ("index_bytes = { value", "index_byte = { value", "facts.index_bytes needs `value`"),
        ('currency = "USD"', 'currency = "USD"\nfacts = 7', "cannot be read"),
        ("[regions.us-east-1.prices]", "[regions.us-east-1.price]", "regions.us-east-1 has no prices"),
        ('currency = "USD"', 'currency = "USD', "cannot be read"),
    ],
)
def test_a_mistake_in_a_price_file_is_named(edited, old, new, said):
    with pytest.raises(ProjectError) as refused:
        edited(old, new)

    assert said in str(refused.value)
    assert "--save-prices" in str(refused.value)


def test_a_price_file_that_is_not_there_is_an_error_with_a_way_out(tmp_path):
    with pytest.raises(ProjectError, match="cannot be read"):
        load(tmp_path / "none.toml")
