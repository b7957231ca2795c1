"""Canaries: invented Records whose customer is known, put through the real scorer in memory."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from threesixty.identity import candidates
from threesixty.identity.blocking_keys import proposing
from threesixty.identity.canaries import COPIES, Said, housemate
from threesixty.identity.cluster import cluster
from threesixty.identity.groups import Matches
from threesixty.identity.parties import Parties, hashes_of
from threesixty.identity.score import score
from threesixty.ledger import Ledger, PartyRows
from threesixty.ledger.current import compact
from threesixty.pipeline.columns import COMPARED, parties
from threesixty.pipeline.health.rates import rate
from threesixty.pipeline.resolve import enough_holders, hanging_together, matches_among
from threesixty.pipeline.view import View
from threesixty.report import Progress, Tell
from threesixty.report.health import Canaries

HOUSEMATE = "others of the same household"
_BATCH = 100
_TRIES = 6
_RECORDS = 100_000
"""So many Records are clustered for canaries in all: a hundred times what it takes where data is sound."""


@dataclass(frozen=True, slots=True)
class _Canary:
    """`of` is the number of the Record that it was made from; `said` is what it says."""

    kind: str
    of: int
    said: Said


def canaries(view: View, tell: Tell, many: int, seed: int = 360) -> Canaries | None:
    """Half of so many are copies, half housemates; None where there are too few people to make any."""
    membership = sorted(view.ledger.membership(None).items())
    first = 1 + max((record for record, _ in membership), default=0)
    made = list(_made(view.ledger, membership, many, Random(seed)))  # noqa: S311 - a sample, not a secret
    hits: Counter[str] = Counter()
    false, tried, reach = 0, Counter[str](), _Reach(view)
    for start in range(0, len(made), _BATCH):
        for one, own, others in _landed(view, made[start : start + _BATCH], first, reach):
            tried[one.kind] += 1
            hits[one.kind] += own
            false += others
        tell(Progress("canaries", min(start + _BATCH, len(made)), len(made), "canaries"))
    if not made:
        return None
    copies = tuple(rate(kind, hits[kind], tried[kind]) for kind in COPIES if tried[kind])
    recall = rate("copies", sum(one.hits for one in copies), sum(one.of for one in copies))
    false_merges = rate("joined a customer that is not theirs", false, tried.total())
    mates = rate(HOUSEMATE, hits[HOUSEMATE], tried[HOUSEMATE])
    return Canaries(recall, copies, false_merges, mates, len(made) - tried.total())


# --- making them ----------------------------------------------------------------------------------------


def _made(ledger: Ledger, membership: list[tuple[int, int]], many: int, dice: Random) -> Iterator[_Canary]:
    """Canaries of distinct customers, in a fixed order for a fixed seed."""
    dice.shuffle(membership)
    chosen = list({customer: record for record, customer in membership[: many * 8]}.values())[: many * 2]
    said = _said(ledger, chosen)
    known = [number for number in chosen if number in said]
    if len(known) < 2:
        return
    kinds, left = list(COPIES), {True: many - many // 2, False: many // 2}
    for place, number in enumerate(known):
        copy = left[True] >= left[False] and left[True] > 0
        if not copy and not left[False]:
            return
        other = said[known[place - 1]]
        one = None
        if not copy and (mate := housemate(said[number], other.values.get("given", ""), dice)):
            one = (HOUSEMATE, mate)
        elif copy or left[True]:
            copy = True  # also where nobody can be invented who lives with this one
            one = _copy(kinds, said[number], said, known, dice)
        if one:
            left[copy] -= 1
            if copy:
                kinds.append(kinds.pop(kinds.index(one[0])))
            yield _Canary(one[0], number, one[1])


def _copy(
    kinds: Sequence[str], said: Said, known: Mapping[int, Said], numbers: Sequence[int], dice: Random
) -> tuple[str, Said] | None:
    """A copy with a slip, in the fields in which some other Record speaks; the kinds take turns."""
    for kind in kinds:
        for _ in range(_TRIES):
            model = known[dice.choice(numbers)]
            seen = Said(
                {name: text for name, text in said.values.items() if name in model.values},
                {held: text for held, text in said.held.items() if held in model.held},
            )
            if not {"given", "family"} <= seen.values.keys() or len(seen.values) + len(seen.held) < 3:
                continue
            if (copy := COPIES[kind](seen, dice)) is not None:
                return kind, copy
    return None


def _said(ledger: Ledger, numbers: Sequence[int]) -> dict[int, Said]:
    """What persons say who have a first name and a surname."""
    rows = ledger.parties(sorted(numbers))
    held: dict[int, dict[str, str]] = defaultdict(dict)
    for number, kind, value in rows.identifiers:
        held[number].setdefault(kind, value)
    found = {}
    for number, kind, text in zip(rows.numbers, rows.kinds, rows.values, strict=True):
        values = {name: str(value) for name, value in json.loads(text).items() if name in COMPARED and value}
        if kind != "organisation" and {"given", "family"} <= values.keys():
            found[number] = Said(values, held[number])
    return found


# --- where they land ------------------------------------------------------------------------------------


class _Reach:
    """What hangs together, looked for once, and how many Records may still be clustered for canaries."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.left = _RECORDS
        self.known: dict[int, list[int]] = {}

    def of(self, records: Sequence[int]) -> list[int] | None:
        """Every Record that hangs together with these; None where that is more than may still be."""
        found: set[int] = set()
        for record in records:
            if record not in self.known:
                reached = hanging_together(self.view.ledger, self.view.weights, np.array([record], np.int64))
                self.known.update(dict.fromkeys(reached, reached))
            found.update(self.known[record])
        if len(found) > self.left:
            return None
        self.left -= len(found)
        return sorted(found)


