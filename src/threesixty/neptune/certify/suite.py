"""The conformance suite on a cluster, by pytest in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from threesixty.errors import GraphError
from threesixty.neptune.certify.hide import Hide
from threesixty.neptune.certify.report import Promise

OUTCOMES, SAID = "promises.jsonl", "pytest.txt"
PARTS = ("promises", "hostile", "answers")
PYTEST_FAILED = 1  # some tests failed; anything above means that it could not run


def run(address: str, out: Path, hide: Hide, only: str = "") -> Iterator[Promise]:
    """Every test of the suite as it is over; `only` is pytest's `-k`. Raises GraphError."""
    if not find_spec("pytest"):
        raise GraphError("the conformance suite needs pytest", hint="pip install 'threesixty[certify]'")
    outcomes, settings = out / OUTCOMES, out / "pytest.ini"
    outcomes.write_text("", "utf-8")
    settings.write_text("[pytest]\n", "utf-8")
    command = [
        sys.executable, "-m", "pytest", "-q", "--noconftest",
        "-p", "threesixty.neptune.certify.plugin", "-p", "no:cacheprovider",
        "-c", str(settings.resolve()), "--rootdir", str(out.resolve()),
        *(["-k", only] if only else []),
        "--pyargs", *(f"threesixty.conformance.{part}" for part in PARTS),
    ]  # fmt: skip
    told = json.dumps({"address": address, "out": str(out.resolve()), "hidden": hide.hidden})
    with (out / SAID).open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, "THREESIXTY_CERTIFY": told}
        )
        try:
            yield from _followed(process, outcomes, hide)
        finally:
            process.kill()
            process.wait()
    if process.returncode not in (0, PYTEST_FAILED):
        raise GraphError("the conformance suite could not be run", hint=f"see {out / SAID}")
    settings.unlink()


def _followed(process: subprocess.Popen[bytes], outcomes: Path, hide: Hide) -> Iterator[Promise]:
    """Lines of the file of outcomes as they come, until the process has ended."""
    with outcomes.open(encoding="utf-8") as file:
        ended = False
        while not ended:
            try:
                process.wait(0.2)
                ended = True
            except subprocess.TimeoutExpired:
                pass
            for line in file:
                told = json.loads(line)
                yield Promise(told["name"], told["outcome"], told["seconds"], hide(told["said"]))
