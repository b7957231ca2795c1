"""The only reader of configuration: threesixty.toml becomes one frozen Project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from threesixty.record import Preference
from threesixty.schema import Schema


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands in the project file instead of in a column."""

    value: str


Part = str | Constant
"""A column's name, or a constant."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value taken from a column, translated by a table where one is given (`kind` from a column)."""

    column: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """Another Record a row speaks of: by source, kind and key, or by a bag of identifiers.

    With `identifiers` (identifier type or property -> columns) the bag becomes a party Record of
    this source, named by a digest of the bag; with `customer` the column holds a customer id. Where
    both are given, the key says who when the row has one, else the bag (an account, else a guest).
    A `source` of '' is the source of the row itself.
    """

    kind: str
    source: str = ""
    key: tuple[Part, ...] = ()
    identifiers: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    customer: str = ""
    values: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """How one row becomes one Record. A source may have several.

    `master` is the column with the id under which another system already holds customers together.
    """

    kind: str | Choice
    key: tuple[Part, ...]
    columns: Mapping[str, tuple[Part, ...]]
    source: str | Choice = ""
    node: tuple[Part, ...] = ()
    version: str = ""
    parties: Mapping[str, Reference] = field(default_factory=dict)
    links: Mapping[str, Reference] = field(default_factory=dict)
    master: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """A table of a database, or a query to it. The address is as written: its ${NAME}s, the password
    among them, are looked up when somebody connects. With `incremental` only what grew is read."""

    address: str
    table: str = ""
    query: str = ""
    incremental: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed with a source: what happens when its columns change, how often it delivers (in
    seconds, 0 where nothing was agreed), and how many rows at least and at most."""

    on_change: Literal["accept", "warn", "stop"] = "warn"
    every: int = 0
    rows: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from, how to read them, and what they mean."""

    name: str
    paths: tuple[str, ...]
    records: tuple[RecordMapping, ...]
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    date_orders: tuple[str, ...] = ()
    time_zone: str = "UTC"
    written: str = ""
    first_year: int = 1800
    year_only: str = ""
    country: str = ""
    delivery: Literal["append", "snapshot", "changes"] = "append"
    deleted: Choice | None = None
    trust: int = 0
    database: Database | None = None
    # Not in the repr, which tells whether Records would come out otherwise: neither changes one.
    brand: str = field(default="", repr=False)
    contract: Contract = field(default=Contract(), repr=False)

    @property
    def names(self) -> frozenset[str]:
        """The names under which its Records stand; those that only a column tells are not among them."""
        return frozenset(name for mapping in self.records for name in names_of(mapping.source or self.name))


def names_of(given: str | Choice) -> tuple[str, ...]:
    """The names of sources that a mapping knows without its rows."""
    return (given,) if isinstance(given, str) else tuple(given.values.values())


@dataclass(frozen=True, slots=True)
class Project:
    """Everything threesixty.toml says."""

    name: str
    path: Path
    home: Path
    sources: tuple[Source, ...]
    schema: Schema
    public_ids: str = ""
    currency: str = "EUR"
    country: str = "US"
    rates: str = ""
    graph: str = "embedded"
    rules: Mapping[str, float | int | str | bool] = field(default_factory=dict)
    survivorship: Mapping[str, tuple[Preference, ...]] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo:
        """The time zone of most sources: days are counted and shown as people there count them."""
        names = Counter(source.time_zone for source in self.sources)
        return ZoneInfo(names.most_common(1)[0][0]) if names else UTC
