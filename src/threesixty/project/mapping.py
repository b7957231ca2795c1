"""The `[sources]` of a project file: where rows come from, and what their columns mean."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from threesixty.project import dates, region
from threesixty.project.contract import check_snapshots, contract
from threesixty.project.model import Choice, Constant, Part, RecordMapping, Reference, Source
from threesixty.project.origin import FORMATS, origin
from threesixty.project.table import Table, suggestion
from threesixty.schema import BRAND, Kind, Schema

DELIVERIES = ("append", "snapshot", "changes")
SPLITTING_ROLES = ("full_name", "full_address")
"""Roles whose text is taken apart into several properties."""

# What other tools call our roles: too far apart in spelling for a nearest name.
_HABITS = {
    "first_name": "given", "firstname": "given", "forename": "given", "given_name": "given",
    "last_name": "family", "lastname": "family", "surname": "family", "family_name": "family",
    "name": "full_name", "middle_name": "middle", "title": "prefix", "dob": "birth_date",
    "birthday": "birth_date", "date_of_birth": "birth_date", "sex": "gender", "mail": "email",
    "mobile": "phone", "telephone": "phone", "zip": "postcode", "zip_code": "postcode",
    "postal_code": "postcode", "town": "city", "state": "region", "province": "region",
    "address": "street", "address_line": "street", "date": "at", "created_at": "at", "timestamp": "at",
    "ts": "at", "total": "amount", "price": "amount", "sales": "amount", "qty": "quantity",
    "device_id": "device", "loyalty_id": "loyalty", "customer": "buyer", "vat": "tax_id",
}  # fmt: skip
_ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "latin-1",
    "cp1252",
    "iso-8859-15",
    "cp1250",
    "shift_jis",
    "gb18030",
)
_SOURCE_NAME = re.compile(r"\w[\w-]*")
_MAPPING_KEYS = ("kind", "key", "columns", "source", "node", "version", "parties", "links", "master")


@dataclass(frozen=True, slots=True)
class Setting:
    """What every source of one project may lean on. `open_sources`: names also come from a column."""

    folder: Path
    schema: Schema
    country: str
    time_zone: str
    sources: frozenset[str]
    open_sources: bool


def sources(table: Table, folder: Path, schema: Schema, country: str, time_zone: str) -> tuple[Source, ...]:
    """Every source of the table, in the order of the file."""
    names, is_open = _source_names(table)
    setting = Setting(folder, schema, country, time_zone, names, is_open)
    found = tuple(_source(name, one, setting) for name, one in table.tables())
    check_snapshots(table, found)
    return found


def names(table: Table) -> frozenset[str]:
    """Every name of a source that this table itself gives."""
    return _source_names(table)[0]


def _source_names(table: Table) -> tuple[frozenset[str], bool]:
    names, is_open = set(table.values), False
    for source in table.values.values():
        for mapping in _raw_mappings(source):
            given = mapping.get("source")
            values = given.get("values") if isinstance(given, dict) else None
            is_open = is_open or (isinstance(given, dict) and not values)
            names.update(v for v in (values or {}).values() if isinstance(v, str))
            if isinstance(given, str):
                names.add(given)
    return frozenset(names), is_open


def _raw_mappings(source: object) -> Iterator[dict[str, Any]]:
    if isinstance(source, dict):
        records = source.get("records")
        listed = records if isinstance(records, list) else [source]
        yield from (one for one in listed if isinstance(one, dict))


# --- one source ----------------------------------------------------------------------------------


def _source(name: str, table: Table, setting: Setting) -> Source:
    if not _SOURCE_NAME.fullmatch(name):
        table.notes.add(
            table.where, f"{name!r} cannot name a source", "use letters, digits, _ and -", key=True
        )
    paths, database = origin(table, setting.folder)
    source = Source(
        name=name,
        paths=paths,
        records=_records(table, setting),
        format=table.text("format", among=FORMATS),
        encoding=_encoding(table),
        delimiter=_delimiter(table),
        sheet=table.text("sheet"),
        date_orders=dates.orders(table),
        time_zone=region.time_zone(table, setting.time_zone),
        written=dates.written(table),
        first_year=dates.first_year(table),
        year_only=dates.year_only(table),
        country=region.country(table, setting.country),
        delivery=cast(
            Literal["append", "snapshot", "changes"], table.text("delivery", "append", among=DELIVERIES)
        ),
        deleted=_deleted(table),
        trust=table.typed("trust", int) or 0,
        database=database,
        contract=contract(table),
        brand=table.text("brand"),
    )
    table.done()
    return source


def _encoding(table: Table) -> str:
    given = table.text("encoding")
    try:
        b"".decode(given or "utf-8")  # some codecs are of no text, such as base64
        return codecs.lookup(given).name if given else ""
    except (LookupError, ValueError):
        table.unknown("encoding", "encoding", given, _ENCODINGS)
        return ""


def _delimiter(table: Table) -> str:
    given = table.text("delimiter")
    if len(given) > 1:
        table.problem("delimiter", f"a delimiter is one character, not {given!r}", r'a tabulator is "\t"')
        return ""
    return given


def _deleted(table: Table) -> Choice | None:
    value = table.take("deleted")
    if isinstance(value, str) and value:
        return Choice(value)
    if value is None:
        return None
    one = table.table("deleted")
    marks = one.take("values") or []
    if not isinstance(marks, list) or not all(isinstance(mark, str) for mark in marks):
        one.problem("values", "values must be a list of texts", 'such as values = ["D", "deleted"]')
        marks = []
    choice = Choice(one.text("column", required=True), dict.fromkeys(marks, "deleted"))
    one.done()
    return choice


# --- how a row becomes Records -------------------------------------------------------------------


def _records(table: Table, setting: Setting) -> tuple[RecordMapping, ...]:
    if "records" not in table:
        return (_mapping(table, setting),)
    listed = table.take("records")
    if isinstance(listed, dict):
        listed = [listed]
        table.problem(
            "records", "records is a list of tables", f"write [[{'.'.join(map(str, table.where))}.records]]"
        )
        return ()
    for key in _MAPPING_KEYS:
        if key in table:
            table.take(key)
            table.problem(key, f"{key} stands beside [[records]]", "move it into one of them", at_key=True)
    found = []
    for number, one in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(one, dict):
            inner = Table(one, (*table.where, "records", number), table.notes)
            found.append(_mapping(inner, setting))
            inner.done()
    _check_same(table, found)
    return tuple(found)


def _check_same(table: Table, mappings: list[RecordMapping]) -> None:
    seen: list[tuple[object, ...]] = []
    for number, one in enumerate(mappings):
        name = (one.source, one.kind, one.key)
        if name in seen:
            table.notes.add(
                (*table.where, "records", number),
                "this gives the same Record as the mapping above: same source, kind and key",
                "put both into one, or tell the keys apart with a { constant = … }",
            )
        seen.append(name)


def _mapping(table: Table, setting: Setting) -> RecordMapping:
    kind = _kind(table, setting)
    kinds = _kinds_of(kind, setting.schema)
    mapping = RecordMapping(
        kind=kind,
        key=_parts(table, "key", required=True),
        columns=_columns(table.table("columns"), kinds, setting.schema),
        source=_which_source(table),
        node=_parts(table, "node"),
        version=table.text("version"),
        parties={role: _party(role, one, kinds, setting) for role, one in table.table("parties").tables()},
        links={role: _link(role, one, kinds, setting) for role, one in table.table("links").tables()},
        master=table.text("master"),
    )
    if mapping.master and any(kind.sort != "party" for kind in kinds):
        table.problem("master", "only people and organisations have a master id", "leave `master` out")
    if mapping.node and any(kind.sort == "party" for kind in kinds):
        table.problem("node", "rows of one person share their key, not a node", "make it the key")
    return mapping


def _kind(table: Table, setting: Setting) -> str | Choice:
    if isinstance(table.values.get("kind"), dict):
        return _choice(table, "kind", setting.schema.kinds)
    return table.text("kind", among=setting.schema.kinds, required=True)


def _kinds_of(kind: str | Choice, schema: Schema) -> tuple[Kind, ...]:
    """The kinds a row may become; none when the kind itself is wrong, and has been reported."""
    if isinstance(kind, str):
        return (schema.kinds[kind],) if kind else ()
    return tuple(schema.kinds[k] for k in dict.fromkeys(kind.values.values())) or tuple(schema.kinds.values())


def _which_source(table: Table) -> str | Choice:
    if isinstance(table.values.get("source"), dict):
        return _choice(table, "source", ())
    return table.text("source")


def _choice(table: Table, key: str, known: Collection[str]) -> Choice:
    one = table.table(key)
    column = one.text("column", required=True)
    values = one.table("values")
    found = {cell: values.text(cell, among=known, what=key) for cell in values.values}
    one.done()
    return Choice(column, {cell: name for cell, name in found.items() if name})


def _parts(table: Table, key: str, *, required: bool = False) -> tuple[Part, ...]:
    value = table.take(key)
    if value is None:
        if required:
            table.missing(key, "the column, or columns, that tell one from the other")
        return ()
    if not isinstance(value, list):
        return _part(table, (*table.where, key), value)
    return tuple(p for n, v in enumerate(value) for p in _part(table, (*table.where, key, n), v))


def _part(table: Table, where: tuple[str | int, ...], value: object) -> tuple[Part, ...]:
    if isinstance(value, str) and value:
        return (value,)
    constant = value.get("constant") if isinstance(value, dict) and len(value) == 1 else None
    if isinstance(constant, str | int | float):
        return (Constant(str(constant)),)
    table.notes.add(where, "this must be a column's name", 'or a constant: { constant = "EUR" }')
    return ()


def _columns(table: Table, kinds: tuple[Kind, ...], schema: Schema) -> dict[str, tuple[Part, ...]]:
    roles = roles_of(kinds, schema)
    found = {}
    for role, value in table.values.items():
        if isinstance(value, dict) and "constant" not in value and role in schema.identifiers:
            uses = table.table(role)
            found.update({f"{role}:{use}": _parts(uses, use) for use in uses.values})
        else:
            found[role] = _parts(table, role)
        if kinds and role not in roles:
            _wrong_role(table, role, kinds, roles)
    return found


def roles_of(kinds: Collection[Kind], schema: Schema) -> frozenset[str]:
    """What a column may mean for these kinds: their properties and, for parties, identifiers too."""
    roles = {prop.name for kind in kinds for prop in kind.properties}
    if any(kind.sort == "party" for kind in kinds):
        roles |= {*schema.identifiers, *SPLITTING_ROLES, *schema.asides, "at"}
    if any(kind.parties for kind in kinds):
        roles.add(BRAND)
    return frozenset(roles)


def _wrong_role(table: Table, role: str, kinds: tuple[Kind, ...], roles: frozenset[str]) -> None:
    names = " or ".join(kind.name for kind in kinds) if len(kinds) <= 3 else "these kinds"
    usual = _HABITS.get(role.casefold().replace(" ", "_").replace("-", "_"))
    hint = f"did you mean {usual!r}?" if usual in roles else suggestion(role, roles)
    if role in SPLITTING_ROLES or (
        kinds[0].sort != "party" and role in ("email", "phone", "given", "family")
    ):
        hint = f'it belongs to a person: parties.<role> = {{ identifiers = {{ {role} = "…" }} }}'
    table.problem(role, f"{role!r} is not a role of {names}", hint, at_key=True)


# --- references ----------------------------------------------------------------------------------


def _party(role: str, table: Table, kinds: tuple[Kind, ...], setting: Setting) -> Reference:
    roles = {r for kind in kinds for r in kind.parties}
    _check_role(table, role, roles, kinds, "a party in")
    people = [name for name, kind in setting.schema.kinds.items() if kind.sort == "party"]
    reference = _who(table, table.text("kind", "person", among=people), setting)
    table.done()
    return reference


def _who(table: Table, kind: str, setting: Setting) -> Reference:
    """A party: by key, by a bag of what is known of it, or by a customer's id."""
    bag = table.table("identifiers")
    allowed = roles_of([setting.schema.kinds[kind]], setting.schema)
    reference = Reference(
        kind=kind,
        source=_referred_source(table, setting),
        key=_parts(table, "key"),
        identifiers=_named_parts(bag, allowed, f"identifier or property of {kind}"),
        customer=table.text("customer"),
    )
    if not (reference.key or reference.identifiers or reference.customer):
        table.missing("key", "say who: key = …, identifiers = { email = … } or customer = …")
    return reference