def _landed(
    view: View, made: Sequence[_Canary], first: int, reach: _Reach
) -> Iterator[tuple[_Canary, bool, bool]]:
    """Each canary: whether it counts for its kind, and whether it is with strangers.

    It has a number from `first` on, above those of all live Records. Left out are those that would be
    clustered with more Records than may still be.
    """
    ledger, weights, band = view.ledger, view.weights, view.band
    numbers = [first + place for place in range(len(made))]
    alone = _parties(ledger, [], numbers, made)
    found = candidates.postings(alone)
    silent = ledger.silent(np.unique(found.keys))
    keys, rows = found.keys, alone.numbers[found.rows]
    loud = proposing(keys, silent)
    live_keys, live, _ = ledger.postings(np.unique(keys[loud]), cap=enough_holders(weights))
    a, b = candidates.pairs(
        np.concatenate((keys[loud], live_keys)), np.concatenate((rows[loud], live)), np.array(numbers)
    )
    between = a < first  # canaries know nothing of each other
    a, b = a[between], b[between]
    everyone = _parties(ledger, np.unique(a).tolist(), numbers, made)
    scores = score(everyone, a, b, silent, weights, band)
    joining = Matches(a, b, scores.bits, scores.levels).take(scores.bits >= weights.threshold)
    for number, one in zip(numbers, made, strict=True):
        mine = joining.take(joining.b == number)
        if not len(mine.a):
            yield one, False, False
            continue
        reached = reach.of(mine.a.tolist())
        if reached is None:
            continue
        together = _together(view, number, one, reached, mine)
        own = one.of in together
        if one.kind == HOUSEMATE:
            yield one, bool(together), bool(together)
        else:
            yield one, own, bool(together) and not own


def _together(view: View, number: int, one: _Canary, reached: Sequence[int], joining: Matches) -> set[int]:
    """The Records that a canary would be one customer with, of all that hang together with it."""
    ledger = view.ledger
    everyone = _parties(ledger, reached, [number], [one])
    held = matches_among(ledger, np.array(reached, np.int64))
    matches = Matches.concatenated((held, joining))
    clustering = cluster(everyone, matches, ledger.decisions(reached), view.weights, view.band)
    anchor = clustering.anchors[-1]  # a canary has the highest number
    return set(everyone.numbers[clustering.anchors == anchor].tolist()) - {number}


def _parties(ledger: Ledger, live: Sequence[int], numbers: Sequence[int], made: Sequence[_Canary]) -> Parties:
    """Live Records and canaries, which have higher numbers, as columns."""
    rows = ledger.parties(live)
    said = [one.said for one in made]
    return parties(
        PartyRows(
            [*rows.numbers, *numbers],
            [*rows.ties, *hashes_of(f"canary {number}" for number in numbers).tolist()],
            [*rows.kinds, *("person" for _ in made)],
            [*rows.sources, *("" for _ in made)],
            [*rows.ats, *(None for _ in made)],
            [*rows.values, *(compact(dict(one.values)) for one in said)],
            [
                *rows.identifiers,
                *(
                    (number, kind, value)
                    for number, one in zip(numbers, said, strict=True)
                    for kind, value in one.held.items()
                ),
            ],
        )
    )
