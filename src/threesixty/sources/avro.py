"""Avro as text: the file brings its own schema; nested records are flattened to 'outer.inner'."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from threesixty.errors import SourceError
from threesixty.sources.rows import BATCH_BYTES, BATCH_ROWS, Bad, Rows, bad, flat, from_objects
from threesixty.sources.stream import open_bytes

MAGIC = b"Obj\x01"


def read_avro(path: Path) -> Iterator[Rows]:
    """The records of an Avro container file, in any of its compressions.

    What stands before a damaged place is read, and the place is a Bad; SourceError when the file does not
    begin as Avro, or its compression cannot be read here.
    """
    data, raw = open_bytes(path)
    with raw:
        reader = _reader(path, data)
        short, number = _short_floats(reader), 0
        while True:
            objects: list[tuple[int, dict[str, str | None]] | Bad] = []
            started = raw.tell()
            while len(objects) < BATCH_ROWS and raw.tell() - started < BATCH_BYTES:
                number += 1
                record = _next(reader, short, number)
                if record is None:
                    break
                objects.append(record)
                if isinstance(record, Bad):
                    break
            whole = bool(objects) and not isinstance(objects[-1], Bad)
            yield from_objects(objects, raw.tell())
            if not whole:
                return


def _reader(path: Path, data: BinaryIO) -> Any:
    try:
        import fastavro  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise SourceError(
            f"{path.name}: nothing here can read Avro", hint="pip install 'threesixty[avro]'"
        ) from None
    try:
        return fastavro.reader(data)
    except Exception as error:
        # The library raises whatever it stumbles over.
        raise SourceError(
            f"{path.name} does not begin as an Avro file: {_first(error)}",
            hint="is it a container file (.avro), and whole? Copy it again, or name another format",
        ) from error


def _short_floats(reader: Any) -> frozenset[str]:
    """The fields that hold numbers of 32 bits: as one of 64, 0.1 would be 0.10000000149011612."""
    schema = reader.writer_schema
    fields = schema.get("fields", ()) if isinstance(schema, dict) else ()
    kinds = {each["name"]: each["type"] for each in fields}
    return frozenset(
        name for name, kind in kinds.items() if "float" in (kind if isinstance(kind, list) else [kind])
    )


def _next(
    reader: Iterator[Any], short: frozenset[str], number: int
) -> tuple[int, dict[str, str | None]] | Bad | None:
    try:
        record = next(reader)
    except StopIteration:
        return None
    except Exception as error:  # noqa: BLE001 - the library raises whatever it stumbles over
        return bad(number, f"the file is damaged from here on: {_first(error)}", "", cut=True)
    if not isinstance(record, dict):
        return bad(number, "not an Avro record", str(record))
    for name in short:
        if isinstance(record.get(name), float):
            record[name] = float(str(np.float32(record[name])))
    return number, flat(record)


def _first(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0][:200]
