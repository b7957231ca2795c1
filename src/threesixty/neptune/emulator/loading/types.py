"""The types of a load file's columns, and what a cell of each becomes.

https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-tutorial-format-gremlin.html#bulk-load-tutorial-format-gremlin-datatypes
https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-tutorial-format-opencypher.html
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

Value = str | bool | int | float | datetime
Convert = Callable[[str], Value]

_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?Infinity|NaN")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d))?(Z|[+-]\d\d:?\d\d)?)?")


class Mismatch(ValueError):
    """A cell that its column's type does not allow; the text says why."""


def _boolean(cell: str) -> bool:
    return cell == "true"  # "Any value other than true will be treated as false"


def _whole(bits: int, cell: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise Mismatch(f"'{cell}' is not a whole number")
    number = int(cell)
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise Mismatch(f"'{cell}' is out of range: it needs more than {bits} bits")
    return number


def _double(cell: str) -> float:
    if not _DECIMAL.fullmatch(cell):
        raise Mismatch(f"'{cell}' is not a number")
    return float(cell)


def _single(cell: str) -> float:
    try:
        (number,) = struct.unpack("<f", struct.pack("<f", _double(cell)))
    except OverflowError:
        raise Mismatch(f"'{cell}' is out of range: it needs more than 32 bits") from None
    return float(number)


def _moment(cell: str) -> datetime:
    found = _MOMENT.fullmatch(cell)
    if not found:
        raise Mismatch(f"'{cell}' is not a date in ISO 8601")
    day, minute, second, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{minute or '00:00'}:{second or '00'}{zone or 'Z'}")
    except ValueError:
        raise Mismatch(f"'{cell}' is no moment of the calendar") from None
    return moment.astimezone(UTC)


_BOTH: Mapping[str, Convert] = {
    "bool": _boolean,
    "boolean": _boolean,
    "byte": partial(_whole, 8),
    "short": partial(_whole, 16),
    "int": partial(_whole, 32),
    "long": partial(_whole, 64),
    "float": _single,
    "double": _double,
    "string": str,
}
GREMLIN: Mapping[str, Convert] = {**_BOTH, "date": _moment, "datetime": _moment}
OPENCYPHER: Mapping[str, Convert] = {
    **_BOTH,
    "datetime": _moment,
    # Stored as they are written, "with no verification against their intended formats".
    **dict.fromkeys(("char", "date", "localdate", "localdatetime", "duration", "point"), str),
}
"""By lower-case name: type names are not case-sensitive."""
