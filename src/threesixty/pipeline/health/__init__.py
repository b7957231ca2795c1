"""How sound who is who is, without labels: from what stands in the ledger, and from canaries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from time import perf_counter

import numpy as np

from threesixty.identity.inside import bridges, contradictions, pairs_inside
from threesixty.ledger import MatchRow
from threesixty.pipeline.columns import parties
from threesixty.pipeline.generics import crowds, generics
from threesixty.pipeline.health import canaries, drift
from threesixty.pipeline.health.rates import rate
from threesixty.pipeline.view import View, people
from threesixty.report import Progress, Tell
from threesixty.report.health import Canaries, Churn, Conflict, Generic, Health, Large, Rate

_CUSTOMERS = 10_000
"""So many customers of several Records are looked into."""
_MOST_INSIDE = 30
_DAYS = 30
# From where on something is worth a word: shares, and numbers per 1,000.
_FALSE, _RECALL, _CONFLICTS, _NEAR, _LARGE, _CHURN = 0.02, 0.95, 0.02, 500, 60, 50
_SINGLE, _PARKED = 0.5, 10
_TAIL = (1, 2, 5, 10, 20, 50, 100)


def health(view: View, tell: Tell, *, birds: int = 600, seed: int = 360) -> Health:
    """Everything there is to say about how sound who is who is. Writes nothing; samples what is large."""
    began, ledger = perf_counter(), view.ledger
    sizes = ledger.sizes()
    records, customers = sum(n * many for n, many in sizes.items()), sum(sizes.values())
    tell(Progress("look into customers", 0, customers))
    inside = _inside(view, seed)
    near = ledger.count_near_misses(view.weights.threshold)
    common, top = _generics(view)
    since, shifts = drift.drift(view, seed)
    scored = canaries.canaries(view, tell, birds, seed) if birds else None
    found = Health(
        records, customers, view.band.name, _tail(sizes), _largest(view), inside.conflicts, inside.fields,
        inside.examples, inside.single, near, round(1000 * near / max(records, 1), 1), ledger.count_parked(),
        common, top, _churn(view, customers), since, shifts, scored, (), _sampled(inside, scored), 0.0,
    )  # fmt: skip
    crowded = crowds(top, view.weights)
    return replace(found, findings=(*findings(found), *crowded), seconds=round(perf_counter() - began, 2))


def findings(found: Health) -> tuple[str, ...]:
    """What somebody should look at, most worrying first; where nothing is, nothing."""
    said = []
    birds, conflicts = found.canaries, found.conflicts
    if birds:
        mates = birds.housemates
        if mates.low > _FALSE:
            said.append(
                f"{mates.share:.0%} of invented people who live with a customer joined it: "
                "try a higher threshold with `what-if`"
            )
        if birds.recall.high < _RECALL:
            said.append(
                f"only {birds.recall.share:.0%} of copies found their customer: the threshold may be high"
            )
    if conflicts.low > _CONFLICTS:
        worst = found.conflict_fields[0].name
        said.append(f"{conflicts.share:.1%} of customers contradict themselves, most of them in {worst}")
    said += _loose(found)
    if found.near_misses_per_thousand > _NEAR:
        said.append(
            f"{found.near_misses_per_thousand:,.0f} near misses per 1,000 records: `review` ranks them"
        )
    if found.largest and found.largest[0].records > _LARGE:
        said.append(
            f"the largest customer has {found.largest[0].records:,} records: `how` says what holds it"
        )
    if found.drift:
        first = found.drift[0]
        said.append(
            f"{first.what} went from {first.before.share:.0%} to {first.after.share:.0%} among newer records"
        )
    if found.churn.per_thousand > _CHURN:
        said.append(f"{found.churn.per_thousand:,.0f} of 1,000 customers changed in {found.churn.days} days")
    return tuple(said)


def _loose(found: Health) -> Iterator[str]:
    """That much hangs by a thread, or waits for somebody."""
    if found.single_edge.low > _SINGLE:
        share = f"{found.single_edge.share:.0%} of customers of three records or more"
        yield f"in {share} one match alone holds a part: `how` names it"
    if found.parked * 1000 > _PARKED * found.records:
        pairs = f"{found.parked:,} pairs of customers"
        yield f"a rule keeps {pairs} apart until somebody looks: `review` ranks them"


# --- inside customers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Inside:
    conflicts: Rate
    fields: tuple[Rate, ...]
    examples: tuple[Conflict, ...]
    single: Rate
    looked: int
    several: int


def _inside(view: View, seed: int) -> _Inside:
    """What Records of one customer contradict each other in, and how often one Match alone holds a part."""
    ledger = view.ledger
    several = chosen = ledger.several()
    if len(chosen) > _CUSTOMERS:
        chosen = sorted(Random(seed).sample(chosen, _CUSTOMERS))  # noqa: S311 - a sample, not a secret
    members = ledger.members(chosen)
    everyone = parties(ledger.parties(sorted({no for numbers in members.values() for no in numbers})))
    place = {number: row for row, number in enumerate(everyone.numbers.tolist())}
    groups = [[place[number] for number in members[customer]] for customer in members]
    a, b, of = pairs_inside(groups, _MOST_INSIDE)
    against = contradictions(everyone, a, b, view.weights.exclusive_others)
    names = list(members)
    by_field = {field: np.unique(of[pairs]) for field, pairs in against.items()}
    broken = np.unique(np.concatenate([*by_field.values(), np.empty(0, np.int64)]))
    fields = sorted(
        (rate(f, len(n), len(names)) for f, n in by_field.items() if len(n)), key=lambda r: -r.hits
    )
    examples = []
    for one in fields[:3]:
        pair = int(np.flatnonzero(against[one.name])[0])
        ends = [int(everyone.numbers[row[pair]]) for row in (a, b)]
        [public] = ledger.ids([names[of[pair]]])
        examples.append(Conflict(public, one.name, *map(str, ledger.names(ends))))
    single = _single(view, members)
    return _Inside(
        rate("customers that contradict themselves", len(broken), len(names)), tuple(fields), tuple(examples),
        single, len(names), len(several),
    )  # fmt: skip


def _single(view: View, members: Mapping[int, Sequence[int]]) -> Rate:
    """Of customers of three Records or more, those of which one Match alone holds a part."""
    large = {customer: records for customer, records in members.items() if len(records) > 2}
    owner = {record: customer for customer, records in large.items() for record in records}
    edges: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows: list[MatchRow] = view.ledger.matches_of(sorted(owner)) if owner else []
    for row in rows:
        if row.bits >= view.weights.threshold and owner.get(row.a, -1) == owner.get(row.b, -2):
            edges[owner[row.a]].append((row.a, row.b))
    held = sum(1 for customer in large if bridges(edges[customer]))
    return rate("held by one match", held, len(large))


# --- as a whole -----------------------------------------------------------------------------------------


def _tail(sizes: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """Customers by their number of Records: 1, 2, 3 to 5 …"""
    found, low = [], 1
    for high in _TAIL:
        many = sum(count for n, count in sizes.items() if low <= n <= high)
        found.append((str(low) if low == high else f"{low}–{high}", many))  # noqa: RUF001
        low = high + 1
    found.append((f"over {_TAIL[-1]}", sum(count for n, count in sizes.items() if n > _TAIL[-1])))
    return tuple((label, many) for label, many in found if many)


def _largest(view: View) -> tuple[Large, ...]:
    largest = dict(view.ledger.largest(5))
    named = {person.anchor: person for person in people(view, largest)}
    return tuple(
        Large(named[anchor].id, named[anchor].name, many)
        for anchor, many in largest.items()
        if anchor in named
    )


def _generics(view: View) -> tuple[tuple[tuple[str, int], ...], tuple[Generic, ...]]:
    """How many identifiers of each type are generic, and those that most Records hold."""
    found, types = generics(view.ledger), Counter[str]()
    types.update(one.type for one in found)
    top = [one for one in found if one.type != "address"]
    return tuple(sorted(types.items(), key=lambda item: -item[1])), tuple(top[:5])


def _churn(view: View, customers: int) -> Churn:
    told = view.ledger.churn(_DAYS * 86_400_000)
    merged, split, ended = (told.get(what, 0) for what in ("merged", "split", "ended"))
    return Churn(_DAYS, merged, split, ended, round(1000 * (merged + split + ended) / max(customers, 1), 1))


def _sampled(inside: _Inside, birds: Canaries | None) -> tuple[str, ...]:
    told = []
    if inside.looked < inside.several:
        told.append(f"{inside.looked:,} of {inside.several:,} customers of several records were looked into")
    if birds and birds.left_out:
        told.append(
            f"{birds.left_out:,} invented records were not scored: what they would join hangs together with "
            "too many others"
        )
    return tuple(told)
