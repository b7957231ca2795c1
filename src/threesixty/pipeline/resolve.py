"""Who is who, kept up to date: what came into the ledger since the last time becomes memberships.

Reads what came after `resolved_seq`, and writes derived rows and `resolved_seq` in one transaction.
The result is a function of the live Records, the weights and the Decisions alone: working on what was
touched gives what working on everything would, because everything a change can reach is touched.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ParamSpec

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import candidates
from threesixty.identity.blocking_keys import proposing
from threesixty.identity.cluster import Clustering, cluster
from threesixty.identity.groups import Matches
from threesixty.identity.lineage import moved as _moved
from threesixty.identity.parties import Parties
from threesixty.identity.weights import Band, Weights
from threesixty.identity.whole import all_proposed, matches, proposed, shares, together
from threesixty.ledger import FILLERS, REDRAW, UNHOUSED, Ledger, Pending, Superseded
from threesixty.pipeline import feed, housing, settle
from threesixty.pipeline.columns import ReadOnce, everyone, everyone_in
from threesixty.pipeline.elsewhere import elsewhere, spread
from threesixty.pipeline.feed import LOADED, Because
from threesixty.record import Decision
from threesixty.report import Progress
from threesixty.schema import MASTER

Numbers = NDArray[np.int64]
Tell = Callable[[Progress], None]
P = ParamSpec("P")

# Above this share of the live Records, comparing all columns at once is cheaper than touching many.
_BULK_SHARE = 0.1
_BULK_LEAST = 1_000
# Below so many, starting another process takes longer than it saves.
_MANY = 50_000
_MOST_CORES = 4
_WEAKEST = 10


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a resolve did.

    `moved`: for every Record whose Customer changed, the one before and after (None: there was, or is,
    none); after a first resolve it is left empty. `merges`: joins more than before. `weakest`: bits and
    Record of the weakest evidence that still joined. `set_aside`: actions whose Decisions contradict
    stronger ones.
    """

    seq: int
    moved: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)
    weakest: tuple[tuple[float, int], ...] = ()
    merges: int = 0
    parked: int = 0
    set_aside: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()


def resolve(
    ledger: Ledger,
    weights: Weights,
    tell: Tell = lambda _: None,
    *,
    anew: bool = False,
    touched: Pending | None = None,
    because: Because = LOADED,
) -> Resolution:
    """Bring memberships up to the ledger's last word; `anew` compares everything again.

    `touched` says what to look at where that is not simply what came after the last time; `because` is what
    the feed says of it.
    """
    anew = anew or bool(ledger.state(UNHOUSED))
    resolved, at_rest = ledger.reached("resolved_seq"), ledger.at_rest
    relearned = ledger.state("epoch", weights.digest) != weights.digest
    # Who looks at everything needs no list of what is new.
    whole = anew or relearned or (not resolved and ledger.seq() > _MANY)
    pending = touched or (Pending([], [], ledger.seq()) if whole else ledger.pending(resolved))
    if not (whole or pending.parties or pending.others):
        if ledger.last_marked() > resolved:
            # A remap changed what is shown of customers, and nothing that identity looks at.
            ledger.set_state("resolved_seq", pending.seq)
        return Resolution(pending.seq)
    with ledger.writing():
        # Looking at everything again is an entry of the log of its own: graphs see that they are behind.
        seq = ledger.note("threesixty", "resolve anew") if anew or relearned else pending.seq
        because = Because("weights") if relearned else because
        previous = ledger.state("band")
        done = None if whole else _touched(ledger, weights, pending, seq, because)
        if done is None:
            done = _everything(ledger, weights, seq, because, tell, at_rest=at_rest)
        resolution, live = done
        band = weights.band(live)
        ledger.set_state("band", band.name)
        ledger.set_state("epoch", weights.digest)
        ledger.set_state("members", live)
        ledger.set_state("resolved_seq", seq)
        if ledger.state(UNHOUSED):
            ledger.set_state(UNHOUSED, False)
    if relearned:
        notice = "the weights or the threshold are others than before: all records were compared anew"
        return replace(resolution, notices=(notice,))
    if band.name != previous and previous is not None:
        notice = (
            f"with {live:,} records the size band is now {band.name} (it was {previous}): "
            "all were compared anew"
        )
        return replace(resolution, notices=(notice,))
    return resolution


