"""Comparing two persons field by field: each field's evidence is one of a few named levels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from threesixty.identity import names
from threesixty.identity.parties import DOMAIN, FEW, Bools, Column, Holdings, Ints, Parties

Levels = NDArray[np.uint8]
Verdict = Callable[[list[str], list[str]], Any]  # pairs of unequal words -> their levels

# Level 0 of every field is 'missing': no evidence. The order is what `levels` numbers are packed in.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "given": ("missing", "rare", "known", "common", "short_form", "alike", "initial", "swapped", "near",
              "different", "relative"),
    "family": ("missing", "rare", "known", "common", "alike", "part", "near", "different", "swapped"),
    "middle": ("missing", "same", "initial", "different"),
    "suffix": ("missing", "same", "different"),
    "birth_date": ("missing", "same", "swapped", "one_part", "partial", "two_parts", "different",
                   "placeholder", "month"),
    "gender": ("missing", "same", "different"),
    "address": ("missing", "same", "alike", "street", "block", "postcode", "city", "moved_near", "different",
                "elsewhere"),
    "email": ("missing", "same", "mailbox", "alike", "different", "generic", "name_box"),
    "phone": ("missing", "same", "alike", "different", "generic"),
    "device": ("missing", "same", "different", "generic"),
    "loyalty": ("missing", "same", "different", "generic"),
    "account": ("missing", "same", "different", "generic"),
    "tax_id": ("missing", "same", "different", "generic"),
    "other": ("missing", "same", "different", "generic"),
    "name": ("missing",),  # only organisations have one: see organisations.py
    "sort": ("missing", "different"),
}  # fmt: skip
FIELDS = tuple(LEVELS)
TYPED = frozenset({"email", "phone", "device", "loyalty", "account", "tax_id"})
LEVEL = {field: {name: number for number, name in enumerate(levels)} for field, levels in LEVELS.items()}


def persons(parties: Parties, a: Ints, b: Ints, silent_keys: Ints) -> Levels:
    """The level of every field for each pair of rows, not both organisations: shape (pairs, fields)."""
    found = np.zeros((len(a), len(FIELDS)), np.uint8)
    found[:, 0], found[:, 1] = _names(parties, a, b)
    born = parties.column("birth_date")
    found[:, 4] = texts(born, a, b, birth_dates, same_levels("birth_date", born))
    for place in (2, 3, 5):
        found[:, place] = texts(parties.column(FIELDS[place]), a, b, middle_names if place == 2 else differ)
    found[:, 6] = addresses(parties, a, b)
    for place, field in enumerate(FIELDS[7:13], start=7):
        held, levels = parties.identifiers.get(field), LEVELS[field]
        found[:, place] = held_levels(held, levels, a, b, silent_keys, TYPOS.get(field))
    _weaken_name_boxes(parties, a, b, found[:, FIELDS.index("email")])
    found[_relatives(found), 0] = LEVEL["given"]["relative"]
    found[:, 13] = others(parties, a, b, silent_keys, TYPED)
    found[:, 15] = parties.organisation[a] != parties.organisation[b]
    return found


def _weaken_name_boxes(parties: Parties, a: Ints, b: Ints, emails: Levels) -> None:
    """A mailbox made of names is had by a namesake at every provider: it says little beyond the names."""
    level = LEVEL["email"]
    for pair in np.flatnonzero(emails == level["mailbox"]).tolist():
        x, y = int(a[pair]), int(b[pair])
        if all(
            names.is_name_box(box, _own(parties, x, y)) for box in _boxes(parties, x) & _boxes(parties, y)
        ):
            emails[pair] = level["name_box"]


def _boxes(parties: Parties, row: int) -> set[str]:
    held = parties.identifiers["email"]
    return {names.mailbox(held.words[code]) for code in held.of(row)}


def _own(parties: Parties, *rows: int) -> set[str]:
    found = set()
    for column in (parties.column("given"), parties.column("family")):
        known = (code for row in rows if (code := int(column.codes[row])) >= 0)
        found |= {part for code in known for part in column.words[code].split()}
    return found


def _relatives(found: Levels) -> Bools:
    """Pairs of one surname and what a family shares, but with two first names.

    Field by field they look alike; together that is what a family is.
    """
    given, family = found[:, FIELDS.index("given")], found[:, FIELDS.index("family")]
    namesakes = (family > 0) & (family <= LEVEL["family"]["alike"])
    relatives: Bools = at_home(found) & namesakes & (given == LEVEL["given"]["different"])
    return relatives


def at_home(found: Levels) -> Bools:
    """Pairs that share one email, phone or device, or nothing but their address: what families share.

    Who shares two of them is mostly the same person, whatever the first names.
    """
    email, phone, device, address = (
        found[:, FIELDS.index(field)] for field in ("email", "phone", "device", "address")
    )
    shared = (email == 1).astype(np.uint8) + (phone == 1) + (device == 1)
    home = (address == LEVEL["address"]["same"]) | (address == LEVEL["address"]["alike"])
    one: Bools = (shared == 1) | ((shared == 0) & home)
    return one


def others(parties: Parties, a: Ints, b: Ints, silent_keys: Ints, typed: Collection[str]) -> Levels:
    """The strongest level among identifiers of types without a field of their own."""
    found = np.zeros(len(a), np.uint8)
    rank = _rank(LEVELS["other"])
    for kind, holdings in parties.identifiers.items():
        if kind not in typed and kind not in {"address", DOMAIN}:
            met = held_levels(holdings, LEVELS["other"], a, b, silent_keys)
            found = np.where(rank[found] <= rank[met], found, met)
    return found


def similarity(first: list[str], second: list[str]) -> NDArray[np.float64]:
    """Jaro-Winkler of each pair of texts, 0 to 1."""
    workers = -1 if len(first) > 50_000 else 1
    return np.asarray(cpdist(first, second, scorer=JaroWinkler.similarity, dtype=np.float64, workers=workers))


def typing_distance(first: list[str], second: list[str]) -> NDArray[np.float64]:
    """Edits (a swap of neighbours counts one) between each pair of texts; more than 2 counts as 3."""
    workers = -1 if len(first) > 50_000 else 1
    found = cpdist(first, second, scorer=OSA.distance, score_cutoff=2, dtype=np.float64, workers=workers)
    return np.asarray(found)


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


def _names(parties: Parties, a: Ints, b: Ints) -> tuple[Levels, Levels]:
    given, family = parties.column("given"), parties.column("family")
    given_level = texts(given, a, b, given_names, same_levels("given", given))
    family_level = texts(family, a, b, family_names, same_levels("family", family))
    apart = np.flatnonzero(
        (given_level >= LEVEL["given"]["near"]) & (family_level >= LEVEL["family"]["near"])
    )
    if len(apart):
        swapped = apart[_crossed(given, family, a[apart], b[apart])]
        given_level[swapped] = LEVEL["given"]["swapped"]
        family_level[swapped] = LEVEL["family"]["swapped"]
    return given_level, family_level


def _crossed(given: Column, family: Column, a: Ints, b: Ints) -> Bools:
    givens, families = given.spread(given.hashes), family.spread(family.hashes)
    crossed: Bools = (givens[a] == families[b]) & (families[a] == givens[b])
    return crossed


def given_names(first: list[str], second: list[str]) -> list[int]:
    """Bob and Robert, B. and Bob, Jon and John; else how different."""
    level, columns = (
        LEVEL["given"],
        (first, second, similarity(first, second), typing_distance(first, second)),
    )
    return [_given(level, x, y, score, edits) for x, y, score, edits in zip(*columns, strict=True)]


def _given(level: Mapping[str, int], x: str, y: str, score: float, edits: float) -> int:
    if len(x) == 1 or len(y) == 1:
        return level["initial"] if x[0] == y[0] else level["different"]
    if not names.forms(x).isdisjoint(names.forms(y)):
        return level["short_form"]
    if score >= 0.9 or _by_consonants(x, y):
        return level["alike"]
    return level["near"] if _near(x, y, score, edits) else level["different"]


def _near(x: str, y: str, score: float, edits: float) -> bool:
    """Whether one may be a slip of the pen for the other, or a short form that no list knows.

    Matze and Matthias begin alike, Hanna is a part of Johanna; Rachel and Grace only have letters in common.
    """
    short, long = sorted((x, y), key=len)
    begins = edits <= 2 or x[:2] == y[:2] or score >= 0.85
    return (score >= 0.75 and begins) or (len(short) > 2 and short in long)


def _by_consonants(x: str, y: str) -> bool:
    """Arabic and Hebrew write no vowels: there the consonants are all that can be alike."""
    if names.without_vowels(x) == names.without_vowels(y):
        return False
    one = names.consonants(x)
    return len(one) > 1 and one == names.consonants(y)


def family_names(first: list[str], second: list[str]) -> list[int]:
    """Meyer and Meier; Smith and Smith-Jones; else how different."""
    level, found = LEVEL["family"], []
    for x, y, score in zip(first, second, similarity(first, second), strict=True):
        if score >= 0.9 or _by_consonants(x, y):
            found.append(level["alike"])
        elif any(len(word) > 3 and word in y.split() for word in x.split()):
            found.append(level["part"])
        else:
            found.append(level["near"] if score >= 0.75 else level["different"])
    return found


def middle_names(first: list[str], second: list[str]) -> list[int]:
    level = LEVEL["middle"]
    short = (min(len(x), len(y)) == 1 and x[0] == y[0] for x, y in zip(first, second, strict=True))
    return [level["initial"] if initial else level["different"] for initial in short]


def differ(first: list[str], _second: list[str]) -> list[int]:
    return [2] * len(first)


PLACEHOLDERS = frozenset({"1900-01-01", "1901-01-01", "1970-01-01", "1980-01-01", "2000-01-01", "1999-12-31"})


def same_levels(field: str, column: Column) -> Levels:
    """The level of two equal words, by word: a common name says less, a placeholder date nothing."""
    if field in {"given", "family"}:
        found = [1 + names.commonness(field, word) for word in column.words]
    elif field == "birth_date":
        found = [LEVEL[field][_same_birth(date)] for date in column.words]
    else:
        found = [1] * len(column.words)
    return np.array(found, np.uint8)


def _same_birth(date: str) -> str:
    """Two equal dates say the less, the less of a date they are."""
    if date in PLACEHOLDERS:
        return "placeholder"
    return ("partial", "month", "same")[len(date_parts(date)) - 1]


def date_parts(date: str) -> list[str]:
    """Year, month and day of an ISO date, as far as they are known: '-0043-03' is of the year -0043."""
    sign = date[:1] if date[:1] == "-" else ""
    year, *rest = date[len(sign) :].split("-")
    return [sign + year, *rest]


def birth_dates(first: list[str], second: list[str]) -> list[int]:
    """Day and month swapped, one part typed wrongly, only the year or the month known; else how different."""
    return [LEVEL["birth_date"][_birth(x, y)] for x, y in zip(first, second, strict=True)]


def _birth(x: str, y: str) -> str:
    if x in PLACEHOLDERS or y in PLACEHOLDERS:
        return "missing"
    one, other = date_parts(x), date_parts(y)
    known = min(len(one), len(other))
    apart = sum(p != q for p, q in zip(one, other, strict=False))
    if known < 3:
        if not apart:
            return "partial" if known == 1 else "month"
        # That the year is right and the month is not speaks neither way.
        return "missing" if one[0] == other[0] else "different"
    if one[0] == other[0] and one[1:] == other[:0:-1]:
        return "swapped"
    return {1: "one_part", 2: "two_parts"}.get(apart, "different")


def streets(first: list[str], second: list[str]) -> NDArray[np.int64]:
    """3 for the same number in a street spelt alike, else 2."""
    alike = similarity(first, second) >= 0.9
    numbers = [names.house_number(x) == names.house_number(y) for x, y in zip(first, second, strict=True)]
    return np.where(alike & np.array(numbers, bool), 3, 2)


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
        "block": block, "moved_near": (street == 2) & near, "different": street == 2,
        "postcode": same_code, "city": near, "elsewhere": far,
    }  # fmt: skip
    return np.select(list(cases.values()), [level[name] for name in cases], 0).astype(np.uint8)


def _same_postcodes(column: Column) -> Levels:
    """3 for codes with letters, as British, Dutch or Canadian ones: they name a few houses, not a town."""
    long = (len(word) > 5 and any(sign.isalpha() for sign in word) for word in column.words)
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
    met[equal & np.isin(holdings.keys[one], silent_keys)] = levels.index("generic")
    apart = np.flatnonzero(~equal)
    if verdict and len(apart):
        met[apart] = judge(holdings.column, one[apart], other[apart], verdict)
    begins = np.flatnonzero(np.diff(pair, prepend=-1))
    rank = _rank(levels)
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


def emails(first: list[str], second: list[str]) -> list[int]:
    """The same mailbox written or hosted otherwise, a mistyped address; else different.

    Providers tell namesakes apart by a number, so another number is another mailbox and no typing error.
    """
    level, found = LEVEL["email"], []
    for x, y, edits in zip(first, second, typing_distance(first, second), strict=True):
        box = names.mailbox(x)
        if len(box) > 5 and box == names.mailbox(y):
            found.append(level["mailbox"])
        else:
            typo = edits <= 2 and len(box) > 5 and names.digits(x) == names.digits(y)
            found.append(level["alike" if typo else "different"])
    return found


def phones(first: list[str], second: list[str]) -> NDArray[np.int64]:
    """A mistyped digit; else different."""
    level = LEVEL["phone"]
    return np.where(typing_distance(first, second) <= 1, level["alike"], level["different"])


TYPOS: Mapping[str, Verdict] = {"email": emails, "phone": phones}


@cache
def _rank(levels: tuple[str, ...]) -> NDArray[np.int64]:
    """Strongest evidence first: same, nearly, generic, different, missing."""
    order = ("same", "mailbox", "alike", "name_box", "generic", "different", "elsewhere", "missing")
    ordered = sorted(levels, key=order.index)
    return np.array([ordered.index(name) for name in levels])
