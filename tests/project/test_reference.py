"""The page about the project file says what the code says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from threesixty import project

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "project-file.md").read_text("utf-8")


def test_its_tables_are_those_of_the_schema():
    found = importlib.util.spec_from_file_location("write", REFERENCE / "write_project_file.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)

    assert module.page(PAGE) == PAGE


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_its_examples_load(tmp_path, text):
    (tmp_path / "threesixty.toml").write_text(text, "utf-8")

    assert project.load(tmp_path).sources
