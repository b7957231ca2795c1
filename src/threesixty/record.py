"""The values everything is about. Frozen, without I/O, and without knowledge of any other module.

A Record is what one source said about one thing; a Customer is derived from Records and Decisions.
Instants are milliseconds since 1970 UTC; dates ISO text; money integers of 1/10,000 of a currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Scalar = str | int | float | bool | None
Sort = Literal["party", "thing", "event"]


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """What a Record is called: the key a source knows it by."""

    source: str
    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}/{self.key}"


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A typed, normalised key that a party Record carries, such as email or phone.

    `use` is what its source calls it (home, work, mobile); it makes no other key of it.
    """

    type: str
    value: str
    use: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"


@dataclass(frozen=True, slots=True)
class Link:
    """What one Record says about another: a party in a role (`buyer`), or a thing (`includes`).

    `to` need not have been loaded yet; several Links of the same role may stand in one Record.
    """

    role: str
    to: Name
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """What one source said about one thing under one key, as read.

    `raw` is the whole row as JSON text, unmapped columns included; `values` what the mapping made
    of it, by property; `node` the key of the thing several rows may share (else the Record's key);
    `version` orders versions of one key where the source says so (else arrival does);
    `unreadable` names the properties whose text could not be read and so stayed only in `raw`.
    """

    name: Name
    sort: Sort
    raw: str
    values: Mapping[str, Scalar]
    identifiers: tuple[Identifier, ...] = ()
    links: tuple[Link, ...] = ()
    node: str = ""
    at: int | None = None
    version: str = ""
    unreadable: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not become a Record. Kept with its reason until fixed or dropped."""

    source: str
    file: str
    line: int
    reason: str
    row: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence for or against two Records being the same: positive bits are for."""

    field: str
    code: str
    bits: float


@dataclass(frozen=True, slots=True)
class Match:
    """Computed: two Records look alike by so many bits, for these reasons. `a` < `b` by number."""

    a: int
    b: int
    bits: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Said by a person or a trusted source: two Records are the same, or different, for ever.

    `action` groups the Decisions of one merge or split, so that they are undone together.
    """

    seq: int
    action: int
    verdict: Literal["same", "different"]
    a: int
    b: int
    by: str
    at: int
    why: str = ""
    person: bool = True
    withdrawn: bool = False

    @property
    def implied(self) -> bool:
        """Whether it follows from a master id, on whichever Records bear it: it has no number."""
        return not (self.seq or self.person) and self.verdict == "same"


class Preference(NamedTuple):
    """One rule by which a value is preferred to another: `trust` may name the sources, best first."""

    by: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """Party Records held together under a permanent id: that of the earliest Record."""

    id: str
    name: str
    kind: str
    records: tuple[Name, ...]
