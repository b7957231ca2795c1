"""The review queue: where identity is least sure and most depends on it, with the evidence on both sides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf, log2
from time import perf_counter
from typing import Literal

import numpy as np

from threesixty.identity import candidates, explain
from threesixty.identity.score import score
from threesixty.ledger import MatchRow, ParkedRow
from threesixty.pipeline import aside, decisions, inside, lookup
from threesixty.pipeline.behaviour import Behaviour
from threesixty.pipeline.cut import halves
from threesixty.pipeline.view import Person, View, people, people_of
from threesixty.record import Identifier, Name, Record
from threesixty.report import Evidence
from threesixty.report.doubts import Doubt, Doubts, Label, Stake

_RANKED = 2_000
"""So many of the most uncertain pairs of two Customers are ranked by what depends on them."""

Sort = Literal["near", "parked", "loose", "conflict"]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two Records in doubt, the Customers they are of, and what these say together.

    Of one Customer, `together` is what holds it between the two, which may contradict each other in `fields`.
    """

    sort: Sort
    a: int
    b: int
    bits: float
    reason: str
    owners: tuple[int, int]
    together: float = 0.0
    spare: float = 0.0
    fields: tuple[str, ...] = ()

    @property
    def inside(self) -> bool:
        return self.sort in ("loose", "conflict")

    @property
    def among(self) -> frozenset[int]:
        return frozenset(self.owners)


def queue(view: View, limit: int = 20, skip: Collection[tuple[str, str]] = ()) -> Doubts:
    """The doubts that matter most, without those whose pair of Records is to be skipped."""
    began = perf_counter()
    looked = inside.look(view)
    apart = _weighed(view, _one_each([*_parked(view), *_near(view)]))
    found = [*apart, *_of_one("conflict", looked.conflicts), *_of_one("loose", looked.loose)]
    customers = sorted({owner for doubt in found for owner in doubt.owners})
    members = view.ledger.members(customers)
    bought = view.ledger.things_of(customers, "purchase")
    impacts = {
        doubt: sum(log2(1 + len(members[o]) + bought.get(o, 0)) for o in doubt.among) for doubt in found
    }
    ranked = sorted(found, key=lambda d: (-_uncertainty(view, d) * impacts[d], d.a, d.b))
    shown = _shown(view, ranked, set(map(frozenset, skip)), limit)
    many = Counter(doubt.sort for doubt in found)
    near, parked = view.ledger.count_near_misses(view.weights.threshold), view.ledger.count_parked()
    return Doubts(
        tuple(_told(view, doubt, impacts[doubt]) for doubt in shown),
        near, parked, many["loose"], many["conflict"], len(found), _sampled(looked),
        round(perf_counter() - began, 3),
    )  # fmt: skip


def _sampled(looked: inside.Looked) -> tuple[str, ...]:
    if looked.looked >= looked.several:
        return ()
    of = f"{looked.looked:,} of {looked.several:,} customers of several records"
    return (f"{of} were looked into, the largest and the most loosely held",)


def labels(view: View) -> tuple[Label, ...]:
    """What people decided and holds, pair by pair of live Records, the newest word on each pair."""
    said = decisions.labels(view.ledger)
    numbers = sorted({end for one in said for end in (one.a, one.b)})
    names = dict(zip(numbers, map(str, view.ledger.names(numbers)), strict=True))
    return tuple(Label(names[d.a], names[d.b], d.verdict == "same", d.by, d.at, d.why) for d in said)


# --- what is in doubt -----------------------------------------------------------------------------------


def _near(view: View) -> list[_Pair]:
    rows = view.ledger.near_misses(view.weights.threshold, _RANKED)
    return _pairs(view, "near", rows)


def _parked(view: View) -> list[_Pair]:
    return _pairs(view, "parked", view.ledger.parked()[:_RANKED])


def _of_one(sort: Sort, found: Iterable[inside.Inside]) -> list[_Pair]:
    return [
        _Pair(sort, one.a, one.b, one.bits, "", (of := one.customer, of), one.held, one.spare, one.fields)
        for one in found
    ]


