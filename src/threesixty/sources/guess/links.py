"""What files say about each other: columns that hold the keys of another file, and people in other files."""

from __future__ import annotations

from collections.abc import Sequence

from threesixty.sources.guess.looks import Column
from threesixty.sources.guess.shape import PARTIES, Pointer, Shape, fits
from threesixty.sources.guess.words import endings, kinds_of, vocabulary, words

_PARTY = {"purchase": "buyer", "ticket": "contact"}
_LINKS = {
    ("purchase", "product"): "includes",
    ("purchase", "store"): "sold_at",
    ("ticket", "product"): "about_product",
    ("ticket", "purchase"): "about_purchase",
    ("product", "category"): "in_category",
    ("category", "category"): "within",
    ("person", "organisation"): "works_for",
    ("organisation", "organisation"): "part_of",
}
_BAG = ("email", "phone", "device", "loyalty", "full_name", "given", "family", "street", "postcode", "city")
_REACH = frozenset(_BAG[:4])


def link(shapes: Sequence[Shape]) -> None:
    """Fill in what every file says about the others, and about people it describes itself."""
    known = [shape for shape in shapes if shape.kind]
    for shape in known:
        _point(shape, known)
    _keep_key_spaces_apart(known)
    for shape in known:
        if shape.kind in _PARTY:
            _gather_people(shape)
        if shape.kind == "purchase":
            _share_node(shape)


def _point(shape: Shape, known: Sequence[Shape]) -> None:
    for column in shape.sample.columns:
        found = [(likeness, other) for other in known if (likeness := _likeness(shape, column, other))]
        if not found:
            continue
        (overlap, _), target = max(found, key=lambda each: each[0])
        why = f"{overlap:.0%} of its values are keys of {target.sample.name}"
        _place(shape, target, Pointer(column.name, target.sample.name, why=why))


def _likeness(shape: Shape, column: Column, other: Shape) -> tuple[float, bool] | None:
    """How much a column looks like the key of another file: shared values, and whether its name says so."""
    pair = (shape.kind, other.kind)
    is_key = column.name in shape.key and len(shape.key) == 1
    if is_key or len(other.key) != 1 or not (pair in _LINKS or _is_party(pair) or _is_line(shape, other)):
        return None
    if shape is other and not set(words(column.name).split()) & set(vocabulary()["type"]["parent"]):
        return None
    keys = other.sample.column(other.key[0])
    overlap = len(column.distinct & keys.distinct) / max(1, len(column.distinct))
    same_name = words(column.name) == words(keys.name)
    if same_name or shape is other or other.kind in kinds_of(column.name) or _named_after(column, other):
        return (overlap, same_name) if overlap >= 0.3 else None
    telling = len(column.distinct) >= 10 and column.look == "text"
    return (overlap, False) if telling and overlap >= 0.95 else None


def _is_party(pair: tuple[str, str]) -> bool:
    return pair[0] in _PARTY and pair[1] in PARTIES


def _named_after(column: Column, other: Shape) -> bool:
    """Whether a column is called like a file, as `account` is after `accounts`."""
    file = "".join(words(other.sample.name).split()[-1:])
    return bool({file, file.removesuffix("s")} & set(words(column.name).split()))


def _is_line(shape: Shape, other: Shape) -> bool:
    return shape is not other and shape.kind == other.kind == "purchase" and len(shape.key) > 1


def _place(shape: Shape, target: Shape, pointer: Pointer) -> None:
    if target.kind in PARTIES and shape.kind in _PARTY:
        role = "recipient" if _says(pointer.column, "recipient") else _PARTY[shape.kind]
        shape.parties.setdefault(role if shape.kind == "purchase" else "contact", pointer)
    elif _is_line(shape, target):
        shape.node, shape.same_as = pointer.column, target.sample.name
        shape.notes["node"] = "rows that share it are lines of one purchase of " + target.sample.name
        for role in ("name", *target.roles):
            shape.roles.pop(role, None)
    else:
        shape.links.setdefault(_LINKS[shape.kind, target.kind], pointer)


def _share_node(shape: Shape) -> None:
    """A file of order lines without a file of orders: what stands before the line's number is the order."""
    order = next((name for name in shape.key if "purchase" in kinds_of(name)), "")
    if len(shape.key) > 1 and order and not shape.node:
        shape.node = order
        shape.notes["node"] = "rows that share it are lines of one purchase; their amounts add up"


def _keep_key_spaces_apart(known: Sequence[Shape]) -> None:
    """Categories and subcategories may both count from 1: a constant keeps their keys apart."""
    levels = [shape for shape in known if shape.kind == "category" and len(shape.key) == 1]
    keys = [shape.sample.column(shape.key[0]).distinct for shape in levels]
    if not any(a & b for n, a in enumerate(keys) for b in keys[:n]):
        return
    for level in levels:
        level.space = level.sample.name
    spaces = {level.sample.name: level.space for level in levels}
    for shape in known:
        for role, pointer in shape.links.items():
            space = spaces.get(pointer.to, "")
            shape.links[role] = Pointer(pointer.column, pointer.to, space, why=pointer.why)


# --- people in files about other things ----------------------------------------------------------


def _gather_people(shape: Shape) -> None:
    bags: dict[str, dict[str, str]] = {}
    for column in shape.sample.columns:
        if column.name in shape.mapped or not column.filled:
            continue
        is_gift = shape.kind == "purchase" and _says(column.name, "recipient")
        role = _person_role(shape, column)
        if role:
            bags.setdefault("recipient" if is_gift else _PARTY[shape.kind], {}).setdefault(role, column.name)
    for party, bag in bags.items():
        if _REACH & bag.keys():
            held = shape.parties.get(party, Pointer())
            why = held.why or "these columns say who"
            shape.parties[party] = Pointer(held.column, held.to, held.space, bag, why)
    party = _PARTY[shape.kind]
    if party not in shape.parties:
        _point_at_stranger(shape, party)


def _point_at_stranger(shape: Shape, party: str) -> None:
    """A customer's number, without a file of customers, is still an identifier."""
    for column in shape.sample.columns:
        parts = words(column.name).split()
        if column.name not in shape.mapped and "person" in kinds_of(column.name) and _is_key_name(parts):
            why = "no file given here has these customers: give it too, and let this point at it"
            shape.parties[party] = Pointer(bag={"account": column.name}, why=why)
            return


def _is_key_name(parts: Sequence[str]) -> bool:
    return bool(parts) and parts[-1] in vocabulary()["key"]["key"]


def _says(name: str, what: str) -> bool:
    return bool(set(words(name).split()) & set(vocabulary()["type"][what]))


def _person_role(shape: Shape, column: Column) -> str:
    """What a column of a purchase or ticket says about a person, once `guest`, `gift` … are taken off."""
    types = vocabulary()["type"]
    parts = words(column.name).split()
    while parts and (
        parts[0] in types["buyer"] or parts[0] in types["recipient"] or "person" in kinds_of(parts[0])
    ):
        parts = parts[1:]
    text = " ".join(parts)
    people = vocabulary()["person"]
    found = next((role for role in _BAG if text in people[role] and fits(column, role)), "")
    clear = (
        found not in ("full_name", "city") or text in ("name", "full name", "city") or len(endings(text)) > 1
    )
    return found if clear or shape.kind == "ticket" else ""
