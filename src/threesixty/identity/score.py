"""A pair of Records scored: bits of a Fellegi-Sunter model, and the level of every field to tell why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from threesixty.identity.compare import persons
from threesixty.identity.levels import Levels
from threesixty.identity.organisations import organisations
from threesixty.identity.parties import Ints, Parties
from threesixty.identity.weights import SORTS, WIDTH, Band, Weights, sorts
from threesixty.record import Reason

CHUNK = 2_000_000


@dataclass(frozen=True)
class Scores:
    """For each pair, posterior odds as bits, and its levels: four bits a field, FIELDS in order."""

    bits: NDArray[np.float64]
    levels: Ints


def score(parties: Parties, a: Ints, b: Ints, silent_keys: Ints, weights: Weights, band: Band) -> Scores:
    """Scores of pairs of Record numbers; (a, b) scores as (b, a) does, alone as among others."""
    one, other = parties.rows(np.asarray(a, np.int64)), parties.rows(np.asarray(b, np.int64))
    table = weights.table(band)
    bits, packed = np.empty(len(one)), np.empty(len(one), np.int64)
    for start in range(0, len(one), CHUNK):
        part = slice(start, start + CHUNK)
        levels = compare_rows(parties, one[part], other[part], silent_keys, weights.exclusive_others)
        bits[part] = total(levels, table, band)
        packed[part] = pack(levels)
    return Scores(bits, packed)


def compare_rows(parties: Parties, a: Ints, b: Ints, silent_keys: Ints, exclusive: Collection[str]) -> Levels:
    """The level of every field for each pair of rows, of two organisations or of others.

    `exclusive` are those identifier types without a field of their own of which nobody has two.
    """
    firms = parties.organisation[a] & parties.organisation[b]
    if not firms.any():
        return persons(parties, a, b, silent_keys, exclusive)
    if firms.all():
        return organisations(parties, a, b, silent_keys, exclusive)
    found = np.empty((len(a), WIDTH), np.uint8)
    found[firms] = organisations(parties, a[firms], b[firms], silent_keys, exclusive)
    found[~firms] = persons(parties, a[~firms], b[~firms], silent_keys, exclusive)
    return found


def total(levels: Levels, table: NDArray[np.float64], band: Band) -> NDArray[np.float64]:
    """The prior and every field's bits: equal levels give equal bits."""
    found, sort = np.full(len(levels), band.prior_bits), sorts(levels)
    for field in range(WIDTH):
        found += table[sort, field, levels[:, field]]
    return found


def pack(levels: Levels) -> Ints:
    """Levels of all fields as one number each."""
    return np.ascontiguousarray(levels[:, ::2] | levels[:, 1::2] << 4).view("<i8")[:, 0]


def unpack(packed: Ints) -> Levels:
    """The opposite of `pack`: shape (pairs, fields)."""
    two = np.ascontiguousarray(packed, "<i8").view(np.uint8).reshape(-1, WIDTH // 2)
    return np.stack((two & 15, two >> 4), axis=2).reshape(-1, WIDTH)


def reasons(levels: int, weights: Weights, band: Band) -> tuple[Reason, ...]:
    """What a pair's levels say, strongest evidence first; fields without evidence are left out."""
    table, unpacked = weights.table(band), unpack(np.array([levels]))
    sort = int(sorts(unpacked)[0])
    found = [
        Reason(field, names[level], round(float(table[sort, place, level]), 2))
        for place, ((field, names), level) in enumerate(
            zip(SORTS[sort].items(), unpacked[0].tolist(), strict=True)
        )
        if level and (names[level] != "both" or table[sort, place, level])
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.bits)))
