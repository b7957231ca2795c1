"""The review queue: where identity is least sure and most depends on it, with the evidence on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, log2
from time import perf_counter
from typing import Literal

import numpy as np

from threesixty.identity import candidates, explain
from threesixty.identity.score import score
from threesixty.ledger import MatchRow, ParkedRow
from threesixty.pipeline import aside
from threesixty.pipeline.behaviour import Behaviour
from threesixty.pipeline.cut import halves
from threesixty.pipeline.view import Person, View, people, people_of
from threesixty.record import Identifier, Name, Record
from threesixty.report import Evidence
from threesixty.report.doubts import Doubt, Doubts, Label, Stake

_RANKED = 2_000
"""So many of the most uncertain pairs of each sort are ranked by what depends on them."""
_LOOSE_BITS = 4.0
"""A Match that joins is loose when it has fewer bits than this to spare."""

Sort = Literal["near", "parked", "loose"]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two Records in doubt, the Customers they are of, and what these say together."""

    sort: Sort
    a: int
    b: int
    bits: float
    reason: str
    owners: tuple[int, int]
    together: float = 0.0

    @property
    def among(self) -> frozenset[int]:
        return frozenset(self.owners)


def queue(view: View, limit: int = 20, skip: Collection[tuple[str, str]] = ()) -> Doubts:
    """The doubts that matter most, without those whose pair of Records is to be skipped."""
    began = perf_counter()
    near, parked, loose = _near(view), _parked(view), _loose(view)
    found = _weighed(view, _one_each([*parked, *near, *loose]))
    customers = sorted({owner for doubt in found for owner in doubt.owners})
    members = view.ledger.members(customers)
    bought = view.ledger.things_of(customers, "purchase")
    impacts = {
        doubt: sum(log2(1 + len(members[o]) + bought.get(o, 0)) for o in doubt.among) for doubt in found
    }
    ranked = sorted(found, key=lambda d: (-_uncertainty(view, d) * impacts[d], d.a, d.b))
    shown = _shown(view, ranked, set(map(frozenset, skip)), limit)
    return Doubts(
        tuple(_told(view, doubt, impacts[doubt]) for doubt in shown),
        view.ledger.count_near_misses(view.weights.threshold), len(parked), len(loose), len(found),
        round(perf_counter() - began, 3),
    )  # fmt: skip


def labels(view: View) -> tuple[Label, ...]:
    """What people decided and did not withdraw, pair by pair, the newest word on each pair."""
    said = {(d.a, d.b): d for d in view.ledger.decisions() if d.person}
    numbers = sorted({end for ends in said for end in ends})
    names = dict(zip(numbers, map(str, view.ledger.names(numbers)), strict=True))
    return tuple(
        Label(names[a], names[b], d.verdict == "same", d.by, d.at, d.why) for (a, b), d in said.items()
    )


# --- what is in doubt -----------------------------------------------------------------------------------


def _near(view: View) -> list[_Pair]:
    rows = view.ledger.near_misses(view.weights.threshold, _RANKED)
    return _pairs(view, "near", rows)


def _parked(view: View) -> list[_Pair]:
    return _pairs(view, "parked", view.ledger.parked()[:_RANKED])


def _loose(view: View) -> list[_Pair]:
    """Customers that a Match with little to spare holds together, where no Decision does."""
    least = view.weights.threshold
    rows = view.ledger.loose(least, least + _LOOSE_BITS, _RANKED)
    found = _pairs(view, "loose", rows)
    members = view.ledger.members(sorted({doubt.owners[0] for doubt in found}))
    everyone = [record for records in members.values() for record in records]
    owner = {record: customer for customer, records in members.items() for record in records}
    held: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for row in view.ledger.matches_of(everyone):
        held[owner.get(row.a, -1)].append((row.a, row.b, row.bits))
    for said in view.ledger.decisions(everyone):
        if said.verdict == "same":
            held[owner.get(said.a, -1)].append((said.a, said.b, inf))
    return [doubt for doubt in found if _rests_on(doubt, held[doubt.owners[0]])]


def _rests_on(doubt: _Pair, held: Sequence[tuple[int, int, float]]) -> bool:
    """Whether a Customer would fall apart between two Records without the Match of the two."""
    firmer = [(a, b) for a, b, bits in held if bits >= doubt.bits and {a, b} != {doubt.a, doubt.b}]
    decided = [(a, b) for a, b, bits in held if bits == inf]
    return doubt.b not in _reached(doubt.a, [*firmer, *decided])


def _reached(start: int, edges: Sequence[tuple[int, int]]) -> set[int]:
    found, frontier = {start}, {start}
    while frontier:
        ends = {end for edge in edges if frontier & set(edge) for end in edge}
        frontier = ends - found
        found |= frontier
    return found


def _pairs(view: View, sort: Sort, rows: Sequence[MatchRow] | Sequence[ParkedRow]) -> list[_Pair]:
    """Rows with their Customers, without those that somebody decided."""
    ends = sorted({end for row in rows for end in (row.a, row.b)})
    owner = view.ledger.membership(ends)
    decided = _decided(view, sorted(set(owner.values()))) if sort != "loose" else set()
    found = []
    for row in rows:
        owners = owner[row.a], owner[row.b]
        reason = row.reason if isinstance(row, ParkedRow) else ""
        if frozenset(owners) not in decided:
            found.append(_Pair(sort, row.a, row.b, row.bits, reason, owners))
    return found


