"""One TOML table being read: every key is asked for by name and type, and what was not asked for is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from threesixty.errors import Problem, nearest
from threesixty.project.places import Place, Stand, Where

_TYPES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", dict: "a table"}


class Notes:
    """The mistakes found so far, each with its place."""

    def __init__(self, stands: Mapping[Where, Stand]) -> None:
        self.stands = stands
        self.problems: list[Problem] = []

    def add(self, where: Where, message: str, hint: str = "", *, key: bool = False) -> None:
        """Note a mistake at a value, or at its key; where neither is written, at the table around it."""
        line, column = self._place(where, key=key)
        self.problems.append(Problem(message, hint, line, column))

    def _place(self, where: Where, *, key: bool) -> Place:
        for end in range(len(where), 0, -1):
            stand = self.stands.get(where[:end])
            if stand is not None:
                return stand.key if key else stand.value
        return Place(0, 0)


def suggestion(wrong: str, known: Collection[str]) -> str:
    """The nearest right name, or all of them when nothing is near and they are few."""
    near = nearest(wrong, known)
    if near:
        return f"did you mean {near!r}?"
    return f"there is {', '.join(sorted(known))}" if 0 < len(known) <= 40 else ""


class Table:
    """A TOML table and its place in the file."""

    def __init__(self, values: Mapping[str, Any], where: Where, notes: Notes) -> None:
        self.values = values
        self.where = where
        self.notes = notes
        self.known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def problem(self, key: str, message: str, hint: str = "", *, at_key: bool = False) -> None:
        """Note a mistake in the value of a key, or in the key itself."""
        self.notes.add((*self.where, key), message, hint, key=at_key)

    def unknown(self, key: str, what: str, wrong: str, known: Collection[str]) -> None:
        """Note a name that nothing answers to, with the nearest that something does."""
        self.problem(key, f"there is no {what} {wrong!r}", suggestion(wrong, known))

    def take(self, key: str) -> Any:
        """A key's value, whatever its type; None when it is not there."""
        self.known.append(key)
        return self.values.get(key)

    def typed(self, key: str, kind: type) -> Any:
        """A key's value when it has the right type; None, and a problem noted, when it has another."""
        value = self.take(key)
        whole_as_number = kind is float and type(value) is int
        if value is None or type(value) is kind or whole_as_number:
            return value
        self.problem(key, f"{key} must be {_TYPES[kind]}, not {_shown(value)}")
        return None

    def text(
        self,
        key: str,
        default: str = "",
        *,
        among: Collection[str] = (),
        what: str = "",
        required: bool = False,
    ) -> str:
        """A text, of the allowed ones where they are given; `what` they are, if not the key's own name."""
        value: str | None = self.typed(key, str)
        if value is None:
            if required and key not in self.values:
                self.missing(key)
            return default
        if among and value not in among:
            self.unknown(key, what or key.replace("_", " "), value, among)
            return default
        return value

    def boolean(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value: bool | None = self.typed(key, bool)
        return default if value is None else value

    def table(self, key: str) -> Table:
        """The table under a key; an empty one when there is none."""
        value = self.typed(key, dict)
        return Table(value or {}, (*self.where, key), self.notes)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Every key of this table with the table under it."""
        for key in self.values:
            if self.typed(key, dict) is not None:
                yield key, Table(self.values[key], (*self.where, key), self.notes)

    def missing(self, key: str, hint: str = "") -> None:
        """Note that a key must be there and is not."""
        near = next((k for k in self.values if k not in self.known and nearest(k, [key])), None)
        if near is None:  # else the misspelt key is reported, once, as unknown
            self.notes.add(self.where, f"{key} is missing", hint, key=True)

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                self.problem(key, f"there is no key {key!r} here", suggestion(key, self.known), at_key=True)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else repr(value)
