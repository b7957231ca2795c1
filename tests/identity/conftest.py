"""People as short dicts, and who is who among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pytest

from threesixty.identity.blocking_keys import proposing
from threesixty.identity.candidates import pairs, postings, silent
from threesixty.identity.cluster import Clustering, cluster
from threesixty.identity.groups import Matches
from threesixty.identity.parties import Parties, hashes_of
from threesixty.identity.score import score
from threesixty.identity.weights import Weights
from threesixty.record import Decision

IDENTIFIERS = ("email", "phone", "device", "loyalty", "account", "tax_id", "card", "address", "lei",
               "duns", "company_number")  # fmt: skip


@dataclass(frozen=True)
class World:
    """Records under their keys, numbered in the order given unless `numbers` says otherwise."""

    records: dict[str, dict[str, str]]
    numbers: dict[str, int] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights.load)
    live: int = 10_000

    @property
    def band(self):
        return self.weights.band(self.live)

    def number(self, key: str) -> int:
        return self.numbers.get(key, list(self.records).index(key))

    @property
    def parties(self) -> Parties:
        keys = sorted(self.records, key=self.number)
        said = [self.records[key] for key in keys]
        properties = {name for record in said for name in record} - set(IDENTIFIERS) - {"organisation"}
        held = [
            (row, name, value)
            for row, record in enumerate(said)
            for name in IDENTIFIERS
            for value in record.get(name, "").split()
        ]
        return Parties(
            numbers=np.array([self.number(key) for key in keys], np.int64),
            ties=hashes_of(keys),
            organisation=np.array(["organisation" in record for record in said], bool),
            values={name: pa.array([r.get(name) for r in said], pa.string()) for name in properties},
            held=np.array([row for row, _, _ in held], np.int32),
            held_type=pa.array([name for _, name, _ in held], pa.string()),
            held_value=pa.array([value for _, _, value in held], pa.string()),
        )

    def matches(self) -> Matches:
        parties, weights = self.parties, self.weights
        found = postings(parties)
        quiet = silent(found.keys, found.names, weights)
        loud = proposing(found.keys, quiet)
        a, b = pairs(found.keys[loud], parties.numbers[found.rows[loud]])
        scores = score(parties, a, b, quiet, weights, self.band)
        keep = scores.bits >= weights.keep
        return Matches(a[keep], b[keep], scores.bits[keep], scores.levels[keep])

    def clustering(self, decisions: Sequence[Decision] = ()) -> Clustering:
        return cluster(self.parties, self.matches(), decisions, self.weights, self.band)

    def groups(self, decisions: Sequence[Decision] = ()) -> set[frozenset[str]]:
        """Who is who, by key."""
        anchors = self.clustering(decisions).anchors
        keys = sorted(self.records, key=self.number)
        return {
            frozenset(keys[row] for row in np.flatnonzero(anchors == one)) for one in set(anchors.tolist())
        }

    def bits(self, one: str, other: str) -> float:
        nothing = np.array([], np.int64)
        a, b = (np.array([self.number(key)]) for key in (one, other))
        return float(score(self.parties, a, b, nothing, self.weights, self.band).bits[0])

    def decision(self, verdict: str, one: str, other: str, seq: int = 1, *, person: bool = True) -> Decision:
        a, b = sorted((self.number(one), self.number(other)))
        return Decision(seq, seq, verdict, a, b, "ada", 0, person=person)


@pytest.fixture(scope="session")
def world() -> Callable[..., World]:
    """Makes a World of Records."""
    return World
