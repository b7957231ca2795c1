"""The words by which a party is found: of its names and places, in plain lower-case letters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from anyascii import anyascii

from threesixty.record import Scalar

SEARCHED = ("name", "given", "middle", "family", "company", "city", "postcode")

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 40


def words(text: str) -> list[str]:
    """The words of a text, transliterated and case-folded, at most 40 letters each."""
    plain = text if text.isascii() else anyascii(text)
    found: list[str] = _WORD.findall(plain.lower())
    return found if len(plain) <= _LONGEST else [word[:_LONGEST] for word in found]


def words_of(values: Mapping[str, Scalar]) -> set[str]:
    """Every word a Record with these values is found by."""
    texts = [text for name in SEARCHED if isinstance(text := values.get(name), str)]
    return set(words(" ".join(texts)))
