"""What the screen says of how a customer came together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.cli.terminal.test_why import PAIR

from threesixty.cli.terminal.how import how
from threesixty.report.how import Break, How, Step

STEP = Step(1, ("crm/1017",), ("shop/ada-88",), PAIR, 3.1, 1.1, (), weakest=True)


@pytest.mark.parametrize(
    ("holds_to", "said"),
    [
        (0.99976, "up to a threshold of 0.9997."),
        (0.9998, "up to a threshold of 0.9998."),
        (0.999995, "up to any threshold that a project may set."),
    ],
)
def test_the_threshold_is_rounded_down_and_none_that_a_project_file_cannot_take(
    printed, holds_to, said
) -> None:
    told = How("k4x7qhm2vtz3ne5b", "Ada", "Ada is 2 records.", (STEP,), (), holds_to)

    assert said in printed(how(told), 100)


def test_of_a_large_customer_the_loosest_steps_and_the_gravest_breaks_are_shown_and_the_rest_counted(
    printed,
) -> None:
    steps = tuple(replace(STEP, number=n, spare=float(300 - n), weakest=n == 299) for n in range(1, 300))
    names = tuple(f"crm/{n}" for n in range(300))
    broken = tuple(Break("record", one, f"without the record {one}, …", (names, (one,))) for one in names)
    identifier = replace(broken[0], what="identifier", sentence="without the phone 1, …")
    told = How("k4x7qhm2vtz3ne5b", "Ada", "Ada is 300 records.", steps, (identifier, *broken), 0.9, joins=299)

    shown = printed(how(told), 100)

    assert "the 20 of 299 with least to spare" in shown
    assert "Without the phone 1" in shown
    assert "So would each of 289 records more." in shown
    assert len(shown.splitlines()) < 120
