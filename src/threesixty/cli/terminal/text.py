"""Values as words: cleaned of control characters, dated, counted, priced, cut to fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from threesixty import wording
from threesixty.record import Scalar

GOOD, BAD, WARN, ACCENT, QUIET, LOUD = "green", "red", "yellow", "cyan", "dim", "bold"
_LEAST_OF_A_KEY = 12
NONE, date, time = wording.NONE, wording.date, wording.time

# A whole terminal command (colour, cursor, title, link), so that no half of it stays to be read.
_COMMAND = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|$)|[ -/]*[0-~]?)", re.DOTALL)


def clean(value: object) -> str:
    """Any value as one line of text that a terminal cannot take for a command."""
    text = _COMMAND.sub("", str(value))
    if text.isascii() and text.isprintable():
        return text
    return " ".join("".join(_shown(char) for char in text).split())


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category in ("Cf", "Cs", "Co", "Cn") else char


def say(value: object, style: str = "") -> Text:
    """Text for the screen, never read as markup; cut with … where it does not fit."""
    return Text(clean(value), style=style, no_wrap=True, overflow="ellipsis")


def flow(value: object, style: str = "") -> Text:
    """Text for the screen that may run over several lines."""
    return Text(clean(value), style=style)


def join(*parts: Text | str, by: str = " · ") -> Text:
    """Parts in one line, those that are empty left out."""
    line = Text(no_wrap=True, overflow="ellipsis")
    for part in parts:
        text = say(part) if isinstance(part, str) else part
        if text.plain:
            line.append(by if line.plain else "", QUIET).append_text(text)
    return line


def wrapped(line: Text) -> Text:
    """The same line, over several where it does not fit: nothing of it is cut."""
    line.no_wrap, line.overflow = False, "fold"
    return line


def cut(value: object, width: int) -> str:
    """A value in at most `width` characters."""
    text = clean(value)
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


def middle(value: object, width: int) -> str:
    """A value in at most `width` cells, with its beginning and its end."""
    text = clean(value)
    if cell_len(text) <= width:
        return text
    head = max(width - 1, 0) // 2
    tail, start = max(width - 1 - head, 0), len(text)
    while start and cell_len(text[start - 1 :]) <= tail:
        start -= 1
    return f"{set_cell_size(text, head).rstrip()}…{text[start:]}"[: max(width, 0)]


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a record: whole where there is room, else without its middle, as keys that begin alike
    end otherwise."""

    name: object
    style: str = ACCENT

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        yield say(middle(self.name, options.max_width), self.style)

    def __rich_measure__(self, _: Console, options: ConsoleOptions) -> Measurement:
        width = min(cell_len(clean(self.name)), options.max_width)
        return Measurement(min(width, _LEAST_OF_A_KEY), width)


def count(number: float, one: str = "", many: str = "") -> str:
    """A number with its noun: '1 record', '58,112 records'."""
    noun = one if number == 1 else many or (f"{one}s" if one else "")
    return f"{number:,} {noun}".rstrip()


def listed(names: Sequence[str], most: int, by: str = ", ") -> str:
    """Names as they are shown: the first of them, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return by.join(map(clean, names[:most])) + more


def money(amount: int | None, currency: str = "") -> str:
    """An amount with its currency: '1,204.50 EUR'."""
    return wording.money(amount, clean(currency))


def bits(value: float) -> str:
    """Evidence with its sign: '+12.1'."""
    return f"{value:+.1f}"


def size(number: int) -> str:
    """Bytes as people say them: '12.4 MB'."""
    amount, units = float(number), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, _ = amount / 1000, units.pop(0)
    return f"{amount:,.0f} {units[0]}" if units[0] == "bytes" else f"{amount:,.1f} {units[0]}"


def words(name: str) -> str:
    """A property's name as a person reads it: 'birth date'."""
    return clean(name).replace("_", " ")


def scalar(value: Scalar, kind: str = "text", zone: tzinfo = UTC) -> str:
    """A value of a property or a column, by its type in the schema."""
    return clean(wording.scalar(value, kind, zone))
