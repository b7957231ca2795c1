"""Names of any script in Latin letters: one spelling to compare by, several to search by.

Which language a name is of is told by its script, and for Chinese characters by whether it is a Japanese
name that the table beside this file knows; all others are read as Chinese.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from threesixty.latin import kana
from threesixty.latin.cyrillic import passports
from threesixty.latin.east_asian import (
    CHINESE_FAMILIES,
    KOREAN_FAMILIES,
    family_reading,
    given_reading,
    is_han,
    is_hangul,
    is_japanese,
    japanese_parts,
    name_parts,
)

# Greek writes some sounds with two letters, or otherwise than it says them.
_GREEK = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ου|ού", "ou"), ("[αά][υύ](?=[θκξπσςτφχψ]|$)", "af"), ("[αά][υύ]", "av"),
        ("[εέ][υύ](?=[θκξπσςτφχψ]|$)", "ef"), ("[εέ][υύ]", "ev"), ("γγ", "ng"), (r"\bγκ", "g"),
        ("γκ", "gk"), (r"\bμπ", "b"), ("μπ", "mp"), (r"\bντ", "d"), ("ντ", "nt"), ("χ", "ch"),
    )
]  # fmt: skip
_IS_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_FINALS = re.compile(r"(?<!n)[gdb](?=[A-Z]|$)")
_HARD = {"g": "k", "d": "t", "b": "p"}
_SYLLABLE = re.compile("[A-Z][a-z]*")
_FAMILIES = {**CHINESE_FAMILIES, **KOREAN_FAMILIES}
# Germans and Scandinavians write these with two letters where a keyboard lacks them: Mueller, Aakesson.
_TWO_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
_WRITTEN_OUT = str.maketrans(_TWO_LETTERS | {one.upper(): two.title() for one, two in _TWO_LETTERS.items()})
_VOWEL_MARKS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u0652\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
)
_MARKS = str.maketrans("", "", "'`\"")


def latin(text: str) -> str:
    """One spelling in Latin letters, for comparing. What is Latin already only loses its accents."""
    return text if text.isascii() else _latin(text)


@lru_cache(100_000)
def _latin(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    words = text.split()
    return _FAMILIES.get(text.strip()) or " ".join(map(_word, words))


def spellings(text: str) -> set[str]:
    """Every spelling by which a name may be looked for, the one for comparing among them."""
    found = {latin(text)}
    if text.isascii():
        return found
    found |= {latin(written_out(text)), latin(unmarked(text))}
    for word in unicodedata.normalize("NFKC", text).split():
        if any(map(is_han, word)) or any(map(is_hangul, word)):
            found |= _east_asian_spellings(word)
        elif any(map(kana.is_kana, word)):
            found |= {kana.romaji(word), kana.short(kana.romaji(word))}
        else:
            found |= passports(word)
    return found


def written_out(text: str) -> str:
    """A text with two letters where a keyboard may lack the one: 'Müller' is 'Mueller'."""
    return unicodedata.normalize("NFKC", text).translate(_WRITTEN_OUT)


def unmarked(text: str) -> str:
    """A text without the vowel marks of Arabic and Hebrew, which most people do not write."""
    return _VOWEL_MARKS.sub("", text)


def separated(text: str) -> str:
    """A text with names that are written in one piece taken apart: '王杰' is '王 杰'."""
    return text if text.isascii() else " ".join(map(_separated, text.split()))


def _separated(word: str) -> str:
    whole = all(is_han(char) or is_hangul(char) or kana.is_kana(char) for char in word)
    return " ".join(filter(None, name_parts(word, ""))) if whole else word


def _east_asian_spellings(word: str) -> set[str]:
    syllables = _romanised(word)
    found = {syllables.lower(), *(each.lower() for each in _SYLLABLE.findall(syllables))}
    for part in {word, *japanese_parts(word)}:
        readings = filter(None, (family_reading(part), given_reading(part)))
        found |= {spelling for reading in readings for spelling in (reading, kana.short(reading))}
    return found


def _word(word: str) -> str:
    if word.isascii():
        return word
    if any(map(kana.is_kana, word)) or is_japanese(word):
        parts = japanese_parts(word) or [word]
        return " ".join(kana.short(_japanese(part)) for part in parts)
    if any(map(is_hangul, word)) or any(map(is_han, word)):
        return _romanised(word).lower()
    if _IS_GREEK.search(word):
        word = word.casefold()
        for pattern, sound in _GREEK:
            word = pattern.sub(sound, word)
    return "".join(map(_letter, word))


def _japanese(part: str) -> str:
    known = family_reading(part) or given_reading(part)
    return known or kana.romaji(part)


def _romanised(word: str) -> str:
    """Hangul and Chinese characters, each syllable with a capital letter: 'ZhangXiuYing', 'MinJun'."""
    if any(map(is_hangul, word)):
        return _FINALS.sub(lambda final: _HARD[final[0]], anyascii(word))
    return anyascii(word)


@lru_cache(20_000)
def _letter(char: str) -> str:
    # Signs that a letter becomes (soft signs, ayin) say nothing; an apostrophe is a sign of its own.
    return anyascii(char).translate(_MARKS) if char.isalpha() else anyascii(char)
