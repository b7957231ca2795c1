"""Reads openCypher 9, and enough of other dialects to tell what in them is not openCypher.

The grammar is `opencypher.lark`. Cypher needs more than one token of look-ahead in a few places (is this "("
a pattern or a sum in brackets?), and nearly every word of it may also be a name: `_look_further` decides both
before the parser sees the tokens. Source: https://s3.amazonaws.com/artifacts.opencypher.org/openCypher9.pdf
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from threesixty.errors import GraphRefused

Node = Tree[Token]

DEEPEST = 200
"""So many brackets may be open at once."""

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_QUANTIFIERS = frozenset({"all", "any", "none", "single", "filter", "extract"})
_PATHS = frozenset({"shortestpath", "allshortestpaths"})
_INNER = frozenset({"exists", "count", "collect"})
# Words that are only words of the language beside certain others: `offset: before`, or before it.
_BEFORE = {"CALL": "name ( {", "FOREACH": "(", "LOAD": "csv", "MANDATORY": "match", "USE": "name",
           "USING": "name"}  # fmt: skip
_AFTER = {"CSV": "load", "EXPLAIN": "; ", "PROFILE": "; ", "UNIQUE": "create"}


class NotOpenCypher(GraphRefused):
    """A text cannot be read; lines and columns count from 1."""

    def __init__(self, what: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {what}", hint="openCypher 9 is what Neptune speaks")
        self.what = what
        self.line = line
        self.column = column


def parse(text: str) -> Node:
    """The tree of a text: `start`, one `statement` for each part between semicolons. Raises NotOpenCypher."""
    try:
        tree = _parser().parse(text)
    except UnexpectedToken as error:
        if error.token:
            raise _unreadable(f"{error.token!s} is not expected here", text, error.pos_in_stream) from None
        raise _unreadable("the text ends too early", text, None) from None
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        raise _unreadable(f"{text[at]!r} begins nothing", text, at) from None
    if not tree.children:
        raise NotOpenCypher("there is no statement", 1, 1)
    return tree


def _unreadable(what: str, text: str, at: int | None) -> NotOpenCypher:
    at = len(text.rstrip()) if at is None else at
    return NotOpenCypher(what, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("opencypher.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", postlex=_Further(), propagate_positions=True)


class _Further:
    """Lark's place for what happens between lexer and parser."""

    always_accept = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        tokens = list(stream)
        _look_further(tokens)
        return iter(tokens)


def _look_further(tokens: list[Token]) -> None:
    """Gives words and brackets the type that what stands around them asks for."""
    closing = _closing(tokens)
    opened: list[int] = []
    labels = False
    for at, this in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        inside = tokens[opened[-1]] if opened else ""
        if _is_word(this):
            key = before in ("{", ",") and inside == "{" and _at(tokens, at + 1) == ":"
            labels = labels and before in (":", "|", "&", "!")
            if key or labels or before == ".":
                this.type = "NAME"
            else:
                _look_around_word(tokens, at)
            continue
        if this == ":":
            labels = not (inside == "{" and at > 1 and tokens[at - 2] in ("{", ","))
        else:
            labels = labels and (this in ("&", "!") or (this == "|" and _in_pattern(tokens, opened)))
        if this in _CLOSES:
            _look_into_bracket(tokens, at, closing)
            opened.append(at)
        elif opened and this == _CLOSES[tokens[opened[-1]]]:
            opened.pop()


