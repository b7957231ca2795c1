"""A file of scores or segments by customer: it names customers, and says nothing of who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from threesixty.sources.guess.looks import Column
from threesixty.sources.guess.samples import Sample
from threesixty.sources.guess.shape import PARTIES, Pointer, Shape, fits
from threesixty.sources.guess.words import is_called, kinds_of, vocabulary, words

_PEOPLES = frozenset({"given", "family", "email", "phone", "birth_date", "street", "postcode", "city"})
_FEW = 20
_SHARED = 0.3


def tell(found: Shape) -> None:
    """Make what was guessed to be people, or nothing, scores or segments, where its columns say so."""
    who = _who(found.sample)
    if who is None or found.kind not in ("", "person") or _PEOPLES & found.roles.keys():
        return
    for kind, needed in (("score", "value"), ("segment", "name")):
        roles = _roles(found.sample, kind, who.name)
        if needed in roles and _of_many(found, kind, roles):
            _become(found, kind, who.name, roles)
            return


def point(shapes: Sequence[Shape]) -> None:
    """Say for every file of scores whose ids its customers have."""
    people = [shape for shape in shapes if shape.kind in PARTIES]
    for shape in shapes:
        if shape.kind in ("score", "segment"):
            shape.parties = {"of": _pointer(shape.sample.column(shape.key[0]), people)}


def _who(sample: Sample) -> Column | None:
    """The first column that is called like the number of a customer."""
    keys = vocabulary()["key"]["key"]
    for column in sample.columns:
        parts = words(column.name).split()
        if "person" in kinds_of(column.name) and (len(parts) == 1 or parts[-1] in keys):
            return column
    return None


def _roles(sample: Sample, kind: str, who: str) -> dict[str, str]:
    """The column of each role: its whole name is surer than its last words."""
    found: dict[str, str] = {}
    for role in vocabulary()[kind]:
        named = [one for one in sample.columns if is_called(one.name, kind, role) and one.filled]
        named = [one for one in named if one.name not in (who, *found.values()) and _fits(one, role)]
        named.sort(key=lambda one: words(one.name) not in vocabulary()[kind][role])
        if named:
            found[role] = named[0].name
    return found


def _fits(column: Column, role: str) -> bool:
    return column.look == "number" if role == "value" else fits(column, role)


def _of_many(found: Shape, kind: str, roles: Mapping[str, str]) -> bool:
    """Whether the names are those of scores, of which many customers have the same few, and not of people."""
    if "name" not in roles:
        return kind == "score" and "full_name" not in found.roles and words(roles["value"]) != "value"
    name = found.sample.column(roles["name"])
    return len(name.distinct) <= _FEW and len(name.filled) >= 2 * len(name.distinct)


def _become(found: Shape, kind: str, who: str, roles: Mapping[str, str]) -> None:
    found.kind, found.why = kind, f"it says {kind}s of customers, and nothing of who they are"
    found.key = (who, roles["name"]) if "name" in roles else (who,)
    found.notes = {"key": f"a row is one {kind} of one customer"}
    found.roles = {role: [roles[role]] for role in vocabulary()[kind] if role in roles}
    found.version = ""
    if "name" not in roles:
        found.constants["name"] = roles["value"]


def _pointer(who: Column, people: Sequence[Shape]) -> Pointer:
    """Keys of another file; else ids that were given out, by us or by another system."""
    found = [
        (len(who.distinct & column.distinct), other.key == (column.name,), other, column)
        for other in people
        for column in other.sample.columns
    ]
    shared, is_key, other, column = max(found, key=lambda one: one[:2], default=(0, False, None, who))
    if other is None or shared < _SHARED * len(who.distinct):
        return Pointer(who.name, why="ids that `threesixty export` or the graph gave out, or a master's")
    where = f"{shared / len(who.distinct):.0%} of its values are in {column.name!r} of {other.sample.name}"
    if is_key:
        return Pointer(who.name, other.sample.name, why=f"{where}, its key")
    return Pointer(who.name, why=f"{where}: if another system gave these ids, write master = … there")
