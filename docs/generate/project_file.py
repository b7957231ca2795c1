"""The tables of docs/reference/project-file.md, from the schema and the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from threesixty.project import PREFERENCES, RULES
from threesixty.schema import DEFAULT, Kind


def page(text: str) -> str:
    """The page with its tables written anew."""
    tables = {
        "rules": "\n".join(_rules()),
        "survivorship": "\n".join(_preferences()),
        "kinds": "\n".join(_kinds()),
    }
    for name, table in tables.items():
        place = re.compile(rf"(<!-- written: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = place.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text)
    return text


def _rules() -> Iterator[str]:
    yield "| key | | |\n|---|---|---|"
    for name, rule in RULES.items():
        yield f"| `{name}` | {rule.doc} | {rule.least:g} to {rule.most:g} |"


def _preferences() -> Iterator[str]:
    yield "| rule | prefers |\n|---|---|"
    for name, doc in PREFERENCES.items():
        yield f"| `{name}` | {doc} |"


def _kinds() -> Iterator[str]:
    yield "| kind | roles of its columns | `parties` | `links` |\n|---|---|---|---|"
    for kind in DEFAULT.kinds.values():
        yield f"| `{kind.name}` | {_properties(kind)} | {_parties(kind)} | {_links(kind)} |"
    yield ""
    yield "Identifier types: " + ", ".join(
        f"`{one.name}`" + (" (mostly one each)" if one.exclusive else "")
        for one in DEFAULT.identifiers.values()
    )


def _properties(kind: Kind) -> str:
    return ", ".join(f"`{p.name}`" + (f" ({p.type})" if p.type != "text" else "") for p in kind.properties)


def _parties(kind: Kind) -> str:
    return ", ".join(f"`{role}`" for role in kind.parties)


def _links(kind: Kind) -> str:
    return ", ".join(
        f"`{role}` to {'an' if rule.kind[0] in 'aeiou' else 'a'} {rule.kind}"
        + (f" with {', '.join(f'`{p.name}`' for p in rule.properties)}" if rule.properties else "")
        for role, rule in kind.links.items()
    )
