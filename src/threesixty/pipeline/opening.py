"""What a project keeps, opened: its ledger, and its graph."""

from __future__ import annotations

from pathlib import Path

from threesixty.errors import GraphDamaged, GraphUnavailable, LedgerHeld
from threesixty.graph import Graph, files
from threesixty.graph.connect import connect, embedded_path
from threesixty.ledger import Ledger
from threesixty.project import Project

LEDGER = "ledger.db"


def ledger(project: Project) -> tuple[Ledger, LedgerHeld | None]:
    """The ledger; where another process writes to it, for reading only, with the error that names it."""
    try:
        return ledger_at(project, project.home / LEDGER), None
    except LedgerHeld as held:
        return ledger_at(project, project.home / LEDGER, write=False), held


def ledger_at(project: Project, path: Path, *, write: bool = True) -> Ledger:
    """A ledger of this project's that lies elsewhere."""
    kinds = project.schema.kinds.values()
    return Ledger.open(
        path,
        write=write,
        party_kinds=frozenset(kind.name for kind in kinds if kind.sort == "party"),
        shared_kinds=frozenset(kind.name for kind in kinds if kind.shared_keys),
        given_by=project.public_ids,
    )


def graph(project: Project, target: str = "") -> tuple[Graph, str]:
    """The project's graph, or the one that `target` names, and what had to be mended, in words.

    Files of the embedded graph that cannot be trusted are put aside, and the graph is empty; those made for
    another schema, which may have shown more, are removed. Raises GraphHeld, GraphUnavailable, GraphDenied.
    """
    target, told = target or project.graph, ""
    try:
        found = connect(target, project.home, project.schema)
    except GraphDamaged as damaged:
        told = f"the graph could not be used ({damaged.reason}) and was made anew from the ledger"
        if damaged.reason == files.OTHER_SCHEMA:
            files.remove(embedded_path(project.home))
        else:
            told += f"; what was left of it is in {files.set_aside(embedded_path(project.home)).name}"
        found = connect(target, project.home, project.schema)
    if found is None:
        raise GraphUnavailable("this project keeps no graph", hint='set graph = "embedded" under [stores]')
    return found, told
