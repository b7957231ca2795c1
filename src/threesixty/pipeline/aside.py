"""People who are in no ledger, for tests of who is who: read and compared as if they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from threesixty import sources
from threesixty.identity import candidates, explain
from threesixty.identity.blocking_keys import proposing
from threesixty.identity.cluster import cluster
from threesixty.identity.explain import Evidence
from threesixty.identity.groups import Matches
from threesixty.identity.parties import Parties, hashes_of
from threesixty.identity.score import score
from threesixty.identity.weights import Band, Weights
from threesixty.ledger import Ledger, PartyRows
from threesixty.ledger.current import compact
from threesixty.pipeline.columns import parties
from threesixty.project import Project, RecordMapping, Source
from threesixty.record import Record

_KEY = "key"  # no role is called so


@dataclass(frozen=True, slots=True)
class Compared:
    """Two people, compared by themselves: whether they are one, the evidence, and what kept them apart.

    `looked` says whether they share anything by which two Records among many find each other.
    """

    same: bool
    looked: bool
    bits: float
    evidence: tuple[Evidence, ...]
    refused: str


def read(project: Project, kind: str, rows: Sequence[Mapping[str, str]]) -> list[Record | str]:
    """Rows in the words of a mapping as Records of a kind of party; else, in words, what is unreadable."""
    roles = sorted({role for row in rows for role in row})
    mapping = RecordMapping(kind=kind, key=(_KEY,), columns={role: (role,) for role in roles})
    source = Source(name="aside", paths=(), records=(mapping,))
    keyed = [{**row, _KEY: str(number)} for number, row in enumerate(rows)]
    batch = sources.from_rows(project, source, keyed)
    found: dict[int, Record | str] = {int(record.name.key): record for record in batch.records}
    found.update({reject.line - 1: reject.reason for reject in batch.rejects})
    for number, record in found.items():
        if isinstance(record, Record) and record.unreadable:
            found[number] = f"cannot be read: {', '.join(record.unreadable)}"
    return [found[number] for number in range(len(rows))]


def columns(records: Sequence[Record]) -> Parties:
    """Records as identity compares them, numbered from 0 in this order."""
    return parties(
        PartyRows(
            numbers=list(range(len(records))),
            ties=hashes_of(map(repr, (record.name for record in records))).tolist(),
            kinds=[record.name.kind for record in records],
            sources=[record.name.source for record in records],
            ats=[record.at for record in records],
            values=[compact(dict(record.values)) for record in records],
            identifiers=[
                (number, held.type, held.value)
                for number, record in enumerate(records)
                for held in record.identifiers
            ],
        )
    )


def evidence(
    ledger: Ledger, one: Record, other: Record, weights: Weights, band: Band
) -> tuple[Evidence, ...]:
    """What speaks for and against two people being one, strongest first."""
    people = columns([one, other])
    silent = ledger.silent(np.unique(candidates.postings(people).keys))
    return tuple(explain.compare(people, 0, 1, silent, weights, band))


def compare(ledger: Ledger, one: Record, other: Record, weights: Weights, band: Band) -> Compared:
    """Compare two people by themselves; identifiers that are generic in the ledger count as generic."""
    people = columns([one, other])
    found = candidates.postings(people)
    silent = ledger.silent(np.unique(found.keys))
    loud = proposing(found.keys, silent)
    looked = len(candidates.pairs(found.keys[loud], people.numbers[found.rows[loud]])[0]) > 0
    scores = score(people, np.array([0]), np.array([1]), silent, weights, band)
    matches = _kept(scores.bits, scores.levels, weights, looked=looked)
    clustering = cluster(people, matches, (), weights, band)
    evidence = explain.compare(people, 0, 1, silent, weights, band)
    refused = next((said.reason for said in (*clustering.parked, *clustering.refused)), "")
    same = bool(clustering.anchors[0] == clustering.anchors[1])
    return Compared(same, looked, float(scores.bits[0]), tuple(evidence), refused)


def _kept(bits: NDArray[np.float64], levels: NDArray[np.int64], weights: Weights, *, looked: bool) -> Matches:
    keep = (bits >= weights.keep) & looked
    zero, one = np.zeros(int(keep.sum()), np.int64), np.ones(int(keep.sum()), np.int64)
    return Matches(zero, one, bits[keep], levels[keep])
