"""The steps of identity for all Parties at once: pairs worth a look, Matches, shares to cluster."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from threesixty.identity.blocking_keys import proposing
from threesixty.identity.candidates import (
    DOORS,
    SORTS,
    Postings,
    distinct_pairs,
    pairs,
    postings,
    silent,
)
from threesixty.identity.cluster import Clustering, components
from threesixty.identity.groups import Matches
from threesixty.identity.parties import Ints, Parties
from threesixty.identity.score import score
from threesixty.identity.weights import Band, Weights
from threesixty.record import Decision


class Proposed(NamedTuple):
    """Every key with who holds it, those that propose nothing, and the pairs that the others propose."""

    postings: Postings
    records: Ints
    silent: Ints
    a: Ints
    b: Ints


def proposed(parties: Parties, weights: Weights, sorts: Collection[str] = SORTS) -> Proposed:
    """The pairs of Record numbers that share a key not too many others share, a < b.

    What each of the `sorts` of keys proposes can be worked out alone, and put together by `all_proposed`.
    """
    found = postings(parties, sorts)
    quiet = silent(found.keys, found.names, weights)
    records = parties.numbers[found.rows]
    speaks = proposing(found.keys, quiet)
    a, b = pairs(found.keys[speaks], records[speaks])
    return Proposed(found, records, quiet, a, b)


def proposed_to_learn(parties: Parties, weights: Weights) -> Proposed:
    """The pairs to learn weights from: also those of a door alone, and of names that many bear.

    These are nearly always two people. Learning needs to see them; looking for matches among them is in vain.
    """
    return proposed(parties, replace(weights, name_holders=weights.key_holders), (*SORTS, DOORS))


def all_proposed(found: Sequence[Proposed]) -> Proposed:
    """What several sorts of keys propose, as one."""
    held = [one.postings for one in found]
    keys = np.concatenate([one.keys for one in held])
    order = np.argsort(keys, kind="stable")
    return Proposed(
        Postings(
            keys[order],
            np.concatenate([one.rows for one in held])[order],
            np.concatenate([one.names for one in held])[order],
        ),
        np.concatenate([one.records for one in found])[order],
        np.sort(np.concatenate([one.silent for one in found])),
        *distinct_pairs(np.concatenate([one.a for one in found]), np.concatenate([one.b for one in found])),
    )


def matches(parties: Parties, a: Ints, b: Ints, quiet: Ints, weights: Weights, band: Band) -> Matches:
    """Those of the pairs that are kept, for merging or for a look, with their bits and levels."""
    scores = score(parties, a, b, quiet, weights, band)
    keep = scores.bits >= weights.keep
    return Matches(a, b, scores.bits, scores.levels).take(keep)


class Share(NamedTuple):
    """Matches and Decisions that can be clustered without those of other shares."""

    matches: Matches
    decisions: list[Decision]


def shares(
    parties: Parties, kept: Matches, decisions: Sequence[Decision], weights: Weights, count: int
) -> list[Share]:
    """Everything in shares of about the same size. Whatever Matches or Decisions connect is in one share."""
    here = set(parties.numbers.tolist()) if decisions else set()
    said = [one for one in decisions if one.a in here and one.b in here]
    ends = np.array([(one.a, one.b) for one in said], np.int64).reshape(-1, 2)
    able = kept.bits >= weights.support
    a = parties.rows(np.concatenate([kept.a[able], ends[:, 0]]))
    b = parties.rows(np.concatenate([kept.b[able], ends[:, 1]]))
    labels = components(len(parties), a, b)
    upto = np.cumsum(np.bincount(labels[a], minlength=len(parties)))
    share = (upto - 1) * count // max(1, len(a))
    of_match, of_said = share[labels[parties.rows(kept.a)]], share[labels[a[len(a) - len(said) :]]].tolist()
    return [
        Share(
            kept.take(of_match == number),
            [one for one, place in zip(said, of_said, strict=True) if place == number],
        )
        for number in range(count)
    ]


def together(found: Sequence[Clustering]) -> Clustering:
    """The clusterings of all shares as one: a Record stands alone in all but its own."""
    return Clustering(
        np.minimum.reduce([one.anchors for one in found]),
        list(chain.from_iterable(one.parked for one in found)),
        list(chain.from_iterable(one.refused for one in found)),
        list(chain.from_iterable(one.set_aside for one in found)),
    )
