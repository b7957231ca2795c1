"""A statement in Neptune's openCypher as the ArcadeDB beneath understands it.

Only what differs is exchanged, by place; the rest of the text stays as it is:

- `id(x)` is a number in ArcadeDB and the text `~id` in Neptune: it becomes a property;
- every node has the base type among its labels and `~id` among its properties: `labels`, `keys` and
  `properties` hide them;
- a look-up by `~id` alone names the base type, so that its index is used;
- a node made without a label is a `vertex`, and what is made without an id is given one;
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
from threesixty.neptune.emulator.pattern import Element, variable_tokens, variables
from threesixty.neptune.emulator.pattern import element as read_element
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.tokens import (
    CLAUSES,
    Clause,
    Edit,
    Token,
    clauses,
    closing,
    edited,
    parted,
    tokens,
)

_HINT = re.compile(r"\s*USING\s+QUERY\s*:\s*(\w+)(?:\s+([\w\"']+))?", re.IGNORECASE)
_TIMEOUT = "TIMEOUTMILLISECONDS"
_WRITING = frozenset({"CREATE", "MERGE", "SET", "DELETE", "REMOVE", "DETACH"})
_PATTERNS = frozenset({"MATCH", "MERGE", "CREATE"})
_RESERVED = (
    "ALL AND AS ASC BY CASE CONTAINS DESC DISTINCT ELSE END ENDS EXISTS FALSE IN IS NOT NULL OR STARTS "
)
_PLAIN = re.compile(
    rf"(?!(?:{'|'.join((*_RESERVED.split(), *CLAUSES))})$)[a-z_]\w*",
    re.IGNORECASE,
)
_NEW = f"`{ID}`: randomUUID()"
DEFAULT_LABEL = "vertex"


@dataclass(frozen=True, slots=True)
class Statement:
    """A translated statement."""

    text: str
    otherwise: str = ""
    """What to run instead when the text would make a node without a label."""
    writes: bool = False
    creates: bool = False
    relabels: bool = False
    """Whether it changes the labels of nodes that are there."""
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
    bare = bare.rstrip().removesuffix(";")
    found = clauses(tokens(bare))
    if not found:
        raise Refusal("MalformedQueryException", "The query is empty")
    draft = _Draft(bare, found, DEFAULT_LABEL)
    draft.go()
    made = edited(bare, draft.edits)
    return Statement(
        _found_under_any_label(bare, found) if draft.merges_without_label else made,
        made if draft.merges_without_label else "",
        any(clause.word in _WRITING for clause in found),
        any(clause.word == "CREATE" for clause in found),
        any(_labels_set(item) for clause in found for item in _items(clause)),
        frozenset(draft.labels),
        frozenset(draft.types),
        draft.columns,
        ids.uses(found),
        milliseconds,
    )


def _found_under_any_label(bare: str, found: Sequence[Clause]) -> str:
    """The statement that looks for what MERGE names no label of among all nodes."""
    draft = _Draft(bare, found, NODE)
    draft.go()
    return edited(bare, draft.edits)


def without_hints(text: str) -> tuple[str, int]:
    """The text without its `USING QUERY:…` hints, and the time limit among them in milliseconds.

    https://docs.aws.amazon.com/neptune/latest/userguide/opencypher-query-hints.html
    """
    milliseconds = 0
    while match := _HINT.match(text):
        value = match[2] or ""
        if match[1].upper() == _TIMEOUT:
            if not value.isdecimal():
                raise Refusal("MalformedQueryException", f"{_TIMEOUT} expects a number of milliseconds")
            milliseconds = int(value)
        # A hint may have a value in quotes; anything else after its name is the statement.
        is_value = value.isdecimal() or value[:1] in ("'", '"')
        text = text[match.end() if is_value else match.end(1) :]
    return text, milliseconds


class _Draft:
    """The edits to one statement, as its clauses are walked."""

    def __init__(self, text: str, found: Sequence[Clause], merged: str) -> None:
        """`merged` is the label of a node that MERGE names none for."""
        self.merges_without_label = False
        self._merged = merged
        self.text = text
        self.edits: list[Edit] = []
        self.labels: set[str] = set()
        self.types: set[str] = set()
        self.columns: dict[str, str] = {}
        self._clauses = found
        self._bound: set[str] = set()
        self._sought = _sought_by_id(found)
        self._unnamed = 0

    def go(self) -> None:
        for place, clause in enumerate(self._clauses):
            self._exchange_calls(clause.tokens)
            self._unquote(clause.tokens)
            if clause.word in _PATTERNS:
                made = self._patterns(clause)
                if clause.word == "MERGE" and made:
                    self._name_when_created(place, made)
            elif clause.word == "SET":
                self._set(clause)
            elif clause.word == "RETURN":
                self._name_columns(clause)
            self._bound |= variables(clause.tokens)

    # --- expressions -------------------------------------------------------------------------------

    def _exchange_calls(self, some: Sequence[Token]) -> None:
        for place in range(len(some) - 2):
            name = some[place].word.casefold()
            if name not in _CALLS or some[place + 1].text != "(" or (place and some[place - 1].text == "."):
                continue
            end = closing(some, place + 1)
            before, *between, after = _CALLS[name]
            if name == "id" and end == place + 3:
                before, after = "", f".`{ID}`"  # a property, for which there is an index
            self._put(some[place].start, some[place + 1].end, before)
            for comma, text in zip(_commas(some[place + 2 : end]), between, strict=False):
                self._put(comma.start, comma.end, text)
            self._put(some[end].start, some[end].end, after)

    def _unquote(self, some: Sequence[Token]) -> None:
        """Variables without backticks: ArcadeDB does not know them again in every clause."""
        for token in variable_tokens(some):
            if token.kind == "name" and _PLAIN.fullmatch(token.called):
                self._put(token.start, token.end, token.called)

    def _put(self, start: int, end: int, text: str) -> None:
        self.edits.append(Edit(start, end, text))

    # --- patterns ----------------------------------------------------------------------------------

    def _patterns(self, clause: Clause) -> list[str]:
        """Gives labels and ids to the elements of a pattern; the variables that MERGE has still to name."""
        some, place = clause.tokens, 0
        made: list[str] = []
        while place < len(some):
            if some[place].text in ("(", "["):
                end = closing(some, place)
                element = read_element(some[place : end + 1])
                if some[place].text == "[" or element.variable not in self._bound:
                    made += self._element(clause, element)
                self._bound.add(element.variable)
                self._bound.discard("")
                place = end
            place += 1
        return made

    def _element(self, clause: Clause, element: Element) -> list[str]:
        label = self._label(clause, element)
        if clause.word == "MATCH":
            self._put(element.labels_at, element.labels_at, label)
            return []
        (self.types if element.edge else self.labels).update(element.labels)
        if element.has_id:
            self._put(element.labels_at, element.labels_at, label)
            return []
        if clause.word == "CREATE":
            self._put(element.labels_at, element.labels_at, label)
            self._put(element.properties_at, element.properties_at, element.first_property(_NEW))
            return []
        name = element.variable
        if not name:
            self._unnamed += 1
            name = f"made__{self._unnamed}"
            label = name + label
        self._put(element.labels_at, element.labels_at, label)
        return [name]

    def _label(self, clause: Clause, element: Element) -> str:
        """The label an element needs, and has not."""
        if element.labels:
            return ""
        if clause.word == "MATCH":
            by_id = (element.has_id and not element.edge) or element.variable in self._sought
            return f":`{EDGE if element.edge else NODE}`" if by_id else ""
        if element.edge:
            return ""
        self.labels.add(DEFAULT_LABEL)
        self.merges_without_label |= clause.word == "MERGE"
        return f":`{self._merged if clause.word == 'MERGE' else DEFAULT_LABEL}`"

    def _name_when_created(self, place: int, made: Sequence[str]) -> None:
        """Has MERGE give ids to what it makes; ArcadeDB heeds one ON CREATE only."""
        items = ", ".join(f"{_written(name)}.`{ID}` = randomUUID()" for name in made)
        end = self._clauses[place].end
        for on, set_ in zip(self._clauses[place + 1 :], self._clauses[place + 2 :], strict=False):
            if on.word not in ("ON", "SET"):
                break
            if on.word == "ON" and on.tokens and on.tokens[0].word == "CREATE":
                self._put(set_.end, set_.end, f", {items}")
                return
        self._put(end, end, f" ON CREATE SET {items}")

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
    # name -> what stands in the place of `name(`, of its first commas, and of its `)`
    "id": ("neptune.id(", ")"),
    "labels": ("[x__ IN labels(", f") WHERE x__ <> '{NODE}']"),
    "keys": ("[x__ IN keys(", f") WHERE x__ <> '{ID}']"),
    "properties": ("neptune.properties(", ")"),
    # Neptune's own: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-extensions.html
    "join": ("text.join(", ")"),
    "removekeyfrommap": ("map.removeKey(", ")"),
    "textindexof": ("text.indexOf(", ")"),
    "epochmillis": ("(", ").epochMillis"),
    "day": ("(", ").day"),
    "month": ("(", ").month"),
    "year": ("(", ").year"),
    "colltoset": ("coll.toSet(", ")"),
    "collsubtract": ("[x__ IN coll.toSet(", ") WHERE NOT x__ IN (", ")]"),
    "collintersection": ("[x__ IN coll.toSet(", ") WHERE x__ IN (", ")]"),
    "collsort": ("neptune.sort(", ")"),
    "collsortmaps": ("neptune.sortBy(", ")"),
    "collsortnodes": ("neptune.sortBy(", ")"),
    "collsortmulti": ("neptune.sortMulti(", ")"),
}


def _written(variable: str) -> str:
    return variable if _PLAIN.fullmatch(variable) else f"`{variable}`"


def _commas(some: Sequence[Token]) -> Iterator[Token]:
    """The commas between the arguments of a call."""
    depth = 0
    for token in some:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            if token.text == "," and not depth:
                yield token


def _labels_set(item: Sequence[Token]) -> list[str]:
    """The labels of `n:A:B`; nothing for any other item of a SET or REMOVE."""
    named = len(item) > 2 and item[0].called and item[1].text == ":"
    return [token.called for token in item[1:] if token.called] if named else []


def _items(clause: Clause) -> Iterator[Sequence[Token]]:
    yield from parted(clause.tokens, ",") if clause.word in ("SET", "REMOVE") else ()


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
