from __future__ import annotations

import unicodedata
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from threesixty.cli.terminal.page import grid
from threesixty.cli.terminal.text import (
    Key,
    clean,
    count,
    cut,
    date,
    join,
    listed,
    middle,
    money,
    scalar,
    size,
    time,
    wrapped,
)

MAY = 1714694400000  # 2024-05-03T00:00Z


@given(st.text())
def test_clean_text_is_one_line_without_anything_a_terminal_obeys(text: str) -> None:
    assert not {unicodedata.category(char) for char in clean(text)} & {"Cc", "Cf", "Zl", "Zp", "Cs"}


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07name", "name"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\r\nb\tc", "a b c"),
        ("\u202eevil", "evil"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
        ("Zoë  Ångström", "Zoë Ångström"),
        (17, "17"),
    ],
)
def test_clean(dirty: object, shown: str) -> None:
    assert clean(dirty) == shown


@given(st.text(), st.integers(1, 40))
def test_a_cut_text_is_never_longer_than_asked(text: str, width: int) -> None:
    assert len(cut(text, width)) <= width


def test_money_has_thousands_currency_and_two_places() -> None:
    assert money(12_045_000, "EUR") == "1,204.50 EUR"


def test_fractions_of_a_cent_are_not_hidden() -> None:
    assert money(6_990_982) == "699.0982"


def test_money_that_is_not_known_is_a_dash() -> None:
    assert money(None, "EUR") == "–"  # noqa: RUF001


def test_an_instant_is_shown_as_the_day_it_was_there() -> None:
    assert date(MAY - 1, ZoneInfo("Europe/Lisbon")) == "2024-05-03"
    assert date(MAY - 1) == "2024-05-02"
    assert time(MAY) == "2024-05-03 00:00"


def test_an_instant_beyond_the_calendar_is_a_dash() -> None:
    assert date(10**18) == "–"  # noqa: RUF001


def test_a_count_agrees_with_its_noun() -> None:
    assert [count(1, "record"), count(58_112, "record"), count(2, "entry", "entries")] == [
        "1 record", "58,112 records", "2 entries",
    ]  # fmt: skip


def test_sizes() -> None:
    assert [size(999), size(81_234_567)] == ["999 bytes", "81.2 MB"]


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "text", "–"),  # noqa: RUF001
        (True, "boolean", "yes"),
        (MAY, "instant", "2024-05-03"),
        (12_345_600, "money", "1,234.56"),
        (1234, "integer", "1,234"),
        (0.5, "number", "0.5"),
        ("1985-12-10", "date", "1985-12-10"),
    ],
)
def test_scalar(value: object, kind: str, shown: str) -> None:
    assert scalar(value, kind) == shown


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    assert middle("crm/17", 6) == "crm/17"
    assert middle("crm/00000000-0000-0001", 11) == "crm/0…-0001"
    assert middle("顧客/東京都千代田区-0017", 12) == "顧客/…-0017"
    assert all(cell_len(middle("顧客/東京都千代田区-0017", width)) <= width for width in range(20))


def test_a_key_is_whole_where_there_is_room(printed) -> None:
    table = grid("28", "fill")
    table.add_row(Key("crm/17"), "")
    table.add_row(Key("crm/00000000-0000-0000-0000-000000000001"), "")

    assert printed(table).split() == ["crm/17", "crm/00000000-…0-000000000001"]


def test_what_may_run_over_several_lines_loses_nothing(printed) -> None:
    line = wrapped(join("a" * 50, "b" * 50))

    assert printed(line, 40).replace("\n", "").replace(" ", "") == "a" * 50 + "·" + "b" * 50


def test_of_many_names_the_first_are_said_and_the_rest_counted():
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a\x1b[1m", "b", "c"], 1, " ") == "a and 2 more"
