"""All Parties at once: which pairs are worth a look, and the Matches among them. One way for bulk work."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from threesixty.identity.candidates import Postings, pairs, postings, silent
from threesixty.identity.groups import Matches
from threesixty.identity.parties import Ints, Parties
from threesixty.identity.score import score
from threesixty.identity.weights import Band, Weights


class Proposed(NamedTuple):
    """Every key with who holds it, those that propose nothing, and the pairs that the others propose."""

    postings: Postings
    records: Ints
    silent: Ints
    a: Ints
    b: Ints


def proposed(parties: Parties, weights: Weights) -> Proposed:
    """The pairs of Record numbers that share a key not too many others share, a < b."""
    found = postings(parties)
    quiet = silent(found.keys, found.names, found.identifier, weights)
    records = parties.numbers[found.rows]
    speaks = ~np.isin(found.keys, quiet)
    a, b = pairs(found.keys[speaks], records[speaks])
    return Proposed(found, records, quiet, a, b)


def matches(parties: Parties, a: Ints, b: Ints, quiet: Ints, weights: Weights, band: Band) -> Matches:
    """Those of the pairs that are kept, for merging or for a look, with their bits and levels."""
    scores = score(parties, a, b, quiet, weights, band)
    keep = scores.bits >= weights.keep
    return Matches(a[keep], b[keep], scores.bits[keep], scores.levels[keep])
