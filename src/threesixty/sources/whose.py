"""Whose an email or a phone is that two parties of one row carry: that of the one whose role comes first."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from threesixty import normalise
from threesixty.record import Identifier
from threesixty.schema import NAME_GROUP
from threesixty.sources.roles import Reading

CONTACTS = frozenset({"email", "phone"})
_WORDS = re.compile(r"[a-z]+")
_TWO_LETTERS = re.compile(r"([aou])e")
_CALLED = frozenset({"name", *NAME_GROUP}) - {"prefix", "suffix"}

Readings = Sequence[Reading]


def of_others(said: Readings, before: Sequence[Readings]) -> frozenset[Identifier]:
    """The contact points of a party that are those of one before it in the row, unless both are called alike.

    Gifts are delivered with the buyer's email and phone beside the recipient's name.
    """
    contacts = _contacts(said)
    if not contacts:
        return contacts
    found: set[Identifier] = set()
    for other in before:
        shared = contacts & _contacts(other)
        if shared and not _alike(_words(said), _words(other)):
            found |= shared
    return frozenset(found)


def _alike(one: Collection[str], other: Collection[str]) -> bool:
    """Whether two names may be one's: each word of the shorter stands in the other, or an initial does."""
    shorter, longer = sorted((one, other), key=len)
    return all(any(_fits(word, each) for each in longer) for word in shorter)


def _fits(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _contacts(said: Readings) -> frozenset[Identifier]:
    held = [one.identifier for one in said if one.identifier is not None]
    return frozenset([one for one in held if one.type in CONTACTS])


def _words(said: Readings) -> list[str]:
    """The words of a name in plain letters, 'Müller' as 'Mueller': none where none is said."""
    texts = [str(reading.value) for reading in said if reading.property in _CALLED]
    texts += [str(text) for one in said for part, text in (one.implied or {}).items() if part in _CALLED]
    return [_TWO_LETTERS.sub(r"\1", word) for text in texts for word in _WORDS.findall(normalise.plain(text))]
