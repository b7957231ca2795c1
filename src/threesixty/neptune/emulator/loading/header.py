"""The header of a load file: which columns say who and between whom, which are properties, of what type.

https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-tutorial-format-gremlin.html
https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-tutorial-format-opencypher.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from threesixty.neptune.emulator.loading.types import GREMLIN, OPENCYPHER, Convert

Format = Literal["csv", "opencypher"]
Role = Literal["id", "labels", "start", "end"]

_GREMLIN_PROPERTY = re.compile(
    r"(?P<name>(?:[^:\\]|\\.)+)(?::(?P<type>\w+)(?:\((?P<cardinality>\w+)\))?(?P<many>\[\])?)?"
)
_GREMLIN_ROLES: Mapping[str, Role] = {"~id": "id", "~label": "labels", "~from": "start", "~to": "end"}
_SYSTEM = re.compile(r"(?P<name>[^:]*):(?P<role>ID|LABEL|START_ID|END_ID|TYPE)(?:\((?P<space>[^()]*)\))?")
_OPENCYPHER_ROLES: Mapping[str, Role] = {
    "ID": "id", "LABEL": "labels", "TYPE": "labels", "START_ID": "start", "END_ID": "end",
}  # fmt: skip


class BadHeader(ValueError):
    """A header that the loader refuses; the text says why."""


@dataclass(frozen=True, slots=True)
class Column:
    """A property column. `many` cells hold values parted by semicolons; `single` is its cardinality."""

    place: int
    name: str
    convert: Convert = str
    many: bool = False
    single: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    """What a file's columns are. `spaces` are the ID spaces of openCypher's id columns."""

    edges: bool
    width: int
    places: Mapping[Role, int]
    columns: tuple[Column, ...] = ()
    spaces: Mapping[Role, str] = field(default_factory=dict)


def read_header(cells: Sequence[str | None], format_: Format, *, edge_ids: bool = True) -> Header:
    """`edge_ids` is the request's `userProvidedEdgeIds`, for openCypher files only. Raises BadHeader."""
    names = [cell or "" for cell in cells]
    for name in names:
        if not name or re.search(r"[\s,]", name):
            raise BadHeader(f"the header has a column '{name}': names are not empty and have no blanks")
    header = _gremlin(names) if format_ == "csv" else _opencypher(names, edge_ids=edge_ids)
    twice = [name for name, count in Counter(column.name for column in header.columns).items() if count > 1]
    if twice:
        raise BadHeader(f"the header has the property '{twice[0]}' twice")
    return header


def _gremlin(names: Sequence[str]) -> Header:
    system = {place: _GREMLIN_ROLES[name] for place, name in enumerate(names) if name in _GREMLIN_ROLES}
    places = _places([(role, place) for place, role in system.items()])
    edges = "start" in places or "end" in places
    columns = [
        _gremlin_column(place, name, edges=edges) for place, name in enumerate(names) if place not in system
    ]
    wanted: tuple[Role, ...] = ("id", "start", "end") if edges else ("id",)
    _require(places, wanted, {role: name for name, role in _GREMLIN_ROLES.items()})
    return Header(edges, len(names), places, tuple(columns))


def _gremlin_column(place: int, name: str, *, edges: bool) -> Column:
    found = _GREMLIN_PROPERTY.fullmatch(name)
    if not found or name.startswith("~"):
        raise BadHeader(f"'{name}' is no column header")
    cardinality, many = (found["cardinality"] or "").casefold(), bool(found["many"])
    if cardinality not in {"", "single", "set"}:
        raise BadHeader(f"'{name}': the cardinality is single or set")
    if cardinality == "single" and many:
        raise BadHeader(f"'{name}': a property of single cardinality has no array of values")
    if edges and (many or cardinality == "set"):
        raise BadHeader(f"'{name}': a property of an edge has a single value")
    convert = _type(found["type"] or "string", GREMLIN, name)
    return Column(
        place, re.sub(r"\\(.)", r"\1", found["name"]), convert, many, edges or cardinality == "single"
    )


def _opencypher(names: Sequence[str], *, edge_ids: bool) -> Header:
    system = {place: found for place, name in enumerate(names) if (found := _SYSTEM.fullmatch(name))}
    places = _places([(_OPENCYPHER_ROLES[found["role"]], place) for place, found in system.items()])
    edges = bool({"start", "end"} & set(places))
    _check_words({found["role"] for found in system.values()}, edges=edges)
    wanted: tuple[Role, ...] = ("start", "end") if edges else ("id",)
    if edges and edge_ids:
        wanted = ("id", *wanted)
    _require(places, wanted, {"id": ":ID", "start": ":START_ID", "end": ":END_ID"})
    if edges and not edge_ids and "id" in places:
        raise BadHeader("a relationship file has no :ID column when userProvidedEdgeIds is FALSE")
    columns = []
    for place, name in enumerate(names):
        if place not in system:
            columns.append(_opencypher_column(place, name))
        elif kept := system[place]["name"]:
            if system[place]["role"] != "ID" or edges:
                raise BadHeader(f"'{name}': only the :ID of a node is stored as a property")
            columns.append(Column(place, kept))
    spaces = {_OPENCYPHER_ROLES[found["role"]]: found["space"] or "" for found in system.values()}
    return Header(edges, len(names), places, tuple(columns), spaces)


def _check_words(words: set[str], *, edges: bool) -> None:
    stranger = "LABEL" if edges else "TYPE"
    if stranger in words:
        raise BadHeader(f"a {'relationship' if edges else 'node'} file has no :{stranger} column")


def _opencypher_column(place: int, name: str) -> Column:
    property_, _, type_ = name.partition(":")
    if not property_ or type_.endswith("[]"):
        raise BadHeader(
            f"'{name}': {'the openCypher format has no arrays' if property_ else 'is no column header'}"
        )
    return Column(place, property_, _type(type_ or "string", OPENCYPHER, name))


def _type(type_: str, types: Mapping[str, Convert], name: str) -> Convert:
    try:
        return types[type_.casefold()]
    except KeyError:
        raise BadHeader(f"'{name}': there is no type '{type_}'") from None


def _places(found: Sequence[tuple[Role, int]]) -> dict[Role, int]:
    places = dict(found)
    if len(places) < len(found):
        raise BadHeader("the header has a system column twice")
    return places


def _require(places: Mapping[Role, int], wanted: Sequence[Role], names: Mapping[Role, str]) -> None:
    for role in wanted:
        if role not in places:
            raise BadHeader(f"the header has no column {names[role]}")
