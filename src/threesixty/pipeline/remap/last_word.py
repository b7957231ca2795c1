"""After a remap: which row has the last word on a name that several rows speak of, also of other sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from threesixty import sources
from threesixty.ledger import Ledger
from threesixty.ledger.log import supersedes
from threesixty.ledger.remapping import Made
from threesixty.ledger.whole import Row
from threesixty.pipeline.remap.rereading import Reader, made_of
from threesixty.project import Project, Source

Word = tuple[str, int, Made | None]
"""The source that has the last word, the number it is on, and the word; None: nobody says anything."""


def last_words(ledger: Ledger, project: Project, source: Source) -> Iterator[tuple[list[Word], list[int]]]:
    """The last word on every name that a remap of a source left open, in batches.

    Each batch comes with those of its numbers that no row of the source gives any more.
    """
    readers = _Readers(project)
    for some in ledger.unsettled():
        yield _words(ledger, readers, source, dict(some)), []
    for numbers in ledger.lost(source.name):
        yield _words(ledger, readers, source, dict.fromkeys(numbers, 0)), numbers


class _Readers(dict[str, Reader]):
    """Readers by the name of their source, made when first needed."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project
        self.known = {source.name: source for source in project.sources}

    def __missing__(self, name: str) -> Reader:
        found = self[name] = sources.rereader(self.project, self.known[name])
        return found


def _words(ledger: Ledger, readers: _Readers, source: Source, own: Mapping[int, int]) -> list[Word]:
    """`own` has the row with this source's last word on each number, 0 where it has none."""
    numbers = dict(zip(ledger.names(list(own)), own, strict=True))
    kept: set[int] = set()
    said: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in ledger.rows_at({row for row in own.values() if row}):
        said[source.name][row.seq] = row
    for other, row in ledger.said_by_others(list(own), source.name):
        if other in readers.known:
            said[other][row.seq] = row
        else:
            kept.add(row.no)  # of a source that the project has no more: nobody can map it anew
    best: dict[int, tuple[str, Made]] = {}
    for by, made in sorted(_made(readers, said), key=lambda each: each[1].row):
        no = numbers.get(made.record.name, 0)
        if not no or (by == source.name and own[no] != made.row):
            continue
        if no not in best or supersedes(made.record.version, best[no][1].record.version):
            best[no] = (by, made)
    return [(*best[no][:1], no, best[no][1]) if no in best else ("", no, None)
            for no in own if no not in kept]  # fmt: skip


def _made(readers: _Readers, said: Mapping[str, Mapping[int, Row]]) -> Iterator[tuple[str, Made]]:
    for by, rows in said.items():
        given = list(rows.values())
        batch = readers[by]([row.raw for row in given])
        for made in made_of(given, batch):
            yield by, made._replace(was=0)
