"""What other weights would make of everybody: worked out in memory beside what is there, told by name.

Nothing of it is stored: it is computed when somebody asks, so it is never older than the ledger.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from threesixty.identity.cluster import cluster
from threesixty.identity.parties import Bools, Ints
from threesixty.identity.score import score
from threesixty.identity.weights import Band, Weights
from threesixty.identity.whole import matches, proposed
from threesixty.ledger import Ledger
from threesixty.pipeline.columns import parties
from threesixty.pipeline.decisions import labels
from threesixty.pipeline.view import View, people_of
from threesixty.report import Progress, Tell
from threesixty.report.epochs import Difference, Group, Judged, Regrouping

_EXAMPLES = 5  # regroupings of each sort that are told by name
_SORTS = ("merge", "split", "regroup")


def compared(
    view: View, weights: Weights, number: int, tell: Tell, examples: int | None = _EXAMPLES
) -> Difference:
    """What some weights would make of the ledger; so many regroupings of each sort, or all, by name."""
    started, ledger = time.monotonic(), view.ledger
    before = ledger.membership(None)
    after = _beside(ledger, weights, tell)
    found = _regrouped(before, after)
    sorts: dict[str, list[_Component]] = defaultdict(list)
    for component in found:
        sorts[_what(component)].append(component)
    touched = {anchor for old, _ in found for anchor in old}
    customers = set(before.values())
    return Difference(
        number, ledger.epoch_in_force()[0], len(customers), len(set(after.values())),
        len(customers - touched), len(sorts["merge"]), len(sorts["split"]), len(sorts["regroup"]),
        _examples(view, sorts, examples), _judged(view, weights), round(time.monotonic() - started, 1),
    )  # fmt: skip


def _beside(ledger: Ledger, weights: Weights, tell: Tell) -> dict[int, int]:
    """The Customer that each Record would be of."""
    everyone = parties(ledger.parties(None))
    band = weights.band(len(everyone))
    tell(Progress("compare beside", 0, len(everyone)))
    found = proposed(everyone, weights)
    kept = matches(everyone, found.a, found.b, found.silent, weights, band)
    del found
    clustering = cluster(everyone, kept, ledger.decisions(), weights, band)
    tell(Progress("compare beside", len(everyone), len(everyone)))
    return dict(zip(everyone.numbers.tolist(), clustering.anchors.tolist(), strict=True))


_Members = dict[int, list[int]]
_Component = tuple[_Members, _Members]


def _regrouped(before: Mapping[int, int], after: Mapping[int, int]) -> list[_Component]:
    """Customers before and after, with their Records, where these are not the same; largest first."""
    moved = [record for record in after if before.get(record) != after[record]]
    head: dict[int, int] = {}
    for record in moved:
        ends = [end for end in (before.get(record), after[record]) if end is not None]
        roots = sorted({_root(head, end) for end in ends})
        head.update(dict.fromkeys(roots, roots[0]))
    olds, news = (_members(groups, head) for groups in (before, after))
    found: dict[int, _Component] = defaultdict(lambda: ({}, {}))
    for place, groups in enumerate((olds, news)):
        for anchor, records in groups.items():
            found[_root(head, anchor)][place][anchor] = records
    return [found[r] for r in sorted(found, key=lambda r: (-sum(map(len, found[r][1].values())), r))]


def _root(head: dict[int, int], anchor: int) -> int:
    head.setdefault(anchor, anchor)
    while head[anchor] != anchor:
        head[anchor] = anchor = head[head[anchor]]
    return anchor


def _members(groups: Mapping[int, int], wanted: Iterable[int]) -> _Members:
    wanted, found = set(wanted), defaultdict(list)
    for record, anchor in groups.items():
        if anchor in wanted:
            found[anchor].append(record)
    return dict(found)


def _what(component: _Component) -> str:
    old, new = map(len, component)
    return "merge" if new == 1 else "split" if old == 1 else "regroup"


def _examples(
    view: View, sorts: Mapping[str, Sequence[_Component]], most: int | None
) -> tuple[Regrouping, ...]:
    return tuple(
        Regrouping(sort, _groups(view, old), _groups(view, new))  # type: ignore[arg-type]
        for sort in _SORTS
        for old, new in sorts.get(sort, ())[:most]
    )


def _groups(view: View, members: _Members) -> tuple[Group, ...]:
    return tuple(
        Group(person.id, person.name, tuple(map(str, view.ledger.names(sorted(members[person.anchor])))))
        for person in people_of(view, dict(sorted(members.items())))
    )


def _judged(view: View, weights: Weights) -> Judged:
    """How well the evidence alone agrees with what people decided."""
    ledger = view.ledger
    a, b, same = decided(ledger)
    if not len(a):
        return Judged(0, 0, 0)
    people = parties(ledger.parties(np.unique(np.concatenate((a, b))).tolist()))
    silent = ledger.silent()
    agree = [
        int(((score(people, a, b, silent, w, band).bits >= w.threshold) == same).sum())
        for w, band in ((view.weights, view.band), (weights, band_of(view, weights)))
    ]
    return Judged(len(a), *agree)


def decided(ledger: Ledger) -> tuple[Ints, Ints, Bools]:
    """Pairs of live Records that people said are the same, or are not, where that holds."""
    said = sorted(labels(ledger), key=lambda one: (one.a, one.b))
    a, b = (np.array([getattr(one, end) for one in said], np.int64) for end in ("a", "b"))
    return a, b, np.array([one.verdict == "same" for one in said], bool)


def band_of(view: View, weights: Weights) -> Band:
    """The size band that the ledger has by some weights."""
    return weights.band(view.ledger.reached("members"))
