"""What is known about names: how they sound, which are short for which, and how common they are."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache
from importlib.resources import files

from nicknames import name_triplets

from threesixty.latin import latin

_OTHER = re.compile(r"[^a-z0-9]+")
_SOUND = str.maketrans("bfpvcgjkqsxzdtlmnr", "111122222222334556")
_SILENT = re.compile(r"[aeiouyhw]")
_VOWELS = frozenset("aeiou")
_TWICE = re.compile(r"(.)\1+")
_STREET = {
    "street": "st", "str": "st", "road": "rd", "avenue": "ave", "av": "ave", "drive": "dr", "lane": "ln",
    "boulevard": "blvd", "place": "pl", "court": "ct", "terrace": "ter", "circle": "cir", "square": "sq",
    "highway": "hwy", "parkway": "pkwy", "crescent": "cres", "close": "cl", "north": "n", "south": "s",
    "east": "e", "west": "w",
    "strasse": "st", "strada": "st", "avenida": "ave", "avda": "ave", "bd": "blvd", "boul": "blvd",
    "plaza": "pl", "pza": "pl", "platz": "pl", "praca": "pl", "piazza": "pl", "rue": "r", "rua": "r",
    "chemin": "ch", "utca": "u", "caddesi": "cad", "cd": "cad", "sokak": "sok", "sk": "sok",
}  # fmt: skip
# Before the name of a street, where it is left out as often as not.
_LEFT_OUT = {"ul", "ulica", "c", "calle", "cl", "jl", "jalan"}
# What is looked for, by what it holds: most streets hold none of it, and need no search.
_SHORTENED = tuple(
    (part, re.compile(pattern), short)
    for part, pattern, short in (
        ("str", r"(?<=[a-z]{2})str(?:asse|aat)?\b", "str"), ("p za", r"\bp za\b", "pl"),
        ("v le", r"\bv le\b", "viale"), ("c so", r"\bc so\b", "corso"),
        ("bis", r"(\d)(bis)\b", r"\1 \2"), ("ter", r"(\d)(ter)\b", r"\1 \2"),
    )
)  # fmt: skip
_LETTER_BEHIND = re.compile(r"(\d) ([a-z])$")
# Between two first names, which are those of a couple, and in their place, where a family has one record.
_TWO = re.compile(r"[^\W_]\.?\s+(?:[&+]|y|e|i|u\.|(?i:und|and|et|en|og|och))\s+[^\W_]")
_ALL = frozenset("family familie famille familia famiglia rodzina rodina perhe eheleute ehepaar".split())
_FILLING = {"van", "thi", "kumar", "kumari", "bin", "binti", "bint", "ibn"}
_GENERATIONS = frozenset(
    "jr sr i ii iii iv v vi junior filho neto sobrinho fils pere 2nd 3rd 4th 5th".split()
)
# ä, ö, ü, đ, å where they cannot be typed.
_SPELT_OUT = re.compile(r"([aou])e|(?<=d)j|(?<=a)a")
_UNIT = {"apartment", "apt", "unit", "suite", "ste", "flat"}


def fold(text: str) -> str:
    """Letters and digits in lower-case ASCII, whatever the script; everything else is one space."""
    return _OTHER.sub(" ", latin(text).lower()).strip()


def fold_postcode(text: str) -> str:
    """A postcode without marks, nor the country's letters before its number: H-2825 is 2825."""
    bare = join(text)
    number = bare.lstrip("abcdefghijklmnopqrstuvwxyz")
    return number if number.isdigit() else bare


def join(text: str) -> str:
    """A folded name without spaces: 'van der Berg', 'Van-den-Berg' and 'Vanderberg' come close."""
    return fold(text.replace("'", "")).replace(" ", "")


def spelt(name: str) -> str:
    """A folded name without the letters and spaces that only some write.

    Oeztuerk is Ozturk, as Öztürk is, and Vanderberg is van der Berg.
    """
    return _SPELT_OUT.sub(r"\1", name.replace(" ", ""))


def fold_street(text: str) -> str:
    """A folded street with its words in their short forms and without the word for the flat."""
    folded = fold(text)
    for part, long, short in _SHORTENED:
        folded = long.sub(short, folded) if part in folded else folded
    folded = _LETTER_BEHIND.sub(r"\1\2", folded) if folded[-2:-1] == " " else folded
    words = [_STREET.get(word, word) for word in folded.split()]
    if len(words) > 1 and words[0] in _LEFT_OUT:
        del words[0]
    return " ".join(word for word in words if word not in _UNIT)


def fold_given(text: str) -> str:
    """A first name, or '' where it is that of nobody alone: Hans und Anna, Familie."""
    folded = "" if _TWO.search(text) else fold(text)
    return "" if folded in _ALL else folded


def fold_middle(text: str) -> str:
    """A middle name without what half of a country have for one: Văn and Thị, Kumar, bin."""
    return " ".join(word for word in fold(text).split() if word not in _FILLING)


def fold_suffix(text: str) -> str:
    """What tells namesakes apart, Jr and Sr, II and III; what somebody has studied tells nothing."""
    bare = fold(text)
    return bare if bare in _GENERATIONS else ""


def house_number(street: str) -> str:
    """The first number in a folded street, or ''."""
    return next((word for word in street.split() if word[0].isdigit()), "")


