"""A statement in Neptune's openCypher as the ArcadeDB beneath understands it.

Only what differs is exchanged, by place; the rest of the text stays as it is:

- `id(x)` is a number in ArcadeDB and the text `~id` in Neptune: it becomes a property;
- every node has the base type among its labels and `~id` among its properties: `labels`, `keys` and
  `properties` hide them;
- a look-up by `~id` alone names the base type, so that its index is used;
- a node made without a label is a `vertex`;
- `SET n = map` would take `~id` away: it names the properties to remove instead;
- a column without a name is called by its text, as it was before anything was exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from threesixty.neptune.emulator import ids
from threesixty.neptune.emulator.beneath import EDGE, ID, NODE
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.tokens import Clause, Edit, Token, clauses, closing, edited, parted, tokens

_HINT = re.compile(r"\s*USING\s+QUERY\s*:\s*(\w+)(?:\s+([\w\"']+))?", re.IGNORECASE)
_TIMEOUT = "TIMEOUTMILLISECONDS"
_WRITING = frozenset({"CREATE", "MERGE", "SET", "DELETE", "REMOVE", "DETACH"})
_PATTERNS = frozenset({"MATCH", "MERGE", "CREATE"})
DEFAULT_LABEL = "vertex"


@dataclass(frozen=True, slots=True)
class Statement:
    """A translated statement."""

    text: str
    writes: bool = False
    creates: bool = False
    labels: frozenset[str] = frozenset()
    """Labels it may give to nodes, and below, types it may give to edges."""
    types: frozenset[str] = frozenset()
    columns: dict[str, str] = field(default_factory=dict)
    """What ArcadeDB calls a column -> what Neptune calls it, where they differ."""
    uses: tuple[ids.Use, ...] = ()
    """Parameters that are ids or properties."""
    milliseconds: int = 0
    """The time limit the text itself asks for; 0 is none."""


@lru_cache(maxsize=2048)
def translate(text: str) -> Statement:
    """Raises Refusal where a text is no statement."""
    bare, milliseconds = without_hints(text)
    found = clauses(tokens(bare.rstrip().removesuffix(";")))
    if not found:
        raise Refusal("MalformedQueryException", "The query is empty")
    draft = _Draft(bare.rstrip().removesuffix(";"), found)
    draft.go()
    return Statement(
        edited(draft.text, draft.edits),
        any(clause.word in _WRITING for clause in found),
        any(clause.word == "CREATE" for clause in found),
        frozenset(draft.labels),
        frozenset(draft.types),
        draft.columns,
        ids.uses(found),
        milliseconds,
    )


def without_hints(text: str) -> tuple[str, int]:
    """The text without its `USING QUERY:…` hints, and the time limit among them in milliseconds.

    https://docs.aws.amazon.com/neptune/latest/userguide/opencypher-query-hints.html
    """
    milliseconds = 0
    while match := _HINT.match(text):
        if match[1].upper() == _TIMEOUT:
            if not (match[2] or "").isdecimal():
                raise Refusal("MalformedQueryException", f"{_TIMEOUT} expects a number of milliseconds")
            milliseconds = int(match[2])
            text = text[match.end() :]
        else:
            text = _without_other_hint(text, match)
    return text, milliseconds


def _without_other_hint(text: str, match: re.Match[str]) -> str:
    """Hints are `USING QUERY:NAME` or `USING QUERY:NAME "value"`; the value is no clause."""
    value = match[2] or ""
    return text[match.end() if value[:1] in "\"'" and value else match.end(1) :]


class _Draft:
    """The edits to one statement, as its clauses are walked."""

    def __init__(self, text: str, found: Sequence[Clause]) -> None:
        self.text = text
        self.edits: list[Edit] = []
        self.labels: set[str] = set()
        self.types: set[str] = set()
        self.columns: dict[str, str] = {}
        self._clauses = found
        self._bound: set[str] = set()
        self._sought = _sought_by_id(found)

    def go(self) -> None:
        for clause in self._clauses:
            self._exchange_calls(clause.tokens)
            if clause.word in _PATTERNS:
                self._patterns(clause)
            elif clause.word == "SET":
                self._set(clause)
            elif clause.word == "RETURN":
                self._name_columns(clause)

    # --- expressions -------------------------------------------------------------------------------

    def _exchange_calls(self, some: Sequence[Token]) -> None:
        for place in range(len(some) - 2):
            name = some[place].word.casefold()
            if name not in _CALLS or some[place + 1].text != "(" or (place and some[place - 1].text == "."):
                continue
            end = closing(some, place + 1)
            before, after = _CALLS[name]
            inside = some[place + 2 : end]
            if len(inside) == 1 and name == "id":
                before = ""
                after = after.removeprefix(")")
            self._put(some[place].start, some[place + 1].end, before)
            self._put(some[end].start, some[end].end, after)

    def _put(self, start: int, end: int, text: str) -> None:
        self.edits.append(Edit(start, end, text))

    # --- patterns ----------------------------------------------------------------------------------

    def _patterns(self, clause: Clause) -> None:
        some, place = clause.tokens, 0
        while place < len(some):
            if some[place].text in ("(", "["):
                end = closing(some, place)
                element = _element(some[place : end + 1])
                if some[place].text == "(":
                    self._node(clause, element)
                else:
                    self._edge(clause, element)
                place = end
            place += 1
        for token in some:
            if token.called:
                self._bound.add(token.called)

    def _node(self, clause: Clause, node: _Element) -> None:
        alone = not node.labels
        if clause.word != "MATCH":
            self.labels.update(node.labels)
        known = bool(node.variable) and node.variable in self._bound
        if not alone or known:
            return
        if clause.word != "MATCH":
            self.labels.add(DEFAULT_LABEL)
            self._put(node.after_variable, node.after_variable, f":`{DEFAULT_LABEL}`")
        elif node.has_id or node.variable in self._sought:
            self._put(node.after_variable, node.after_variable, f":`{NODE}`")

    def _edge(self, clause: Clause, edge: _Element) -> None:
        if clause.word != "MATCH":
            self.types.update(edge.labels)
        elif not edge.labels and edge.variable and edge.variable in self._sought:
            self._put(edge.after_variable, edge.after_variable, f":`{EDGE}`")

    # --- SET ---------------------------------------------------------------------------------------

    def _set(self, clause: Clause) -> None:
        for item in parted(clause.tokens, ","):
            self.labels.update(_labels_set(item))
            if len(item) > 2 and item[0].called and item[1].text == "=":
                self._put(item[1].start, item[1].end, f"+= neptune.instead({item[0].text}, (")
                self._put(item[-1].end, item[-1].end, "))")

    # --- columns -----------------------------------------------------------------------------------

    def _name_columns(self, clause: Clause) -> None:
        some = list(clause.tokens)
        if some and some[0].word == "DISTINCT":
            del some[0]
        for item in parted(some, ","):
            plain = len(item) <= 1
            if plain or any(token.word == "AS" for token in item):
                continue
            raw = self.text[item[0].start : item[-1].end]
            name = next((ours for ours, theirs in self.columns.items() if theirs == raw), "")
            name = name or f"~{len(self.columns) + 1}"
            self.columns[name] = raw
            self._put(item[-1].end, item[-1].end, f" AS `{name}`")


_CALLS = {
    # name -> what stands in the place of `name(`, and of its `)`
    "id": ("(", f").`{ID}`"),
    "labels": ("[x__ IN labels(", f") WHERE x__ <> '{NODE}']"),
    "keys": ("[x__ IN keys(", f") WHERE x__ <> '{ID}']"),
    "properties": ("neptune.properties(", ")"),
}


@dataclass(frozen=True, slots=True)
class _Element:
    """What stands between the brackets of a node or an edge."""

    variable: str
    after_variable: int
    """Where a label may be put."""
    labels: tuple[str, ...]
    properties: tuple[Token, ...]

    @property
    def has_id(self) -> bool:
        return any(token.called == ID for token in self.properties)


def _element(some: Sequence[Token]) -> _Element:
    inside = list(some[1:-1])
    variable, after = "", some[0].end
    if inside and inside[0].called:
        variable, after = inside[0].called, inside[0].end
        del inside[0]
    labels = []
    while len(inside) > 1 and inside[0].text in (":", "|") and inside[1].called:
        labels.append(inside[1].called)
        del inside[:2]
    return _Element(variable, after, tuple(labels), tuple(inside))


def _labels_set(item: Sequence[Token]) -> Iterator[str]:
    """The labels of `n:A:B`; nothing for any other item of a SET."""
    if len(item) > 2 and item[0].called and item[1].text == ":":
        yield from (token.called for token in item[1:] if token.called)


def _sought_by_id(found: Sequence[Clause]) -> set[str]:
    """Variables that a WHERE looks up by id."""
    sought = set()
    for clause in found:
        if clause.word != "WHERE":
            continue
        some = clause.tokens
        for place in range(len(some) - 4):
            head, _, inside, _, then = some[place : place + 5]
            if head.word == "ID" and inside.called and (then.text == "=" or then.word == "IN"):
                sought.add(inside.called)
    return sought
