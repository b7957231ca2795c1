"""Statements in Neptune's dialect on the emulator's engine: a table of what comes of them."""

import json
from pathlib import Path

import pytest

from threesixty.neptune.emulator.queries import refuse_unsupported
from threesixty.neptune.emulator.refusal import Refusal

CASES = Path(__file__).parent / "cases" / "statements.txt"


def blocks():
    """Title -> its lines."""
    lines = [line for line in CASES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        if line.startswith("== "):
            found[line[3:]] = []
        else:
            found[list(found)[-1]].append(line)
    return found


def steps(lines):
    """(statement, parameters, expectation) in turn; the expectation is '' where it must only succeed."""
    step = []
    for line in lines:
        if line[:2] == "$ ":
            step[1] = json.loads(line[2:])
        elif line[:2] in ("= ", "! "):
            step[2] = line
        else:
            if step:
                yield tuple(step)
            step = [line, {}, ""]
    yield tuple(step)


START, *BLOCKS = blocks()


@pytest.mark.parametrize("title", BLOCKS)
def test_statement(engine, title):
    engine.run(blocks()[START][0])
    for text, parameters, expected in steps(blocks()[title]):
        if expected.startswith("! "):
            code, _, said = expected[2:].partition(" ")
            with pytest.raises(Refusal) as refused:
                carried_out(engine, text, parameters)
            assert refused.value.code == code, text
            assert said in refused.value.message, text
        else:
            rows = carried_out(engine, text, parameters)
            assert not expected or rows == json.loads(expected[2:]), text


def carried_out(engine, text, parameters):
    refuse_unsupported(text)
    return engine.run(text, parameters).rows
