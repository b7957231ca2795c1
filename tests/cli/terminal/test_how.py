"""What the screen says of how a customer came together."""

from __future__ import annotations

import pytest
from tests.cli.terminal.test_why import PAIR

from threesixty.cli.terminal.how import how
from threesixty.report.how import How, Step

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
