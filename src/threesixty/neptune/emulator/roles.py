"""Two instances behind two endpoints, and what a failover does to them.

An endpoint is a name that leads to an instance; a connection stays with the instance it was opened to. In
a failover the reader becomes the writer at once and the names follow a moment later: whoever looks the
name up too early, or keeps an old connection, is told that he writes to a read replica.
https://docs.aws.amazon.com/neptune/latest/userguide/feature-overview-endpoints.html
"""

from __future__ import annotations

import time
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from threesixty.neptune.emulator.operation import READER, WRITER


class Roles:
    """Which endpoint leads to which of the instances 0 and 1, and which of them writes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._writer = 0
        self._led = 0  # to which instance the writer's name led before
        self._moves_at = 0.0
        self._connections: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    def role(self, endpoint: str, connection: Any) -> str:
        """The role of the instance at the other end of a connection to that endpoint."""
        with self._lock:
            if connection not in self._connections:
                leads_to = self._writer if time.monotonic() >= self._moves_at else self._led
                self._connections[connection] = leads_to if endpoint == WRITER else 1 - leads_to
            return WRITER if self._connections[connection] == self._writer else READER

    def swap(self, seconds: float) -> None:
        """A failover; the names follow after so many seconds."""
        with self._lock:
            self._led = self._writer
            self._writer = 1 - self._writer
            self._moves_at = time.monotonic() + seconds
