"""Comparing two persons field by field: each field's evidence is one of a few named levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from threesixty.identity import interactions, mailboxes, names
from threesixty.identity.blocking_keys import word_keys
from threesixty.identity.levels import (
    FIELDS,
    LEVEL,
    LEVELS,
    TYPED,
    TYPOS,
    Levels,
    Verdict,
    birth_dates,
    differ,
    exclusive_ids,
    family_names,
    given_names,
    middle_names,
    rank_of,
    same_birth,
    similarity,
    streets,
)
from threesixty.identity.parties import DOMAIN, FEW, Bools, Column, Holdings, Ints, Parties


def persons(parties: Parties, a: Ints, b: Ints, silent_keys: Ints, exclusive: Collection[str]) -> Levels:
    """The level of every field for each pair of rows, not both organisations: shape (pairs, fields)."""
    found = np.zeros((len(a), len(FIELDS)), np.uint8)
    listed = {name: same_levels(name, parties.column(name)) for name in ("given", "family")}
    same = {name: _counted(name, parties.column(name), listed[name], silent_keys) for name in listed}
    found[:, 0], found[:, 1] = _names(parties, a, b, same)
    born = parties.column("birth_date")
    found[:, 4] = texts(born, a, b, birth_dates, same_levels("birth_date", born))
    for place in (2, 3, 5):
        found[:, place] = texts(parties.column(FIELDS[place]), a, b, middle_names if place == 2 else differ)
    found[:, 6] = addresses(parties, a, b)
    for place, field in enumerate(FIELDS[7:13], start=7):
        held, levels = parties.identifiers.get(field), LEVELS[field]
        found[:, place] = held_levels(held, levels, a, b, silent_keys, TYPOS.get(field))
    mailboxes.weigh(parties, a, b, found)
    found[:, 13] = others(parties, a, b, silent_keys, TYPED, exclusive)
    interactions.mark(found, parties, a, b, same, listed["family"])
    found[:, 15] = parties.organisation[a] != parties.organisation[b]
    return found


def others(
    parties: Parties, a: Ints, b: Ints, silent_keys: Ints, typed: Collection[str], exclusive: Collection[str]
) -> Levels:
    """The strongest level among identifiers of types without a field of their own.

    Whatever is shared, two different ones of an exclusive type are two customers'.
    """
    level = LEVEL["other"]
    found, two = np.zeros(len(a), np.uint8), np.zeros(len(a), bool)
    rank = rank_of(LEVELS["other"])
    for kind, holdings in parties.identifiers.items():
        if kind not in typed and kind not in {"address", DOMAIN}:
            verdict = exclusive_ids if kind in exclusive else None
            met = held_levels(holdings, LEVELS["other"], a, b, silent_keys, verdict)
            found, two = np.where(rank[found] <= rank[met], found, met), two | (met == level["another"])
    found[two] = level["another"]
    return found


def texts(column: Column, a: Ints, b: Ints, verdict: Verdict, same: Levels | None = None) -> Levels:
    """Levels of pairs of rows; each distinct pair of unequal words is judged once.

    `same` gives the level of equal words, by word (else 1).
    """
    if not column.words:
        return np.zeros(len(a), np.uint8)
    one, other = column.codes[a], column.codes[b]
    known = (one >= 0) & (other >= 0)
    equal = known & (one == other)
    found = (
        equal.astype(np.uint8)
        if same is None
        else np.where(equal, np.append(same, 0)[one], 0).astype(np.uint8)
    )
    unequal = np.flatnonzero(known & ~equal)
    if len(unequal):
        found[unequal] = judge(column, one[unequal], other[unequal], verdict)
    return found


def judge(column: Column, one: Any, other: Any, verdict: Verdict) -> Levels:
    """What a verdict says of pairs of words, given by their codes, whichever comes first."""
    # The order of a pair goes by the words' hashes, so no verdict depends on who is asked first.
    one, other = np.asarray(one, np.int64), np.asarray(other, np.int64)
    swap = column.hashes[one] > column.hashes[other]
    low, high = np.where(swap, other, one), np.where(swap, one, other)
    if len(low) < FEW:
        return _judged(column, low, high, verdict)
    distinct, back = np.unique(low * len(column.words) + high, return_inverse=True)
    return _judged(column, *np.divmod(distinct, len(column.words)), verdict)[back]


def _judged(column: Column, first: Ints, second: Ints, verdict: Verdict) -> Levels:
    words = column.texts
    return np.asarray(verdict(words[first].tolist(), words[second].tolist()), np.uint8)


def _names(parties: Parties, a: Ints, b: Ints, same: Mapping[str, Levels]) -> tuple[Levels, Levels]:
    given, family = parties.column("given"), parties.column("family")
    given_level = texts(given, a, b, given_names, same["given"])
    family_level = texts(family, a, b, family_names, same["family"])
    apart = np.flatnonzero(
        (given_level >= LEVEL["given"]["near"]) & (family_level >= LEVEL["family"]["near"])
    )
    if len(apart):
        swapped = apart[_crossed(given, family, a[apart], b[apart])]
        given_level[swapped] = LEVEL["given"]["swapped"]
        family_level[swapped] = LEVEL["family"]["swapped"]
    # Two names that are somewhat alike, each of them, are two people's.
    unlike = (given_level == LEVEL["given"]["near"]) & (family_level == LEVEL["family"]["near"])
    given_level[unlike] = LEVEL["given"]["different"]
    middle = parties.column("middle")
    apart = np.flatnonzero(family_level >= LEVEL["family"]["near"]) if middle.words else apart[:0]
    if len(apart):
        married = apart[_kept(middle, family, a[apart], b[apart])]
        family_level[married[family_level[married] != LEVEL["family"]["swapped"]]] = LEVEL["family"]["part"]
    return given_level, family_level


def _kept(middle: Column, family: Column, a: Ints, b: Ints) -> Bools:
    """Pairs of which one's surname is the other's middle name, as who marries may keep it."""
    kept, names_now = middle.spread(middle.hashes), family.spread(family.hashes)
    found: Bools = ((kept[a] == names_now[b]) & (kept[a] != 0)) | ((kept[b] == names_now[a]) & (kept[b] != 0))
    return found


def _crossed(given: Column, family: Column, a: Ints, b: Ints) -> Bools:
    """Pairs of which each one's first name is the other's surname; one of the two may be spelt alike."""
    givens, families = given.spread(given.hashes), family.spread(family.hashes)
    one, other = givens[a] == families[b], givens[b] == families[a]
    crossed: Bools = one & other
    half = np.flatnonzero(one ^ other)
    if len(half):
        x, y = np.where(one[half], b[half], a[half]), np.where(one[half], a[half], b[half])
        words = zip(given.texts[given.codes[x]], family.texts[family.codes[y]], strict=True)
        # In alphabetical order, so that no verdict depends on who is asked first.
        low, high = zip(*map(sorted, words), strict=True)
        crossed[half] = similarity(low, high) >= 0.9
    return crossed


def _counted(field: str, column: Column, listed: Levels, silent_keys: Ints) -> Levels:
    """The level of two equal names, by name: of one whose key is silent, that of names many bear."""
    here = np.isin(word_keys(field, column), silent_keys)
    return np.where(here, LEVEL[field]["known" if field == "given" else "common"], listed).astype(np.uint8)


def _same_name(field: str, word: str) -> int:
    if field == "given" and len(word) == 1:
        return LEVEL[field]["initial"]
    return 1 + names.commonness(field, word)


def same_levels(field: str, column: Column) -> Levels:
    """The level of two equal words, by word: a common name says less, an initial and a placeholder date
    nothing."""
    if field in {"given", "family"}:
        found = [_same_name(field, word) for word in column.words]
    elif field == "birth_date":
        found = [LEVEL[field][same_birth(date)] for date in column.words]
    else:
        found = [1] * len(column.words)
    return np.array(found, np.uint8)


def addresses(parties: Parties, a: Ints, b: Ints, verdict: Verdict = streets) -> Levels:
    """The level of what two rows say of where they are; a verdict says what two unequal streets are."""
    street = texts(parties.column("street"), a, b, verdict)
    codes = parties.column("postcode")
    postcode = texts(codes, a, b, differ, _same_postcodes(codes))
    city, region = (texts(parties.column(name), a, b, differ) for name in ("city", "region"))
    block, same_code = postcode == 3, (postcode == 1) | (postcode == 3)
    near = same_code | ((city == 1) & (region != 2))
    far = ~near & ((postcode == 2) | (city == 2) | (region == 2))
    level = LEVEL["address"]
    cases = {
        "same": (street == 1) & near, "alike": (street == 3) & near, "street": (street == 1) | (street == 3),
        "block": block & (street != 2), "moved_near": (street == 2) & near, "different": street == 2,
        "postcode": same_code, "city": near, "elsewhere": far,
    }  # fmt: skip
    return np.select(list(cases.values()), [level[name] for name in cases], 0).astype(np.uint8)


def _same_postcodes(column: Column) -> Levels:
    """3 for codes with letters, as British, Dutch or Canadian ones: they name a few houses, not a town."""
    long = (len(word) > 4 and any(sign.isalpha() for sign in word) for word in column.words)
    return np.array([3 if block else 1 for block in long], np.uint8)


def held_levels(
    holdings: Holdings | None,
    levels: tuple[str, ...],
    a: Ints,
    b: Ints,
    silent_keys: Ints,
    verdict: Verdict | None = None,
) -> Levels:
    """The strongest level among all pairs of identifiers of one type that two rows hold.

    A verdict says what two unequal ones are; without one they are different.
    """
    found = np.zeros(len(a), np.uint8)
    if holdings is None:
        return found
    pair, one, other = _meetings(holdings, a, b)
    if not len(pair):
        return found
    equal = one == other
    met = np.where(equal, levels.index("same"), levels.index("different")).astype(np.uint8)
    shared, apart = np.flatnonzero(equal), np.flatnonzero(~equal)
    met[shared[np.isin(holdings.keys[one[shared]], silent_keys)]] = levels.index("generic")
    if verdict and len(apart):
        met[apart] = judge(holdings.column, one[apart], other[apart], verdict)
    begins = np.flatnonzero(np.diff(pair, prepend=-1))
    rank = rank_of(levels)
    best = np.minimum.reduceat(rank[met], begins)
    found[pair[begins]] = np.argsort(rank)[best]
    return found


def _meetings(holdings: Holdings, a: Ints, b: Ints) -> tuple[Ints, Any, Any]:
    """Every identifier of a against every one of b: the pair's place and the two codes."""
    wide = holdings.count[b]
    size = holdings.count[a] * wide
    pair = np.repeat(np.arange(len(a)), size)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
    row, column = np.divmod(step, wide[pair])
    return (
        pair,
        holdings.codes[holdings.start[a[pair]] + row],
        holdings.codes[holdings.start[b[pair]] + column],
    )
