"""The levels of each field of two persons, and which of them two words are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from threesixty.identity import names

Levels = NDArray[np.uint8]
# Below so many pairs, asking one by one is faster than making columns of them.
FEW = 10
Verdict = Callable[[list[str], list[str]], Any]  # pairs of unequal words -> their levels
# Level 0 of every field is 'missing': no evidence. The order is what `levels` numbers are packed in.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "given": ("missing", "rare", "known", "common", "short_form", "alike", "initial", "swapped", "near",
              "different", "relative", "housemate", "lookalike", "another", "namesake", "twin"),
    "family": ("missing", "rare", "known", "common", "alike", "part", "near", "different", "swapped",
               "household"),
    "middle": ("missing", "same", "initial", "different", "alike"),
    "suffix": ("missing", "same", "different"),
    "birth_date": ("missing", "same", "swapped", "one_part", "partial", "two_parts", "different",
                   "placeholder", "month", "generation", "apart"),
    "gender": ("missing", "same", "different"),
    "address": ("missing", "same", "alike", "street", "block", "postcode", "city", "moved_near", "different",
                "elsewhere"),
    "email": ("missing", "same", "mailbox", "alike", "different", "generic", "name_box", "family_box",
              "other_box", "other_name", "own_name"),
    "phone": ("missing", "same", "alike", "different", "generic"),
    "device": ("missing", "same", "different", "generic", "beside"),
    "loyalty": ("missing", "same", "different", "generic"),
    "account": ("missing", "same", "different", "generic"),
    "tax_id": ("missing", "same", "different", "generic", "alike"),
    "other": ("missing", "same", "different", "generic", "alike", "another"),
    "name": ("missing",),  # only organisations have one: see organisations.py
    "sort": ("missing", "different"),
}  # fmt: skip
FIELDS = tuple(LEVELS)
TYPED = frozenset({"email", "phone", "device", "loyalty", "account", "tax_id"})
LEVEL = {field: {name: number for number, name in enumerate(levels)} for field, levels in LEVELS.items()}


def similarity(first: Sequence[str], second: Sequence[str]) -> NDArray[np.float64]:
    """Jaro-Winkler of each pair of texts, 0 to 1."""
    if len(first) < FEW:
        return np.array([JaroWinkler.similarity(x, y) for x, y in zip(first, second, strict=True)], float)
    return np.asarray(
        cpdist(first, second, scorer=JaroWinkler.similarity, dtype=np.float64, workers=_on(first))
    )


def typing_distance(first: list[str], second: list[str]) -> NDArray[np.float64]:
    """Edits (a swap of neighbours counts one) between each pair of texts; more than 2 counts as 3."""
    if len(first) < FEW:
        edits = [OSA.distance(x, y, score_cutoff=2) for x, y in zip(first, second, strict=True)]
        return np.array(edits, float)
    scorer = OSA.distance
    found = cpdist(first, second, scorer=scorer, score_cutoff=2, dtype=np.float64, workers=_on(first))
    return np.asarray(found)


def _on(texts: Sequence[str]) -> int:
    """How many threads are worth their start: all there are, or one."""
    return -1 if len(texts) > 50_000 else 1


def given_names(first: list[str], second: list[str]) -> list[int]:
    """Bob and Robert, B. and Bob, Jon and John; else how different."""
    level, columns = (
        LEVEL["given"],
        (first, second, similarity(first, second), typing_distance(first, second)),
    )
    return [_given(level, x, y, score, edits) for x, y, score, edits in zip(*columns, strict=True)]


def _given(level: Mapping[str, int], x: str, y: str, score: float, edits: float) -> int:
    # Two names that are both heard are two people, however much they look alike: no slip makes Mark of Mary.
    if len(x) == 1 or len(y) == 1:
        return level["initial"] if x[0] == y[0] else level["different"]
    if names.two_sexes(x, y):
        return level["lookalike"]
    if not names.forms(x).isdisjoint(names.forms(y)):
        return _second_names(level, x, y)
    known = names.heard(x) and names.heard(y)
    one = known and _one_name(x, y, edits)
    two = known and not one
    if (score >= 0.9 and min(len(x), len(y)) > 2) or _slip(x, y, edits) or _by_consonants(x, y):
        return level["lookalike" if two else "alike"]
    if one or _near(x, y, score, edits):
        return level["lookalike" if two else "near"]
    return level["another" if two else "different"]


def _second_names(level: Mapping[str, int], x: str, y: str) -> int:
    """Of two names with one first word or its short form: Maria is Maria Flor, Maria Luiza is not."""
    one, other = x.partition(" ")[2], y.partition(" ")[2]
    if not one or not other or one == other:
        return level["short_form"]
    found = given_names([one], [other])[0]
    return level["short_form"] if found == level["initial"] and one[0] == other[0] else found


def _slip(x: str, y: str, edits: float) -> bool:
    """Whether one is the other but for a letter. Of short names that makes another: Wang and Yang."""
    return edits <= 1 and min(len(x), len(y)) > 4


def _one_name(x: str, y: str, edits: float) -> bool:
    """Whether two names are one written in two ways, Sara and Sarah, Min-jun and Minjun, or its end, Lena.

    That they have their consonants in common says nothing: so have John and Jane, Larry and Laura.
    """
    x, y = x.replace(" ", ""), y.replace(" ", "")
    short, long = sorted((x, y), key=len)
    ends = len(short) > 3 and long.endswith(short)
    sounds = names.code(x) == names.code(y) and edits <= (2 if len(short) > 5 else 1)
    spelt = names.consonants(x) == names.consonants(y) and JaroWinkler.similarity(*sorted((x, y))) >= 0.82
    return ends or x == y or sounds or spelt or names.one_origin(x, y)


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
    """Meyer and Meier; Oeztuerk and Ozturk; Smith and Smith-Jones; else how different."""
    level, columns = (
        LEVEL["family"],
        (first, second, similarity(first, second), typing_distance(first, second)),
    )
    return [level[_family(x, y, score, edits)] for x, y, score, edits in zip(*columns, strict=True)]


def _family(x: str, y: str, score: float, edits: float) -> str:
    known = (x in names.known("family")) + (y in names.known("family"))
    if known == 2 and names.code(x) != names.code(y):
        # Of two names that many bear, neither is a slip of the pen for the other: Johnson and Johnston.
        return "near" if edits <= 1 else "different"
    if edits > 1 and _two_second(x, y):
        return "different"
    if _slip(x, y, edits) or (score >= 0.9 and not known) or _by_consonants(x, y):
        return "alike"
    if any(len(word) > 3 and word in y.split() for word in x.split()):
        return "part"
    if score < 0.75:
        return "different"
    return "alike" if names.spelt(x) == names.spelt(y) else "near"


def _two_second(x: str, y: str) -> bool:
    """Whether two surnames of two words each share one of them and no more: Martín Blanco, Martín Crespo."""
    one, other = ({word for word in name.split() if len(word) > 3} for name in (x, y))
    rest, more = one - other, other - one
    if not (one & other and rest and more):
        return False
    return all(JaroWinkler.similarity(*sorted((word, name))) < 0.8 for word in rest for name in more)


def middle_names(first: list[str], second: list[str]) -> list[int]:
    """M. and Maria, Pavlovich and Pavlavich; else different."""
    level, found = LEVEL["middle"], []
    columns = (first, second, similarity(first, second), typing_distance(first, second))
    for x, y, score, edits in zip(*columns, strict=True):
        if min(len(x), len(y)) == 1:
            found.append(level["initial" if x[0] == y[0] else "different"])
        else:
            slip = score >= 0.9 or (edits <= 2 and min(len(x), len(y)) > 5)
            found.append(level["alike" if slip else "different"])
    return found


def differ(first: list[str], _second: list[str]) -> list[int]:
    return [2] * len(first)


GENERATION = 15
"""Years between two births from which they may be those of parent and child."""
PLACEHOLDERS = frozenset({"1900-01-01", "1901-01-01", "1970-01-01", "1980-01-01", "2000-01-01", "1999-12-31"})


def same_birth(date: str) -> str:
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
    if apart > 1 and abs(int(one[0]) - int(other[0])) >= GENERATION:
        return "generation"
    return {1: "one_part", 2: "two_parts"}.get(apart, "different")


def streets(first: list[str], second: list[str]) -> NDArray[np.int64]:
    """3 for the same number in a street spelt alike, else 2."""
    found = np.full(len(first), 2)
    alike = np.flatnonzero(similarity(first, second) >= 0.9)
    numbers = [names.house_number(first[i]) == names.house_number(second[i]) for i in alike.tolist()]
    found[alike[np.array(numbers, bool)]] = 3
    return found


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


def phones(first: list[str], second: list[str]) -> list[int]:
    """A mistyped digit; else different."""
    level = LEVEL["phone"]
    return [level["alike" if typo else "different"] for typo in _mistyped(first, second)]


def tax_ids(first: list[str], second: list[str]) -> list[int]:
    """A mistyped sign or two swapped ones in one that is not short; else different."""
    level = LEVEL["tax_id"]
    return [
        level["alike" if typo and min(len(x), len(y)) > 5 else "different"]
        for x, y, typo in zip(first, second, _mistyped(first, second), strict=True)
    ]


def _mistyped(first: list[str], second: list[str]) -> list[bool]:
    """Whether two numbers differ by a sign, or by two swapped ones.

    Those that follow one another do so for two people or lines: twins get theirs at one counter, a house in
    one order.
    """
    edits = typing_distance(first, second).tolist()
    return [few <= 1 and not names.follow(x, y) for x, y, few in zip(first, second, edits, strict=True)]


def exclusive_ids(first: list[str], second: list[str]) -> list[int]:
    """Identifiers of a type of which nobody has two: mistyped, else another's."""
    alike, level = LEVEL["tax_id"]["alike"], LEVEL["other"]
    return [level["alike" if one == alike else "another"] for one in tax_ids(first, second)]


TYPOS: Mapping[str, Verdict] = {"email": emails, "phone": phones, "tax_id": tax_ids}


def strongest(levels: tuple[str, ...], found: Collection[int]) -> int:
    """Of several levels of one field the one that says most."""
    return min(found, key=rank_of(levels).__getitem__)


@cache
def rank_of(levels: tuple[str, ...]) -> NDArray[np.int64]:
    """Strongest evidence first: same, nearly, generic, different, missing."""
    order = (
        "same", "mailbox", "alike", "own_name", "family_box", "name_box", "other_box", "another", "beside",
        "generic", "different", "other_name", "elsewhere", "missing",
    )  # fmt: skip
    ordered = sorted(levels, key=order.index)
    return np.array([ordered.index(name) for name in levels])
