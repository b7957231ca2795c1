"""Cyrillic names as passports and English texts spell them, beside the one spelling for comparing."""

from __future__ import annotations

import re

from anyascii import anyascii

_IS_CYRILLIC = re.compile("[\u0400-\u052f]")
# What the passports of Russia write (ICAO 9303), and those of Ukraine, where they write other letters than
# the spelling for comparing does.
_RUSSIAN = str.maketrans({"й": "i", "ъ": "ie", "ь": "", "ю": "iu", "я": "ia"})
_UKRAINIAN = str.maketrans({"г": "h", "и": "y", "й": "i", "ь": "", "ю": "iu", "я": "ia"})
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_ENGLISH = [(re.compile("ия"), "ia"), (re.compile(r"(?:ий|ый)\b"), "y")]


def passports(word: str) -> set[str]:
    """Other spellings of a Cyrillic word: 'Юлия' is 'iuliia' and 'yulia' too. None of any other word."""
    if not _IS_CYRILLIC.search(word):
        return set()
    small = word.lower()
    found = {small.translate(_RUSSIAN), _ukrainian(small)}
    for pattern, letters in _ENGLISH:
        small = pattern.sub(letters, small)
    return {anyascii(each).replace("'", "") for each in found | {small}}


def _ukrainian(small: str) -> str:
    first = _FIRST.get(small[:1], small[:1]) + small[1:]
    return first.replace("зг", "zgh").translate(_UKRAINIAN)
