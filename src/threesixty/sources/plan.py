"""What can be worked out about a mapping before its first row: who reads which column, and who is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from threesixty import normalise
from threesixty.normalise import Habits
from threesixty.project import Choice, Part, Project, RecordMapping, Reference, Source, roles_of
from threesixty.schema import MASTER, Kind, Property
from threesixty.sources.distinct import Distinct, Field, field, used_columns
from threesixty.sources.roles import JOINED, REGIONAL, Reading, habits, in_use, property_reader, reader

# What somebody wrote for a date, whether it can be read as one or not.
_DATED = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2}|\d{4}([./-])\d{1,2}\2\d{1,2}")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A role in which a row speaks of another Record: by key, by customer id or by a bag of identifiers."""

    role: str
    source: str
    kind: Kind
    key: tuple[Part, ...]
    bag: tuple[Field, ...]
    bag_columns: tuple[str, ...]
    values: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How rows become Records of one kind."""

    kind: Kind
    key: tuple[Part, ...]
    node: tuple[Part, ...]
    fields: tuple[Field, ...]
    pointers: tuple[Pointer, ...]
    country: tuple[Part, ...]
    home: Habits
    version: Field | None
    currency: str
    keeps_at: bool


def plans(project: Project, source: Source, mapping: RecordMapping) -> Mapping[str, Plan | None]:
    """A plan for every kind that rows of a mapping may be of, made when the first such row comes."""
    kinds = project.schema.kinds
    return Distinct(lambda name: _plan(project, source, mapping, kinds[name]) if name in kinds else None)


def _plan(project: Project, source: Source, mapping: RecordMapping, kind: Kind) -> Plan:
    home = habits(project, source)
    # Rows of several kinds share one mapping: each kind has the roles it knows. The firm of a person's row
    # is not the person's name, though a company's name stands in the same column.
    own = roles_of([kind], project.schema)
    columns = {role: parts for role, parts in mapping.columns.items() if role.partition(":")[0] in own}
    given = {**mapping.parties, **mapping.links}
    references = {role: given[role] for role in (*kind.parties, *kind.links) if role in given}
    has_money = any(prop.type == "money" for prop in kind.properties)
    return Plan(
        kind=kind,
        key=mapping.key,
        node=mapping.node,
        fields=_fields(project, kind, columns, home, regional="country" in mapping.columns),
        pointers=(
            *(_pointer(project, kind, role, one, home) for role, one in references.items()),
            *([_master(mapping.master)] if mapping.master else []),
        ),
        country=mapping.columns.get("country", ()),
        home=home,
        version=_version(mapping.version, home),
        currency=project.currency if has_money and kind.property("currency") else "",
        keeps_at=kind.property("at") is not None,
    )


def _fields(
    project: Project, kind: Kind, columns: Mapping[str, tuple[Part, ...]], home: Habits, *, regional: bool
) -> tuple[Field, ...]:
    """Columns as Fields; where several columns give one property, the first stands last and so wins."""
    found: list[Field] = []
    for role, parts in _by_role(columns).items():
        read = reader(role, kind, project.schema.identifiers, home)
        together = [("", [part for _, part in parts])] if role in JOINED else [
            (use, [part]) for use, part in reversed(parts)
        ]  # fmt: skip
        by_country = regional and role in REGIONAL
        lists = role in project.schema.identifiers
        found += [
            field(
                tuple(each), in_use(read, use), home.country,
                mark=JOINED.get(role, ""), regional=by_country, lists=lists,
            )
            for use, each in together
        ]  # fmt: skip
    return tuple(found)


def _by_role(columns: Mapping[str, tuple[Part, ...]]) -> dict[str, list[tuple[str, Part]]]:
    """Every column of a role with what its contact point is for: `phone:mobile` is of the role phone."""
    found: dict[str, list[tuple[str, Part]]] = {}
    for name, parts in columns.items():
        role, _, use = name.partition(":")
        found.setdefault(role, []).extend((use, part) for part in parts)
    return found


def _version(column: str, home: Habits) -> Field | None:
    """Versions in a form that sorts: digits as they stand, times as milliseconds, other text as it is.

    Dates that cannot be read sort by letter, which is no order of days: they are told as unreadable.
    """

    def read(text: str, _: str) -> Reading:
        said = normalise.said(text) or ""
        try:
            moment = None if said.isdigit() else normalise.instant(said, home)
        except (ValueError, OverflowError):
            moment = None
        if moment is not None:
            return Reading(text=str(moment))
        return Reading(text=said, unreadable="version" if _DATED.match(said) else "")

    return field((column,), read, home.country) if column else None


def _pointer(project: Project, kind: Kind, role: str, one: Reference, home: Habits) -> Pointer:
    rule = kind.links.get(role)
    typed = {prop.name: prop for prop in rule.properties} if rule else {}
    values = (
        field(
            (part,),
            property_reader(typed.get(name) or Property(name), home, label=f"{role}.{name}"),
            home.country,
        )
        for name, part in one.values.items()
    )
    by_id = bool(one.customer)
    target = Kind("customer", "party", "", ()) if by_id else project.schema.kinds[one.kind]
    return Pointer(
        role=role,
        source="customer" if by_id else one.source,
        kind=target,
        key=(one.customer,) if by_id else one.key,
        bag=_fields(project, target, one.identifiers, home, regional="country" in one.identifiers),
        bag_columns=tuple(sorted(used_columns(part for parts in one.identifiers.values() for part in parts))),
        values=tuple(values),
    )


def _master(column: str) -> Pointer:
    return Pointer(MASTER, "", Kind(MASTER, "thing", "", ()), (column,), (), (), ())


# --- columns ---------------------------------------------------------------------------------------


def columns_of(source: Source) -> list[str]:
    """Every column that the mappings of a source read."""
    names = [name for mapping in source.records for name in mapped_columns(mapping)]
    return list(dict.fromkeys([*names, *([source.deleted.column] if source.deleted else [])]))


def mapped_columns(mapping: RecordMapping) -> list[str]:
    """Every column that one mapping reads."""
    return sorted(used_columns(_parts(mapping)))


def _parts(mapping: RecordMapping) -> Iterable[Part]:
    yield from (*mapping.key, *mapping.node)
    yield from (choice.column for choice in (mapping.kind, mapping.source) if isinstance(choice, Choice))
    yield from (part for parts in mapping.columns.values() for part in parts)
    yield from filter(None, [mapping.version, mapping.master])
    for one in (*mapping.parties.values(), *mapping.links.values()):
        yield from (*one.key, *one.values.values(), *filter(None, [one.customer]))
        yield from (part for parts in one.identifiers.values() for part in parts)
