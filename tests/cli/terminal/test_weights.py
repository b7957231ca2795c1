"""Weights on a narrow screen: every figure and every verdict is whole."""

from __future__ import annotations

import pytest

from threesixty.cli.terminal.weights import shown, weights
from threesixty.report.epochs import Epoch, EpochShown, Level

LEVELS = (
    Level("birth_date", "generation", 0.1, 0.2, -12.25, -11.5, 1_234_567),
    Level("birth_date", "same", 0.9, 0.1, 7.0, 6.5, None),
    Level("organisation.company_number", "elsewhere", 0.1, 0.2, -0.5, 0.25, 12),
)


@pytest.mark.parametrize("width", [44, 60, 80, 100, 200])
def test_figures_and_verdicts_are_never_cut(printed, width: int) -> None:
    shown = printed(weights(LEVELS, width), width)

    whole = {"generation", "same", "elsewhere", "-12.2", "-11.5", "+7.0", "+6.5", "1,234,567", "12"}
    assert whole <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= width


def test_a_field_is_named_once_above_its_verdicts(printed) -> None:
    lines = [line.strip() for line in printed(weights(LEVELS, 80), 80).splitlines()]

    assert lines.index("birth date") + 3 == lines.index("organisation.company number")


def test_verdicts_that_were_learned_the_wrong_way_round_are_named(printed) -> None:
    """Where most pairs are of one family, their birth dates that differ come out as what people share."""
    levels = (
        Level("birth_date", "same", 0.1, 0.9, -5.5, 7.0, 2_195),
        Level("birth_date", "apart", 0.9, 0.1, 5.2, -15.5, 40),
        Level("address", "same", 0.9, 0.9, -0.5, 5.5, 7_909),
        Level("email", "same", 0.1, 0.9, -7.0, 12.5, None),
    )
    told = " ".join(printed(shown(EpochShown(Epoch(1, "open", "by Splink"), 4.2, 0.0, levels), 80)).split())

    assert (
        "! 2 verdicts say the opposite of what counts now: birth date apart (-15.5 to +5.2), birth date"
        in told
    )
    assert "same (+7.0 to -5.5). What was learned may be households" in told
    sound = EpochShown(Epoch(1, "open", "by Splink"), 4.2, 0.0, levels[2:])
    assert "opposite" not in printed(shown(sound, 80))
