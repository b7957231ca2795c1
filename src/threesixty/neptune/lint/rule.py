"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from threesixty.neptune.lint.functions import GUIDE
from threesixty.neptune.lint.text import Text, child, is_call
from threesixty.neptune.opencypher import Node

Level = Literal["error", "warning"]
Sort = Literal["refused", "undocumented", "unknown", "portable", "slow"]

LEVELS: dict[Sort, Level] = {
    "refused": "error", "undocumented": "error", "unknown": "error", "portable": "warning", "slow": "warning",
}  # fmt: skip

Found = Node | tuple[Node, str]
"""A place in a text, with what goes into the rule's sentence."""
Finds = Callable[[Text], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a text should not say.

    `says` is the sentence a finding shows, with `{}` for what was found; `write` is what to write instead;
    `example` breaks the rule, and is tested to; `page` is where AWS says it, or what follows from it.
    """

    name: str
    sort: Sort
    says: str
    write: str
    example: str
    page: str
    finds: Finds

    @property
    def level(self) -> Level:
        return LEVELS[self.sort]


def each(*names: str) -> Finds:
    """Every node of these names, shown as it stands in the text."""

    def finds(text: Text) -> Iterator[Found]:
        for node in text.each(*names):
            yield node, text.source(node)

    return finds


def having(name: str, part: str) -> Finds:
    """Every node of a name that has a child of another."""

    def finds(text: Text) -> Iterator[Found]:
        for node in text.each(name):
            if found := child(node, part):
                yield found

    return finds


def calls(*names: str) -> Finds:
    """Every call of one of these functions, given without capitals."""

    def finds(text: Text) -> Iterator[Found]:
        for node in text.each("function"):
            if is_call(node, *names):
                yield node, text.source(node)

    return finds


def practice(number: int) -> str:
    """A page of Neptune's best practices for openCypher."""
    return f"{GUIDE}best-practices-content-{number}.html"


REWRITES = f"{GUIDE}migration-opencypher-rewrites.html"
HINTS = f"{GUIDE}opencypher-query-hints.html"
ANSWERS = f"{GUIDE}access-graph-opencypher-queries.html"
EXCEPTIONS = f"{GUIDE}access-graph-opencypher-exceptions.html"
MODEL = f"{GUIDE}access-graph-opencypher-data-model.html"
PLANS = f"{GUIDE}access-graph-qpc.html"
RETRIES = f"{GUIDE}transactions-exceptions.html"
EXPLAIN = f"{GUIDE}access-graph-opencypher-explain.html"
ORDER = f"{GUIDE}access-graph-opencypher-overview-getting-started.html"
DIRECTED = f"{GUIDE}best-practices-opencypher-directed-edges.html"
READ_S3 = f"{GUIDE}access-graph-opencypher-21-extensions-s3-read.html"
ANALYTICS = "https://docs.aws.amazon.com/neptune-analytics/latest/userguide/algorithms.html"
