from __future__ import annotations

import runpy
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_reference_is_what_the_commands_say() -> None:
    """When this fails: python docs/reference/write_cli.py"""
    written = runpy.run_path(str(REFERENCE / "write_cli.py"))

    assert (REFERENCE / "cli.md").read_text("utf-8") == written["page"]()
