"""Drift: what newer Records of a source say, and how they match, against what the older ones did."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import sqrt
from random import Random
from typing import Literal

import numpy as np

from threesixty.identity.score import unpack
from threesixty.identity.weights import SORTS, sorts
from threesixty.pipeline.columns import COMPARED
from threesixty.pipeline.health.rates import rate
from threesixty.pipeline.view import View
from threesixty.report.health import Shift

Since = Literal["epoch", "newest tenth", ""]
Counted = dict[str, tuple[int, int]]
"""By what is counted: how often it was so, of how many."""

_LEAST = 50
"""Fewer Records than this on one side say nothing."""
_SAMPLE = 2_000
_STEP = 0.05
_SIGMAS = 4.0
_TOLD = 10
_MATCHED = "matched"


def drift(view: View, seed: int) -> tuple[Since, tuple[Shift, ...]]:
    """Shares that moved by more than chance allows, source by source and among Matches; largest first.

    Newer is what came after the epoch in force began to count, else the newest tenth of each source by the
    source's own time.
    """
    dice = Random(seed)  # noqa: S311 - a sample, not a secret
    entry = view.ledger.epoch_in_force()[1]
    for since, after in _choices(entry):
        halves = _halves(view, after, dice)
        if halves:
            return since, tuple(_everything(view, halves)[:_TOLD])
    return "", ()


def _choices(entry: int) -> list[tuple[Since, int | None]]:
    newest: list[tuple[Since, int | None]] = [("newest tenth", None)]
    return [("epoch", entry), *newest] if entry else newest


def _halves(view: View, entry: int | None, dice: Random) -> dict[str, tuple[list[int], list[int]]]:
    """A sample of the older and of the newer Records of each source that has enough of both."""
    by_source: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, seq, source, at in view.ledger.arrivals():
        if entry is not None or at is not None:
            by_source[source].append((seq if entry is not None else at or 0, number))
    found = {}
    for source, arrivals in sorted(by_source.items()):
        arrivals.sort()
        newer = len(arrivals) // 10 if entry is None else sum(seq > entry for seq, _ in arrivals)
        cut = len(arrivals) - newer
        old, new = (_some([number for _, number in part], dice) for part in (arrivals[:cut], arrivals[cut:]))
        if min(len(old), len(new)) >= _LEAST:
            found[source] = old, new
    return found


def _some(numbers: list[int], dice: Random) -> list[int]:
    return sorted(dice.sample(numbers, _SAMPLE)) if len(numbers) > _SAMPLE else numbers


def _everything(view: View, halves: dict[str, tuple[list[int], list[int]]]) -> list[Shift]:
    found: list[Shift] = []
    for source, (old, new) in halves.items():
        found += _shifts(f"{source}.", _said(view, old), _said(view, new))
    olds, news = (sorted(no for half in halves.values() for no in half[side]) for side in (0, 1))
    found += _shifts("", _verdicts(view, olds), _verdicts(view, news))
    return sorted(found, key=lambda shift: -abs(shift.after.share - shift.before.share))


def _shifts(where: str, before: Counted, after: Counted) -> Iterator[Shift]:
    """Shares that differ by a step that chance does not make."""
    # What nobody says any more is counted nowhere, and that is a shift as well.
    none, none_now = ((0, counted.get(_MATCHED, (0, 0))[1]) for counted in (before, after))
    for what in before.keys() | after.keys():
        (hits, of), (hits_now, of_now) = before.get(what, none), after.get(what, none_now)
        if min(of, of_now) < _LEAST:
            continue
        step, both = abs(hits_now / of_now - hits / of), (hits + hits_now) / (of + of_now)
        if step > _STEP and step > _SIGMAS * sqrt(both * (1 - both) * (1 / of + 1 / of_now)):
            yield Shift(where + what, rate("before", hits, of), rate("now", hits_now, of_now))


def _said(view: View, numbers: Sequence[int]) -> Counted:
    """How many Records say something of each property, hold each type of identifier, and found another."""
    rows = view.ledger.parties(numbers)
    said: Counter[str] = Counter()
    for text in rows.values:
        said.update(name for name, value in json.loads(text).items() if name in COMPARED and value)
    for kind, held in _holders(rows.identifiers).items():
        said[kind] = len(held)
    owner = view.ledger.membership(numbers)
    together = view.ledger.members(sorted(set(owner.values())))
    said[_MATCHED] = sum(len(together[customer]) > 1 for customer in owner.values())
    return {what: (many, len(rows.numbers)) for what, many in said.items()}


def _holders(identifiers: Sequence[tuple[int, str, str]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for record, kind, _ in identifiers:
        found[kind].add(record)
    return found


def _verdicts(view: View, numbers: Sequence[int]) -> Counted:
    """How often each verdict stands in strong Matches of some Records, of those with one on its field."""
    rows = view.ledger.matches_of(numbers)
    strong = np.array([row.levels for row in rows if row.bits >= view.weights.threshold], np.int64)
    levels, found = unpack(strong), Counted()
    sort_of = sorts(levels)
    for sort, fields in enumerate(SORTS):
        whose = "organisation " if sort else ""
        for place, (field, names) in enumerate(fields.items()):
            counts = np.bincount(levels[sort_of == sort, place], minlength=len(names))
            known = int(counts[1:].sum())
            for level, many in zip(names[1:], counts[1:].tolist(), strict=False):
                found[f"{whose}{field}: {level}"] = many, known
    return found
