"""Trying again, with bounds: how long to wait, how often, and how many at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import NamedTuple


class Wait(NamedTuple):
    """How patiently something is tried again; seconds. Waits double from `first` up to `longest`."""

    tries: int
    first: float
    longest: float

    def before(self, attempt: int) -> float:
        """How long to wait before a further attempt (counted from 1): anything up to the doubled wait.

        Full jitter, so that those who collided do not collide again.
        https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        """
        doubled: float = min(self.longest, self.first * 2 ** (attempt - 1))
        return random.uniform(0, doubled)  # noqa: S311 - to spread load, not to keep a secret


class Lanes:
    """So many at once and no more: half as many after `narrow`, slowly more again after successes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = float(most)
        self._inside = 0
        self._changed = Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Waits for a lane, and gives it back."""
        with self._changed:
            self._changed.wait_for(lambda: self._inside < max(1, int(self._open)))
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def narrow(self) -> None:
        """Half as many from now on: the other side has too much to do."""
        with self._changed:
            self._open = max(1.0, self._open / 2)

    def widen(self) -> None:
        """A little more, up to the most: something went well."""
        with self._changed:
            self._open = min(float(self._most), self._open + 0.1)
            self._changed.notify_all()


class Batches:
    """How many rows go into one request: halved when they were too many, slowly more after successes."""

    def __init__(self, start: int, most: int) -> None:
        self._most = most
        self.size = start

    def grow(self, sent: int) -> None:
        """So many went well."""
        if sent >= self.size:
            self.size = min(self._most, self.size + max(1, self.size // 4))

    def shrink(self, sent: int) -> int:
        """So many were too many; how many to send instead."""
        self.size = max(1, min(self.size, sent // 2))
        return self.size
