"""The only reader and writer of configuration: threesixty.toml becomes one frozen Project."""

from __future__ import annotations

from threesixty.project.loading import RULES, Rule, load
from threesixty.project.mapping import roles_of
from threesixty.project.model import (
    Choice,
    Constant,
    Contract,
    Database,
    Part,
    Project,
    RecordMapping,
    Reference,
    Source,
)
from threesixty.project.survivorship import PREFERENCES
from threesixty.project.switch import switch_graph

__all__ = [
    "PREFERENCES",
    "RULES",
    "Choice",
    "Constant",
    "Contract",
    "Database",
    "Part",
    "Project",
    "RecordMapping",
    "Reference",
    "Rule",
    "Source",
    "load",
    "roles_of",
    "switch_graph",
]
