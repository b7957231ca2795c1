from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from threesixty.card import Consent, GoldenValue, KeyFigures, LosingValue, Relation, Statement, TimelineEntry
from threesixty.cli.terminal.card import card
from threesixty.wording import money

EVIL = "\x1b[2J\x1b]0;owned\x07[bold red]Robert[/]\r\n\u202e'; DROP 🏴‍☠️ 株式会社 " + "x" * 300


@pytest.mark.parametrize("width", [40, 60, 80, 100, 119, 120, 140, 200])
def test_no_line_is_wider_than_the_screen(ada, printed, width) -> None:
    assert max(cell_len(line) for line in printed(card(ada, width), width).splitlines()) <= width


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(
    "words",
    [
        "Ada Marie Lovelace",
        "person · k4x7qhm2vtz3ne5b",
        "customer since 2019-03-02",
        "1,204.50 EUR",
        "1 of 2",
        "birth date",
        "+2: Adda (shop)",
        "shop/ada-88",
        "+21.4",
        "same phone, name alike",
        "generic",
        "+2 others",
        "William King-Noel",
        "newsletter by email",
        "returned",
        "349.99 EUR",
        "Trail shoe “Arrábida” 41",
        "from the graph, entry 58,112",
        "also m2n4b6v7c5x3z2a4",
    ],
)
def test_everything_is_said(ada, printed, width, words) -> None:
    assert words in printed(card(ada, width), width)


def test_a_wide_screen_has_two_columns(ada, printed) -> None:
    lines = printed(card(ada, 140), 140).splitlines()

    assert any("Golden record" in line and "Timeline" in line for line in lines)


def test_a_narrow_screen_has_one_column(ada, printed) -> None:
    lines = printed(card(ada, 80), 80).splitlines()

    assert not any("Golden record" in line and "Timeline" in line for line in lines)


@pytest.mark.parametrize("width", [40, 60, 80, 119])
@pytest.mark.parametrize("value", [145_507_940, 135_802_467_900, 9_876_543_210_987_650])
def test_key_figures_are_never_cut(ada, printed, width, value) -> None:
    view = replace(ada, figures=replace(ada.figures, value=value, purchases=1_234_567, other_currency=3))

    shown = printed(card(view, width), width)

    assert money(value, "EUR") in shown
    assert "1,234,567 (+3)" in shown


@pytest.mark.parametrize("width", [60, 80, 119, 140])
def test_an_id_of_another_system_may_be_long_and_cuts_no_name(ada, printed, width) -> None:
    given, other = "e3b0c44298fc1c149afbf4c8996fb924", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    shown = printed(card(replace(ada, public_id=given, aliases=(given, other)), width), width)

    assert all(whole in shown for whole in ("Ada Marie Lovelace", given, ada.id, other))


def test_a_parent_of_many_says_that_it_shows_the_first_and_who_knows_the_others(ada, printed) -> None:
    parts = tuple(Relation(f"id{n}", f"Firm {n}", "part") for n in range(20))
    shown = printed(card(replace(ada, relations=parts), 80), 80)

    assert "the first 20 of a sort" in shown
    assert f"threesixty ask organisation --customer {ada.id}" in shown
    assert "the first 20" not in printed(card(replace(ada, relations=parts[:19]), 80), 80)


def test_commands_to_try_are_whole_and_can_be_pasted(ada, printed) -> None:
    assert "threesixty split k4x7qhm2vtz3ne5b helpdesk/bag-4711" in printed(card(ada, 80), 80)


def test_a_key_with_blanks_is_quoted_for_the_shell(ada, printed) -> None:
    odd = replace(ada.records[-1], key="17; rm -rf /")
    view = replace(ada, records=(ada.records[0], odd))

    assert "'helpdesk/17; rm -rf /'" in printed(card(view, 140), 140)


def test_a_contact_point_that_is_pinned_as_none_is_not_in_the_header(ada, printed) -> None:
    golden = tuple(one for one in ada.golden if one.property not in ("email", "phone"))

    [_, second, *_] = printed(card(replace(ada, golden=golden), 80), 80).splitlines()

    assert ada.identifiers
    assert "@" not in second
    assert "None" not in second


