"""Why two Records are one person, or are not: identity's verdict, put beside what the sources said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from threesixty.errors import QuestionError
from threesixty.identity import candidates, explain
from threesixty.identity.blocking_keys import proposing
from threesixty.identity.cluster import cluster
from threesixty.identity.parties import Parties
from threesixty.identity.score import reasons, score
from threesixty.pipeline.columns import COMPARED, parties
from threesixty.pipeline.mapped import mapped
from threesixty.pipeline.resolve import hanging_together, matches_among
from threesixty.pipeline.view import View, people
from threesixty.record import Decision
from threesixty.report import Evidence, Side, Why, WhyCustomer

_PAIRS = 1_000_000
"""So many cross pairs of two customers, of a thousand Records each, are scored in a second or two."""
_ADDED_UP = "several matches, each too weak by itself, add up"


def pair(view: View, a: int, b: int, held: str = "") -> Why:
    """The comparison of two Records, field by field, and what stood in the way of joining them.

    `held` says what holds the two where their evidence does not and nothing was decided.
    """
    people = parties(view.ledger.parties(sorted((a, b))))
    silent = silent_among(view, people)
    fields = explain.compare(people, a, b, silent, view.weights, view.band)
    evidence = tuple(Evidence(f.field, f.a, f.b, f.verdict, round(f.bits, 2)) for f in fields)
    prior = view.band.prior_bits
    bits = prior + sum(f.bits for f in fields)
    # What any two begin with is the prior of pairs that share something: by itself it is no probability.
    chance = _probability(bits) if any(f.bits > 0 for f in fields) else None
    owner = view.ledger.membership([a, b])
    same = owner.get(a) == owner.get(b)
    held = held if bits < view.weights.threshold else ""
    held = _decided(view, a, b, "same") or held if same else ""
    refused = "" if same else _refusal(view, a, b) or _apart(view, people, silent, bits)
    sentence = _sentence(explain.sentence(fields), held or refused, same=same)
    return Why(
        _side(view, a), _side(view, b), same, sentence, evidence,
        prior, round(bits, 2), chance, view.weights.threshold, refused, held=held,
    )  # fmt: skip


def _sentence(evidence: str, also: str, *, same: bool) -> str:
    verdict = "One customer" if same else "Two customers"
    return f"{verdict}: {evidence}" + (f" — {also}." if also else ".")


def silent_among(view: View, people: Parties) -> NDArray[np.int64]:
    """The keys of some Records that propose nothing."""
    return view.ledger.silent(candidates.postings(people).keys)


def _probability(bits: float) -> float:
    return float(1.0 / (1.0 + 2.0 ** -max(-60.0, min(60.0, bits))))


def _side(view: View, number: int) -> Side:
    [row] = mapped(view.ledger, [number])
    [name] = view.ledger.names([number])
    owner = view.ledger.membership([number]).get(number)
    ids = view.ledger.ids([owner]) if owner is not None else [""]
    held: dict[str, list[str]] = {}
    for _, _, kind, value, _ in view.ledger.carried([number]):
        held.setdefault(kind, []).append(value)
    identifiers = {kind: ", ".join(values) for kind, values in held.items() if kind != "address"}
    shown = {name: row.values[name] for name in COMPARED if row.values.get(name) is not None}
    return Side(str(name), ids[0], {**shown, **identifiers})


def _decided(view: View, a: int, b: int, verdict: str) -> str:
    """The last Decision of that verdict about two Records, in words; '' where there is none."""
    said = [d for d in view.ledger.decisions([a]) if d.verdict == verdict]
    # A master id speaks of all who bear it, though not of each pair, and a Record bears one.
    decided = [d for d in said if {d.a, d.b} == {a, b} or (d.implied and b in (d.a, d.b))]
    if not decided:
        return ""
    return in_words(max(decided, key=lambda d: d.seq))


def in_words(said: Decision) -> str:
    """A Decision about two Records in words."""
    they = "the same" if said.verdict == "same" else "different"
    return f"{said.by or 'somebody'} said they are {they}" + _because(said)


def _because(said: Decision) -> str:
    return f": {said.why}" if said.why else ""


def _refusal(view: View, a: int, b: int) -> str:
    """What was said or written down that keeps two Records apart, in words."""
    # No evidence undoes a Decision, so what that lacks is told where nobody said anything.
    if said := _decided(view, a, b, "different") or _decision_between(view, a, b):
        return said
    for row in view.ledger.parked([a, b]):
        if {row.a, row.b} == {a, b}:
            return explain.refusal(row.reason)
    return ""


def _apart(view: View, people: Parties, silent: NDArray[np.int64], bits: float) -> str:
    """What keeps two Records apart that nothing was said or written down about."""
    found = candidates.postings(people)
    loud = proposing(found.keys, silent)
    if not len(candidates.pairs(found.keys[loud], people.numbers[found.rows[loud]])[0]):
        return "they were never compared, as nothing that few records share leads from one to the other"
    if (lacking := view.weights.threshold - bits) > 0:
        return f"the evidence is too weak: {lacking:.1f} bits more would be needed"
    return explain.refusal(_objection(view, people.numbers))


def _objection(view: View, ends: NDArray[np.int64]) -> str:
    """What the groups of two Records disagreed on: those who hang together with them, clustered again."""
    ledger = view.ledger
    everyone = parties(ledger.parties(hanging_together(ledger, view.weights, ends)))
    numbers = everyone.numbers
    among, decisions = matches_among(ledger, numbers), ledger.decisions(numbers.tolist())
    refused = cluster(everyone, among, decisions, view.weights, view.band).refused
    return next((one.reason for one in refused if {one.a, one.b} == {*ends.tolist()}), "evidence")


def _decision_between(view: View, a: int, b: int) -> str:
    owner = view.ledger.membership([a, b])
    members = view.ledger.members(sorted(set(owner.values())))
    mine, theirs = set(members[owner[a]]), set(members[owner[b]])
    for said in reversed(view.ledger.decisions(sorted(mine))):
        if said.verdict == "different" and len({said.a, said.b} & mine) == 1 and {said.a, said.b} & theirs:
            x, y = view.ledger.names([said.a, said.b])
            return f"{said.by or 'somebody'} said {x} and {y} are different" + _because(said)
    return ""


def between(view: View, mine: Sequence[int], theirs: Sequence[int]) -> Why:
    """The best cross pair of two sets of Records, and why it joins them or does not.

    Raises QuestionError where both are one and the same Record.
    """
    if len({*mine, *theirs}) == 1:
        [name] = view.ledger.names([mine[0]])
        raise QuestionError(
            f"both are the record {name}: there is nothing to compare it with",
            hint=f"how its customer hangs together: threesixty why {name}",
        )
    a, b = _best(view, mine, theirs)
    told = pair(view, a, b)
    indirect = told.same and not told.held and told.bits < view.weights.threshold
    chain = _chain(view, a, b) if indirect else ()
    if len(chain) == 1:  # which is the pair itself
        return pair(view, a, b, _ADDED_UP)
    return replace(told, path=tuple(pair(view, x, y, _ADDED_UP) for x, y in chain))


def _best(view: View, mine: Sequence[int], theirs: Sequence[int]) -> tuple[int, int]:
    ends = np.repeat(mine, len(theirs)), np.tile(theirs, len(mine))
    a, b = (end[ends[0] != ends[1]][:_PAIRS] for end in (np.minimum(*ends), np.maximum(*ends)))
    people: Parties = parties(view.ledger.parties(np.unique((a, b)).tolist()))
    silent = silent_among(view, people)
    best = int(np.argmax(score(people, a, b, silent, view.weights, view.band).bits))
    return int(a[best]), int(b[best])


def _chain(view: View, a: int, b: int) -> list[tuple[int, int]]:
    """The strongest steps that lead from one Record to the other inside their Customer."""
    owner = view.ledger.membership([a])[a]
    links = dict(_tree(view, view.ledger.members([owner])[owner], a))
    steps: list[tuple[int, int]] = []
    while b != a and b in links:
        steps.append((links[b], b))
        b = links[b]
    return steps[::-1]


def _tree(view: View, members: Sequence[int], root: int) -> list[tuple[int, int]]:
    """(Record, the one before it) for a spanning tree of the strongest evidence, from a root outwards."""
    found = view.ledger.matches_of(members)
    inside = set(members)
    edges = [(row.bits, row.a, row.b) for row in found if row.a in inside and row.b in inside]
    edges += [
        (np.inf, d.a, d.b)
        for d in view.ledger.decisions(members)
        if d.verdict == "same" and {d.a, d.b} <= inside
    ]
    near: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    for bits, a, b in edges:
        near[a].append((-bits, -a, -b))
        near[b].append((-bits, -b, -a))
    reached, tree, open_ = {root}, [], near[root]
    heapify(open_)
    while open_:
        _, x, y = heappop(open_)
        if -y not in reached:
            reached.add(-y)
            tree.append((-y, -x))
            for edge in near[-y]:
                heappush(open_, edge)
    return tree


def weakest(view: View, record: int) -> str:
    """What holds a Record to its Customer, in words without anything personal."""
    owner = view.ledger.membership([record])[record]
    members = set(view.ledger.members([owner])[owner])
    inside = [row for row in view.ledger.matches_of([record]) if {row.a, row.b} <= members]
    if not inside:
        return "a decision"
    best = max(inside, key=lambda row: row.bits)
    return explain.words(reasons(best.levels, view.weights, view.band))


def whole(view: View, anchor: int) -> WhyCustomer:
    """How one Customer hangs together: each Record by its strongest link, the weakest named."""
    [person] = people(view, [anchor])
    members = [row.number for row in person.members]
    links = sorted(
        (pair(view, x, y, _ADDED_UP) for y, x in _tree(view, members, anchor)), key=lambda w: -w.bits
    )
    if not links:
        sentence = f"{explain.quoted(person.name)} is one record; there was nothing to join."
    else:
        weakest = links[-1]
        sentence = (
            f"{explain.quoted(person.name)} is {len(members)} records. The weakest link joins "
            f"{weakest.a.record} and {weakest.b.record} with {weakest.bits:.1f} bits: {weakest.sentence}"
        )
    return WhyCustomer(person.id, person.name, sentence, tuple(links))
