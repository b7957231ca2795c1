from __future__ import annotations

from dataclasses import replace

import pytest

from threesixty.cli.terminal.why import Scale, why, why_customer
from threesixty.report import Evidence, Side, Why, WhyCustomer

PAIR = Why(
    Side("crm/1017", "k4x7qhm2vtz3ne5b", {}),
    Side("shop/ada-88", "k4x7qhm2vtz3ne5b", {}),
    same=True,
    sentence="They are one person: same email, rare family name.",
    evidence=(
        Evidence("email", "ada@example.org", "ada@example.org", "same email", 12.4),
        Evidence("birth_date", "1985-12-10", "1986-12-10", "birth date differs by a digit", 9.1),
        Evidence("street", "Rua da Rosa 12", "Av. da Liberdade 200", "different", -2.3),
    ),
    prior=-16.1,
    bits=3.1,
    probability=0.8955,
    threshold=2.0,
)


def test_each_field_shows_both_values_the_verdict_and_the_bits(printed) -> None:
    assert "birth date  1985-12-10 | 1986-12-10" in printed(why(PAIR, 140), 140)
    assert "birth date differs by a digit" in printed(why(PAIR, 140), 140)
    assert "+12.4" in printed(why(PAIR, 80), 80)


def test_the_total_its_chance_and_what_was_needed_are_shown(printed) -> None:
    shown = printed(why(PAIR, 80), 80)

    assert "89.55 % likely" in shown
    assert "+3.1" in shown
    assert "2.0 needed" in shown


@pytest.mark.parametrize("width", [60, 80, 140])
def test_no_line_is_wider_than_the_screen(printed, width) -> None:
    assert max(map(len, printed(why(replace(PAIR, path=(PAIR,)), width), width).splitlines())) <= width


def test_what_stood_in_the_way_is_said(printed) -> None:
    refused = replace(PAIR, same=False, refused="ana decided they are different")
    shown = printed(why(refused, 80), 80)

    assert "not the same" in shown
    assert "Kept apart all the same: ana decided they are different" in shown
    assert "threesixty merge crm/1017 shop/ada-88" in shown


def test_where_nothing_speaks_for_it_there_is_no_probability_and_no_merge_to_try(printed) -> None:
    against = (Evidence("street", "Rua da Rosa 12", "Av. da Liberdade 200", "different", -2.3),)
    nothing = replace(
        PAIR, same=False, evidence=against, prior=0.25, bits=-2.05, probability=None,
        refused="the evidence is too weak: 4.0 bits more would be needed",
    )  # fmt: skip
    shown = printed(why(nothing, 80), 80)

    assert "nothing speaks for it" in shown
    assert "%" not in shown
    assert "Kept apart: the evidence is too weak: 4.0 bits more would be needed" in shown
    assert "merge" not in shown


def test_what_holds_two_together_is_said(printed) -> None:
    weak = replace(PAIR, bits=-4.0, held="mdm said they are the same: same master id")

    assert "Held together all the same: mdm said they are the same" in printed(why(weak, 80), 80)
    assert "Decided besides: mdm said" in printed(why(replace(weak, bits=9.0), 80), 80)


def test_certainty_is_never_claimed(printed) -> None:
    assert "over 99.99 % likely" in printed(why(replace(PAIR, probability=1.0), 80), 80)
    assert "under 0.01 % likely" in printed(why(replace(PAIR, probability=0.0), 80), 80)


@pytest.mark.parametrize("bits", [0.0, 1e-9, -1e9, 1e9, float("inf")])
def test_odd_evidence_still_has_a_picture(printed, bits) -> None:
    odd = replace(PAIR, evidence=(Evidence("x", "", "", "", bits),), bits=bits)

    assert "needed" in printed(why(odd, 80), 80)


def test_a_customer_shows_what_holds_it_together_and_how_to_take_it_apart(printed) -> None:
    whole = WhyCustomer("k4x7qhm2vtz3ne5b", "Ada Lovelace", "Two records are one person.", (PAIR,))
    shown = printed(why_customer(whole), 80)

    assert "same email, birth date differs by a digit" in shown
    assert "threesixty why crm/1017 shop/ada-88" in shown


def test_of_many_links_the_weakest_are_shown_and_all_counted(printed) -> None:
    links = tuple(replace(PAIR, bits=float(300 - n)) for n in range(300))
    shown = printed(why_customer(WhyCustomer("k4x7qhm2vtz3ne5b", "Ada", "Ada is 301 records.", links)), 100)

    assert "the 30 weakest of 300 links" in shown
    assert "+30.0" in shown
    assert "+31.0" not in shown


def test_a_customer_of_one_record_says_so(printed) -> None:
    alone = WhyCustomer("k4x7qhm2vtz3ne5b", "Ada Lovelace", "One record only.", ())

    assert "One record only." in printed(why_customer(alone), 80)


def test_bits_outside_the_scale_stay_in_the_picture() -> None:
    scale = Scale(-10, 10, 20)

    assert [scale.cell(-99), scale.cell(0), scale.cell(99)] == [0, 10, 20]


def test_what_somebody_said_is_told_where_evidence_does_not_hold_two_together(printed) -> None:
    said = replace(PAIR, bits=-3.1, held="mdm said they are the same: same master id")
    shown = printed(why_customer(WhyCustomer("k4x7qhm2vtz3ne5b", "Ada", "Ada is two records.", (said,))), 100)

    assert "mdm said they are the same" in shown
    assert "same email" not in shown
