"""Blocking keys: 64-bit numbers that Records share. The lowest four bits say what sort of key it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from threesixty.identity.parties import Bools, Column, Ints

# Keys of identifiers are odd; one that is of none of these has none of these bits set.
_IDENTIFIER, _NAMES_ALONE, _GIVEN, _FAMILY = 1, 2, 4, 8
_MARKS = _IDENTIFIER | _NAMES_ALONE | _GIVEN | _FAMILY
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_WORDS = {"given": _GIVEN, "family": _FAMILY}


def is_identifier(keys: Ints) -> Bools:
    """Which keys are those of identifiers."""
    return (keys & _IDENTIFIER).astype(bool)


def is_names_alone(keys: Ints) -> Bools:
    """Which keys are those of a first name with a surname."""
    found: Bools = (keys & _MARKS) == _NAMES_ALONE
    return found


def is_word(keys: Ints) -> Bools:
    """Which keys are those of a single name: they count how many bear it, and never propose a pair."""
    return is_given(keys) | is_family(keys)


def is_given(keys: Ints) -> Bools:
    """Which keys are those of a first name by itself."""
    found: Bools = (keys & _MARKS) == _GIVEN
    return found


def is_family(keys: Ints) -> Bools:
    """Which keys are those of a surname by itself."""
    found: Bools = (keys & _MARKS) == _FAMILY
    return found


def proposing(keys: Ints, silent: Ints) -> Bools:
    """Which keys propose pairs: those that are not silent, nor of a name by itself."""
    return ~np.isin(keys, silent) & ~is_word(keys)


def word_keys(field: str, column: Column) -> Ints:
    """The key of each word of a column, as a first name ('given') or a surname ('family')."""
    mixed = _stirred(np.full(len(column.words), _WORDS[field], np.uint64), column.hashes)
    return unmarked(mixed.view(np.int64)) | _WORDS[field]


def unmarked(keys: Ints) -> Ints:
    """Keys with the bits of their sort cleared: those of combinations."""
    return keys & ~np.int64(_MARKS)


def names_alone(found: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """The same keys, marked as those of a first name with a surname."""
    keys, known = found
    return keys | _NAMES_ALONE, known


def either_way(salt: int, one: Column, other: Column) -> tuple[Ints, Ints]:
    """Keys of two columns that stay the same when their values change places; and the rows with both."""
    if not one.words or not other.words:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    known = np.flatnonzero((one.codes >= 0) & (other.codes >= 0))
    mixed = one.hashes.view(np.uint64)[one.codes[known]] + other.hashes.view(np.uint64)[other.codes[known]]
    mixed = (mixed ^ np.uint64(salt)) * _GOLDEN
    mixed ^= mixed >> np.uint64(29)
    return unmarked(mixed.view(np.int64)), known


def mix(salt: int, *columns: Column) -> tuple[Ints, Ints]:
    """Keys of the values of several columns together, and the rows that have a value in each."""
    if not all(column.words for column in columns):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    known = np.flatnonzero(np.logical_and.reduce([column.codes >= 0 for column in columns]))
    mixed = np.full(len(known), salt, np.uint64)
    for column in columns:
        mixed = _stirred(mixed, column.hashes[column.codes[known]])
    return unmarked(mixed.view(np.int64)), known


def _stirred(mixed: NDArray[np.uint64], hashes: Ints) -> NDArray[np.uint64]:
    """Numbers with hashes mixed in, in place."""
    mixed ^= hashes.view(np.uint64)
    mixed *= _GOLDEN
    mixed ^= mixed >> np.uint64(29)
    return mixed
