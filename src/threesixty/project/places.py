"""Where every key and value of a TOML text stands, so that a mistake can be pointed at.

The standard reader gives values without positions. This walks a text that reader has already
accepted, and therefore only has to be right about valid TOML.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

Where = tuple[str | int, ...]
"""The way to a value from the top of the file: table and key names, and numbers within arrays."""


class Place(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


class Stand(NamedTuple):
    """Where a key stands, and where its value begins."""

    key: Place
    value: Place


_TOKEN = re.compile(
    r"(?P<space>[ \t\r]+|\#[^\n]*)"
    r'|"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|[\[\]{},=.\n]"
    r"|[^\s\[\]{},=.#\"']+",
    re.DOTALL,
)
_ENDS = frozenset(",]}\n")


def stands(text: str) -> dict[Where, Stand]:
    """The place of every table, key and array element of a valid TOML text."""
    return _Walk(text).walk()


class _Walk:
    def __init__(self, text: str) -> None:
        found = [m for m in _TOKEN.finditer(text) if m["space"] is None]
        self.tokens = [m.group() for m in found]
        self.offsets = [m.start() for m in found]
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self.next = 0
        self.stands: dict[Where, Stand] = {}
        self.lengths: dict[Where, int] = {}  # of arrays of tables, as far as read

    def walk(self) -> dict[Where, Stand]:
        table: Where = ()
        while self.next < len(self.tokens):
            if self._skip("\n"):
                continue
            if self.tokens[self.next] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.stands

    def _skip(self, token: str) -> bool:
        if self.next < len(self.tokens) and self.tokens[self.next] == token:
            self.next += 1
            return True
        return False

    def _place(self) -> Place:
        offset = self.offsets[self.next]
        line = bisect_right(self.starts, offset)
        return Place(line, offset - self.starts[line - 1] + 1)

    def _names(self) -> list[tuple[str, Place]]:
        names = []
        while True:
            place, token = self._place(), self.tokens[self.next]
            names.append((_unquoted(token), place))
            self.next += 1
            if not self._skip("."):
                return names

    def _header(self) -> Where:
        self.next += 1
        array = self._skip("[")
        names = self._names()
        where: Where = ()
        for name, place in names:
            where = (*where, name)
            self.stands.setdefault(where, Stand(place, place))
            if where in self.lengths and not (array and name is names[-1][0]):
                where = (*where, self.lengths[where] - 1)
        if array:
            self.lengths[where] = self.lengths.get(where, 0) + 1
            where = (*where, self.lengths[where] - 1)
            self.stands[where] = Stand(names[-1][1], names[-1][1])
        while self._skip("]"):
            pass
        return where

    def _pair(self, table: Where) -> None:
        where, key = table, Place(1, 1)
        for name, key in self._names():
            where = (*where, name)
            self.stands.setdefault(where, Stand(key, key))
        self._skip("=")
        self._value(where, key)

    def _value(self, where: Where, key: Place) -> None:
        self.stands[where] = Stand(key, self._place())
        if self._skip("["):
            self._array(where)
        elif self._skip("{"):
            self._inline(where)
        else:
            while self.next < len(self.tokens) and self.tokens[self.next] not in _ENDS:
                self.next += 1

    def _array(self, where: Where) -> None:
        index = 0
        while not self._skip("]"):
            if self._skip("\n") or self._skip(","):
                continue
            self._value((*where, index), self._place())
            index += 1

    def _inline(self, where: Where) -> None:
        while not self._skip("}"):
            if self._skip("\n") or self._skip(","):
                continue
            self._pair(where)


def _unquoted(token: str) -> str:
    return str(tomllib.loads(f"key = {token}")["key"]) if token[0] in "\"'" else token