def test_what_a_store_could_not_say_is_said(ada, printed) -> None:
    view = replace(ada, origin="ledger", missing=("the graph is in use by process 7",))

    assert "Not available now: the graph is in use by process 7" in printed(card(view, 80), 80)


def test_customer_text_is_never_a_command_to_the_terminal(ada, printed) -> None:
    hostile = replace(
        ada,
        name=EVIL,
        golden=(GoldenValue("given", EVIL, EVIL, (LosingValue(EVIL, EVIL, None),)),),
        timeline=(TimelineEntry("t", EVIL, EVIL, 0, EVIL, 1, EVIL, EVIL),),
        identifiers=tuple(replace(held, value=EVIL) for held in ada.identifiers),
        records=tuple(replace(record, key=EVIL, why=EVIL) for record in ada.records),
    )

    shown = printed(card(hostile, 80), 80)

    assert "\x1b" not in shown
    assert "[bold red]Robert[/]" in shown


def test_a_consent_says_which_text_was_seen_and_what_others_said(ada, printed) -> None:
    others = (Statement("granted", "yes", "shop", "shop/1", None),)
    seen = Consent("ads", "", "refused", "crm", None, text_version="v3", others=others)

    shown = printed(card(replace(ada, consents=(seen,)), 80), 80)

    assert "text v3 · +1: granted (shop)" in shown


def test_keys_that_begin_alike_are_told_apart(ada, printed) -> None:
    keys = [f"00000000-0000-0000-0000-{n:012}" for n in (1, 2, 3)]
    records = tuple(replace(ada.records[0], key=key) for key in keys)

    shown = printed(card(replace(ada, records=records), 80, steps=False), 80)

    assert [line.split()[0] for line in shown.splitlines() if " crm/" in line] == [
        f"crm/00000000-…0-{n:012}" for n in (1, 2, 3)
    ]


def test_an_empty_customer_has_a_view_too(ada, printed) -> None:
    empty = replace(
        ada,
        name="",
        since=None,
        last_seen=None,
        golden=(),
        identifiers=(),
        records=(),
        timeline=(),
        households=(),
        sharing=(),
        products=(),
        consents=(),
        aliases=(),
        figures=KeyFigures(0, 0, 0, "EUR", 0, None, None, 0, 0),
    )

    assert "(no name)" in printed(card(empty, 80), 80)


def test_colour_changes_nothing_but_colour(ada, printed) -> None:
    from rich.text import Text  # noqa: PLC0415

    assert Text.from_ansi(printed(card(ada, 80), colour=True)).plain.split() == printed(card(ada, 80)).split()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=60), width=st.integers(50, 160))
def test_whatever_customers_are_called_lines_fit(ada, printed, text, width) -> None:
    view = replace(
        ada, name=text, golden=(GoldenValue("family", text, "crm", (LosingValue(text, "x", None),)),)
    )

    assert max(cell_len(line) for line in printed(card(view, width), width).split("\n")) <= width


def test_values_that_lost_are_written_like_the_one_that_won(ada, printed):
    lost = LosingValue(600_000_000, "shop", None)
    income = GoldenValue("income", 500_000_000, "crm", (lost,), "money")

    shown = printed(card(replace(ada, golden=(income,)), 80))

    assert "50,000.00" in shown
    assert "60,000.00 (shop)" in shown


def test_the_timeline_says_a_kind_once_and_what_somebody_else_bought(ada, printed):
    things = (
        TimelineEntry("r", "repair", "repair R2", 0, "", None, "", "desk", "owner"),
        TimelineEntry("s", "repair", "Chain", 0, "", None, "", "desk", "owner"),
        TimelineEntry("a", "purchase", "Lamp", 0, "", 10_000, "EUR", "shop", "recipient"),
        TimelineEntry("b", "purchase", "Tent", 0, "", 10_000, "EUR", "shop", "buyer"),
    )

    shown = printed(card(replace(ada, timeline=things), 80))

    lines = {line.split("desk")[0].split("1.00")[0].strip() for line in shown.splitlines()}
    assert {"1970-01-01  ·  repair R2", "1970-01-01  ·  repair Chain"} <= lines
    assert {"1970-01-01  ●  Lamp · received", "1970-01-01  ●  Tent"} <= lines
