"""Who is who, kept up to date: what came into the ledger since the last time becomes memberships.

Reads what came after `resolved_seq`, and writes derived rows and `resolved_seq` in one transaction.
The result is a function of the live Records, the weights and the Decisions alone: working on what was
touched gives what working on everything would, because everything a change can reach is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import candidates
from threesixty.identity.cluster import Clustering, Matches, cluster
from threesixty.identity.score import score
from threesixty.identity.weights import Band, Weights
from threesixty.ledger import Ledger
from threesixty.pipeline import settle
from threesixty.pipeline.columns import parties
from threesixty.report import Progress

Numbers = NDArray[np.int64]
Tell = Callable[[Progress], None]

# Above this share of the live Records, comparing all columns at once is cheaper than touching many.
_BULK_SHARE = 0.1
_BULK_LEAST = 2_000
# A value whose holders are counted needs no more of them than it takes to know that it is too common.
_ENOUGH = 400


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a resolve did: for every Record that moved, the customer before and after (None: not there)."""

    seq: int
    moved: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)
    parked: int = 0
    set_aside: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()


def resolve(ledger: Ledger, weights: Weights, tell: Tell = lambda _: None) -> Resolution:
    """Bring memberships up to the ledger's last word."""
    pending = ledger.pending(int(ledger.state("resolved_seq", 0)))
    live = ledger.live_parties()
    band = weights.band(live)
    previous = str(ledger.state("band", ""))
    crossed = previous != band.name
    if not (pending.parties or pending.others or crossed):
        return Resolution(pending.seq)
    with ledger.writing():
        if crossed or len(pending.parties) > max(_BULK_LEAST, _BULK_SHARE * live):
            resolution = _everything(ledger, weights, band, pending.seq, tell)
        else:
            resolution = _touched(ledger, weights, band, pending.parties, pending.seq)
        settle.others(ledger, pending.others, pending.seq)
        ledger.set_state("band", band.name)
        ledger.set_state("resolved_seq", pending.seq)
    if crossed and previous:
        notice = f"the number of records crossed into size band {band.name} (before: {previous}): all resolved anew"
        return Resolution(resolution.seq, resolution.moved, resolution.parked, resolution.set_aside, (notice,))
    return resolution