def _what(table: Table, kind: str, setting: Setting) -> Reference:
    return Reference(kind, source=_referred_source(table, setting), key=_parts(table, "key", required=True))


def _a(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


def _link(role: str, table: Table, kinds: tuple[Kind, ...], setting: Setting) -> Reference:
    rules = {r: rule for kind in kinds for r, rule in kind.links.items()}
    _check_role(table, role, set(rules), kinds, "a link of")
    rule = rules.get(role)
    kind = table.text("kind", rule.kind if rule else "", among=setting.schema.kinds)
    if rule and kind != rule.kind:
        table.problem("kind", f"{role} goes to {_a(rule.kind)}, not to {_a(kind)}", "leave `kind` out")
    properties = {prop.name for prop in rule.properties} if rule else set()
    party = kind in setting.schema.kinds and setting.schema.kinds[kind].sort == "party"
    reference = replace(
        _who(table, kind, setting) if party else _what(table, kind, setting),
        values=_single_parts(table.table("values"), properties, f"property of {role}"),
    )
    table.done()
    return reference


def _check_role(table: Table, role: str, roles: Collection[str], kinds: tuple[Kind, ...], what: str) -> None:
    if not kinds or role in roles:
        return
    usual = _HABITS.get(role)
    hint = f"did you mean {usual!r}?" if usual in roles else suggestion(role, roles)
    names = " or ".join(kind.name for kind in kinds[:3])
    table.notes.add(table.where, f"{role!r} is not {what} {names}", hint or "it has none", key=True)


def _referred_source(table: Table, setting: Setting) -> str:
    given = table.text("source")
    if given and given not in setting.sources and not setting.open_sources:
        table.unknown("source", "source", given, setting.sources)
    return given


def _named_parts(table: Table, known: Collection[str], what: str) -> dict[str, tuple[Part, ...]]:
    for name in table.values:
        if known and name not in known:
            usual = _HABITS.get(name, "")
            hint = f"did you mean {usual!r}?" if usual in known else suggestion(name, known)
            table.problem(name, f"there is no {what} {name!r}", hint, at_key=True)
    return {name: _parts(table, name) for name in table.values}


def _single_parts(table: Table, known: Collection[str], what: str) -> dict[str, Part]:
    found = {}
    for name, parts in _named_parts(table, known, what).items():
        if len(parts) > 1:
            table.problem(name, f"{name} takes one column")
        if parts:
            found[name] = parts[0]
    return found
