"""Party Records as columns: one row each, every distinct text folded and hashed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from threesixty.identity import firm_names, names

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Bools = NDArray[np.bool_]

FOLDS: Mapping[str, Callable[[str], str]] = {
    "street": names.fold_street, "postcode": names.fold_postcode, "birth_date": str.strip,
    "given": names.fold_given, "middle": names.fold_middle,
    "suffix": names.fold_suffix,
    "name": firm_names.fold,
    "trade_name": firm_names.fold, "legal_form": firm_names.form_of, "website": firm_names.domain_of_site,
}  # fmt: skip
DOMAIN = "domain"
"""Held as an identifier by organisations: whose web site or mailboxes are there."""

LONGEST = 250
"""So many characters of a text are compared: comparing takes time by their square, and no name is longer."""
# Below this many values plain Python encodes faster than Arrow.
FEW = 200


def hashes_of(texts: Iterable[str]) -> Ints:
    """A 64-bit number for each text, the same on every machine and in every run."""
    digests = b"".join(blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, "<i8").astype(np.int64, copy=False)


@dataclass(frozen=True)
class Column:
    """One property: `codes` gives each row its place in `words`, -1 where it says nothing."""

    codes: Codes
    words: list[str]

    @cached_property
    def hashes(self) -> Ints:
        """A number for each word."""
        return hashes_of(self.words)

    @cached_property
    def texts(self) -> NDArray[np.object_]:
        """The words, as an array that can be indexed by codes."""
        return np.array(self.words, dtype=object)

    def spread(self, per_word: Ints) -> Ints:
        """Numbers of words as numbers of rows; 0 where a row says nothing."""
        return np.append(per_word, 0)[self.codes]

    def or_else(self, other: Column) -> Column:
        """This column, with what another says in rows where it says nothing."""
        if not other.words:
            return self
        codes = np.where(
            self.codes >= 0, self.codes, np.where(other.codes >= 0, other.codes + len(self.words), -1)
        )
        return _column(codes.astype(np.int32), self.words + other.words)

    def derive(self, function: Callable[[str], str]) -> Column:
        """The column of what a function makes of every word; '' is nothing."""
        return _column(self.codes, [function(word) for word in self.words])


@dataclass(frozen=True)
class Holdings:
    """Identifiers of one type: row r holds `codes[start[r]:start[r + 1]]`, places in `words`."""

    start: Ints
    codes: Codes
    words: list[str]
    keys: Ints

    @cached_property
    def count(self) -> Ints:
        return np.diff(self.start)

    def of(self, row: int) -> list[int]:
        """The codes that one row holds."""
        start, codes = self._views
        found: list[int] = codes[start[row] : start[row + 1]].tolist()
        return found

    @cached_property
    def _views(self) -> tuple[memoryview[int], memoryview[int]]:
        """To read a few numbers out of many, which a view does twice as fast as an array."""
        return self.start.data, self.codes.data

    @cached_property
    def column(self) -> Column:
        """The words with the codes of holdings, not of rows."""
        return Column(self.codes, self.words)


@dataclass(frozen=True)
class Parties:
    """Party Records as columns, ascending by `numbers`.

    `ties` (a hash of each Record's name) alone breaks ties; `held` names the row of each identifier in
    `held_type` and `held_value`; `values` are normalised texts or null, any property may be absent. Texts
    are lists or Arrow arrays.
    """

    numbers: Ints
    ties: Ints
    organisation: Bools
    values: Mapping[str, Any]
    held: Codes
    held_type: Any
    held_value: Any
    _columns: dict[str, Column] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, numbers: Ints) -> Ints:
        """The rows of these Record numbers, each of which must be here."""
        return np.searchsorted(self.numbers, numbers)

    def said(self, name: str, row: int) -> str | None:
        """What a row says of a property, before it is folded."""
        values = self.values.get(name)
        text: str | None = None if values is None else _flat(values[row : row + 1])[0].as_py()
        return text

    def column(self, name: str) -> Column:
        """A property, folded for comparing."""
        if name not in self._columns:
            values = self.values.get(name)
            self._columns[name] = (
                Column(np.full(len(self), -1, np.int32), [])
                if values is None
                else _encode(values, FOLDS.get(name, names.fold))
            )
        return self._columns[name]

    def derived(self, name: str, function: Callable[[str], str]) -> Column:
        """What a function makes of a folded property, kept under the function's name."""
        key = f"{name}.{function.__name__}"
        if key not in self._columns:
            self._columns[key] = self.column(name).derive(function)
        return self._columns[key]

    @cached_property
    def identifiers(self) -> Mapping[str, Holdings]:
        """Identifiers by type."""
        codes, kinds = _distinct(self.held_type)
        order = np.lexsort((self.held, codes))
        ends = np.searchsorted(codes[order], np.arange(len(kinds) + 1))
        found = {}
        for code, kind in enumerate(kinds):
            mine = order[ends[code] : ends[code + 1]]
            found[kind] = _holdings(kind, self.held[mine], _taken(self.held_value, mine), len(self))
        rows, domains = self._domains(found.get("email"))
        if len(rows):
            order = np.argsort(rows, kind="stable")
            found[DOMAIN] = _holdings(DOMAIN, rows[order].astype(np.int32), _taken(domains, order), len(self))
        return found

    def _domains(self, emails: Holdings | None) -> tuple[Ints, list[str]]:
        """The domains of organisations, each once a row."""
        if not self.organisation.any():
            return np.empty(0, np.int64), []
        sites = self.column("website")
        firms = np.flatnonzero(self.organisation)
        said = {(row, sites.words[sites.codes[row]]) for row in firms.tolist() if sites.codes[row] >= 0}
        if emails is not None:
            own = [firm_names.domain_of_email(word) for word in emails.words]
            said |= {(row, own[code]) for row in firms.tolist() for code in emails.of(row) if own[code]}
        ordered = sorted(said)
        return np.array([row for row, _ in ordered], np.int64), [domain for _, domain in ordered]


def _flat(values: Any) -> Any:
    if isinstance(values, list):
        return pa.array(values, pa.string())
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _taken(values: Any, rows: Ints) -> Any:
    if isinstance(values, list):
        return [values[row] for row in rows.tolist()]
    return _flat(values).take(pa.array(rows))


def _distinct(values: Any) -> tuple[Codes, list[str]]:
    """The place of each value among the distinct ones, -1 for null; and these."""
    if len(values) < FEW:
        place: dict[str, int] = {}
        said = values if isinstance(values, list) else values.to_pylist()
        codes = [-1 if text is None else place.setdefault(text, len(place)) for text in said]
        return np.array(codes, np.int32), list(place)
    encoded = _flat(values).dictionary_encode()
    return encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


def _encode(values: Any, fold: Callable[[str], str]) -> Column:
    codes, texts = _distinct(values)
    return _column(codes, [fold(text[:LONGEST]) for text in texts])


def _column(codes: Codes, texts: list[str]) -> Column:
    """Codes into texts that may repeat or be empty, as codes into distinct words."""
    place: dict[str, int] = {}
    moved = [place.setdefault(text, len(place)) if text else -1 for text in texts]
    return Column(np.array([*moved, -1], np.int32)[codes], list(place))


def _holdings(kind: str, rows: Codes, values: Any, size: int) -> Holdings:
    codes, words = _distinct(values)
    start = np.searchsorted(rows, np.arange(size + 1)).astype(np.int64)
    return Holdings(start, codes, words, identifier_keys((kind, word) for word in words))


def identifier_key(kind: str, value: str) -> int:
    """The key under which the holders of an identifier are found; odd, as blocking keys are even."""
    return int(identifier_keys([(kind, value)])[0])


def identifier_keys(identifiers: Iterable[tuple[str, str]]) -> Ints:
    """The keys of identifiers given by type and value."""
    return hashes_of(f"{kind}\x1f{value}" for kind, value in identifiers) | 1