def _everything(
    ledger: Ledger, weights: Weights, seq: int, because: Because, tell: Tell, *, at_rest: bool
) -> tuple[Resolution, int]:
    before = ledger.membership(None)
    _remember_fillers(ledger, ledger.found_fillers(None))  # they say which Decisions stand
    steps = _steps(ledger, weights, at_rest=at_rest)
    # Other cores read and compare while this one writes what waited, and what has been worked out so far.
    ledger.index()
    numbers: Numbers = next(steps)
    total, previous = len(numbers), ledger.state("band")
    if because.cause != "weights" and previous not in (None, weights.band(total).name):
        because = Because("size band")
    tell(Progress("compare", 0, total))
    postings, silent = next(steps)
    ledger.fill_postings(*postings)
    ledger.fill_silent(silent)
    del postings
    kept: Matches = next(steps)
    tell(Progress("cluster", 0, total))
    ledger.fill("match", *kept.columns)
    clustering: Clustering = next(steps)
    ledger.fill("membership", numbers, clustering.anchors)
    ledger.fill("parked", *_columns(clustering))
    after = dict(zip(numbers.tolist(), clustering.anchors.tolist(), strict=True))
    _remember_ids(ledger, before, after, seq)
    feed.tell(ledger, ledger.told(), after, seq, because)
    housing.fill_households(ledger, next(steps))
    ledger.set_state(REDRAW, seq)
    tell(Progress("cluster", total, total))
    moved = _moved(before, after) if before else {}
    joined = _joined(numbers, clustering.anchors, kept)
    return _told(seq, moved, joined, _joins(after) - _joins(before), clustering), total


def _steps(ledger: Ledger, weights: Weights, *, at_rest: bool) -> Iterator[Any]:
    """What follows from all party Records, worked out by other processes where there are many."""
    cores = min(_MOST_CORES, os.cpu_count() or 1)
    if cores > 1 and at_rest and ledger.seq() > _MANY:
        return elsewhere(_worked_out_of, ledger.path, ledger.decisions(), weights, cores)
    people, ats = everyone(ledger)
    if cores > 1 and len(people) > _MANY:
        return elsewhere(_worked_out, people, ats, ledger.decisions(), weights, cores)
    return _worked_out(people, ats, ledger.decisions(), weights, 1)


def _worked_out_of(path: Path, decisions: Sequence[Decision], weights: Weights, cores: int) -> Iterator[Any]:
    yield from _worked_out(*everyone_in(path), decisions, weights, cores)


def _worked_out(
    people: Parties, ats: Sequence[int | None], decisions: Sequence[Decision], weights: Weights, cores: int
) -> Iterator[Any]:
    """Who there is; postings and silent keys; Matches; Customers; households."""
    yield people.numbers
    band = weights.band(len(people))
    if cores > 1:
        found = all_proposed(
            spread(proposed, [(people, weights, (sort,)) for sort in reversed(candidates.SORTS)])
        )
    else:
        found = proposed(people, weights)
    yield (found.postings.keys, found.records, found.postings.names), found.silent
    silent = found.silent
    pairs = zip(np.array_split(found.a, cores), np.array_split(found.b, cores), strict=True)
    del found
    scored = spread(matches, [(people, *both, silent, weights, band) for both in pairs])
    kept = Matches.concatenated(scored)
    yield kept
    apart = shares(people, kept, decisions, weights, cores)
    clustering = together(spread(cluster, [(people, *share, weights, band) for share in apart]))
    yield clustering
    yield housing.households_of(people, ats, clustering.anchors, silent)


def _columns(clustering: Clustering) -> tuple[list[int], list[int], list[float], list[str]]:
    parked = sorted({(p.a, p.b): p for p in clustering.parked}.items())
    return (
        [a for (a, _), _ in parked],
        [b for (_, b), _ in parked],
        [p.bits for _, p in parked],
        [p.reason for _, p in parked],
    )


