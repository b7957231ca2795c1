"""Values on their way into an engine, each as its column's type wants it: all engines keep the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from threesixty.graph.delta import Row
from threesixty.record import Scalar
from threesixty.schema import Column, Type


class Storage(NamedTuple):
    """How a type is kept: ladybug's column type, Arrow's, and the list parameter that carries it."""

    ladybug: str
    arrow: pa.DataType
    parameter: str


_TEXT = Storage("STRING", pa.string(), "texts")
_INTEGER = Storage("INT64", pa.int64(), "integers")
STORAGE: Mapping[Type, Storage] = {
    "text": _TEXT,
    "date": _TEXT,
    "instant": _INTEGER,
    "money": _INTEGER,
    "integer": _INTEGER,
    "number": Storage("DOUBLE", pa.float64(), "numbers"),
    "boolean": Storage("BOOL", pa.bool_(), "booleans"),
}
# Ends every list, so that a list of nulls still shows its type.
_SENTINEL: Mapping[str, Scalar] = {"texts": "", "integers": 0, "numbers": 0.0, "booleans": False}
_FITS = {"texts": str, "integers": int, "numbers": float, "booleans": bool}


def scrubbed(value: Scalar) -> Scalar:
    """The value, NUL and half surrogates in a text replaced: not every engine can keep them, so none does."""
    if not isinstance(value, str):
        return value
    if not value.isascii():
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in value else value


def fitted(column: Column, value: Scalar) -> Scalar:
    """The value in the one Python type that its column keeps."""
    if value is None:
        return None
    return scrubbed(_FITS[STORAGE[column.type].parameter](value))


def packed(columns: Sequence[Column], values: Iterable[Scalar]) -> dict[str, list[Scalar]]:
    """Values as one list for each type, in the places `cypher.slots` names."""
    lists: dict[str, list[Scalar]] = {}
    for column, value in zip(columns, values, strict=True):
        lists.setdefault(STORAGE[column.type].parameter, []).append(fitted(column, value))
    for name, items in lists.items():
        items.append(_SENTINEL[name])
    return lists


def arrow(keys: int, columns: Sequence[Column], rows: Sequence[Row]) -> pa.Table:
    """Rows as an Arrow table: so many key columns of text, then the columns by type."""
    every = (*(Column(f"key{number}", "text") for number in range(keys)), *columns)
    data = zip(*rows, strict=True) if rows else ([] for _ in every)
    return pa.Table.from_arrays(
        [_array(column, values) for column, values in zip(every, data, strict=True)],
        names=[f"{number}" for number in range(len(every))],
    )


def _array(column: Column, values: Iterable[Scalar]) -> pa.Array:
    kept = values if isinstance(values, tuple) else tuple(values)
    type_ = STORAGE[column.type].arrow
    try:
        array = pa.array(kept, type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        return pa.array([fitted(column, value) for value in kept], type_)
    if type_ == pa.string() and pc.any(pc.match_substring(array, "\0")).as_py():
        return pa.array([fitted(column, value) for value in kept], type_)
    return array


def plain(value: Any) -> Scalar:
    """A cell of an answer; ladybug adds up integers to Decimals, which nobody downstream expects."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value  # type: ignore[no-any-return]
