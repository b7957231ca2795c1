"""What every format yields: batches of rows as columns of text, with the rows that could not be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from threesixty.errors import SourceError

BATCH_ROWS = 20_000
BATCH_BYTES = 32 << 20
FIELD_LIMIT = 1 << 20
"""The longest text one field may hold, in characters: what is longer is a mistake or an attack."""
KEPT_OF_A_REJECT = 100_000
_LONGEST_HEX = 64
_EXACT = 1 << 53
"""Up to here a float is the whole number that was written: that of a card has sixteen digits."""
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
"""A number whose point people in half of the world would write between thousands."""
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]")

Column = list[str | None]


class Bad(NamedTuple):
    """A row that could not be read: its line, why, its text, and whether what came behind it is missing."""

    line: int
    reason: str
    row: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a file or table, column by column. `position` counts the bytes (of a table the rows)
    read so far, `reached` is the value from which a table can be read on; `ragged` says that rows of this
    format need not have every column. `raws` is each row as a ledger keeps it, where it comes out of one."""

    columns: Mapping[str, Column]
    lines: list[int]
    bad: list[Bad] = field(default_factory=list)
    position: int = 0
    ragged: bool = False
    reached: str = ""
    raws: list[str] | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def first(self, n: int) -> Rows:
        """The first `n` rows that could be read, and the bad ones among them."""
        columns = {name: column[:n] for name, column in self.columns.items()}
        among = [bad for bad in self.bad if len(self) <= n or bad.line < self.lines[n]]
        return Rows(columns, self.lines[:n], among[:n], self.position, self.ragged)

    def after(self, skip: int) -> Rows:
        """These rows without the first `skip` of them, good and bad counted together, by line."""
        lines = sorted([*self.lines, *(bad.line for bad in self.bad)])
        if skip >= len(lines):
            return Rows({name: [] for name in self.columns}, [], [], self.position, self.ragged)
        first = lines[skip]
        kept = next((at for at, line in enumerate(self.lines) if line >= first), len(self.lines))
        return Rows(
            {name: column[kept:] for name, column in self.columns.items()},
            self.lines[kept:],
            [bad for bad in self.bad if bad.line >= first],
            self.position,
            self.ragged,
        )


def bad(line: int, reason: str, row: str, *, cut: bool = False) -> Bad:
    """A Bad whose text can be stored anywhere: whole characters only, and not without end."""
    if len(row) > KEPT_OF_A_REJECT:
        row, reason = row[:KEPT_OF_A_REJECT], f"{reason}; only the beginning of the row is kept"
    return Bad(line, reason, row.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00"), cut)


def checked_header(names: Iterable[str], where: str) -> list[str]:
    """Column names, stripped; SourceError when one is empty or stands twice."""
    header = [name.strip().strip("\ufeff") for name in names]
    for number, name in enumerate(header, start=1):
        if not name:
            raise SourceError(
                f"{where}: column {number} has no name",
                hint="the first line must name every column; name it, or remove the column",
            )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceError(
            f"{where}: the column name {twice[0]!r} stands more than once in the first line",
            hint="give every column a name of its own",
        )
    return header


def from_objects(objects: Iterable[tuple[int, Mapping[str, str | None]] | Bad], position: int) -> Rows:
    """Rows out of single rows, each with its line; a column that a row lacks is None there."""
    good: list[tuple[int, Mapping[str, str | None]]] = []
    rejected: list[Bad] = []
    for each in objects:
        rejected.append(each) if isinstance(each, Bad) else good.append(each)
    names = dict.fromkeys(name for _, row in good for name in row)
    columns = {name: [row.get(name) for _, row in good] for name in names}
    return Rows(columns, [line for line, _ in good], rejected, position, ragged=True)


def in_list(name: str) -> str:
    """What to do where the rows of a JSON file are a list in one object."""
    return f"its rows may be the list {name!r} in it: `jq -c '.{name}[]'` writes one a line"


class Ambiguous(dict[str, Any]):
    """A JSON object in which one name stands twice and says two things."""

    def __init__(self, said: Mapping[str, Any], name: str) -> None:
        super().__init__(said)
        self.name = name


def flat(value: Mapping[str, Any]) -> dict[str, str | None]:
    """A JSON object as one row: objects inside become 'outer.inner', lists their JSON text.

    ValueError where one of them says two things under one name.
    """
    row: dict[str, str | None] = {}
    for name, text in _flat(value, ""):
        if row.setdefault(name, text) != text:  # one is inside another, and one is called as if it were
            raise _two_things(name)
    return row


def _flat(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, Ambiguous):
        raise _two_things(prefix + value.name)
    for key, inner in value.items():
        name = prefix + key
        if isinstance(inner, dict):
            yield from _flat(inner, f"{name}.")
        else:
            if isinstance(inner, list):
                _ensure_plain(inner, name)
            yield name, as_text(inner)


def _ensure_plain(listed: Iterable[Any], name: str) -> None:
    """Raises ValueError where an object somewhere in a list says two things under one name."""
    for inner in listed:
        if isinstance(inner, Ambiguous):
            raise _two_things(f"{name}.{inner.name}")
        if isinstance(inner, dict):
            for key, value in inner.items():
                _ensure_plain([value], f"{name}.{key}")
        elif isinstance(inner, list):
            _ensure_plain(inner, name)


def _two_things(name: str) -> ValueError:
    return ValueError(f"{name!r} stands twice in this row and says two things")


def written(number: str) -> str:
    """A number as a program writes it, so that it can be read one way only: '12.345' is '12.3450'.

    What a point is in a text, the country says of whoever wrote it; a number has none.
    """
    return f"{number}0" if _EITHER.fullmatch(number) else number


def as_text(value: object) -> str | None:
    """Any value a file may hold, as the text a CSV file would hold."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return _binary(bytes(value))
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return written(format(value, "f") if isinstance(value, Decimal) and value.is_finite() else str(value))


def _binary(value: bytes) -> str:
    """Bytes as the text they are, else in hex; of a picture or a file its digest, so that it stops no row."""
    text = value.decode("utf-8", "replace")
    if not _NO_TEXT.search(text):
        return text
    if len(value) > _LONGEST_HEX:
        return f"sha256:{sha256(value).hexdigest()} of {len(value):,} bytes"
    return value.hex()
