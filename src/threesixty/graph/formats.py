"""Formats in which a whole graph is written for another engine to load, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from threesixty.graph import Graph, neptune_csv
from threesixty.schema import Schema

FORMATS: Mapping[str, Callable[[Graph, Schema, Path], int]] = {"neptune-csv": neptune_csv.export}
"""Each writes a graph of a schema into a folder, and returns how many rows."""