def _pairs(view: View, sort: Sort, rows: Sequence[MatchRow] | Sequence[ParkedRow]) -> list[_Pair]:
    """Rows with their Customers, without those that somebody decided."""
    ends = sorted({end for row in rows for end in (row.a, row.b)})
    owner = view.ledger.membership(ends)
    decided = _decided(view, sorted(set(owner.values())))
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
    chance = _chance(doubt.together - (view.weights.bridge_bits if doubt.reason else 0.0))
    if doubt.sort == "conflict":
        # What holds the customer says one thing, the two records by themselves another.
        chance = (chance + _chance(doubt.bits)) / 2
    chance = min(max(chance, 1e-9), 1 - 1e-9)
    return -chance * log2(chance) - (1 - chance) * log2(1 - chance)


def _chance(bits: float) -> float:
    return float(1 / (1 + 2.0 ** -min(max(bits, -60.0), 60.0)))


def _weighed(view: View, pairs: Sequence[_Pair]) -> list[_Pair]:
    """Pairs with the bits of their sides, each looked at as if all its Records were one."""
    persons = people(view, {owner for doubt in pairs for owner in doubt.owners})
    place = {person.anchor: number for number, person in enumerate(persons)}
    wholes = aside.columns(_wholes(view, persons))
    silent = view.ledger.silent(np.unique(candidates.postings(wholes).keys))
    ends = np.array([[place[owner] for owner in doubt.owners] for doubt in pairs], np.int64).reshape(-1, 2)
    bits = score(wholes, ends[:, 0], ends[:, 1], silent, view.weights, view.band).bits.tolist()
    return [replace(doubt, together=together) for doubt, together in zip(pairs, bits, strict=True)]


def _one_each(pairs: Iterable[_Pair]) -> list[_Pair]:
    """One doubt between any two Customers, the one that joins most strongly; those parked before others."""
    found: dict[frozenset[int], _Pair] = {}
    for doubt in pairs:
        known = found.get(doubt.among)
        if known is None or (doubt.bits > known.bits and known.sort == doubt.sort):
            found[doubt.among] = doubt
    return list(found.values())


# --- what is told of it ---------------------------------------------------------------------------------


def _shown(view: View, ranked: Sequence[_Pair], skip: Collection[frozenset[str]], limit: int) -> list[_Pair]:
    if not skip:
        return list(ranked[:limit])
    wanted = ranked[: limit + len(skip)]
    ends = sorted({end for doubt in wanted for end in (doubt.a, doubt.b)})
    names = dict(zip(ends, lookup.called(view, ends), strict=True))
    return [d for d in wanted if frozenset((names[d.a], names[d.b])) not in skip][:limit]


def _told(view: View, doubt: _Pair, impact: float) -> Doubt:
    one, other = _sides(view, doubt)
    mine, theirs = _wholes(view, [one, other])
    said = aside.evidence(view.ledger, mine, theirs, view.weights, view.band)
    evidence = tuple(Evidence(e.field, e.a, e.b, e.verdict, e.bits) for e in said)
    a, b = lookup.called(view, [doubt.a, doubt.b])
    together = doubt.bits if doubt.together == inf else doubt.together
    return Doubt(
        doubt.sort, _stake(view, one), _stake(view, other), (a, b), evidence, round(doubt.bits, 2),
        round(together, 2), _because(view, doubt), round(_uncertainty(view, doubt), 3),
        round(impact, 2),
    )  # fmt: skip


def _sides(view: View, doubt: _Pair) -> list[Person]:
    """The two Customers, or the two parts that one would fall into."""
    if not doubt.inside:
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
    if doubt.sort == "loose":
        return f"one customer, with {doubt.spare:.1f} bits to spare"
    held = "a decision holds" if doubt.together == inf else f"{doubt.together:.1f} bits hold"
    fields = " and ".join(field.replace("_", " ") for field in doubt.fields)
    return f"one customer whose records contradict each other in {fields}; {held} it together"
