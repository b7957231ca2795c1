"""Long work in pieces."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Items in lists of at most `size` (itertools.batched, which Python 3.11 does not have)."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


@contextmanager
def uncollected() -> Iterator[None]:
    """Switch the cyclic garbage collector off: bulk work makes millions of values and no cycles among them.

    Looking through them again and again costs a quarter of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