def _everything(ledger: Ledger, weights: Weights, band: Band, seq: int, tell: Tell) -> Resolution:
    before = ledger.membership(None)
    rows = ledger.parties(None)
    everyone = parties(rows)
    total = len(rows.numbers)
    tell(Progress("compare", 0, total))
    postings = candidates.postings(everyone)
    silent = candidates.silent(postings.keys, postings.names, postings.identifier, weights)
    speaks = ~np.isin(postings.keys, silent)
    records = everyone.numbers[postings.rows]
    a, b = candidates.pairs(postings.keys[speaks], records[speaks])
    tell(Progress("compare", total // 2, total))
    matches = _kept(score(everyone, a, b, silent, weights, band), a, b, weights)
    ledger.fill_postings(records, postings.keys, postings.names)
    ledger.fill_matches(matches.a, matches.b, matches.bits, matches.levels)
    tell(Progress("cluster", 0, total))
    clustering = cluster(everyone, matches, ledger.decisions(), weights, band, silent)
    ledger.fill_membership(everyone.numbers, clustering.anchors)
    ledger.replace_parked(None, [(p.a, p.b, p.bits, p.reason) for p in clustering.parked])
    settle.households_of_everyone(ledger, silent)
    ledger.anchors_given(np.unique(clustering.anchors).tolist(), seq)
    ledger.set_state("redraw_seq", seq)
    tell(Progress("cluster", total, total))
    after = dict(zip(everyone.numbers.tolist(), clustering.anchors.tolist(), strict=True))
    moved = _moved(before, after) if before else {}
    return Resolution(seq, moved, len(clustering.parked), _set_aside(clustering))


def _touched(ledger: Ledger, weights: Weights, band: Band, changed: Sequence[int], seq: int) -> Resolution:
    scope = _rescore(ledger, weights, band, np.asarray(sorted(changed), dtype=np.int64))
    members = _component(ledger, weights, scope.seeds)
    before = ledger.membership(sorted({*members, *changed}))
    rows = ledger.parties(members)
    component = parties(rows)
    matches = _matches(ledger, members, weights.threshold)
    decisions = ledger.decisions(members)
    clustering = cluster(component, matches, decisions, weights, band, scope.silent)
    after = dict(zip(rows.numbers, clustering.anchors.tolist(), strict=True))
    ledger.replace_membership(list(after.items()), [number for number in changed if number not in after])
    ledger.replace_parked(members, [(p.a, p.b, p.bits, p.reason) for p in clustering.parked])
    moved = _moved(before, after)
    touched = {c for pair in moved.values() for c in pair if c is not None}
    touched |= {after[number] for number in changed if number in after}
    touched |= {before[number] for number in changed if number in before}
    ledger.anchors_given(sorted(set(after.values())), seq)
    ledger.note_successors({number: after for number in ()})
    settle.touched(ledger, seq, changed, touched, scope.flipped)
    return Resolution(seq, moved, len(clustering.parked), _set_aside(clustering))


@dataclass(frozen=True, slots=True)
class _Scope:
    seeds: Numbers
    silent: Numbers
    flipped: Numbers


def _rescore(ledger: Ledger, weights: Weights, band: Band, changed: Numbers) -> _Scope:
    """Compare the changed Records anew, and with them the holders of values that became, or ceased to be, too common."""
    live = parties(ledger.parties(changed.tolist()))
    fresh = candidates.postings(live)
    fresh_records = live.numbers[fresh.rows]
    old_keys = ledger.features(changed.tolist())
    keys = np.unique(np.concatenate([fresh.keys, *old_keys.values()]))
    before = _Holders(*ledger.postings(keys, _ENOUGH))
    after = before.without(changed).plus(fresh.keys, fresh_records, fresh.names)
    flipped = np.setxor1d(before.silent(weights), after.silent(weights))
    rescored = np.union1d(changed, np.concatenate([before.of(flipped), after.of(flipped)]))
    ledger.replace_postings(changed.tolist(), fresh_records, fresh.keys, fresh.names)
    if len(rescored) > len(changed):
        more = np.unique(np.concatenate([*ledger.features(rescored.tolist()).values(), keys]))
        after = _Holders(*ledger.postings(more, _ENOUGH))
    silent = after.silent(weights)
    a, b = after.pairs(silent, rescored)
    partners = np.unique(np.concatenate([rescored, a, b]))
    involved = parties(ledger.parties(partners.tolist()))
    matches = _kept(score(involved, a, b, silent, weights, band), a, b, weights)
    gone = ledger.matches_of(rescored.tolist())
    ledger.replace_matches(rescored.tolist(), matches.a, matches.b, matches.bits, matches.levels)
    seeds = np.unique(np.concatenate([rescored, np.asarray(gone.a, np.int64), np.asarray(gone.b, np.int64)]))
    return _Scope(seeds, silent, flipped)


@dataclass(frozen=True, slots=True)
class _Holders:
    """Who holds which key: parallel columns, as the ledger keeps them."""

    keys: Numbers
    records: Numbers
    names: Numbers

    def without(self, records: Numbers) -> _Holders:
        keep = ~np.isin(self.records, records)
        return _Holders(self.keys[keep], self.records[keep], self.names[keep])

    def plus(self, keys: Numbers, records: Numbers, names: Numbers) -> _Holders:
        return _Holders(
            np.concatenate([self.keys, keys]),
            np.concatenate([self.records, records]),
            np.concatenate([self.names, names]),
        )

    def silent(self, weights: Weights) -> Numbers:
        return candidates.silent(self.keys, self.names, candidates.is_identifier(self.keys), weights)

    def of(self, keys: Numbers) -> Numbers:
        return np.unique(self.records[np.isin(self.keys, keys)])

    def pairs(self, silent: Numbers, wanted: Numbers) -> tuple[Numbers, Numbers]:
        """Pairs that share a key which is not silent, at least one of them wanted."""
        spoken = np.unique(self.keys[np.isin(self.records, wanted)])
        use = np.isin(self.keys, spoken) & ~np.isin(self.keys, silent)
        a, b = candidates.pairs(self.keys[use], self.records[use])
        touching = np.isin(a, wanted) | np.isin(b, wanted)
        return a[touching], b[touching]


def _kept(scores: candidates.Scored, a: Numbers, b: Numbers, weights: Weights) -> Matches:
    keep = scores.bits >= weights.keep
    return Matches(a[keep], b[keep], scores.bits[keep], scores.levels[keep])


def _matches(ledger: Ledger, members: Sequence[int], threshold: float) -> Matches:
    found = ledger.matches_of(members)
    inside = np.isin(found.a, members) & np.isin(found.b, members)
    del threshold
    return Matches(found.a[inside], found.b[inside], found.bits[inside], found.levels[inside])


def _component(ledger: Ledger, weights: Weights, seeds: Iterable[int]) -> list[int]:
    """Every live Record that hangs together with the seeds by Matches that could join, or by `same`."""
    reached: set[int] = set()
    frontier = {int(seed) for seed in seeds}
    while frontier:
        reached |= frontier
        edges = ledger.matches_of(sorted(frontier))
        strong = edges.bits >= weights.threshold
        near = set(edges.a[strong].tolist()) | set(edges.b[strong].tolist())
        near |= {end for d in ledger.decisions(sorted(frontier)) for end in (d.a, d.b)}
        frontier = near - reached
    return sorted(reached)


def _moved(
    before: Mapping[int, int], after: Mapping[int, int]
) -> dict[int, tuple[int | None, int | None]]:
    records = before.keys() | after.keys()
    return {r: (before.get(r), after.get(r)) for r in records if before.get(r) != after.get(r)}


def _set_aside(clustering: Clustering) -> tuple[int, ...]:
    return tuple(sorted({decision.action for decision in clustering.set_aside}))
