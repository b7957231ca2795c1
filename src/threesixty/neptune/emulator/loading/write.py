"""Rows of load files written into the graph, a batch in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from threesixty.neptune.emulator.changes import Change, Element
from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.loading.beneath import encoded, unpacked
from threesixty.neptune.emulator.loading.file import Fault, Row
from threesixty.neptune.emulator.loading.merge import (
    DEFAULT_LABEL,
    Further,
    Key,
    Merge,
    Merged,
    Policy,
    Stored,
)
from threesixty.neptune.emulator.loading.types import Value
from threesixty.neptune.emulator.refusal import Refusal

BATCH = 1_000  # rows
_TRIES = 20  # against other writers on the same elements
_PAUSE = 0.05  # seconds


class Conflicts(Exception):
    """Other writers were always faster: the batch is not written."""


class Writer:
    """Writes batches as one request wants them treated."""

    def __init__(self, engine: Engine, further: Further, policy: Policy) -> None:
        self._engine = engine
        self._further = further
        self._policy = policy

    def write(self, rows: Sequence[Row | Fault]) -> Merged:
        """What became of the rows; raises Conflicts, or Refusal where the engine beneath fails."""
        wanted = _wanted(rows)
        labels = {DEFAULT_LABEL, *(label for row in _rows(rows, edges=False) for label in row.labels)}
        types = {row.labels[0] for row in _rows(rows, edges=True)}

        def work(call: Callable[..., Any]) -> tuple[Merged, list[Change]]:
            stored = _stored(call("look", encoded(wanted)))
            merged = Merge(stored, self._further, self._policy).rows(rows)
            call("put", encoded(_puts(merged)))
            return merged, list(_changes(merged))

        for _ in range(_TRIES):
            try:
                return self._engine.transact(work, labels, types)
            except Refusal as refusal:
                if refusal.code not in {"ConcurrentModificationException", "DuplicateDataException"}:
                    raise
                time.sleep(_PAUSE)
        raise Conflicts


def _rows(rows: Sequence[Row | Fault], *, edges: bool) -> list[Row]:
    return [row for row in rows if isinstance(row, Row) and (row.start is not None) == edges]


def _wanted(rows: Sequence[Row | Fault]) -> dict[str, list[str]]:
    """What has to be known of the graph before the rows can be merged into it."""
    nodes = {row.id for row in _rows(rows, edges=False)}
    edges = _rows(rows, edges=True)
    ends = {end for row in edges for end in (row.start or "", row.end or "")} - nodes
    return {"nodes": sorted(nodes), "edges": sorted({row.id for row in edges}), "ends": sorted(ends)}


def _stored(found: list[list[Any]]) -> dict[Key, Stored]:
    stored = {}
    for edge, id_, *more in found:
        labels, properties, start, end = more or ((), {}, "", "")
        values = {key: unpacked(value) for key, value in properties.items()}
        stored[edge, id_] = Stored(set(labels), values, start, end)
    return stored


def _puts(merged: Merged) -> dict[str, list[list[Any]]]:
    new = merged.new.items()
    return {
        "new_nodes": [[id_, sorted(one.labels), one.properties] for (edge, id_), one in new if not edge],
        "new_edges": [
            [id_, *one.labels, one.start, one.end, one.properties] for (edge, id_), one in new if edge
        ],
        "properties": [[edge, id_, values] for (edge, id_), values in merged.properties.items()],
        "labels": [[id_, sorted(labels)] for id_, labels in merged.labels.items()],
    }


def _changes(merged: Merged) -> Iterator[Change]:
    for key in (*merged.new, *merged.before):
        edge, id_ = key
        before = merged.before.get(key)
        was = _element(id_, before) if before else None
        yield Change(id_, edge, was, _element(id_, merged.after[key]))


def _element(id_: str, stored: Stored) -> Element:
    properties = {key: _shown(value) for key, value in stored.properties.items()}
    return Element(id_, tuple(sorted(stored.labels)), properties, stored.start, stored.end)


def _shown(value: Value) -> Value:
    """A moment as the engine beneath tells it: seconds and their fractions only where there are any."""
    if not isinstance(value, datetime):
        return value
    fine = "milliseconds" if value.microsecond else "seconds" if value.second else "minutes"
    return value.isoformat(timespec=fine).replace("+00:00", "Z")
