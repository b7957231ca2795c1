"""Names of people: repaired, in the case a person would write them, and taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from nameparser import HumanName
from nameparser.config import CONSTANTS

from threesixty.latin.east_asian import is_han, is_hangul, name_parts
from threesixty.latin.kana import is_kana
from threesixty.normalise.text import said

PARTICLES = frozenset(
    "af al av bin da das de degli dei del della den der des di do dos du e el ibn la le los och op "
    "ten ter thoe van vom von y zu zum zur".split()
)
SUFFIXES = {
    "jr": "Jr", "junior": "Jr", "jnr": "Jr", "sr": "Sr", "senior": "Sr", "snr": "Sr",
    "ii": "II", "iii": "III", "iv": "IV", "2nd": "II", "3rd": "III", "4th": "IV",
    "phd": "PhD", "md": "MD", "esq": "Esq",
}  # fmt: skip
_WORD_START = re.compile(r"(^|[\s\-'\u2019.(])([^\W\d_])")
_MC = re.compile(r"\bMc([^\W\d_])")
_PATRONYMIC = re.compile("(ович|евич|ич|овна|евна|ична|івна|ївна|йович|авіч|евіч|аўна|еўна)$", re.IGNORECASE)
_VOWEL = re.compile("[aeiouyAEIOUY]")
_OF_FORMULAS = "=+@"  # of a spreadsheet: what begins so is nobody's name
_ROMAN = frozenset("II III IV".split())


def name(raw: str) -> str | None:
    """A name repaired and, when it was all capitals or all small, capitalised; None when nothing is said."""
    found = said(raw)
    if found is None:
        return None
    found = found.strip(" ,;")
    if (found.isupper() or found.islower()) and found[0] not in _OF_FORMULAS:
        found = capitalised(found)
    return found or None


def capitalised(name: str) -> str:
    """'MCDONALD-O'BRIEN' is 'McDonald-O'Brien', 'VAN DER BERG' is 'van der Berg'."""
    words = name.split()
    return " ".join(_capitalised(word, alone=len(words) == 1) for word in words)


def _capitalised(word: str, *, alone: bool) -> str:
    small = word.lower()
    if small in PARTICLES and not alone:
        return small
    if word.upper() in _ROMAN or (word.isupper() and len(word) <= 3 and not _VOWEL.search(word)):
        return word.upper()
    # The letter that begins a word, which in Georgian is no other than within it.
    titled = _WORD_START.sub(lambda m: m[1] + m[2].title(), small)
    titled = re.sub(r"(['\u2019])S$", r"\1s", titled)
    return _MC.sub(lambda m: "Mc" + m[1].title(), titled)


def suffix(raw: str) -> str | None:
    """'jr.' and 'Junior' are 'Jr', 'iii' is 'III'."""
    found = said(raw)
    return found and SUFFIXES.get(found.replace(".", "").strip(" ,").casefold(), found.strip(" ,"))


def prefix(raw: str) -> str | None:
    """'MR.' is 'Mr', 'dr' is 'Dr'."""
    found = said(raw)
    if found is None:
        return None
    words = (word.rstrip(".") for word in found.split())
    return " ".join(word.capitalize() if word.isupper() or word.islower() else word for word in words)


def family(raw: str) -> Mapping[str, str]:
    """A family name, with the suffix it may end in apart: 'Smith, Jr.' -> family and suffix."""
    found = name(raw)
    if found is None:
        return {}
    head, _, last = found.rpartition(" ")
    known = SUFFIXES.get(last.replace(".", "").casefold())
    if head and known:
        return {"family": head.rstrip(" ,"), "suffix": known}
    return {"family": found}


def given(raw: str) -> Mapping[str, str]:
    """First names, with the suffix that may stand behind them apart: 'Morris II' -> given and suffix.

    Also the first of the name: 'Morris I' is not 'Morris II'.
    """
    found = name(raw)
    if found is None:
        return {}
    head, _, last = found.rpartition(" ")
    known = SUFFIXES.get(last.replace(".", "").casefold())
    known = "I" if last == "I" else known
    return {"given": head, "suffix": known} if head and known else {"given": found}


def full_name(raw: str, country: str = "") -> Mapping[str, str]:
    """A name in one piece -> prefix, given, middle, family, suffix, as far as they are there.

    Chinese, Japanese and Korean names begin with the family; the country tells whose Chinese characters
    are when nothing else does.
    """
    found = said(raw)
    if found is None:
        return {}
    parts = _east_asian(found, country) or _slavic(found) or _two_words(found) or _parsed(found)
    pieces = {
        "prefix": prefix(parts.get("prefix", "")),
        "given": name(parts.get("given", "")),
        "middle": name(parts.get("middle", "")),
        **family(parts.get("family", "")),
    }
    if parts.get("suffix"):
        pieces["suffix"] = suffix(parts["suffix"])
    return {part: value for part, value in pieces.items() if value}


def _east_asian(text: str, country: str) -> Mapping[str, str]:
    """'山田 太郎', '王杰', '김민준'. With a dot between them ('ジョン・スミス') given names come first."""
    if text.isascii() or not any(is_han(c) or is_hangul(c) or is_kana(c) for c in text) or "," in text:
        return {}
    if "・" in text:
        *names, last = text.split("・")
        return {"given": " ".join(names), "family": last}
    first, _, rest = text.partition(" ")
    family, given = (first, rest) if rest else name_parts(text, country)
    return {"family": family, "given": given}


def _slavic(text: str) -> Mapping[str, str]:
    """'Васильев Александр Павлович': a patronymic at the end says that the family comes first."""
    words = text.split()
    if len(words) != 3 or text.isascii() or not _PATRONYMIC.search(words[2]) or "," in text:
        return {}
    return {"family": words[0], "given": words[1], "middle": words[2]}


def _two_words(text: str) -> Mapping[str, str]:
    """The common case without the library, which takes 0.2 ms a name."""
    words = text.split()
    if len(words) != 2 or any(_special(word) for word in words):
        return {}
    first, second = words
    if first.endswith(",") and not second.endswith(","):
        return {"given": second, "family": first[:-1]}
    return {} if "," in text else {"given": first, "family": second}


def _special(word: str) -> bool:
    bare = word.strip(".,").casefold()
    return not bare.replace("-", "").replace("'", "").isalpha() or bare in _special_words()


@cache
def _special_words() -> frozenset[str]:
    known = (CONSTANTS.titles, CONSTANTS.suffix_acronyms, CONSTANTS.suffix_not_acronyms, CONSTANTS.prefixes,
             CONSTANTS.conjunctions)  # fmt: skip
    return frozenset(str(word) for words in known for word in words) | frozenset(SUFFIXES)


def _parsed(text: str) -> Mapping[str, str]:
    parsed = HumanName(text)
    if not (parsed.first or parsed.last):
        return {"family": text}
    return {
        "prefix": parsed.title,
        "given": parsed.first,
        "middle": parsed.middle,
        "family": parsed.last,
        "suffix": parsed.suffix,
    }
