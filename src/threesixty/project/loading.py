"""Reading a project file: every mistake at once, each with its place and the nearest right name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threesixty.errors import Problem, ProjectError
from threesixty.project import kinds, mapping, region
from threesixty.project.model import Project, Source, names_of
from threesixty.project.places import stands
from threesixty.project.survivorship import survivorship
from threesixty.project.table import Notes, Table

FILE = "threesixty.toml"
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One key of `[rules]`: its type, the least and the most it may be, and what it does."""

    type: type
    least: float
    most: float
    doc: str


RULES: Mapping[str, Rule] = {
    "threshold": Rule(float, 0.5, 0.9999, "probability from which two records are joined"),
    "snapshot_loss": Rule(float, 0.0, 1.0, "share of its keys a snapshot may lose before it stops and asks"),
}


def load(path: Path, *, home: Path | None = None) -> Project:
    """The project a file describes. `path` may be its folder; `home` is where the data goes.

    Raises ProjectError with every Problem found, in the order of the file.
    """
    path = path / FILE if path.is_dir() else path
    text = _text(path)
    document = _document(path, text)
    notes = Notes(stands(text))
    project = _project(Table(document, (), notes), path, home)
    if notes.problems:
        problems = sorted(notes.problems, key=lambda p: (p.line, p.column))
        raise ProjectError(str(path), list(dict.fromkeys(problems)))
    return project


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        problem = Problem("there is no such file", "`threesixty init FILE…` writes one from your files")
    except UnicodeDecodeError as error:
        problem = Problem(f"not UTF-8: byte {error.start}", "save it as UTF-8")
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}")
    raise ProjectError(str(path), [problem])


def _document(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        message = _AT.sub("", str(error))
        at_end = found is not None and found[1] is None
        line = text.count("\n") + 1 if at_end else int(found[1]) if found else 0
        column = len(text) - text.rfind("\n") if at_end else int(found[2]) if found else 0
        problem = Problem(f"not TOML: {message[:1].lower()}{message[1:]}", "", line, column)
    except RecursionError:
        problem = Problem("not TOML: nested too deeply")
    raise ProjectError(str(path), [problem])


def _project(document: Table, path: Path, home: Path | None) -> Project:
    head = document.table("project")
    stores = document.table("stores")
    country = region.country(head, "US")
    time_zone = region.time_zone(head, "UTC")
    schema = kinds.schema(document.table("schema"))
    tables = document.table("sources")
    sources = mapping.sources(tables, path.parent, schema, country, time_zone)
    project = Project(
        name=head.text("name", path.absolute().parent.name),
        path=path,
        home=home or path.parent / ".threesixty",
        sources=sources,
        schema=schema,
        public_ids=_public_ids(head, sources),
        currency=_currency(head),
        country=country,
        rates=_rates(head, path.parent),
        graph=_graph(stores),
        rules=_rules(document.table("rules")),
        survivorship=survivorship(document.table("survivorship"), schema, mapping.names(tables)),
    )
    if not document.values.get("sources"):
        document.problem("sources", "no source is declared", "`threesixty init FILE…` writes them for you")
    for table in (head, stores, document):
        table.done()
    return project


def _public_ids(head: Table, sources: Sequence[Source]) -> str:
    """The source whose master ids are the ids of customers."""
    given = head.text("public_ids", "")
    mastered = sorted({
        name for source in sources for mapping in source.records if mapping.master
        for name in names_of(mapping.source or source.name)
    })  # fmt: skip
    if given and given not in mastered:
        head.unknown("public_ids", "source with a master column", given, mastered)
    return given


def _currency(head: Table) -> str:
    given = head.text("currency", "EUR")
    if not re.fullmatch("[A-Z]{3}", given):
        hint = f"did you mean {given.upper()!r}?" if re.fullmatch("[A-Za-z]{3}", given) else "such as 'EUR'"
        head.problem("currency", f"a currency is three capital letters, not {given!r}", hint)
    return given


def _rates(head: Table, folder: Path) -> str:
    given = head.text("rates")
    return str(folder / Path(given).expanduser()) if given else ""


def _graph(stores: Table) -> str:
    given = stores.text("graph", "embedded")
    if given not in ("embedded", "none") and not re.match(r"[a-z][a-z0-9+]*://.", given):
        stores.unknown("graph", "graph", given, ("embedded", "none", "bolt://host:7687"))
    return given


def _rules(table: Table) -> dict[str, float | int | str | bool]:
    found: dict[str, float | int | str | bool] = {}
    for key, rule in RULES.items():
        value = table.typed(key, rule.type)
        if value is None:
            continue
        if not rule.least <= value <= rule.most:
            table.problem(key, f"{key} must be from {rule.least:g} to {rule.most:g}, not {value}")
        found[key] = value
    table.done()
    return found
