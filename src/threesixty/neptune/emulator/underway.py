"""The queries an engine is working on, by id; what `/opencypher/status` shows and cancels."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Query:
    """A query that runs: `cancelled` once somebody wants it to end, `silent` where that is no error."""

    id: str
    text: str
    started: float = field(default_factory=time.monotonic)
    cancelled: bool = False
    silent: bool = False

    @property
    def milliseconds(self) -> int:
        """For how long it has run."""
        return int((time.monotonic() - self.started) * 1000)


class Underway:
    """What runs now."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._queries: dict[str, Query] = {}

    @contextmanager
    def running(self, id_: str, text: str) -> Iterator[Query]:
        query = Query(id_, text)
        with self._lock:
            self._queries[id_] = query
        try:
            yield query
        finally:
            with self._lock:
                del self._queries[id_]

    def all(self) -> list[Query]:
        """In the order in which they came."""
        with self._lock:
            return list(self._queries.values())

    def get(self, id_: str) -> Query | None:
        with self._lock:
            return self._queries.get(id_)
