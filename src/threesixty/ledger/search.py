"""Finding Records by words: of names and places, or by the beginning of an identifier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import bindparam, func, select

from threesixty.ledger import tables
from threesixty.ledger.session import Rows, Session
from threesixty.ledger.sqlite import listed
from threesixty.ledger.words import words, words_of

_identifier, _carries = tables.identifier.c, tables.carries.c
_word, _mapped = tables.word.c, tables.mapped.c

_NEXT_TYPE = select(func.min(_identifier.type)).where(_identifier.type > bindparam("after"))
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

_BEGUN = (
    select(_word.record)
    .where(_word.word >= bindparam("start"), _word.word < bindparam("end"))
    .distinct()
    .limit(bindparam("most"))
)
_HAVING = select(_word.record).where(_word.word == bindparam("word")).limit(bindparam("most"))
_VALUES = select(_mapped.no, _mapped["values"]).where(_mapped.no.in_(listed("numbers"))).order_by(_mapped.no)

_SHORTEST = 3
_AFTER = "{"  # the character after z: words are made of letters and digits only
_MOST_RECORDS = 20_000
_PIECE = 200


class Search(Session):
    """Records by what people remember of them."""

    def search(self, text: str, limit: int = 20) -> list[int]:
        """Records found by all the words of a text; the last one may be unfinished.

        The beginning of an identifier's value finds its Records too, and first.
        """
        found = dict.fromkeys(self._by_identifier(text.strip().casefold(), limit))
        for wanted in words(text):
            found.update(dict.fromkeys(islice(self._by_words(wanted, limit), limit)))
        return list(found)[:limit]

    def _by_words(self, wanted: list[str], limit: int) -> Iterator[int]:
        """Records that have every word but the last, and one that begins like the last."""
        if len(wanted) < 2:
            for start in wanted:
                yield from _firsts(self._rows(_BEGUN, start=start, end=start + _AFTER, most=limit))
            return
        # The longest word has the fewest Records; of those, the values tell whether they have the others.
        whole, start = sorted(set(wanted[:-1]), key=len), wanted[-1]
        candidates = list(_firsts(self._rows(_HAVING, word=whole.pop(), most=_MOST_RECORDS)))
        for i in range(0, len(candidates), _PIECE):
            for no, text in self._rows(_VALUES, numbers=candidates[i : i + _PIECE]):
                found = words_of(json.loads(text))
                if found.issuperset(whole) and any(word.startswith(start) for word in found):
                    yield no

    def _by_identifier(self, start: str, limit: int) -> list[int]:
        if len(start) < _SHORTEST:
            return []
        end = start + "\U0010ffff"
        return [
            no
            for kind in self._types()
            for (no,) in self._rows(_BEGINNING, type=kind, start=start, end=end, most=limit)
        ]

    def _types(self) -> Iterator[str]:
        """Every identifier type, each by one look into the index."""
        kind = ""
        while kind := self._value(_NEXT_TYPE, after=kind) or "":
            yield kind


def _firsts(rows: Rows) -> Iterator[int]:
    return (row[0] for row in rows)
