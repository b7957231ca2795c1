"""How ledger and graph stand."""

from __future__ import annotations

import shutil
from pathlib import Path

from threesixty.ledger import Counts
from threesixty.pipeline import masters, unnamed
from threesixty.pipeline.decisions import set_aside
from threesixty.pipeline.generics import generics
from threesixty.pipeline.load import contract
from threesixty.pipeline.view import View, people
from threesixty.report import Heavy, SourceStatus, Status

_HEAVIEST = 10


def status(view: View, graph: str, applied: int) -> Status:
    """Counts of everything, and how far resolving and drawing have come."""
    ledger, project = view.ledger, view.project
    counts = ledger.counts()
    resolved = ledger.reached("resolved_seq")
    notices = []
    if counts.seq > resolved:
        notices.append("records wait to be resolved: `threesixty load` goes on where it stopped")
    if 0 <= applied < resolved:
        notices.append("the graph is behind the ledger: the next question brings it up to date")
    if view.shows_otherwise:
        notices.append("the graph shows what the project file said before: `threesixty reconcile` mends it")
    if counts.dangling:
        many = "1 record is" if counts.dangling == 1 else f"{counts.dangling:,} records are"
        such = f"such as {counts.dangles}"
        notices.append(f"{many} named by others and not there (never delivered, or deleted), {such}")
    notices += [*masters.told(ledger), *unnamed.told(ledger, project)]
    graph_bytes = _bytes(project.home / "graph") if project.graph == "embedded" else 0
    return Status(
        project=project.name, home=str(project.home), records=counts.records, parties=counts.parties,
        customers=counts.customers, households=counts.households, identifiers=counts.identifiers,
        generic=len(generics(ledger)), decisions=counts.decisions, set_aside=len(set_aside(ledger)),
        parked=counts.parked, rejects=counts.rejects, unreadable=counts.unreadable, dangling=counts.dangling,
        forgotten=counts.forgotten, seq=counts.seq, resolved=resolved, applied=applied, graph=graph,
        ledger_bytes=counts.bytes, graph_bytes=graph_bytes, size_band=view.band.name,
        sources=_sources(view, counts), notices=tuple(notices), heaviest=_heaviest(view),
        epoch=ledger.epoch_in_force()[0], pins=ledger.pins_in_force(),
    )  # fmt: skip


def _heaviest(view: View) -> tuple[Heavy, ...]:
    """The customers whose redrawing costs most."""
    said = dict(view.ledger.heaviest(_HEAVIEST))
    found = {person.anchor: person for person in people(view, said)}
    return tuple(
        Heavy(found[anchor].id, found[anchor].name, many) for anchor, many in said.items() if anchor in found
    )


def _sources(view: View, counts: Counts) -> tuple[SourceStatus, ...]:
    names = sorted({source for source, _ in counts.kinds} | {source.name for source in view.project.sources})
    told = contract.standing(view.ledger, view.project)
    return tuple(
        SourceStatus(
            name,
            tuple((kind, n) for (source, kind), n in sorted(counts.kinds.items()) if source == name),
            counts.last_loads.get(name),
            counts.source_rejects.get(name, 0),
            told.get(name, ()),
        )
        for name in names
    )


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


def remove(home: Path) -> None:
    """Delete what Threesixty keeps in its home, and nothing else that may lie there."""
    for path in home.glob("ledger.db*"):
        path.unlink()
    for folder in ("graph", "arriving"):
        shutil.rmtree(home / folder, ignore_errors=True)
