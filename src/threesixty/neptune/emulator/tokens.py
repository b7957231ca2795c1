"""A Cypher text as tokens with their places, so that pieces of it can be exchanged and the rest kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from threesixty.neptune.emulator.refusal import Refusal

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
      | (?P<name>`(?:[^`]|``)*`)
      | (?P<parameter>\$(?:`(?:[^`]|``)*`|\w+))
      | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<sign>\.\.|<>|<=|>=|\+=|=~|\|\||.)""",
    re.DOTALL | re.VERBOSE,
)
_OPENING = {"(": ")", "[": "]", "{": "}"}
CLAUSES = frozenset(
    "CALL CREATE DELETE DETACH FOREACH LIMIT LOAD MANDATORY MATCH MERGE ON OPTIONAL ORDER REMOVE RETURN SET "
    "SKIP UNION UNWIND USING WHERE WITH YIELD".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is string, name (in backticks), parameter, number, word or sign."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """A keyword as it is compared; '' for anything but a bare word."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def called(self) -> str:
        """What a word or a name in backticks names; '' for anything else."""
        if self.kind == "name":
            return self.text[1:-1].replace("``", "`")
        return self.text if self.kind == "word" else ""

    @property
    def parameter(self) -> str:
        """The name of a parameter; '' for anything else."""
        return self.text[1:].strip("`") if self.kind == "parameter" else ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with the tokens after its keyword."""

    word: str
    tokens: tuple[Token, ...]
    start: int
    """Where its keyword starts."""

    @property
    def end(self) -> int:
        """Where its text ends."""
        return self.tokens[-1].end if self.tokens else self.start + len(self.word)


def tokens(text: str) -> list[Token]:
    """The tokens of a text, spaces and comments aside."""
    found = [
        Token(str(match.lastgroup), match.group(), match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "space"
    ]
    for token in found:
        if token.kind == "sign" and token.text in "'\"`":
            raise Refusal("MalformedQueryException", f"Unterminated {token.text} at offset {token.start}")
    return found


def closing(some: Sequence[Token], opening: int) -> int:
    """Where the bracket that opens at a place closes; raises a Refusal where it never does."""
    depth = 0
    for place in range(opening, len(some)):
        if some[place].kind == "sign":
            depth += (some[place].text in "([{") - (some[place].text in ")]}")
            if not depth:
                return place
    raise Refusal("MalformedQueryException", f"Unclosed {some[opening].text} at {some[opening].start}")


def parted(some: Sequence[Token], by: str) -> list[list[Token]]:
    """The tokens parted by a sign, where it stands outside of all brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in some:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if not depth and token.kind == "sign" and token.text == by:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def clauses(some: Sequence[Token]) -> list[Clause]:
    """The clauses of a statement in order, those of `CALL { … }` among them."""
    found: list[tuple[Token, list[Token]]] = []
    open_: list[bool] = []  # for each open bracket, whether it holds a query of its own
    for place, token in enumerate(some):
        if token.kind == "sign" and token.text in "([{":
            open_.append(token.text == "{" and place > 0 and some[place - 1].word == "CALL")
            if open_[-1]:
                continue
        elif token.kind == "sign" and token.text in ")]}" and open_ and open_.pop():
            continue
        if all(open_) and _starts_clause(some, place):
            found.append((token, []))
        elif found:
            found[-1][1].append(token)
        else:
            raise Refusal("MalformedQueryException", f"Invalid input '{token.text}' at offset {token.start}")
    return [Clause(first.word, tuple(rest), first.start) for first, rest in found]


def _starts_clause(some: Sequence[Token], place: int) -> bool:
    token = some[place]
    if token.word not in CLAUSES:
        return False
    before = some[place - 1] if place else None
    if before and (before.text in (".", ":", "$") or before.word in ("STARTS", "ENDS", "AS", "ON")):
        return False
    # A variable may be called like a clause: `RETURN set.x`.
    return place + 1 == len(some) or some[place + 1].text not in (".", "=", ",")


@dataclass(frozen=True, slots=True)
class Edit:
    """What to put in the place of a piece of text."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with its pieces exchanged; edits may not overlap, those at one place keep their order."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*parts, text[done:]])