def _touched(
    ledger: Ledger, weights: Weights, pending: Pending, seq: int, because: Because
) -> tuple[Resolution, int] | None:
    """What came in, with all it reaches; None where that is so much that everything is looked at."""
    changed, live = pending.parties, ledger.live_parties(pending.parties)
    band, previous = weights.band(live), ledger.state("band")
    if len(changed) > max(_BULK_LEAST, _BULK_SHARE * live) or (changed and band.name != previous):
        return None
    ledger.index()
    former = ledger.superseded(ledger.reached("resolved_seq"))
    read = ReadOnce(ledger)
    seeds, flipped, restated = _rescore(
        ledger, read, weights, band, np.asarray(sorted(changed), dtype=np.int64)
    )
    seeds = np.union1d(seeds, np.asarray(_fellows(ledger, changed, former), dtype=np.int64))
    reached = hanging_together(ledger, weights, seeds)
    _, component = read(reached)
    members = component.numbers.tolist()
    looked_at = sorted({*reached, *changed})
    before = ledger.membership(looked_at)
    among = matches_among(ledger, component.numbers)
    clustering = cluster(component, among, ledger.decisions(members), weights, band)
    after = dict(zip(members, clustering.anchors.tolist(), strict=True))
    moved = _moved(before, after)
    ledger.replace_membership(
        [(record, now) for record, (_, now) in moved.items() if now is not None],
        [record for record, (_, now) in moved.items() if now is None],
    )
    ledger.replace_parked(looked_at, [(p.a, p.b, p.bits, p.reason) for p in clustering.parked])
    _remember_ids(ledger, before, after, seq)
    feed.tell(ledger, ledger.told(looked_at), after, seq, because)
    customers = {c for pair in moved.values() for c in pair if c is not None}
    customers |= {after.get(number, before.get(number, -1)) for number in changed} - {-1}
    # Nobody of these came or went, but a name that became common says less of them than was drawn.
    customers |= {after[a] for a, b in restated if a in after and after[a] == after.get(b)}
    # What a person pinned to a Record that is gone holds for the Customer that answers for it.
    customers |= set(ledger.answers([number for number in changed if number not in after]).values())
    settle.touched(ledger, read, seq, changed, sorted(moved), customers, flipped, former)
    joined = _joined(component.numbers, clustering.anchors, among)
    weakest = [(bits, record) for bits, record in joined if record in moved]
    settle.others(ledger, pending.others, seq, former)
    return _told(seq, moved, weakest, _joins(after) - _joins(before), clustering), live


def _fellows(ledger: Ledger, changed: Sequence[int], former: Sequence[Superseded]) -> list[int]:
    """Records that bear the master ids which changed Records bore before, or which count now or no more."""
    left = {to for row in former for role, to in row.links if role == MASTER}
    before, now = ledger.fillers(), ledger.found_fillers(sorted(changed), sorted(left))
    _remember_fillers(ledger, now)
    return ledger.bearers(sorted((left - now) | (before ^ now)))


def _remember_fillers(ledger: Ledger, fillers: frozenset[int]) -> None:
    ledger.set_state(FILLERS, ",".join(map(str, sorted(fillers))))


def _told(
    seq: int,
    moved: Mapping[int, tuple[int | None, int | None]],
    joined: Iterable[tuple[float, int]],
    merges: int,
    clustering: Clustering,
) -> Resolution:
    aside = tuple(sorted({decision.action for decision in clustering.set_aside if decision.action}))
    return Resolution(seq, moved, tuple(sorted(joined)[:_WEAKEST]), merges, len(clustering.parked), aside)


def _remember_ids(ledger: Ledger, before: Mapping[int, int], after: Mapping[int, int], seq: int) -> None:
    """Ids given out are kept for ever; a Record that is gone leaves its id to one it stood with."""
    ledger.anchors_given(sorted(set(after.values()) - set(before.values())), seq)
    stayed: dict[int, int] = {}
    for record in sorted(after):
        if record in before:
            stayed.setdefault(before[record], record)
    heirs = {gone: stayed[before[gone]] for gone in before if gone not in after and before[gone] in stayed}
    back = [record for record in after if record not in before]
    if len(back) > _BULK_LEAST:
        back = [record for record in ledger.successors() if record in after]
    ledger.set_successors(heirs, back)


# --- comparing anew --------------------------------------------------------------------------------------


