"""Columns of text read once for each distinct text: normalising is dear, and columns repeat themselves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from json.encoder import encode_basestring
from typing import Generic, TypeVar

from threesixty import normalise
from threesixty.project import Constant, Part
from threesixty.sources.roles import NOTHING, Reader, Reading
from threesixty.sources.rows import Rows

REMEMBERED = 100_000
ABSENT = frozenset(("", "null", "n/a", "nan", "none", "-"))

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Distinct(dict[K, V], Generic[K, V]):
    """What each text says, worked out once. A full memory is emptied: that costs time, never truth."""

    def __init__(self, read: Callable[[K], V]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: K) -> V:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[text] = self.read(text)
        return found


def cells(rows: Rows, part: Part) -> Iterable[str | None]:
    """One text for each row: of a column or the same constant for all; None where there is no such column."""
    if isinstance(part, Constant):
        return repeat(part.value, len(rows))
    return rows.columns.get(part) or repeat(None, len(rows))


def joined(rows: Rows, parts: Sequence[Part], mark: str) -> Iterable[str | None]:
    """The texts of several columns as one, without those that are empty."""
    if len(parts) == 1:
        return cells(rows, parts[0])
    together = zip(*(cells(rows, part) for part in parts), strict=True)
    return (mark.join(text.strip() for text in texts if text and text.strip()) for texts in together)


@dataclass(frozen=True, slots=True)
class Field:
    """A role, the columns that fill it together, and what their text says; `regional` ones are read by
    the country of their row, and some may hold `lists`."""

    parts: tuple[Part, ...]
    mark: str
    said: Distinct[str | None, Reading]
    said_in: Distinct[tuple[str | None, str], Reading]
    regional: bool
    lists: bool = False

    def readings(self, rows: Rows, countries: Iterable[str]) -> Iterator[Reading]:
        """One Reading for each row."""
        texts = joined(rows, self.parts, self.mark)
        if self.regional:
            return map(self.said_in.__getitem__, zip(texts, countries, strict=True))
        return map(self.said.__getitem__, texts)


def field(
    parts: tuple[Part, ...], read: Reader, country: str, *, mark: str = " ", regional: bool = False,
    lists: bool = False,
) -> Field:  # fmt: skip
    """A Field that reads with one reader; the country is for rows that name none."""

    def one(text: str | None) -> Reading:
        return read(text, country) if text else NOTHING

    def regional_one(pair: tuple[str | None, str]) -> Reading:
        return read(pair[0], pair[1]) if pair[0] else NOTHING

    return Field(parts, mark, Distinct(one), Distinct(regional_one), regional, lists)


def keys(rows: Rows, parts: Sequence[Part]) -> list[str | None]:
    """The key of each row, None where a part of it is missing. Several parts are joined by '|'."""
    if not parts:
        return [None] * len(rows)
    columns = [[_key_part(text) for text in cells(rows, part)] for part in parts]
    if len(columns) == 1:
        return columns[0]
    return [_composite(texts) for texts in zip(*columns, strict=True)]


def _key_part(text: str | None) -> str | None:
    if not text:
        return None
    part = normalise.clean(text)
    return None if part.casefold() in ABSENT else part


def _composite(parts: Sequence[str | None]) -> str | None:
    written = [part.replace("\\", "\\\\").replace("|", "\\|") for part in parts if part is not None]
    return "|".join(written) if len(written) == len(parts) else None


def used_columns(parts: Iterable[Part]) -> list[str]:
    """The names of columns among parts, each once."""
    return list(dict.fromkeys(part for part in parts if isinstance(part, str)))


def as_json(rows: Rows, names: Sequence[str]) -> list[str]:
    """The named columns of each row as a JSON object, without those where it says nothing at all."""
    columns = [_members(name, cells(rows, name)) for name in names]
    if not columns:
        return ["{}"] * len(rows)
    return ["{" + ",".join(filter(None, members)) + "}" for members in zip(*columns, strict=True)]


def _members(name: str, texts: Iterable[str | None]) -> list[str]:
    start = encode_basestring(name) + ":"
    return ["" if text is None else start + encode_basestring(text) for text in texts]
