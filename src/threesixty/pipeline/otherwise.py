"""A Customer in a world that is a little otherwise: tried out on what the ledger has, and nothing is written.

Who is compared anew is who would be if it happened: those who say something else then, and those who hold
what is no longer too common; if the size band is another one, everybody. What hangs together then is followed
however far it leads, to Records that have nothing to do with the Customer today as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from threesixty.identity import candidates
from threesixty.identity.blocking_keys import proposing
from threesixty.identity.cluster import Join, anchors_of, joins
from threesixty.identity.groups import Matches
from threesixty.identity.parties import Bools, Ints, Parties
from threesixty.identity.weights import Band, Weights
from threesixty.identity.whole import matches
from threesixty.pipeline.columns import parties
from threesixty.pipeline.resolve import enough_holders, hanging_together, matches_among
from threesixty.pipeline.view import View
from threesixty.record import Decision


@dataclass(frozen=True)
class World:
    """The Records of a Customer with all that hang together with them, to be clustered otherwise."""

    view: View
    members: frozenset[int]

    @cached_property
    def reached(self) -> list[int]:
        """The Records that hang together with those of the Customer, and these."""
        seeds = np.array(sorted(self.members), np.int64)
        return hanging_together(self.view.ledger, self.view.weights, seeds)

    @cached_property
    def everyone(self) -> Parties:
        """The same as columns."""
        return parties(self.view.ledger.parties(self.reached))

    @cached_property
    def matches(self) -> Matches:
        """The Matches among them."""
        return matches_among(self.view.ledger, self.everyone.numbers)

    @cached_property
    def decisions(self) -> list[Decision]:
        """The Decisions about them."""
        return self.view.ledger.decisions(self.reached)

    def joins(self) -> list[Join]:
        """The steps that led to this Customer."""
        taken = joins(self.everyone, self.matches, self.decisions, self.view.weights, self.view.band)
        return [join for join in taken if set(join.ends) <= self.members]

    def without_identifier(self, kind: str, value: str) -> list[list[int]]:
        """The groups of its Records if nobody had said an identifier."""
        return self._anew(_Less(self.view, unsaid=(kind, value)))

    def without_record(self, number: int) -> list[list[int]]:
        """The groups of its other Records if one were gone."""
        less = _Less(self.view, gone=number)
        if len(less.compared) or less.everybody:
            return self._anew(less)
        kept = (self.matches.a != number) & (self.matches.b != number)
        said = [one for one in self.decisions if number not in (one.a, one.b)]
        # It stays among them, alone: nothing leads to it, and what was made of the others is made once.
        parts = self._parts(self.matches.take(kept), said)
        return [part for part in parts if part != [number]]

    def _anew(self, less: _Less) -> list[list[int]]:
        among, found = less.followed(self.reached)
        said = self.view.ledger.decisions(among.numbers.tolist())
        return self._parts(found, said, among, band=less.band)

    def without_action(self, action: int) -> list[list[int]]:
        """The groups of its Records if some Decisions had not been made."""
        return self._parts(self.matches, [said for said in self.decisions if said.action != action])

    def without_masters(self, source: str) -> list[list[int]]:
        """The groups of its Records if the master ids of a source said nothing."""
        kept = [said for said in self.decisions if not (said.implied and said.by == source)]
        return self._parts(self.matches, kept)

    def at(self, weights: Weights) -> list[list[int]]:
        """The groups of its Records under other weights."""
        return self._parts(self.matches, self.decisions, weights=weights)

    def _parts(
        self,
        kept: Matches,
        decisions: Sequence[Decision],
        everyone: Parties | None = None,
        weights: Weights | None = None,
        band: Band | None = None,
    ) -> list[list[int]]:
        among, view = everyone or self.everyone, self.view
        anchors = anchors_of(among, kept, decisions, weights or view.weights, band or view.band)
        found: dict[int, list[int]] = defaultdict(list)
        for number, anchor in zip(among.numbers.tolist(), anchors.tolist(), strict=True):
            if number in self.members:
                found[anchor].append(number)
        return sorted(found.values(), key=lambda part: (-len(part), part))


@dataclass(frozen=True)
class _Less:
    """A ledger without one Record, or in which nobody says one identifier."""

    view: View
    gone: int = 0
    unsaid: tuple[str, str] = ("", "")

    @cached_property
    def band(self) -> Band:
        live = self.view.ledger.reached("members")
        return self.view.weights.band(live - 1 if self.gone else live)

    @property
    def everybody(self) -> bool:
        """Whether everybody is compared anew, as the size band is another one."""
        return self.band != self.view.band

    @cached_property
    def compared(self) -> Ints:
        """Others that are: those who say something else, and those who hold what is no longer too common."""
        holders = self.view.ledger.postings(self._woken)[1]
        return np.setdiff1d(np.concatenate((self._lost[1], holders)), [self.gone])

    def followed(self, seeds: Sequence[int]) -> tuple[Parties, Matches]:
        """All that would hang together with some Records, and the Matches among them."""
        ledger, weights, reached = self.view.ledger, self.view.weights, np.array(seeds, np.int64)
        while True:
            live = reached[reached != self.gone]
            anew = live if self.everybody else np.intersect1d(live, self.compared)
            found = self._matches(anew)
            able = found.bits >= weights.support
            further = np.setdiff1d(np.concatenate((found.a[able], found.b[able])), reached)
            if not len(further):
                break
            reached = np.array(hanging_together(ledger, weights, np.union1d(reached, further)), np.int64)
        before = matches_among(ledger, live)
        stays = ~(np.isin(before.a, anew) | np.isin(before.b, anew))
        among = np.isin(found.a, live) & np.isin(found.b, live)
        return self._parties(live), Matches.concatenated((before.take(stays), found.take(among)))

    def _matches(self, anew: Ints) -> Matches:
        """The Matches of some Records with all that they would be compared with."""
        ledger, weights = self.view.ledger, self.view.weights
        fresh = candidates.postings(self._parties(anew))
        quiet = np.setdiff1d(ledger.silent(np.unique(fresh.keys)), self._woken)
        loud = proposing(fresh.keys, quiet)
        keys, records, _ = ledger.postings(fresh.keys[loud])
        others = ~np.isin(records, [*anew.tolist(), self.gone]) & ~_pairs_in(keys, records, *self._lost)
        a, b = candidates.pairs(
            np.concatenate((keys[others], fresh.keys[loud])),
            np.concatenate((records[others], anew[fresh.rows[loud]])),
            anew,
        )
        involved = self._parties(np.unique(np.concatenate((anew, a, b))))
        counted = np.setdiff1d(ledger.silent(candidates.counted(involved)), self._woken)
        return matches(involved, a, b, np.union1d(quiet, counted), weights, self.band)

    @cached_property
    def _lost(self) -> tuple[Ints, Ints]:
        """Keys and Records that stand under them no more."""
        ledger = self.view.ledger
        records = [self.gone] if self.gone else ledger.identifier_records(*self.unsaid)
        stood = ledger.features(records)
        keys = np.concatenate([*stood.values(), np.empty(0, np.int64)])
        holders = np.repeat([*stood, 0], [*map(len, stood.values()), 0]).astype(np.int64)
        live = np.array([number for number in records if number != self.gone], np.int64)
        fresh = candidates.postings(self._parties(live))
        lost = ~_pairs_in(keys, holders, fresh.keys, live[fresh.rows])
        return keys[lost], holders[lost]

    @cached_property
    def _woken(self) -> Ints:
        """The keys too common to count that would count."""
        ledger, weights, (lost, holders) = self.view.ledger, self.view.weights, self._lost
        quiet = ledger.silent(np.unique(lost))
        most = enough_holders(weights) + len(np.unique(holders))  # so many fewer hold it
        keys, records, names = ledger.postings(quiet, cap=most)
        stay = ~_pairs_in(keys, records, lost, holders)
        return np.setdiff1d(keys[stay], candidates.silent(keys[stay], names[stay], weights))

    def _parties(self, numbers: Ints) -> Parties:
        rows = self.view.ledger.parties(numbers.tolist())
        return parties(replace(rows, identifiers=[one for one in rows.identifiers if one[1:] != self.unsaid]))


def _pairs_in(keys: Ints, records: Ints, of_keys: Ints, of_records: Ints) -> Bools:
    """Which pairs of a key and a Record are among others."""
    known = set(zip(of_keys.tolist(), of_records.tolist(), strict=True))
    return np.array([pair in known for pair in zip(keys.tolist(), records.tolist(), strict=True)], bool)
