"""Where one group of Records is best taken apart: the half that is held by the fewest bits for its size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.float64]

_ALL = 14
"""Up to so many pieces, all ways to take them apart are tried; above, those that a first look suggests."""


def cheapest(
    records: Sequence[int],
    held: Mapping[tuple[int, int], float],
    together: Iterable[tuple[int, int]] = (),
    leaves: int | None = None,
) -> tuple[set[int], float] | None:
    """The Records that leave the first one at the least price, and the bits that held them to the others.

    `held` are the bits of pairs; pairs that are to stay `together` are not parted. The price is the bits that
    are cut for each Record of the smaller half: cutting off a single Record is nearly always the fewest bits,
    and nearly never where two customers were taken for one. `leaves`: a Record that has to leave. None where
    nobody may.
    """
    pieces = _pieces(records, together)
    if len(pieces) < 2 or leaves in pieces[0]:
        return None
    sizes = np.array([len(piece) for piece in pieces])
    weights = _between(pieces, held)
    sides = _every_way(len(pieces)) if len(pieces) <= _ALL else _along(weights)
    if leaves is not None:
        sides = sides[sides[:, next(at for at, piece in enumerate(pieces) if leaves in piece)] == 1.0]
    cut = np.einsum("wi,ij,wj->w", sides, weights, 1 - sides)
    leaving = sides @ sizes
    price = cut / np.minimum(leaving, sizes.sum() - leaving)
    # Of ways that cost the same, the one that leaves more with the first Record, then the first looked at.
    best = int(np.lexsort((leaving, np.round(price, 6)))[0])
    gone = {record for piece, out in zip(pieces, sides[best], strict=True) if out for record in piece}
    return gone, float(cut[best])


def _pieces(records: Sequence[int], together: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Groups of Records that are not parted; the first Record is in the first."""
    group = {record: {record} for record in records}
    for a, b in together:
        if a in group and b in group and group[a] is not group[b]:
            joined = group[a] | group[b]
            group.update(dict.fromkeys(joined, joined))
    # Each group once, where its first Record stands.
    return [sorted(each) for each in {id(group[record]): group[record] for record in records}.values()]


def _between(pieces: Sequence[Sequence[int]], held: Mapping[tuple[int, int], float]) -> Bits:
    place = {record: number for number, piece in enumerate(pieces) for record in piece}
    weights = np.zeros((len(pieces), len(pieces)))
    for (a, b), bits in held.items():
        if a in place and b in place and place[a] != place[b]:
            weights[place[a], place[b]] += bits
            weights[place[b], place[a]] += bits
    return weights


def _every_way(pieces: int) -> Bits:
    """Each row one way: 1 for the pieces that leave. The first piece never does."""
    ways = np.arange(1, 2 ** (pieces - 1))
    leaves = (ways[:, None] >> np.arange(pieces - 1)) & 1
    return np.hstack([np.zeros((len(ways), 1)), leaves.astype(np.float64)])


def _along(weights: Bits) -> Bits:
    """Ways to cut a line on which pieces that hold together lie close, and each piece by itself.

    The line is the second eigenvector of the graph's Laplacian, the usual first look at where it is thin.
    """
    size = len(weights)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    line = np.linalg.eigh(laplacian)[1][:, 1]
    order = np.argsort(np.round(line, 9), kind="stable")
    sides = np.zeros((size - 1, size))
    for cut in range(size - 1):
        sides[cut, order[: cut + 1]] = 1.0
    sides = np.vstack([sides, np.eye(size)])
    sides[sides[:, 0] == 1.0] = 1.0 - sides[sides[:, 0] == 1.0]
    return sides
