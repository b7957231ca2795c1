"""The `[survivorship]` of a project file: by which rules a value wins, property by property."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from threesixty.project.table import Table, suggestion
from threesixty.record import Preference
from threesixty.schema import GROUPS, Schema

PREFERENCES: Mapping[str, str] = {
    "verified": "a value that its source says was checked (role `email_verified`) before one that was not",
    "trust": "the source with the higher `trust`; `trust:crm,shop` names the sources instead, best first",
    "newest": "the record whose source spoke last; one without a time comes last",
    "oldest": "the record whose source spoke first",
    "frequent": "what more records say",
}
DEFAULT = "default"


def survivorship(
    table: Table, schema: Schema, sources: Collection[str]
) -> Mapping[str, tuple[Preference, ...]]:
    """Rules by property, by group (`name`, `address`), and under `default` for everything else."""
    grouped = {each: group for group, names in GROUPS.items() for each in names}
    singles = {prop.name for prop in schema.party_properties} - set(grouped)
    known = {DEFAULT, *GROUPS, *singles}
    found = {}
    for key in table.values:
        if key in grouped:
            hint = f"write {grouped[key]} = [ … ]"
            table.problem(key, f"{key!r} wins together with the whole {grouped[key]}", hint, at_key=True)
        elif key not in known:
            table.problem(
                key, f"there is no property {key!r} of a party", suggestion(key, known), at_key=True
            )
        found[key] = _rules(table, key, sources)
    return {key: rules for key, rules in found.items() if rules}


def _rules(table: Table, key: str, sources: Collection[str]) -> tuple[Preference, ...]:
    value = table.take(key)
    if not isinstance(value, list) or not value:
        table.problem(key, f"{key} must be a list of rules", 'such as ["verified", "trust", "newest"]')
        return ()
    found: list[Preference] = []
    for number, word in enumerate(value):
        where = (*table.where, key, number)
        by, _, named = str(word).partition(":")
        given = tuple(name.strip() for name in named.split(",") if name.strip())
        if by not in PREFERENCES or (given and by != "trust"):
            table.notes.add(where, f"there is no rule {word!r}", suggestion(by, PREFERENCES))
            continue
        for name in given:
            if name not in sources:
                table.notes.add(where, f"there is no source {name!r}", suggestion(name, sources))
        if by in {rule.by for rule in found}:
            table.notes.add(where, f"{by} stands here twice")
        found.append(Preference(by, given))
    return tuple(found)