def _decided(view: View, customers: Sequence[int]) -> set[frozenset[int]]:
    """Pairs of these Customers that somebody said are different."""
    members = [record for records in view.ledger.members(customers).values() for record in records]
    said = [d for d in view.ledger.decisions(members) if d.verdict == "different"]
    owner = view.ledger.membership(sorted({end for d in said for end in (d.a, d.b)}))
    return {frozenset((owner[d.a], owner[d.b])) for d in said if d.a in owner and d.b in owner}


def _uncertainty(view: View, doubt: _Pair) -> float:
    """From 0 to 1, how open it is: the entropy of the odds; beyond a limit only a person can say."""
    if doubt.reason not in ("", "bridge"):
        return 1.0
    # A thread between two groups is worth what it has beyond what such a thread needs.
    odds = 2.0 ** (doubt.together - (view.weights.bridge_bits if doubt.reason else 0.0))
    chance = float(min(max(odds / (1 + odds), 1e-9), 1 - 1e-9))
    return -chance * log2(chance) - (1 - chance) * log2(1 - chance)


def _weighed(view: View, pairs: Sequence[_Pair]) -> list[_Pair]:
    """Pairs with the bits of their sides, each looked at as if all its Records were one."""
    persons = people(view, {owner for doubt in pairs for owner in doubt.owners})
    place = {person.anchor: number for number, person in enumerate(persons)}
    wholes = aside.columns(_wholes(view, persons))
    silent = view.ledger.silent(np.unique(candidates.postings(wholes).keys))
    ends = np.array([[place[owner] for owner in doubt.owners] for doubt in pairs], np.int64).reshape(-1, 2)
    bits = score(wholes, ends[:, 0], ends[:, 1], silent, view.weights, view.band).bits.tolist()
    return [
        replace(doubt, together=doubt.bits if doubt.sort == "loose" else together)
        for doubt, together in zip(pairs, bits, strict=True)
    ]


def _one_each(pairs: Iterable[_Pair]) -> list[_Pair]:
    """One doubt between any two Customers, the one that joins most strongly; loose ones by their Customer."""
    found: dict[frozenset[int], _Pair] = {}
    for doubt in pairs:
        known = found.get(doubt.among)
        stronger = doubt.sort != "loose" and known is not None and doubt.bits > known.bits
        if known is None or (stronger and known.sort == doubt.sort):
            found[doubt.among] = doubt
    return list(found.values())


# --- what is told of it ---------------------------------------------------------------------------------


def _shown(view: View, ranked: Sequence[_Pair], skip: Collection[frozenset[str]], limit: int) -> list[_Pair]:
    if not skip:
        return list(ranked[:limit])
    wanted = ranked[: limit + len(skip)]
    ends = sorted({end for doubt in wanted for end in (doubt.a, doubt.b)})
    names = dict(zip(ends, map(str, view.ledger.names(ends)), strict=True))
    return [d for d in wanted if frozenset((names[d.a], names[d.b])) not in skip][:limit]


def _told(view: View, doubt: _Pair, impact: float) -> Doubt:
    one, other = _sides(view, doubt)
    mine, theirs = _wholes(view, [one, other])
    said = aside.evidence(view.ledger, mine, theirs, view.weights, view.band)
    evidence = tuple(Evidence(e.field, e.a, e.b, e.verdict, e.bits) for e in said)
    a, b = map(str, view.ledger.names([doubt.a, doubt.b]))
    return Doubt(
        doubt.sort, _stake(view, one), _stake(view, other), (a, b), evidence, round(doubt.bits, 2),
        round(doubt.together, 2), _because(view, doubt), round(_uncertainty(view, doubt), 3),
        round(impact, 2),
    )  # fmt: skip


def _sides(view: View, doubt: _Pair) -> list[Person]:
    """The two Customers, or the two parts that one would fall into."""
    if doubt.sort != "loose":
        found = {person.anchor: person for person in people(view, doubt.among)}
        return [found[owner] for owner in doubt.owners]
    parts = halves(view, doubt.a, doubt.b)
    return [people_of(view, {doubt.owners[0]: sorted(part)})[0] for part in parts]


def _wholes(view: View, persons: Sequence[Person]) -> list[Record]:
    """Customers as if each were one Record: what won, and all identifiers."""
    held: dict[int, dict[Identifier, None]] = defaultdict(dict)
    for carried in view.ledger.carried([row.number for person in persons for row in person.members]):
        held[carried.record][Identifier(carried.type, carried.value)] = None
    return [
        Record(
            Name("", person.kind, person.id), "party", "", person.values,
            tuple({identifier: None for row in person.members for identifier in held[row.number]}),
        )
        for person in persons
    ]  # fmt: skip


def _stake(view: View, person: Person) -> Stake:
    bought = Behaviour(view, {row.number: person for row in person.members}).bought(person)
    names = tuple(f"{row.source}/{row.key}" for row in person.members)
    return Stake(person.id, person.name, names, *bought, view.currency)


def _because(view: View, doubt: _Pair) -> str:
    """Why it waits, in words."""
    needed = view.weights.threshold
    if doubt.sort == "parked":
        return explain.refusal(doubt.reason)
    if doubt.sort == "near":
        return f"the two records have {doubt.bits:.1f} bits, and {needed:.1f} are needed"
    return f"one customer, with {doubt.bits - needed:.1f} bits to spare"
