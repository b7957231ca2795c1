"""A warning about sources in the ledger that the project file no longer names."""

from __future__ import annotations

from threesixty.ledger import Ledger
from threesixty.project import Project


def told(ledger: Ledger, project: Project) -> tuple[str, ...]:
    """One warning for each source that has live Records and is not in the project file, with what to do."""
    named = {source.name for source in project.sources}
    found = [(name, ledger.live((), name)) for name in ledger.speakers() if name not in named]
    return tuple(_words(name, records) for name, records in found if records)


def _words(name: str, records: int) -> str:
    many = "1 record" if records == 1 else f"{records:,} records"
    return (
        f"the project file names no source {name!r} any more; what it said stays and counts ({many}):"
        f" if it has another name now, call it {name!r} again; to be rid of it, name it as a snapshot whose"
        f" file has the line of column names and no rows, and `threesixty load {name} --accept-shrink`"
    )