def _closing(tokens: list[Token]) -> dict[int, int]:
    """Where each bracket is closed, as far as it is."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for at, this in enumerate(tokens):
        if this in _CLOSES:
            opened.append(at)
            if len(opened) > DEEPEST:
                raise NotOpenCypher(
                    f"brackets are nested more than {DEEPEST} deep", this.line or 1, this.column or 1
                )
        elif opened and this == _CLOSES[tokens[opened[-1]]]:
            closing[opened.pop()] = at
    return closing


def _is_word(this: Token) -> bool:
    return this.type == "NAME" or (this.isalpha() and this.type != "SCHEMA_COMMAND")


def _at(tokens: list[Token], at: int) -> str:
    return tokens[at].lower() if at < len(tokens) else ""


def _in_pattern(tokens: list[Token], opened: list[int]) -> bool:
    """Whether a "|" parts labels here, and not the halves of a comprehension."""
    return bool(opened) and (tokens[opened[-1]] == "(" or tokens[opened[-1] - 1] == "-")


def _look_around_word(tokens: list[Token], at: int) -> None:
    this, following = tokens[at], _at(tokens, at + 1)
    word = this.lower()
    if this.type in _BEFORE:
        wanted = _BEFORE[this.type].split()
        named = "name" in wanted and at + 1 < len(tokens) and tokens[at + 1].type == "NAME"
        this.type = this.type if named or following in wanted else "NAME"
    elif this.type in _AFTER and (_at(tokens, at - 1) if at else ";") not in _AFTER[this.type].split():
        this.type = "NAME"
    elif following == "(" and (this.type == "NAME" or word in _QUANTIFIERS):
        this.type = _called(tokens, at, word)
    elif following == "{" and word in _INNER and (word == "exists" or _begins_query(tokens, at + 2)):
        this.type = "INNER"
    elif this.type == "NAME" and _is_dotted_call(tokens, at):
        this.type = "FUNCTION"


def _called(tokens: list[Token], at: int, word: str) -> str:
    """What a word before "(" is."""
    third = _at(tokens, at + 3)
    if word in _QUANTIFIERS and third == "in":
        return "QUANTIFIER"
    if word == "reduce" and third == "=":
        return "REDUCE"
    if word in _PATHS:
        return "SHORTEST"
    return "FUNCTION" if tokens[at].type == "NAME" else tokens[at].type


def _is_dotted_call(tokens: list[Token], at: int) -> bool:
    """Whether a name begins something like apoc.text.join(…)."""
    while _at(tokens, at + 1) == "." and at + 2 < len(tokens) and _is_word(tokens[at + 2]):
        at += 2
    return _at(tokens, at + 1) == "(" and _at(tokens, at - 1) == "."


def _begins_query(tokens: list[Token], at: int) -> bool:
    return at < len(tokens) and (
        tokens[at] == "(" or tokens[at].type in ("MATCH", "OPTIONAL", "UNWIND", "WITH", "CALL")
    )


def _look_into_bracket(tokens: list[Token], at: int, closing: dict[int, int]) -> None:
    this = tokens[at]
    if this == "(" and _is_node(tokens, at) and _is_hop(tokens, closing.get(at, len(tokens)) + 1, closing):
        this.type = "OPEN_NODE"
    elif this == "[" and at + 2 < len(tokens) and _is_word(tokens[at + 1]):
        if tokens[at + 2].type == "IN":
            this.type = "OPEN_EACH"
        elif tokens[at + 2] == "=" and _at(tokens, at + 3) == "(" and _is_node(tokens, at + 3):
            this.type = "OPEN_PATH"


def _is_node(tokens: list[Token], at: int) -> bool:
    """Whether what follows the "(" can be a node."""
    after = at + 2 if at + 1 < len(tokens) and _is_word(tokens[at + 1]) else at + 1
    return _at(tokens, after)[:1] in (")", ":", "{", "$") or _at(tokens, after) == "where"


def _is_hop(tokens: list[Token], at: int, closing: dict[int, int]) -> bool:
    """Whether `-[…]-`, `--(` or `-->` begins here, with or without `<` before it."""
    at += _at(tokens, at) == "<"
    if _at(tokens, at) != "-":
        return False
    if _at(tokens, at + 1) == "[":
        return _at(tokens, closing.get(at + 1, len(tokens)) + 1) == "-"
    return _at(tokens, at + 1) == "-" and _at(tokens, at + 2) in ("(", ">")
