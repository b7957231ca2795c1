"""Parts that many pages have."""

from __future__ import annotations

from threesixty.cli.terminal.page import next_steps

SPLIT = "threesixty split crm/C-1004 shop/S-40004 loyalty/600003"


def test_what_a_command_shows_stands_beside_it_where_both_fit(printed):
    assert f" {SPLIT}  father and son" in printed(next_steps([(SPLIT, "father and son")]))


def test_else_it_stands_below_and_the_command_is_whole(printed):
    told = printed(next_steps([(SPLIT, "what they are, and it takes longer to say")]))

    assert [line.rstrip() for line in told.splitlines()[2:]] == [
        f" {SPLIT}",
        "     what they are, and it takes longer to say",
    ]
