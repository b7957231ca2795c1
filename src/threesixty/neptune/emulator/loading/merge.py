"""What rows of a load file make of what is stored: additions, duplicates, violations. No I/O.

A record is one statement, not one line: a label of a node, an edge with its ends, or one value of a property.
https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-status-response.html
https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-load.html#load-api-reference-load-parameters-opencypher
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from threesixty.neptune.emulator.loading.file import Fault, Row, Said
from threesixty.neptune.emulator.loading.types import Value

DEFAULT_LABEL = "vertex"
Key = tuple[bool, str]
"""Whether it is an edge, and its id."""
Further = dict[tuple[str, str], set[tuple[type, Value]]]
"""By node and property: the values beyond the one that openCypher sees, where its cardinality is set."""


@dataclass
class Counts:
    """What a status answer counts."""

    totalRecords: int = 0  # noqa: N815 - AWS's names, as they go out
    totalDuplicates: int = 0  # noqa: N815
    parsingErrors: int = 0  # noqa: N815
    datatypeMismatchErrors: int = 0  # noqa: N815
    insertErrors: int = 0  # noqa: N815

    def add(self, other: Counts) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def as_dict(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class LoadError:
    """A line of a job's error log."""

    code: str
    message: str
    number: int = 0
    """The record's number in its file; 0 where there is none."""


@dataclass
class Stored:
    """An element as it is, or is about to be."""

    labels: set[str] = field(default_factory=set)
    properties: dict[str, Value] = field(default_factory=dict)
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a request wants conflicts treated."""

    keeps: bool = False
    """openCypher files: what is there is never changed, and another value is a duplicate."""
    replaces: bool = False
    """updateSingleCardinalityProperties."""
    stops: bool = True
    """failOnError."""


@dataclass
class Merged:
    """What to write, what was counted on the way, and what went wrong; `stopped` when the load is over."""

    new: dict[Key, Stored] = field(default_factory=dict)
    labels: dict[str, set[str]] = field(default_factory=dict)
    """Labels to add to nodes that are there."""
    properties: dict[Key, dict[str, Value]] = field(default_factory=dict)
    """Properties to set on elements that are there."""
    before: dict[Key, Stored] = field(default_factory=dict)
    """Those elements as they were."""
    after: Mapping[Key, Stored] = field(default_factory=dict)
    """Every element the rows speak of as it is now."""
    counts: Counts = field(default_factory=Counts)
    errors: list[LoadError] = field(default_factory=list)
    stopped: bool = False


class Merge:
    """Rows one after the other, against the elements that were stored before them."""

    def __init__(self, stored: Mapping[Key, Stored], further: Further, policy: Policy) -> None:
        self._stored = dict(stored)
        self._further = further
        self._policy = policy
        self.merged = Merged(after=self._stored)

    def rows(self, rows: Iterable[Row | Fault]) -> Merged:
        for row in rows:
            if isinstance(row, Fault):
                self._fault(row)
            elif row.start is None:
                self._node(row)
            else:
                self._edge(row, row.start, row.end or "")
            if self.merged.stopped:
                break
        return self.merged

    def _fault(self, fault: Fault) -> None:
        counts = self.merged.counts
        counts.totalRecords += 1
        if fault.what == "value":
            counts.datatypeMismatchErrors += 1
        else:
            counts.parsingErrors += 1
        self._error("PARSING_ERROR", fault.message, fault.number)
        self.merged.stopped |= fault.what == "rest"

    def _node(self, row: Row) -> None:
        key = (False, row.id)
        known = self._stored.get(key)
        labels = row.labels or (() if known else (DEFAULT_LABEL,))
        node = known or self._add(key, Stored())
        self.merged.counts.totalRecords += len(labels)
        for label in labels:
            if label in node.labels:
                self.merged.counts.totalDuplicates += 1
                continue
            if key not in self.merged.new:
                self._keep(key, node)
                self.merged.labels.setdefault(row.id, set()).add(label)
            node.labels.add(label)
        self._values(key, node, row)

    def _edge(self, row: Row, start: str, end: str) -> None:
        key, counts = (True, row.id), self.merged.counts
        edge = self._stored.get(key)
        if edge is None:
            if not {(False, start), (False, end)} <= self._stored.keys():
                message = f"Either from vertex, '{start}', or to vertex, '{end}', is not present."
                self._refuse(row, "FROM_OR_TO_VERTEX_ARE_MISSING", message)
                return
            edge = self._add(key, Stored({*row.labels}, start=start, end=end))
        elif ({*row.labels}, start, end) != (edge.labels, edge.start, edge.end):
            self._refuse(row, "ID_ASSIGNED_TO_MULTIPLE_EDGES", f"The id '{row.id}' belongs to another edge.")
            return
        else:
            counts.totalDuplicates += 1
        counts.totalRecords += 1
        self._values(key, edge, row)

    def _add(self, key: Key, element: Stored) -> Stored:
        self._stored[key] = self.merged.new[key] = element
        return element

    def _values(self, key: Key, element: Stored, row: Row) -> None:
        for said in row.said:
            if self.merged.stopped:
                return
            self.merged.counts.totalRecords += 1
            there = element.properties.get(said.key)
            if there is None:
                self._set(key, element, said)
            elif self._policy.keeps or _same(there, said.value):
                self.merged.counts.totalDuplicates += 1
            elif not said.single:
                self._one_more(row.id, said)
            elif self._policy.replaces:
                self._set(key, element, said)
            else:
                what = "edge" if key[0] else "vertex"
                self.merged.counts.insertErrors += 1
                message = f"The {what} '{row.id}' has an existing value for property '{said.key}'"
                self._error("SINGLE_CARDINALITY_VIOLATION", message)

    def _set(self, key: Key, element: Stored, said: Said) -> None:
        if key not in self.merged.new:
            self._keep(key, element)
            self.merged.properties.setdefault(key, {})[said.key] = said.value
        element.properties[said.key] = said.value

    def _keep(self, key: Key, element: Stored) -> None:
        if key not in self.merged.before:
            self.merged.before[key] = replace(
                element, labels=set(element.labels), properties=dict(element.properties)
            )

    def _one_more(self, node: str, said: Said) -> None:
        values = self._further.setdefault((node, said.key), set())
        if (type(said.value), said.value) in values:
            self.merged.counts.totalDuplicates += 1
        values.add((type(said.value), said.value))

    def _refuse(self, row: Row, code: str, message: str) -> None:
        """Nothing of the row can be inserted: neither the edge nor its properties."""
        records = 1 + len(row.said)
        self.merged.counts.totalRecords += records
        self.merged.counts.insertErrors += records
        self._error(code, message)

    def _error(self, code: str, message: str, number: int = 0) -> None:
        self.merged.errors.append(LoadError(code, message, number))
        self.merged.stopped |= self._policy.stops


def _same(one: Value, other: Value) -> bool:
    """Equal and of one type: 1, 1.0 and true are three values."""
    return type(one) is type(other) and (one == other or (one != one and other != other))  # noqa: PLR0124 - NaN
