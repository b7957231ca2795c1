"""Names of people: repaired, in the case a person would write them, and taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping

from threesixty.normalise.text import said

PARTICLES = frozenset(
    "af al av bin da das de degli dei del della den der des di do dos du e el ibn la le los och op "
    "ten ter thoe van vom von y zu zum zur".split()
)
SUFFIXES = {
    "jr": "Jr", "junior": "Jr", "jnr": "Jr", "sr": "Sr", "senior": "Sr", "snr": "Sr",
    "ii": "II", "iii": "III", "iv": "IV", "2nd": "II", "3rd": "III", "4th": "IV",
    "phd": "PhD", "md": "MD", "esq": "Esq",
    "júnior": "Júnior", "filho": "Filho", "neto": "Neto", "sobrinho": "Sobrinho",
}  # fmt: skip
# Without their dot these are names: Amartya Sen, Jun Tanaka.
_DOTTED = {"jun.": "Jr", "sen.": "Sr", "ml.": "Jr", "st.": "Sr"}
# Before a first name, in whatever column; a name that one of them could be is not among them.
_TITLES = frozenset("dr prof herr frau mr mrs ms mme mlle sig sra srta dott mgr ing dipl.-ing".split())
_MARIA = re.compile(r"\bM(?:\.?ª\.?|a\.(?= ))\s?")
_DOT_ABOVE, _DOTLESS = "\u0307", "\u0131"
_WORD_START = re.compile(r"(^|[\s\-'\u2019.(])([^\W\d_])")
_MC = re.compile(r"\bMc([^\W\d_])")
_VOWEL = re.compile("[aeiouyAEIOUY]")
_OF_FORMULAS = "=+@"  # of a spreadsheet: what begins so is nobody's name
_ROMAN = frozenset("II III IV".split())


def name(raw: str) -> str | None:
    """A name repaired and, when it was all capitals or all small, capitalised; None when nothing is said."""
    found = said(raw)
    if found is None:
        return None
    found = _MARIA.sub("María ", found.strip(" ,;")).strip()
    if (found.isupper() or found.islower()) and found[0] not in _OF_FORMULAS:
        found = capitalised(found)
    return found or None


def capitalised(name: str) -> str:
    """'MCDONALD-O'BRIEN' is 'McDonald-O'Brien', 'VAN DER BERG' is 'van der Berg'.

    Whoever writes İ or Ğ writes I for the small letter without its dot.
    """
    if "İ" in name or "Ğ" in name:
        name = name.replace("I", _DOTLESS)
    words = name.split()
    return " ".join(_capitalised(word, alone=len(words) == 1) for word in words)


def _capitalised(word: str, *, alone: bool) -> str:
    small = word.lower().replace(_DOT_ABOVE, "")
    if small in PARTICLES and not alone:
        return small
    if word.upper() in _ROMAN or (word.isupper() and len(word) <= 3 and not _VOWEL.search(word)):
        return word.upper()
    # The letter that begins a word, which in Georgian is no other than within it.
    titled = _WORD_START.sub(lambda m: m[1] + m[2].title(), small)
    titled = "İ" + titled[1:] if word[0] == "İ" else titled
    titled = re.sub(r"(['\u2019])S$", r"\1s", titled)
    return _MC.sub(lambda m: "Mc" + m[1].title(), titled)


def suffix(raw: str) -> str | None:
    """'jr.' and 'Junior' are 'Jr', 'iii' is 'III'."""
    found = said(raw)
    return found and (known_suffix(found.strip(" ,")) or found.strip(" ,"))


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
    known = known_suffix(last)
    if head and known:
        return {"family": head.rstrip(" ,"), "suffix": known}
    return {"family": found}


def given(raw: str) -> Mapping[str, str]:
    """First names, with the title before them and the suffix behind them apart: 'Dr. Morris II'.

    Also the first of the name: 'Morris I' is not 'Morris II'.
    """
    found = name(raw)
    if found is None:
        return {}
    first, _, rest = found.partition(" ")
    if rest and first.rstrip(".").casefold() in _TITLES:
        found_behind = given(rest)
        title = " ".join(filter(None, (prefix(first), found_behind.get("prefix"))))
        return {**found_behind, "prefix": title}
    head, _, last = found.rpartition(" ")
    known = "I" if last == "I" else known_suffix(last)
    return {"given": head, "suffix": known} if head and known else {"given": found}


def known_suffix(word: str) -> str | None:
    """What tells a son from his father: 'jr.' is 'Jr', 'sen.' 'Sr', 'Filho' 'Filho'; None of other words."""
    small = word.casefold().strip(",")
    return SUFFIXES.get(small.replace(".", "")) or _DOTTED.get(small)
