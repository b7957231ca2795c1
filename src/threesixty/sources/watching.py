"""What has come since the last look: files that nobody writes to any more, objects, tables that grow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from threesixty.errors import SourceError
from threesixty.project import Source
from threesixty.sources import files, s3
from threesixty.sources.database import Selection

Signature = tuple[int, int | str]
"""What changes when a file is written to: its size, and when it was; of an object its ETag."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What of a source can be loaded now: the places of its deliveries, and what still is being written.

    A table that can say what is new has no signature: only reading it tells.
    """

    source: str
    places: frozenset[str]
    signature: frozenset[tuple[str, Signature]]
    waiting: tuple[str, ...] = ()


@dataclass
class Watch:
    """Looks at sources again and again. A file counts as finished when it has not changed for `settle`
    seconds; what is `done` does not come again before something in it is another."""

    sources: Sequence[Source]
    settle: float = 5.0
    clock: Callable[[], float] = time.monotonic
    known: dict[str, frozenset[tuple[str, Signature]]] = field(default_factory=dict)
    seen: dict[Path, tuple[Signature, float]] = field(default_factory=dict)

    def look(self) -> Iterator[Arrival | SourceError]:
        """What has come, source by source, and what kept us from looking. Nothing is no error here."""
        for source in self.sources:
            try:
                arrival = self._arrival(source)
            except SourceError as error:
                yield error
                continue
            new = not arrival.signature or arrival.signature != self.known.get(source.name)
            whole = source.delivery != "snapshot" or not arrival.waiting
            if arrival.places and new and whole:
                yield arrival

    def done(self, arrival: Arrival) -> None:
        """Take note that an arrival was loaded."""
        self.known[arrival.source] = arrival.signature

    def failed(self, arrival: Arrival) -> None:
        """Take note that an arrival cannot be loaded as it is: files come again when they are others."""
        if not any(source.database for source in self.sources if source.name == arrival.source):
            self.done(arrival)

    def _arrival(self, source: Source) -> Arrival:
        if source.database:
            place = Selection(source.name, source.database).place
            # Read whole each time, it is looked at once: nobody could tell whether it has changed.
            asked = frozenset() if source.database.incremental else frozenset({(place, (0, ""))})
            return Arrival(source.name, frozenset({place}), asked)
        found: dict[str, Signature] = {}
        waiting = []
        for path in source.paths:
            if path.startswith(s3.SCHEME):
                found |= {each.place: (each.size, each.etag) for each in s3.matching(source.name, path)}
                continue
            files.ensure_set(source.name, path)
            for one in files.matching(source.name, path):
                signature = self._settled(one)
                if signature is None:
                    waiting.append(one.name)
                else:
                    found[files.File(one).place] = signature
        return Arrival(source.name, frozenset(found), frozenset(found.items()), tuple(waiting))

    def _settled(self, path: Path) -> Signature | None:
        """The signature of a file that has been the same for long enough, else None."""
        try:
            stat = path.stat()
        except OSError:
            return None
        # The time of the last change of anything about it: unlike that of its content, nobody can set it.
        signature, now = (stat.st_size, stat.st_ctime_ns), self.clock()
        before, since = self.seen.get(path, (None, now))
        if before is None and time.time() - stat.st_ctime >= self.settle:
            since = now - self.settle
        elif before != signature:
            since = now
        self.seen[path] = (signature, since)
        return signature if now - since >= self.settle else None