@lru_cache(1 << 16)
def consonants(name: str) -> str:
    """What is left of a name in a script that does not write vowels: 'fysl' and 'faisal' are both 'fsl'.

    Alexander and Aleksandr are one name.
    """
    return _TWICE.sub(r"\1", _SILENT.sub("", name.replace("x", "ks")))


def without_vowels(name: str) -> bool:
    """Whether a folded name comes from a script that does not write vowels."""
    return len(name) > 2 and _VOWELS.isdisjoint(name)


def mailbox(email: str) -> str:
    """The part of an email before the @, without the dots and tags many providers ignore."""
    return email.partition("@")[0].partition("+")[0].replace(".", "")


def digits(text: str) -> str:
    """The digits of a text, in their order."""
    return "".join(filter(str.isdigit, text))


def follow(one: str, other: str) -> bool:
    """Whether two numbers, phones with their '+' too, are neighbours as those given out one after another."""
    one, other = one.removeprefix("+"), other.removeprefix("+")
    return one.isdecimal() and other.isdecimal() and abs(int(one) - int(other)) <= 2


@lru_cache(1 << 16)
def code(name: str) -> str:
    """How a name sounds, whichever letter of a class it begins with: Catherine and Katherine."""
    return name[:1].translate(_SOUND) + sound(name)[1:]


def sound(name: str) -> str:
    """A short code that names spelt alike share: the first letter, then up to four consonant classes."""
    if not name:
        return ""
    rest = _TWICE.sub(r"\1", _SILENT.sub("", name[1:].translate(_SOUND)))
    return name[0] + rest[:4]


KNOWN, COMMON = 1, 2


@cache
def _formal() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for triplet in name_triplets():
        # That list has Robert among the short forms of Bill, and Mary among those of Marsha.
        common = commonness("given", triplet.name2) == COMMON != commonness("given", triplet.name1)
        if triplet.relationship == "has_nickname" and not common:
            found.setdefault(triplet.name2, set()).add(triplet.name1)
    for line in files(__package__).joinpath("short_forms.txt").read_text("utf-8").splitlines():
        name, *short_forms = line.split() if not line.startswith("#") else [""]
        for short in short_forms:
            found.setdefault(fold(short), set()).add(name)
    return {name: frozenset(formal) for name, formal in found.items()}


@lru_cache(1 << 16)
def forms(given: str) -> frozenset[str]:
    """A given name and those it may be short for: bob is bob and robert."""
    first = given.split(" ", 1)[0]
    # Robbie is Robby, and Peggie Peggy.
    other = first[:-2] + "y" if first.endswith("ie") else first[:-1] + "ie" if first.endswith("y") else first
    formal = _formal()
    return formal.get(first, frozenset()) | formal.get(other, frozenset()) | {given, first}


@cache
def _commonness() -> dict[str, dict[str, int]]:
    """By sort of name: 2 for common names, 1 for known ones; a name not listed is rare."""
    found: dict[str, dict[str, int]] = {"given": {}, "family": {}}
    into, rank = found["given"], 0
    for line in files(__package__).joinpath("names.txt").read_text("utf-8").splitlines():
        sort, _, how = line.partition(" ")
        if how in {"common", "known"} and sort in found:
            into, rank = found[sort], 2 if how == "common" else 1
        elif not line.startswith("#"):
            into.update(dict.fromkeys(line.split(), rank))
    return found


@cache
def _heard() -> frozenset[str]:
    text = files(__package__).joinpath("given_names.txt").read_text("utf-8")
    listed = (word for line in text.splitlines() if not line.startswith("#") for word in line.split())
    return frozenset(listed).union(known("given"))


def heard(given: str) -> bool:
    """Whether a folded first name is listed somewhere, each of its words, however few bear it."""
    return given in _heard() or _heard().issuperset(given.split())


def two_sexes(one: str, other: str) -> bool:
    """Whether of two folded first names one is a man's and the other the woman's made of it: Jan and Jana.

    In Hungary also his wife's: Jánosné is János's.
    """
    if one[:-1] == other[:-1] and {one[-1:], other[-1:]} == {"o", "a"}:
        return heard(one) and heard(other)
    if any(
        wife == husband + "ne" and heard(husband) and not heard(wife)
        for husband, wife in ((one, other), (other, one))
    ):
        return True
    return other in _hers().get(one, ()) or one in _hers().get(other, ())


@cache
def _hers() -> dict[str, frozenset[str]]:
    lines = files(__package__).joinpath("his_and_hers.txt").read_text("utf-8").splitlines()
    words = (line.split() for line in lines if not line.startswith("#"))
    return {his: frozenset(hers) for his, *hers in words}


def one_origin(one: str, other: str) -> bool:
    """Whether two folded first names are one in two languages: John and Jean."""
    return other in _origins().get(one, ())


@cache
def _origins() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in files(__package__).joinpath("one_name.txt").read_text("utf-8").splitlines():
        together = frozenset() if line.startswith("#") else frozenset(line.split())
        found |= {name: together | found.get(name, frozenset()) for name in together}
    return found


def known(sort: str) -> Collection[str]:
    """The 'given' or 'family' names that are not rare."""
    return _commonness()[sort].keys()


def commonness(sort: str, name: str) -> int:
    """How common a folded 'given' or 'family' name is: 2 common, 1 known, 0 rare."""
    return _commonness()[sort].get(name, 0)