def _rescore(
    ledger: Ledger, read: ReadOnce, weights: Weights, band: Band, changed: Numbers
) -> tuple[Numbers, Numbers, set[tuple[int, int]]]:
    """Compare the changed Records anew, and with them the holders of values that became, or ceased to be,
    too common. Answers with every Record whose Matches may have changed, the keys that flipped, and the
    pairs whose Match is another since."""
    _, live = read(changed.tolist())
    fresh = candidates.postings(live)
    held = ledger.replace_postings(changed, fresh.keys, live.numbers[fresh.rows], fresh.names)
    keys = np.unique(np.concatenate([fresh.keys, *held.values()]))
    was = ledger.silent(keys)
    # More holders make no silent key speak: who holds it is only asked where somebody let it go.
    stays = np.setdiff1d(was, np.concatenate([was[:0], *held.values()]))
    holders = _holders(ledger, np.setdiff1d(keys, stays), weights)
    silent = np.union1d(stays, candidates.silent(holders[0], holders[2], weights))
    flipped = np.setxor1d(was, silent)
    rescored = changed
    if len(flipped):
        ledger.replace_silent(flipped, np.intersect1d(flipped, silent))
        rescored = np.union1d(changed, ledger.postings(flipped)[1])
        more = np.setdiff1d(np.concatenate([*ledger.features(rescored).values(), flipped]), keys)
        theirs = _holders(ledger, more, weights)
        holders = tuple(np.concatenate(both) for both in zip(holders, theirs, strict=True))
        silent = np.union1d(silent, ledger.silent(more))
    speaks = proposing(holders[0], silent)
    a, b = candidates.pairs(holders[0][speaks], holders[1][speaks], rescored)
    _, involved = read(np.union1d(rescored, np.concatenate([a, b])).tolist())
    silent = np.union1d(silent, ledger.silent(candidates.counted(involved)))  # names of those who were there
    kept = matches(involved, a, b, silent, weights, band)
    stood = np.setdiff1d(rescored, np.setdiff1d(changed, list(held)))  # no key before: no Match
    now = _rows(kept)
    former = ledger.replace_matches(stood.tolist(), now)
    stirred = set(former).symmetric_difference(now) if len(flipped) else ()
    ends = [end for row in former for end in (row.a, row.b)]
    return np.union1d(rescored, np.asarray(ends, dtype=np.int64)), flipped, {row[:2] for row in stirred}


def _holders(ledger: Ledger, keys: Numbers, weights: Weights) -> tuple[Numbers, ...]:
    """Who holds these keys, as far as it takes to know that a key is too common."""
    return ledger.postings(keys, cap=enough_holders(weights))


def enough_holders(weights: Weights) -> int:
    """So many holders tell that any key is too common."""
    return max(weights.identifier_holders, weights.key_holders, weights.name_holders) + 1


def _rows(kept: Matches) -> list[tuple[int, int, float, int]]:
    return list(zip(*(column.tolist() for column in kept.columns), strict=True))


# --- what hangs together -----------------------------------------------------------------------------------


def hanging_together(ledger: Ledger, weights: Weights, seeds: Numbers) -> list[int]:
    """Every Record that hangs together with the seeds by Matches that could join, or by Decisions."""
    return ledger.hanging_together(seeds, weights.support)


def matches_among(ledger: Ledger, records: Numbers) -> Matches:
    a, b, bits, levels = ledger.matches_among(records.tolist())
    return Matches(
        np.array(a, np.int64), np.array(b, np.int64), np.array(bits, np.float64), np.array(levels, np.int64)
    )


def _joins(membership: Mapping[int, int]) -> int:
    """How many joins it took to make these Records these Customers."""
    return len(membership) - len(set(membership.values()))


def _joined(numbers: Numbers, anchors: Numbers, matches: Matches) -> list[tuple[float, int]]:
    """For each Customer of several Records, the bits of its most loosely held one; loosest first."""
    a, b = np.searchsorted(numbers, matches.a), np.searchsorted(numbers, matches.b)
    inside = anchors[a] == anchors[b]
    best = np.full(len(numbers), -np.inf)
    np.maximum.at(best, a[inside], matches.bits[inside])
    np.maximum.at(best, b[inside], matches.bits[inside])
    held = np.flatnonzero(np.isfinite(best))
    order = held[np.lexsort((numbers[held], best[held]))]
    _, first = np.unique(anchors[order], return_index=True)
    loosest = order[np.sort(first)[:_WEAKEST]]
    return [(float(best[row]), int(numbers[row])) for row in loosest]
