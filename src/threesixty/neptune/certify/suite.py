"""The conformance suite on a cluster, by pytest in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from threesixty.errors import GraphError
from threesixty.neptune.certify.hide import Hide
from threesixty.neptune.certify.report import Promise

OUTCOMES, SAID = "promises.jsonl", "pytest.txt"
PARTS = ("promises", "hostile", "answers")
PYTEST_FAILED = 1  # some tests failed; anything above means that it could not run


def require() -> None:
    """Raises GraphError where what runs the suite is not installed."""
    for needed in ("boto3", "pytest"):
        if not find_spec(needed):
            raise GraphError(f"a certification needs {needed}", hint="pip install 'threesixty[certify]'")


def run(address: str, out: Path, hidden: Sequence[str], hide: Hide, only: str = "") -> Iterator[Promise]:
    """Every test of the suite as it is over; `only` is pytest's `-k`. Raises GraphError."""
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
    told = json.dumps({"address": address, "out": str(out.resolve()), "hidden": list(hidden)})
    # Whatever somebody has set for tests of their own is not for these.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"THREESIXTY_CERTIFY": told, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with (out / SAID).open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=environment
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
