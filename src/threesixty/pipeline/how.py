"""How one Customer came together step by step, and what would take it apart: tried out, not guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf

import numpy as np

from threesixty.identity.cluster import Join
from threesixty.identity.explain import quoted
from threesixty.pipeline.explain import pair
from threesixty.pipeline.inside import spare as spare_of
from threesixty.pipeline.otherwise import World
from threesixty.pipeline.view import Person, View, people
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
    world = World(view, frozenset(row.number for row in person.members))
    steps = _steps(view, world)
    small = len(world.everyone) <= _TRIED
    found = _breaks(view, world) if small and steps else ()
    breaks = tuple(sorted(found, key=lambda one: -sum(map(len, one.parts[1:]))))
    holds_to = _holds_to(world) if small else view.weights.probability
    sentence, joins = _sentence(person, steps, breaks), len(person.members) - 1
    return How(person.id, person.name, sentence, steps, breaks, holds_to, small, joins)


# --- step by step -----------------------------------------------------------------------------------------


def _steps(view: View, world: World) -> tuple[Step, ...]:
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


def _breaks(view: View, world: World) -> Iterator[Break]:
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


def _shared(view: View, world: World) -> list[tuple[str, str]]:
    """The identifiers that two Records or more of the Customer hold."""
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for carried in view.ledger.carried(sorted(world.members)):
        if carried.type != "address":
            holders[carried.type, carried.value].add(carried.record)
    return [held for held, who in sorted(holders.items()) if len(who) > 1]


def _holds_to(world: World) -> float:
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
    many = len(person.members) - 1
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
