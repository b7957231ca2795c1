"""The hand-written part of the sample company: customers worth a look, the same in any size."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from io import StringIO
from typing import Any

from threesixty.sample.parties import Row

_SHOWN = files("threesixty.sample") / "showcase"


def showcase() -> Mapping[str, Any]:
    """Names of Records worth a look: `person` resolves well, `wrong_merge` does not and should be split."""
    return tomllib.loads(text("showcase.toml"))


def text(name: str) -> str:
    """A file of the showcase, '' where it has none of that name."""
    file = _SHOWN / name
    return file.read_text("utf-8") if file.is_file() else ""


def rows(name: str, delimiter: str = ",") -> list[Row]:
    """The hand-written rows of a sheet, heading left out."""
    return [tuple(row) for row in csv.reader(StringIO(text(name)), delimiter=delimiter)][1:]
