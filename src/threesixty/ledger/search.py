"""Finding Records by words: of names and places, or by the beginning of an identifier."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from threesixty.ledger import tables
from threesixty.ledger.session import Session
from threesixty.ledger.words import words

_identifier, _carries = tables.identifier.c, tables.carries.c

_TYPES = select(_identifier.type).distinct()
_BEGINNING = (
    select(_carries.record)
    .join(tables.identifier, _identifier.no == _carries.identifier)
    .where(
        _identifier.type == bindparam("type"),
        _identifier.value >= bindparam("start"),
        _identifier.value < bindparam("end"),
    )
    .limit(bindparam("most"))
)

_SHORTEST = 3
_MOST_WORDS = 8


class Search(Session):
    """Records by what people remember of them."""

    def search(self, text: str, limit: int = 20) -> list[int]:
        """Records found by all the words of a text; the last one may be unfinished.

        The beginning of an identifier's value finds its Records too, and first.
        """
        found = dict.fromkeys(self._by_identifier(text.strip().casefold(), limit))
        found.update(dict.fromkeys(self._by_words(words(text)[:_MOST_WORDS], limit)))
        return list(found)[:limit]

    def _by_words(self, wanted: list[str], limit: int) -> list[int]:
        if not wanted:
            return []
        # The longest whole word has the fewest Records: the others are looked up for each of those.
        whole, start = sorted(set(wanted[:-1]), key=len, reverse=True), wanted[-1]
        values = {f"word{i}": one for i, one in enumerate(whole)}
        rows = self._rows(_by_words(len(whole)), **values, start=start, end=start + "{", most=limit)
        return [no for (no,) in rows]

    def _by_identifier(self, start: str, limit: int) -> list[int]:
        if len(start) < _SHORTEST:
            return []
        end = start + "\U0010ffff"
        return [
            no
            for (kind,) in self._rows(_TYPES)
            for (no,) in self._rows(_BEGINNING, type=kind, start=start, end=end, most=limit)
        ]


@lru_cache
def _by_words(whole: int) -> Select[Any]:
    """Records that have so many whole words, and one that begins like the last."""
    begun = tables.word.alias("begun").c
    rest = (begun.word >= bindparam("start")) & (begun.word < bindparam("end"))
    if not whole:
        return select(begun.record).where(rest).distinct().limit(bindparam("most"))
    tied = [tables.word.alias(f"w{i}").c for i in range(whole)]
    statement = select(tied[0].record).where(tied[0].word == bindparam("word0"))
    for i, other in enumerate(tied[1:], 1):
        same = (other.word == bindparam(f"word{i}")) & (other.record == tied[0].record)
        statement = statement.where(select(other.word).where(same).exists())
    begins = select(begun.word).where(rest & (begun.record == tied[0].record)).exists()
    return statement.where(begins).limit(bindparam("most"))
