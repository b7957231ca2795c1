"""Tables for others: clusters, customers, the graph; CSV or Parquet by the name of the file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from threesixty.errors import NotFound, SourceError
from threesixty.graph import Graph
from threesixty.graph.formats import FORMATS
from threesixty.pipeline import masters
from threesixty.pipeline.batches import batched
from threesixty.pipeline.review import labels
from threesixty.pipeline.view import View, people
from threesixty.record import Scalar
from threesixty.schema import EdgeKind, Schema, Type
from threesixty.wording import decimal

_CHUNK = 20_000
Held = Type | Literal["decimal"]
"""What a column of a table holds: money as the graph keeps it, or, where people read it, as a decimal."""
Cell = Scalar | Decimal
_ARROW: dict[Held, pa.DataType] = {
    "text": pa.string(), "date": pa.string(), "instant": pa.int64(), "money": pa.int64(),
    "decimal": pa.decimal128(38, 4), "number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(),
}  # fmt: skip
# What begins a formula, also written as wide as a Chinese character.
_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
Rows = list[tuple[Cell, ...]]
Write = Callable[[Sequence[tuple[Cell, ...]]], None]
Columns = list[tuple[str, Held]]


def table(view: View, what: str, out: Path) -> int:
    """Write `clusters` (who is who), `customers` (golden values) or `labels`; how many rows."""
    tables = {"clusters": _clusters, "customers": _customers, "labels": _labels}
    if what not in tables:
        raise NotFound("export", what, [*tables, "graph"])
    columns, rows = tables[what](view)
    written = 0
    with writer(out, columns) as write:
        for chunk in rows:
            write(chunk)
            written += len(chunk)
    return written


def _clusters(view: View) -> tuple[Columns, Iterator[Rows]]:
    def rows() -> Iterator[Rows]:
        for anchors in batched(view.ledger.customers(), _CHUNK):
            members = view.ledger.members(anchors)
            ids = dict(zip(members, view.ledger.ids(list(members)), strict=True))
            public = masters.public_ids_of(view, members)
            pairs = [(record, anchor) for anchor, records in members.items() for record in records]
            records = [record for record, _ in pairs]
            named = zip(view.ledger.names(records), pairs, view.ledger.ids(records), strict=True)
            yield [
                (
                    name.source,
                    name.key,
                    ids[anchor],
                    record,
                    *_known_as(view, public.get(anchor, ids[anchor])),
                )
                for name, (_, anchor), record in named
            ]

    columns: Columns = [(column, "text") for column in ("source", "key", "customer", "record")]
    return [*columns, *_public(view)], rows()


def _public(view: View) -> Columns:
    """The column of ids that others know customers by, where the project says whose those are."""
    return [("public_id", "text")] if view.project.public_ids else []


def _known_as(view: View, public: str) -> tuple[str, ...]:
    return (public,) if view.project.public_ids else ()


def _customers(view: View) -> tuple[Columns, Iterator[Rows]]:
    properties = [p for p in view.schema.party_properties if p.name != "name"]

    def rows() -> Iterator[Rows]:
        for anchors in batched(view.ledger.customers(), _CHUNK):
            found = people(view, anchors)
            public = masters.public_ids_of(view, view.ledger.members(anchors))
            yield [
                (
                    p.id,
                    p.name,
                    p.kind,
                    len(p.members),
                    *_known_as(view, public.get(p.anchor, p.id)),
                    *(_said(won.value, c.type) if (won := p.won.get(c.name)) else None for c in properties),
                )
                for p in found
            ]

    head: Columns = [("customer", "text"), ("name", "text"), ("kind", "text"), ("records", "integer")]
    told: Columns = [(p.name, "decimal" if p.type == "money" else p.type) for p in properties]
    return [*head, *_public(view), *told], rows()


def _said(value: Scalar, type_: Type) -> Cell:
    """A value as whoever opens the file expects it: money in its currency, not in 1/10,000 of it."""
    return Decimal(decimal(value)) if type_ == "money" and isinstance(value, int) else value


def _labels(view: View) -> tuple[Columns, Iterator[Rows]]:
    """Pairs that people decided, under the names that Splink gives to labelled pairs."""
    ends = ("source_dataset_l", "unique_id_l", "source_dataset_r", "unique_id_r")
    head: Columns = [*((end, "text") for end in ends), ("clerical_match_score", "integer")]
    said: Columns = [("by", "text"), ("at", "instant"), ("why", "text")]
    rows: Rows = [
        (*one.a.split("/", 1), *one.b.split("/", 1), int(one.same), one.by, one.at, one.why)
        for one in labels(view)
    ]
    return [*head, *said], iter([rows])


def graph(source: Graph, schema: Schema, out: Path, form: str = "") -> int:
    """Write a graph into a folder: one Parquet file for each table, or in a format of another engine's.

    How many rows in all. Raises NotFound where nothing answers to the format.
    """
    known = {"parquet": _tables, **FORMATS}
    if form and form not in known:
        raise NotFound("format of a graph", form, known, hint=f"there are {', '.join(known)}")
    return known[form or "parquet"](source, schema, out)


def _tables(source: Graph, schema: Schema, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    for what, rows in source.export():
        columns, name = _table_of(schema, what)
        with writer(out / f"{name}.parquet", columns) as write:
            write(rows)
        written += len(rows)
    return written


def _table_of(schema: Schema, what: str | EdgeKind) -> tuple[Columns, str]:
    if isinstance(what, str):
        return [("id", "text"), *schema.nodes[what]], what
    ends: Columns = [("from", "text"), ("to", "text")]
    return [*ends, *schema.edges[what]], f"{what.source}-{what.type}-{what.target}"


@contextmanager
def writer(out: Path, columns: Columns) -> Iterator[Write]:
    """A function that writes rows to a CSV or Parquet file, which appears whole or not at all."""
    kinds = {".csv": _csv, ".parquet": _parquet}
    if out.suffix not in kinds:
        raise SourceError(f"{out.name} says no format", hint="name it .csv or .parquet")
    part = out.with_name(out.name + ".part")
    try:
        with kinds[out.suffix](part, columns) as write:
            yield write
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path, columns: Columns) -> Iterator[Write]:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow([name for name, _ in columns])
        yield lambda rows: out.writerows([harmless(value) for value in row] for row in rows)


def harmless(value: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula, with a quote before it (OWASP, CSV injection)."""
    if isinstance(value, str) and value.lstrip()[:1] in _FORMULA:
        return value if _is_number(value) else f"'{value}"
    return f"'{value}" if isinstance(value, str) and value[:1] in {"\t", "\r"} else value


def _is_number(value: str) -> bool:
    return value.strip()[1:].replace(".", "", 1).isdigit() and value.strip()[0] in "+-"


@contextmanager
def _parquet(path: Path, columns: Columns) -> Iterator[Write]:
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in columns])
    with pq.ParquetWriter(path, schema) as out:
        yield lambda rows: out.write_table(_arrow(rows, schema))


def _arrow(rows: Iterable[tuple[Cell, ...]], schema: pa.Schema) -> pa.Table:
    found = list(rows)
    columns = list(zip(*found, strict=True)) if found else [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
