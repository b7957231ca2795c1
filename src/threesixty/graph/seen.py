"""Which keys a load has brought so far, at eight bytes each."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]


def _hashes(keys: Sequence[Hashable]) -> Hashes:
    return np.fromiter(map(hash, keys), np.int64, len(keys))


class Seen:
    """Keys by group, kept as sorted 64-bit hashes; a false 'seen' is as likely as a false digest."""

    def __init__(self) -> None:
        self._sorted: dict[Hashable, Hashes] = {}

    def add(self, group: Hashable, keys: Sequence[Hashable]) -> list[bool]:
        """For each key whether it is new, in the group and in this batch; all are seen from now on."""
        hashes = _hashes(keys)
        unique, first = np.unique(hashes, return_index=True)
        is_first = np.zeros(len(hashes), bool)
        is_first[first] = True
        new = is_first & ~self._within(group, hashes)
        known = self._sorted.get(group, np.empty(0, np.int64))
        fresh = unique[~self._within(group, unique)]
        self._sorted[group] = np.insert(known, np.searchsorted(known, fresh), fresh)
        found: list[bool] = new.tolist()
        return found

    def has(self, group: Hashable, keys: Sequence[Hashable]) -> list[bool]:
        """For each key whether the group has seen it."""
        found: list[bool] = self._within(group, _hashes(keys)).tolist()
        return found

    def _within(self, group: Hashable, hashes: Hashes) -> NDArray[np.bool_]:
        known = self._sorted.get(group)
        if known is None or not len(known):
            return np.zeros(len(hashes), bool)
        places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        within: NDArray[np.bool_] = known[places] == hashes
        return within
