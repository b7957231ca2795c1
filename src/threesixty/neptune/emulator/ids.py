"""Neptune's rules for `~id` that the text of a statement alone cannot hold: they are about its values.

An id is text, and never changes. Where something is made or merged, any other value is an error; where
something is looked up, it matches nothing. ArcadeDB would take a number for its digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from threesixty.neptune.emulator.beneath import ID
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.tokens import Clause, Token, closing, parted

MAKES, SEEKS, SETS = "makes", "seeks", "sets"
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Use:
    """A parameter that gives an id (`makes`, `seeks`) or properties (`sets`) to something.

    The path leads from the parameter to the value by keys; `*` stands for every item of a list.
    """

    purpose: str
    parameter: str
    path: tuple[str, ...]


def uses(clauses: Sequence[Clause]) -> tuple[Use, ...]:
    """Where a statement takes ids and properties from its parameters; raises Refusal.

    What it computes itself is not seen.
    """
    rows = dict(_unwound(clauses))
    found = [
        Use(purpose, *place)
        for clause in clauses
        for purpose, value in _values(clause)
        if (place := _place(value, rows))
    ]
    return tuple(found)


def checked(known: Sequence[Use], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters to run with; raises Refusal where an id or a property may not be what it is."""
    given = dict(parameters)
    for use in known:
        if use.parameter not in given:
            continue
        if use.purpose == SEEKS:
            given[use.parameter] = _texts_only(given[use.parameter], use.path)
            continue
        for value in _at(given[use.parameter], use.path):
            if use.purpose == MAKES and not isinstance(value, str):
                raise _no_text(value)
            if use.purpose == SETS and isinstance(value, Mapping) and ID in value:
                raise unchangeable()
    return given


def unchangeable() -> Refusal:
    return Refusal("BadRequestException", f"The reserved property {ID} cannot be set")


def _no_text(value: object) -> Refusal:
    said = "null" if value is None else type(value).__name__
    return Refusal("BadRequestException", f"{ID} has to be a String, but it is {said}")


def _at(found: Any, path: Sequence[str]) -> Iterator[object]:
    if not path:
        yield found
    elif path[0] == _EVERY:
        for item in found if isinstance(found, (list, tuple)) else ():
            yield from _at(item, path[1:])
    else:
        yield from _at(found.get(path[0]) if isinstance(found, Mapping) else None, path[1:])


def _texts_only(found: Any, path: Sequence[str]) -> Any:
    """The value with everything at the end of the path that is no text made null."""
    if not path:
        return found if isinstance(found, str) else None
    if path[0] == _EVERY:
        return [_texts_only(one, path[1:]) for one in found] if isinstance(found, (list, tuple)) else found
    if isinstance(found, Mapping) and path[0] in found:
        return {**found, path[0]: _texts_only(found[path[0]], path[1:])}
    return found


# --- reading a statement ---------------------------------------------------------------------------


def _unwound(clauses: Sequence[Clause]) -> Iterator[tuple[str, str]]:
    """Variables that stand for the items of a list parameter: `UNWIND $rows AS row`."""
    for clause in clauses:
        some = clause.tokens
        if clause.word == "UNWIND" and len(some) == 3 and some[0].parameter and some[2].called:
            yield some[2].called, some[0].parameter


def _values(clause: Clause) -> Iterator[tuple[str, Sequence[Token]]]:
    """Every id and every map of properties in a clause, with what it is for."""
    if clause.word in ("CREATE", "MERGE", "MATCH"):
        for value in _id_values(clause.tokens):
            if clause.word != "MATCH":
                _check_literal(value)
            yield SEEKS if clause.word == "MATCH" else MAKES, value
    elif clause.word == "WHERE":
        yield from ((SEEKS, value) for value in _sought(clause.tokens))
    elif clause.word == "SET":
        for item in parted(clause.tokens, ","):
            if any(one.called == ID for one in item):
                raise unchangeable()
            if len(item) > 2 and item[1].text in ("=", "+="):
                yield SETS, item[2:]
    elif clause.word == "REMOVE" and any(one.called == ID for one in clause.tokens):
        raise unchangeable()


def _id_values(some: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The values given to `~id` in the maps of patterns."""
    for place, token in enumerate(some):
        if token.text == "{" and token.kind == "sign":
            for entry in parted(some[place + 1 : closing(some, place)], ","):
                if len(entry) > 2 and entry[0].called == ID:
                    yield entry[2:]


def _sought(some: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """What `id(n) = …` and `id(n) IN …` compare with, as far as it is a parameter or a row."""
    for place in range(len(some) - 5):
        head, _, inside, _, then = some[place : place + 5]
        if head.word == "ID" and inside.called and (then.text == "=" or then.word == "IN"):
            value = list(some[place + 5 : place + 6])
            rest = some[place + 6 :]
            while len(rest) > 1 and rest[0].text == "." and rest[1].called:
                value += rest[:2]
                rest = rest[2:]
            yield value + _in_list(then)


def _in_list(then: Token) -> list[Token]:
    return [Token("word", _EVERY, then.end)] if then.word == "IN" else []


def _place(value: Sequence[Token], rows: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:
    """The parameter and the path to a value; None where it is computed."""
    first, *rest = value
    path = tuple(token.called for token in rest if token.text != ".")
    dots = sum(token.text == "." for token in rest)
    if not all(path) or dots != sum(key != _EVERY for key in path):
        return None
    if first.parameter:
        return first.parameter, path
    if first.called in rows:
        return rows[first.called], (_EVERY, *path)
    return None


def _check_literal(value: Sequence[Token]) -> None:
    if len(value) == 1 and (value[0].kind == "number" or value[0].word in ("NULL", "TRUE", "FALSE")):
        raise _no_text(None if value[0].word == "NULL" else 0)
