"""The report as a page: what it claims, and that nothing in it is markup that was not meant."""

from dataclasses import replace

import pytest

from threesixty.neptune.certify.report import (
    EMULATOR,
    NEPTUNE,
    UNKNOWN,
    AnswerTime,
    Company,
    Probed,
    Promise,
    Report,
    as_markdown,
)

ANSWER = AnswerTime("hubs", 3, equal=True, milliseconds=1.5)
COMPANY = Company(40, 500, 900, 2.5, in_bulk=False, equal=True, answers=(ANSWER,), requests=10, bytes_sent=1,
                  bytes_received=1)  # fmt: skip
HELD = Report(
    "2026-11-26", "0.1.0", "1.4.7.0", NEPTUNE, promises=(Promise("one", "passed", 0.1),), company=COMPANY
)


def test_everything_held():
    assert HELD.certified
    assert "Every promise held and every answer was equal." in as_markdown(HELD)


@pytest.mark.parametrize(
    "wrong",
    [
        {"promises": ()},
        {"promises": (Promise("one", "failed", 0.1, "said"),)},
        {"company": None},
        {"company": replace(COMPANY, equal=False)},
        {"company": replace(COMPANY, answers=())},
        {"company": replace(COMPANY, answers=(replace(ANSWER, equal=False),))},
        {"left_behind": 1},
        {"left_behind": None},
    ],
)
def test_one_thing_that_did_not_is_enough(wrong):
    report = replace(HELD, **wrong)

    assert not report.certified
    assert "Every promise held" not in as_markdown(report)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (EMULATOR, "never yet run on Amazon Neptune itself"),
        (UNKNOWN, "whether it was Amazon Neptune is not known"),
    ],
)
def test_what_was_not_amazon_neptune_is_said_first(where, said):
    first, warning, *_ = as_markdown(replace(HELD, where=where)).split("\n\n")

    assert first == f"# A certification on {where}"
    assert said in warning


def test_what_a_cluster_says_is_no_markup():
    said = "a | b\n# no heading <script> [x](y)"
    one = Probed("x", "what it says", "", "", said, "seen")

    assert r"| a \| b # no heading \<script\> \[x\](y) |" in as_markdown(replace(HELD, probes=(one,)))
