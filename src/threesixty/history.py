"""What was said over time, as plain values: the versions of Records, and what each changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

What = Literal["first", "changed", "deleted", "missing", "ended", "back", "late"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column of a Record's row before and after; '' where it was, or is, empty."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a Record: when it was received, the source's own version, and what it did.

    `what`: `first`; `changed`; `deleted` by the source's word; `missing` from a snapshot, and so gone;
    `ended` by a changed mapping, which calls its row otherwise; `back` after any of these; `late`, older than
    what was known, and so without effect.
    """

    entry: int
    received: int
    version: str
    what: What
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordHistory:
    """All that a source said under one key, in the order in which it was received."""

    record: str
    kind: str
    live: bool
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The Records of one customer (or a Record that is gone, with no customer), each with its versions."""

    customer: str
    name: str
    records: tuple[RecordHistory, ...]
