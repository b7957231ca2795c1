"""Japanese syllables in Latin letters, as passports write them."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

_GLIDE = re.compile("([きぎしじちぢにひびぴみりキギシジチヂニヒビピミリ])([ゃゅょャュョ])")
_VOWEL = dict(zip("ゃゅょャュョ", "auoauo", strict=True))
_LONG = re.compile(r"oo|ou(?!e)|uu")


def is_kana(char: str) -> bool:
    """Whether a character is hiragana or katakana, the mark of a long vowel included."""
    return "\u3041" <= char <= "\u30ff" and char != "・"


def romaji(kana: str) -> str:
    """Kana in small Latin letters, as written: 'ケンイチロウ' is 'kenichirou', 'ジュン' 'jun'."""
    glided = _GLIDE.sub(_glide, unicodedata.normalize("NFKC", kana))
    return anyascii(glided).lower().replace("'", "")


def _glide(pair: re.Match[str]) -> str:
    start = anyascii(pair[1]).lower()[:-1]  # ki, shi, chi, ji without their i
    return start + ("" if start in ("sh", "ch", "j") else "y") + _VOWEL[pair[2]]


def short(romaji: str) -> str:
    """The spelling without long vowels that most people use: 'tarou' is 'taro', 'inoue' stays."""
    return _LONG.sub(lambda long: long[0][0], romaji)
