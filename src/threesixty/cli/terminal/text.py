"""Values as words: cleaned of control characters, dated, counted, priced, cut to fit."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo

from rich.text import Text

from threesixty.record import Scalar

GOOD, BAD, WARN, ACCENT, QUIET, LOUD = "green", "red", "yellow", "cyan", "dim", "bold"
NONE = "–"  # noqa: RUF001

# A whole terminal command (colour, cursor, title, link), so that no half of it stays to be read.
_COMMAND = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|$)|[ -/]*[0-~]?)", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


def cut(value: object, width: int) -> str:
    """A value in at most `width` characters."""
    text = clean(value)
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"


def date(at: int | None, zone: tzinfo = UTC) -> str:
    """The day of an instant (epoch ms): 2024-05-03."""
    moment = _moment(at, zone)
    return moment.strftime("%Y-%m-%d") if moment else NONE


def time(at: int | None, zone: tzinfo = UTC) -> str:
    """An instant (epoch ms) to the minute: 2024-05-03 17:20."""
    moment = _moment(at, zone)
    return moment.strftime("%Y-%m-%d %H:%M") if moment else NONE


def _moment(at: int | None, zone: tzinfo) -> datetime | None:
    try:
        return None if at is None else (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)
    except OverflowError:
        return None


def count(number: float, one: str = "", many: str = "") -> str:
    """A number with its noun: '1 record', '58,112 records'."""
    noun = one if number == 1 else many or (f"{one}s" if one else "")
    return f"{number:,} {noun}".rstrip()


def money(amount: int | None, currency: str = "") -> str:
    """An amount (1/10,000) with two decimals, or four where they say something: '1,204.50 EUR'."""
    if amount is None:
        return NONE
    places = 2 if amount % 100 == 0 else 4
    return f"{amount / 10_000:,.{places}f} {clean(currency)}".rstrip()


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
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and kind == "instant":
        return date(value, zone)
    if isinstance(value, int) and kind == "money":
        return money(value)
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else clean(value)
