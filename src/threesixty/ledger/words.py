"""The words by which a party is found: of its names and places, in small Latin letters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from threesixty.latin import latin, separated, spellings, unmarked, written_out
from threesixty.record import Scalar

SEARCHED = ("name", "given", "middle", "family", "company", "city", "postcode")

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")  # noqa: RUF001
_LONGEST = 40


def words(text: str) -> list[list[str]]:
    """The words of what somebody types, in Latin letters and case-folded, at most 40 letters each; and once
    more where its letters may be written out ('müller' looks for 'muller' and for 'mueller') or be marked."""
    if text.isascii():
        return [_words(text)]
    typed = (
        " ".join(map(latin, separated(each).split())) for each in (text, written_out(text), unmarked(text))
    )
    return [_words(plain) for plain in dict.fromkeys(typed)]


def words_of(values: Mapping[str, Scalar]) -> set[str]:
    """Every word a Record with these values is found by, in every spelling that somebody may type."""
    texts = [text for name in SEARCHED if isinstance(text := values.get(name), str)]
    whole = " ".join(texts)
    if whole.isascii() and "'" not in whole:
        return set(_words(whole))
    # O'Neill is looked for as 'oneill' too.
    texts += [joined for text in texts if (joined := _APOSTROPHE.sub("", text)) != text]
    found = set(_words(" ".join(text for text in texts if text.isascii())))
    for text in texts:
        if not text.isascii():
            found.update(word for spelling in spellings(text) for word in _words(spelling))
    return found


def _words(plain: str) -> list[str]:
    found: list[str] = _WORD.findall(plain.lower())
    return found if len(plain) <= _LONGEST else [word[:_LONGEST] for word in found]
