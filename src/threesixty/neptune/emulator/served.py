"""What an emulator was asked: counts and sizes, for tests and reports."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Served:
    """Requests by operation and status, and the bytes of their bodies."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, int]] = Counter()
        self.bytes_received = 0
        self.bytes_sent = 0

    def note(self, operation: str, status: int, received: int, sent: int) -> None:
        """One more request; a dropped connection has status 0."""
        with self._lock:
            self._counts[operation, status] += 1
            self.bytes_received += received
            self.bytes_sent += sent

    def count(self, operation: str = "", status: int | None = None) -> int:
        """How many requests there were, of that operation and with that status where they are given."""
        with self._lock:
            return sum(
                count
                for (one, answered), count in self._counts.items()
                if operation in ("", one) and status in (None, answered)
            )

    def by_operation(self) -> dict[str, dict[int, int]]:
        """Operation -> status -> how many."""
        found: dict[str, dict[int, int]] = {}
        with self._lock:
            for (operation, status), count in sorted(self._counts.items()):
                found.setdefault(operation, {})[status] = count
        return found

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()
            self.bytes_received = self.bytes_sent = 0
