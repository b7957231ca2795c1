"""Money is written in one way for people, and plainly for programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.wording import decimal, money, scalar


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (12_345_000, "1,234.50 EUR"), (700_000_000, "70,000.00 EUR"), (0, "0.00 EUR"), (1, "0.0001 EUR"),
        (-5_000, "-0.50 EUR"), (90_071_992_547_409_931, "9,007,199,254,740.9931 EUR"),
    ],
)  # fmt: skip
def test_money_has_two_decimals_or_the_four_that_say_something(amount: int, shown: str):
    assert money(amount, "EUR") == shown


@given(st.integers(-(2**62), 2**62))
def test_a_plain_decimal_is_the_amount_without_separators(amount: int):
    assert decimal(amount) == money(amount).replace(",", "")
    assert int(decimal(amount).replace(".", "").ljust(len(decimal(amount)) + 1, "0")) or not amount


def test_a_value_is_written_by_its_type():
    told = [scalar(12_345_000, "money"), scalar(0, "instant"), scalar(1234, "integer"), scalar(True)]

    assert told == ["1,234.50", "1970-01-01", "1,234", "yes"]
