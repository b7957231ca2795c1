"""How one Customer came together step by step, and what would take it apart: tried out, not guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from threesixty.identity import candidates
from threesixty.identity.blocking_keys import proposing
from threesixty.identity.cluster import Join, anchors_of, joins
from threesixty.identity.explain import quoted
from threesixty.identity.groups import Matches
from threesixty.identity.parties import Parties
from threesixty.identity.weights import Weights
from threesixty.identity.whole import matches
from threesixty.pipeline.columns import parties
from threesixty.pipeline.explain import pair
from threesixty.pipeline.inside import spare as spare_of
from threesixty.pipeline.resolve import enough_holders, hanging_together, matches_among
from threesixty.pipeline.view import Person, View, people
from threesixty.record import Decision
from threesixty.report.how import Break, How, Step

_TRIED = 400
"""With more Records hanging together than this, trying everything out takes too long."""
_STEPS = 200
"""Of more steps than this, those with least to spare are told."""
_SHOWN = 20
_PARTS = 4
"""Into so many parts a customer falls by name."""
_STEP = 1 / 64
"""So fine are bits."""
_EVER = 50.0
"""What is one with so many bits needed is one by decisions, whatever the threshold."""

Names = Callable[[Sequence[int]], tuple[str, ...]]


def how(view: View, anchor: int) -> How:
    """A Customer step by step, and what would break it."""
    [person] = people(view, [anchor])
    world = _World(view, frozenset(row.number for row in person.members))
    steps = _steps(view, world)
    small = len(world.everyone) <= _TRIED
    breaks = tuple(_breaks(view, world)) if small and steps else ()
    holds_to = _holds_to(world) if small else view.weights.probability
    return How(person.id, person.name, _sentence(person, steps, breaks), steps, breaks, holds_to, small)


@dataclass(frozen=True)
class _World:
    """The Records of a Customer with all that hang together with them, to be clustered otherwise."""

    view: View
    members: frozenset[int]

    @cached_property
    def reached(self) -> list[int]:
        seeds = np.array(sorted(self.members), np.int64)
        return hanging_together(self.view.ledger, self.view.weights, seeds)

    @cached_property
    def everyone(self) -> Parties:
        return parties(self.view.ledger.parties(self.reached))

    @cached_property
    def matches(self) -> Matches:
        return matches_among(self.view.ledger, self.everyone.numbers)

    @cached_property
    def decisions(self) -> list[Decision]:
        return self.view.ledger.decisions(self.reached)

    @cached_property
    def silent(self) -> NDArray[np.int64]:
        return self.view.ledger.silent(np.unique(candidates.postings(self.everyone).keys))

    def joins(self) -> list[Join]:
        """The steps that led to this Customer."""
        taken = joins(self.everyone, self.matches, self.decisions, self.view.weights, self.view.band)
        return [join for join in taken if set(join.ends) <= self.members]

    def without_identifier(self, kind: str, value: str) -> list[list[int]]:
        """The groups of its Records if nobody had said an identifier."""
        rows = self.view.ledger.parties(self.reached)
        held = [one for one in rows.identifiers if one[1:] != (kind, value)]
        return self._anew(parties(replace(rows, identifiers=held)), self.silent)

    def without_record(self, number: int) -> list[list[int]]:
        """The groups of its other Records if one were gone."""
        woken = self._woken(number)
        if len(woken):
            rest = parties(self.view.ledger.parties([no for no in self.reached if no != number]))
            return self._anew(rest, np.setdiff1d(self.silent, woken))
        kept = (self.matches.a != number) & (self.matches.b != number)
        said = [one for one in self.decisions if number not in (one.a, one.b)]
        # It stays among them, alone: nothing leads to it, and what was made of the others is made once.
        parts = self._parts(_taken(self.matches, kept), said)
        return [part for part in parts if part != [number]]

    def _woken(self, number: int) -> NDArray[np.int64]:
        """The keys too common to count that would count if a Record were gone."""
        ledger, weights = self.view.ledger, self.view.weights
        own = [*ledger.features([number]).values(), self.silent[:0]]
        quiet = np.intersect1d(np.concatenate(own), self.silent)
        keys, records, names = ledger.postings(quiet, cap=enough_holders(weights) + 1)  # one is gone
        stay = records != number
        return np.setdiff1d(quiet, candidates.silent(keys[stay], names[stay], weights))

    def _anew(self, everyone: Parties, silent: NDArray[np.int64]) -> list[list[int]]:
        """The groups of its Records if those that hang together said other things."""
        found = candidates.postings(everyone)
        loud = proposing(found.keys, silent)
        a, b = candidates.pairs(found.keys[loud], everyone.numbers[found.rows[loud]])
        kept = matches(everyone, a, b, silent, self.view.weights, self.view.band)
        return self._parts(kept, self.decisions, everyone)

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
    ) -> list[list[int]]:
        among = everyone or self.everyone
        anchors = anchors_of(among, kept, decisions, weights or self.view.weights, self.view.band)
        found: dict[int, list[int]] = defaultdict(list)
        for number, anchor in zip(among.numbers.tolist(), anchors.tolist(), strict=True):
            if number in self.members:
                found[anchor].append(number)
        return sorted(found.values(), key=lambda part: (-len(part), part))


def _taken(found: Matches, kept: NDArray[np.bool_]) -> Matches:
    return Matches(found.a[kept], found.b[kept], found.bits[kept], found.levels[kept])


# --- step by step -----------------------------------------------------------------------------------------


def _steps(view: View, world: _World) -> tuple[Step, ...]:
    taken = world.joins()
    spares = [None if join.decided else spare_of(view, join) for join in taken]
    least = min((spare for spare in spares if spare is not None), default=None)
    last = max((at for at, spare in enumerate(spares) if spare == least), default=-1)
    names = _names(view, {no for join in taken for no in (*join.a, *join.b)})
    loosest = sorted(range(len(taken)), key=lambda at: inf if (spare := spares[at]) is None else spare)
    return tuple(
        _step(view, at + 1, taken[at], spares[at], names, weakest=least is not None and at == last)
        for at in sorted(loosest[:_STEPS])
    )


def _step(view: View, number: int, join: Join, spare: float | None, names: Names, *, weakest: bool) -> Step:
    why = pair(view, *join.ends)
    if spare is None:
        return Step(number, names(join.a), names(join.b), why, 0.0, None, ())
    needs = tuple(said.field for said in why.evidence if said.bits > spare)
    together, spare = round(join.together, 2), round(spare, 2)
    return Step(number, names(join.a), names(join.b), why, together, spare, needs, weakest, join.several)


def _names(view: View, numbers: set[int]) -> Names:
    ordered = sorted(numbers)
    known = dict(zip(ordered, map(str, view.ledger.names(ordered)), strict=True))
    return lambda some: tuple(known[number] for number in some)


# --- what would break it ----------------------------------------------------------------------------------


def _breaks(view: View, world: _World) -> Iterator[Break]:
    names = _names(view, set(world.members))

    def told(what: str, name: str, without: str, parts: list[list[int]]) -> Iterator[Break]:
        if len(parts) > 1:
            leaving = " and ".join(_listed(names(part)) for part in parts[1:])
            falls = f"{leaving} would not be with the others"
            if len(parts) > _PARTS:
                falls = f"it would be {len(parts)} customers"
            yield Break(what, name, f"{without}, {falls}", tuple(map(names, parts)))  # type: ignore[arg-type]

    for kind, value in _shared(view, world):
        without = f"without the {kind} {value}"
        yield from told("identifier", f"{kind}:{value}", without, world.without_identifier(kind, value))
    for action, said in {d.action: d for d in world.decisions if d.seq}.items():
        by = f"the decision of {said.by or 'somebody'}"
        yield from told("decision", str(action), f"without {by}", world.without_action(action))
    for source in sorted({said.by for said in world.decisions if said.implied}):
        without = f"without the master ids of {source}"
        yield from told("master", source, without, world.without_masters(source))
    if len(world.members) > 2:
        for number in sorted(world.members):
            [name] = names([number])
            yield from told("record", name, f"without the record {name}", world.without_record(number))


def _shared(view: View, world: _World) -> list[tuple[str, str]]:
    """The identifiers that two Records or more of the Customer hold."""
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for carried in view.ledger.carried(sorted(world.members)):
        if carried.type != "address":
            holders[carried.type, carried.value].add(carried.record)
    return [held for held, who in sorted(holders.items()) if len(who) > 1]


def _holds_to(world: _World) -> float:
    """The highest threshold under which it is still one, found by halving."""
    weights = world.view.weights

    def one(bits: float) -> bool:
        return len(world.at(replace(weights, probability=_probability(bits)))) == 1

    if one(_EVER):
        return 1.0
    over = world.matches.bits[world.matches.bits > weights.threshold]
    strong = [weights.threshold, *np.unique(over).tolist()]
    low, high = 0, len(strong)
    while high - low > 1:  # the highest of the bits in order that still does, and the lowest that does not
        middle = (low + high) // 2
        low, high = (middle, high) if one(strong[middle]) else (low, middle)
    # Beyond a Match that merges no more by itself, several that are too weak may still add up.
    least, most = strong[low], strong[high] if high < len(strong) else strong[low] + weights.support_bits
    while most - least > _STEP:
        between = (least + most) / 2
        least, most = (between, most) if one(between) else (least, between)
    return _probability(least)


def _probability(bits: float) -> float:
    # A little less, as bits that come back from a probability may be the next number above.
    return float(1 / (1 + 2.0 ** -(min(bits, _EVER) - 1 / 4096)))


def _sentence(person: Person, steps: Sequence[Step], breaks: Sequence[Break]) -> str:
    if not steps:
        return f"{quoted(person.name)} is one record; there was nothing to join."
    many = steps[-1].number
    told = f"{quoted(person.name)} is {len(person.members)} records, joined in {many} step" + (
        "s" if many > 1 else ""
    )
    weakest = next((step for step in steps if step.weakest), None)
    if weakest is None or weakest.spare is None:
        return f"{told}, all by decisions."
    spare = f"step {weakest.number} is the weakest, with {weakest.spare:.1f} bits to spare"
    return f"{told}; {spare}." + (f" {_first(breaks)}" if breaks else " Nothing by itself would break it.")


def _first(breaks: Sequence[Break]) -> str:
    said = breaks[0].sentence
    return f"{said[:1].upper()}{said[1:]}."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
