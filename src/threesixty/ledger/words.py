"""The words by which a party is found: of its names and places, in plain lower-case letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from anyascii import anyascii

from threesixty.record import Scalar

SEARCHED = (
    "name", "given", "middle", "family", "company", "street", "city", "postcode",
)  # fmt: skip

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 40


def words(text: str) -> list[str]:
    """The words of a text, transliterated and case-folded, at most 40 letters each."""
    plain = text if text.isascii() else anyascii(text)
    return [word[:_LONGEST] for word in _WORD.findall(plain.lower())]


def words_of(values: Mapping[str, Scalar]) -> set[str]:
    """Every word a Record with these values is found by."""
    texts: Iterable[object] = (values.get(name) for name in SEARCHED)
    return set(words(" ".join(text for text in texts if isinstance(text, str))))
