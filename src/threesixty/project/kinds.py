"""The `[schema]` of a project file: shipped kinds extended, new kinds and identifier types added."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast, get_args

from threesixty.project.table import Table, suggestion
from threesixty.record import Sort
from threesixty.schema import (
    COUNTS,
    CUSTOMER_COLUMNS,
    DEFAULT,
    RESERVED,
    THING_COLUMNS,
    Category,
    Fold,
    IdentifierType,
    InGraph,
    Kind,
    LinkRule,
    Property,
    Schema,
    Type,
)
from threesixty.units import SORT, unit
from threesixty.window import earliest

_LABEL = re.compile(r"[A-Z][A-Za-z0-9]*")
_EDGE = re.compile(r"[A-Z][A-Z0-9_]*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OWN_LABELS = frozenset({"Threesixty", "Customer", "Record", "Identifier", "Household", "Address", "Alias"})
_OWN_EDGES = frozenset({"RESOLVES_TO", "CARRIES", "USES", "LIVES_AT", "MEMBER_OF", "NOW", "BOUGHT"})
_THING_TYPES = {column.name: column.type for column in THING_COLUMNS}
_TAKEN = {
    "party": frozenset({"id", COUNTS, *(c.name for c in CUSTOMER_COLUMNS)}) - {"name"},
    "thing": frozenset({"id", "kind", "source"}),
    "event": frozenset({"id", "kind", "source"}),
}


def schema(table: Table) -> Schema:
    """The default schema with what `[schema]` adds to it."""
    kinds = table.table("kinds")
    names = {*DEFAULT.kinds, *kinds.values}
    declared = {name: _kind(name, one, names) for name, one in kinds.tables()}
    identifiers = {name: _identifier(name, one) for name, one in table.table("identifiers").tables()}
    table.done()
    whole = DEFAULT.with_(declared, identifiers)
    _check_labels(whole, kinds)
    _check_counts(whole, kinds)
    return whole


def _kind(name: str, table: Table, kinds: Collection[str]) -> Kind:
    _check_name(table, name, "kind")
    kind = _extended(DEFAULT.kinds[name], table) if name in DEFAULT.kinds else _new(name, table)
    properties = _properties(kind, table.table("properties"))
    parties = _parties(kind, table.table("parties"))
    links = {
        role: _link(role, one, kind.links.get(role), kinds) for role, one in table.table("links").tables()
    }
    kind = replace(kind, properties=properties, parties=parties, links={**kind.links, **links})
    kind = replace(kind, count=_count(kind, table), keep=_keep(kind, table))
    table.done()
    return kind


def _count(kind: Kind, table: Table) -> str:
    name = table.text("count")
    if not name:
        return ""
    if kind.sort != "event":
        hint = "the figures of a customer have purchases and tickets"
        table.problem("count", f"only events are counted, and {kind.name} is a {kind.sort}", hint)
    elif not kind.parties:
        table.problem("count", f"{kind.name} names nobody", "say under `parties` who takes part in it")
    elif not _NAME.fullmatch(name):
        hint = "use small letters, digits and _, beginning with a letter"
        table.problem("count", f"{name!r} cannot name a property", hint)
    elif name in _TAKEN["party"] | {"name"}:
        table.problem("count", f"{name!r} is a column of Threesixty's own", "choose another word")
    return name


def _keep(kind: Kind, table: Table) -> str:
    keep = table.text("keep")
    if keep and kind.sort != "thing":
        table.problem("keep", f"only things have a window, and {kind.name} is of sort {kind.sort}",
                      "events are not drawn one by one")  # fmt: skip
    elif keep and not kind.property("at"):
        table.problem("keep", f"{kind.name} has no time", "give it a property `at`")
    elif keep and earliest(keep, date(2000, 1, 1)) is None:
        table.problem("keep", f"{keep!r} is no span of time", 'such as "24 months", "400 days" or "3 years"')
        return ""
    return keep


def _new(name: str, table: Table) -> Kind:
    sort = table.text("sort", "thing", among=get_args(Sort), required=True)
    if sort == "party":
        table.problem("sort", "a project cannot add a kind of party", "use the kinds person and organisation")
    label = table.text("label", required=sort == "thing")
    if label:
        _check_word(table, "label", _LABEL, "ProductReturn")
        if label in _OWN_LABELS:
            table.problem("label", f"the label {label!r} is Threesixty's own", "choose another word")
    return Kind(name, cast(Sort, sort), label, (), shared_keys=table.boolean("shared_keys", default=False))


def _extended(kind: Kind, table: Table) -> Kind:
    for key, value in (("sort", kind.sort), ("label", kind.label)):
        if table.take(key) not in (None, value):
            table.problem(
                key,
                f"the {key} of the shipped kind {kind.name!r} cannot change",
                f"leave it out (it is {value!r}), or add a kind of your own",
            )
    return replace(kind, shared_keys=table.boolean("shared_keys", default=kind.shared_keys))


def _check_labels(whole: Schema, table: Table) -> None:
    used = {kind.label: kind.name for name, kind in whole.kinds.items() if name in DEFAULT.kinds}
    for name, kind in whole.kinds.items():
        if name in DEFAULT.kinds or kind.label in _OWN_LABELS | {""}:
            continue
        if kind.label in used:
            place = Table(table.values[name], (*table.where, name), table.notes)
            place.problem("label", f"the kind {used[kind.label]!r} has the label {kind.label!r} already")
        used.setdefault(kind.label, name)


def _check_counts(whole: Schema, table: Table) -> None:
    """A customer has one thing under one name: what sources say of it, or how often something happened."""
    said = {p.name for p in whole.party_properties}
    for name, kind in whole.kinds.items():
        if kind.count in said:
            place = Table(table.values[name], (*table.where, name), table.notes)
            place.problem(
                "count", f"{kind.count!r} is a property of customers already", "choose another word"
            )


# --- properties ----------------------------------------------------------------------------------


def _properties(kind: Kind, table: Table) -> tuple[Property, ...]:
    found = {prop.name: prop for prop in kind.properties}
    for name in table.values:
        found[name] = _property(kind, name, table, found.get(name))
    return tuple(found.values())


def _property(kind: Kind, name: str, table: Table, shipped: Property | None) -> Property:
    _check_property(kind, name, table)
    base = shipped or Property(name, personal=kind.sort == "party", category=_sort_of(kind))
    value = table.take(name)
    if isinstance(value, str):
        table.values = {**table.values, name: {"type": value}}
    one = table.table(name)
    given = one.text("type", base.type, among=get_args(Type), required=shipped is None)
    if shipped is not None and given != shipped.type:
        one.problem("type", f"{kind.name}.{name} is {shipped.type} everywhere", "leave `type` out")
    prop = Property(
        name,
        cast(Type, given),
        one.boolean("personal", default=base.personal),
        cast(InGraph, one.text("graph", base.graph, among=get_args(InGraph))),
        cast(Fold, one.text("fold", base.fold, among=get_args(Fold))),
        cast(Category, one.text("category", base.category, among=[c for c in get_args(Category) if c])),
        _unit(one, given, base.unit),
    )
    prop = _guarded(prop, one)
    one.done()
    return prop


def _unit(table: Table, type_: str, default: str) -> str:
    given = table.text("unit", default)
    if given and type_ != "number":
        table.problem("unit", f"only a number has a unit, not {type_}", 'write type = "number"')
    elif given and given not in SORT:
        usual = unit(given)
        hint = f"did you mean {usual!r}?" if usual else suggestion(given, SORT)
        table.problem("unit", f"there is no unit {given!r}", hint)
    else:
        return given
    return ""


def _sort_of(kind: Kind) -> Category:
    """What people do is told by things and events that name them."""
    return "behaviour" if kind.sort != "party" and kind.parties else ""


def _guarded(prop: Property, table: Table) -> Property:
    """The property with what follows from its flags; flags that contradict each other are noted."""
    if prop.graph == "masked" and prop.type not in ("text", "date"):
        hint = 'of a text some letters are shown, of a date the year; here write "no" or "yes"'
        table.problem("graph", f"of {prop.type} no part can be shown", hint)
    if prop.category != "special":
        return prop
    if "personal" in table and not prop.personal:
        table.problem("personal", "what is special is personal", "leave `personal` out")
    # Health, belief, origin: such data is in nobody's reach until the project file says so.
    return replace(prop, personal=True, graph=prop.graph if "graph" in table else "no")


def _check_property(kind: Kind, name: str, table: Table) -> None:
    _check_name(table, name, "property")
    if name in _TAKEN[kind.sort]:
        table.problem(name, f"{name!r} is a column of Threesixty's own", "choose another word", at_key=True)
    expected = _THING_TYPES.get(name) if kind.sort == "thing" else None
    value: Any = table.values[name]
    given = value.get("type") if isinstance(value, dict) else value
    if expected and given in get_args(Type) and given != expected:
        table.problem(name, f"{name} is {expected} for every kind of thing", "choose another word")


# --- roles, edges, identifiers -------------------------------------------------------------------


def _parties(kind: Kind, table: Table) -> Mapping[str, str]:
    found = dict(kind.parties)
    for role in table.values:
        _check_name(table, role, "role")
        edge = table.text(role)
        if kind.sort == "thing" and role in table:
            _check_edge(table, role, edge)
        found[role] = edge
    return found


def _link(role: str, table: Table, shipped: LinkRule | None, kinds: Collection[str]) -> LinkRule:
    _check_name(table, role, "role")
    base = shipped or LinkRule("", "product")
    edge = table.text("edge", base.edge, required=shipped is None)
    if edge:
        _check_edge(table, "edge", edge)
    kind = table.text("kind", base.kind, among=kinds, required=shipped is None)
    properties = _properties(Kind(role, "event", "", base.properties), table.table("properties"))
    table.done()
    return LinkRule(edge, kind, properties)


def _identifier(name: str, table: Table) -> IdentifierType:
    _check_name(table, name, "identifier type")
    if name == "address":
        table.notes.add(table.where, "'address' is an identifier type of Threesixty's own", key=True)
    base = DEFAULT.identifiers.get(name, IdentifierType(name))
    found = IdentifierType(
        name,
        table.boolean("exclusive", default=base.exclusive),
        cast(InGraph, table.text("graph", base.graph, among=get_args(InGraph))),
    )
    table.done()
    return found


# --- words ---------------------------------------------------------------------------------------


def _check_edge(table: Table, key: str, edge: str) -> None:
    _check_word(table, key, _EDGE, "OF_PRODUCT")
    if edge in _OWN_EDGES:
        table.problem(key, f"the edge type {edge!r} is Threesixty's own", "choose another word")


def _check_word(table: Table, key: str, shape: re.Pattern[str], example: str) -> None:
    word, hint = table.values[key], f"write it like {example}"
    if not shape.fullmatch(word):
        table.problem(key, f"{word!r} cannot be used in a graph", hint)
    elif word.upper() in RESERVED:
        table.problem(key, f"{word!r} is a word that graph databases keep for themselves", hint)


def _check_name(table: Table, name: str, what: str) -> None:
    if not _NAME.fullmatch(name):
        table.notes.add(
            table.where if table.where and table.where[-1] == name else (*table.where, name),
            f"{name!r} cannot name a {what}",
            "use small letters, digits and _, beginning with a letter",
            key=True,
        )
