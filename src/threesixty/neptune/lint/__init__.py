"""Holds an openCypher text against what Amazon Neptune is documented to understand.

`lint(text)` finds what Neptune refuses, what nobody documents, what other engines read otherwise, and what
is slow; `refusals(text)` only what Neptune does not promise to carry out. One rule is one row of a table in
this folder: `refused`, `undocumented`, `against_schema`, `question_file`, `portable`, `writing`, `slow`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from threesixty.neptune.lint import (
    against_schema,
    portable,
    question_file,
    refused,
    slow,
    undocumented,
    writing,
)
from threesixty.neptune.lint.functions import COMPLIANCE
from threesixty.neptune.lint.rule import Level, Rule
from threesixty.neptune.lint.text import Text
from threesixty.neptune.opencypher import NotOpenCypher
from threesixty.schema import Schema

__all__ = ["RULES", "Finding", "Rule", "lint", "refusals"]

RULES: tuple[Rule, ...] = (
    *refused.RULES, *undocumented.RULES, *against_schema.RULES, *question_file.RULES, *portable.RULES,
    *writing.RULES, *slow.RULES,
)  # fmt: skip
ENOUGH = 100
"""So many findings of one rule are told."""
_REFUSED = (*refused.RULES, *undocumented.RULES)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in a text; lines and columns count from 1, and `page` is where AWS speaks of it."""

    rule: str
    level: Level
    line: int
    column: int
    message: str
    rewrite: str
    page: str


def lint(text: str, schema: Schema | None = None) -> tuple[Finding, ...]:
    """Everything the rules find, in the order of the text; labels are checked where a schema is given."""
    return _found(text, schema, RULES)


@lru_cache(maxsize=1024)
def refusals(text: str) -> tuple[Finding, ...]:
    """Only what Neptune refuses, or does not document: its errors. A text without any may be sent to it."""
    return _found(text, None, _REFUSED)


def _found(text: str, schema: Schema | None, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    try:
        read = Text(text, schema)
    except NotOpenCypher as error:
        rewrite = "openCypher 9: see docs/reference/lint.md for what may be written"
        return (Finding("syntax", "error", error.line, error.column, error.what, rewrite, COMPLIANCE),)
    found = {finding for rule in rules for finding in _findings(read, rule)}
    return tuple(sorted(found, key=lambda one: (one.line, one.column, one.level, one.rule, one.message)))


def _findings(text: Text, rule: Rule) -> Iterator[Finding]:
    for found in islice(rule.finds(text), ENOUGH):
        node, said = found if isinstance(found, tuple) else (found, "")
        place = node.meta
        yield Finding(
            rule.name, rule.level, place.line, place.column, rule.says.format(said), rule.write, rule.page
        )
