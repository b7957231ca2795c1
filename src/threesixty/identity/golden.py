"""Which value wins, property by property, by which rule, and which values lost to it.

Records are put in order by rules, which a project may order in its own way:
pinned (always first), whole (always next, for groups), then `verified`, `trust`, `newest`, `oldest`,
`frequent`, and at last a hash of the Record's name, so that nothing is ever left to the order of arrival.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import takewhile
from operator import attrgetter, itemgetter
from typing import NamedTuple

from threesixty.record import Preference, Scalar

VERSION = 1
"""Raised where the same claims come to another golden record: graphs are drawn anew."""

# A group that lacks one of these is only part of a name or an address, and loses to a whole one.
CORE = ({"given", "family"}, {"street"})
NOTHING: frozenset[str] = frozenset()
_FULL_DATE = len("1931-05-14")

USUAL = tuple(Preference(by) for by in ("verified", "trust", "newest", "frequent"))
"""What decides where a project says nothing."""


class Claim(NamedTuple):
    """What one Record says: higher `trust` wins, then the newest `at`; `tie` hashes the Record's name.

    `verified` names the properties and groups whose value the source says it has checked.
    """

    record: int
    source: str
    trust: int
    at: int | None
    tie: int
    values: Mapping[str, Scalar]
    verified: frozenset[str] = NOTHING


class Lost(NamedTuple):
    """A value that did not win, the best Record for it, and the rule by which the winner beat it."""

    value: Scalar
    record: int
    rule: str


class Won(NamedTuple):
    """The winning value and its Record; other values with the best Record for each, best first.

    `rule` is what decided: against the best of the others, 'only' where nobody said anything else.
    """

    value: Scalar
    record: int
    losing: Sequence[Lost] = ()
    rule: str = "only"


_Rank = Callable[[Claim, int], int]
"""What a rule makes of a Claim whose value so many Records give: the greater wins."""


class _Order(NamedTuple):
    """The rules for one property or group: their names, what each makes of a claim, what makes it whole.

    `common` are those before `frequent` that look at who says it and when, not at what; `looks` are what
    these make of a claim; `last`: none follow.
    """

    names: tuple[str, ...]
    ranks: tuple[_Rank, ...]
    core: frozenset[str]
    common: tuple[Preference, ...]
    looks: tuple[_Rank, ...]
    last: bool


@dataclass(frozen=True)
class Survivorship:
    """How a project chooses: `groups` win whole, `rules` are by property or name of a group.

    Names in `aside` are no properties: they say something about the others. In a property of `dates` a
    value may be part of another: '1931' of '1931-05-14'.
    """

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, tuple[Preference, ...]] = field(default_factory=dict)
    aside: frozenset[str] = NOTHING
    dates: frozenset[str] = NOTHING

    def of(self, name: str) -> tuple[Preference, ...]:
        """The rules for a property, those of its group where it wins with one."""
        group = next((group for group, names in self.groups.items() if name in names), name)
        return self.rules.get(group) or self.rules.get("default") or USUAL

    def order(self, name: str, group: tuple[str, ...]) -> _Order:
        """The rules for a property or group, made ready once for all customers."""
        known = self._orders.get(name)
        if known is None:
            rules = self.of(group[0])
            core = next((core for core in CORE if core <= set(group)), NOTHING)
            names = ("whole", *(rule.by for rule in rules), "tie", "tie")
            before = tuple(takewhile(lambda rule: rule.by != "frequent", rules))
            common = tuple(rule for rule in before if rule.by != "verified")
            ranks = tuple(_ranking(rule, name) for rule in rules)
            looks = tuple(_ranking(rule, "") for rule in common)
            known = _Order(names, ranks, frozenset(core), common, looks, len(rules) - len(before) <= 1)
            self._orders[name] = known
        return known

    @cached_property
    def apart(self) -> frozenset[str]:
        """Names that do not win by themselves: those of groups, and those aside."""
        return self.aside.union(*self.groups.values())

    @cached_property
    def _orders(self) -> dict[str, _Order]:
        return {}


class _Said(NamedTuple):
    """A Claim about a group of properties, with what each rule makes of it: the greater wins."""

    claim: Claim
    values: tuple[Scalar, ...]
    rank: tuple[int, ...]


def golden(claims: Sequence[Claim], how: Survivorship, only: AbstractSet[str] = NOTHING) -> dict[str, Won]:
    """The winner of every property somebody gave, in any order of claims; with `only` of some of them.

    The properties of a group come from one Record.
    """
    return _each(claims, how, only, partial(_win, claims, how))


def winners(claims: Sequence[Claim], how: Survivorship, only: AbstractSet[str] = NOTHING) -> dict[str, Won]:
    """The winners that `golden` has, without what lost to them and by which rule, which is less work."""
    return _each(claims, how, only, _Ranked(claims, how).winner)


def _each(
    claims: Sequence[Claim], how: Survivorship, only: AbstractSet[str],
    win: Callable[[str, tuple[str, ...]], dict[str, Won]],
) -> dict[str, Won]:  # fmt: skip
    """What wins of each group, and of each property by itself; one claim wins with all it says."""
    if len(claims) == 1:
        [(record, _, _, _, _, values, _)] = claims
        found = {
            name: Won(value, record)
            for name, value in values.items()
            if value is not None and value != "" and name not in how.aside
        }
    else:
        found, said = {}, set[str]().union(*[claim.values for claim in claims])
        for name, group in how.groups.items():
            if not (said.isdisjoint(group) or (only and only.isdisjoint(group))):
                found |= win(name, group)
        alone = said - how.apart
        for name in sorted(alone & only if only else alone):
            found |= win(name, (name,))
    return {name: won for name, won in found.items() if name in only} if only else found


class _Ranked:
    """The claims about one Customer, put in order once for all properties that the same rules decide."""

    def __init__(self, claims: Sequence[Claim], how: Survivorship) -> None:
        self._claims = claims
        self._how = how
        self._checked = NOTHING.union(*[claim.verified for claim in claims])
        self._ordered: dict[tuple[Preference, ...], list[tuple[tuple[int, ...], Claim]]] = {}

    def winner(self, name: str, group: tuple[str, ...]) -> dict[str, Won]:
        """What wins of a property or group."""
        best = None if name in self._checked else self._best(name, group)
        if best is None:
            return _win(self._claims, self._how, name, group)
        claim, values = best
        return {
            each: Won(value, claim.record, (), "")
            for each, value in zip(group, values, strict=True)
            if value is not None
        }

    def _best(self, name: str, group: tuple[str, ...]) -> tuple[Claim, tuple[Scalar, ...]] | None:
        """Who wins, and with what; None where it takes more than the common rules to say."""
        order = self._how.order(name, group)
        first = self._first(group, order)
        if not first:
            return None
        best, won = first[0], _values(first[0], group)
        if len(first) > 1:
            if not order.last or any(_values(claim, group) != won for claim in first):
                return None
            best = max(first, key=lambda claim: (claim.tie, claim.record))
            won = _values(best, group)
        if name in self._how.dates and self._said_finer(name, won[0]):
            return None
        return best, won

    def _first(self, group: tuple[str, ...], order: _Order) -> list[Claim]:
        """The claims that rank first of those that are whole, else of those that give anything."""
        ordered, core = self._in_order(order), order.core
        whole = _leading(ordered, lambda claim: _whole(claim, core) if core else _gives(claim, group))
        if whole or len(group) == 1:
            return whole
        return _leading(ordered, lambda claim: any(_gives(claim, (each,)) for each in group))

    def _said_finer(self, name: str, date: Scalar) -> bool:
        if len(str(date)) >= _FULL_DATE:
            return False
        return any(_part_of(date, claim.values.get(name)) for claim in self._claims)

    def _in_order(self, order: _Order) -> list[tuple[tuple[int, ...], Claim]]:
        ordered = self._ordered.get(order.common)
        if ordered is None:
            looks = order.looks
            ordered = [(tuple([look(claim, 0) for look in looks]), claim) for claim in self._claims]
            ordered.sort(key=_by_common, reverse=True)
            self._ordered[order.common] = ordered
        return ordered


def _leading(
    ordered: Iterable[tuple[tuple[int, ...], Claim]], enough: Callable[[Claim], bool]
) -> list[Claim]:
    """Those of the highest rank that say enough; the others, most of them, are not looked at."""
    found: list[Claim] = []
    highest: tuple[int, ...] = ()
    for rank, claim in ordered:
        if found and rank != highest:
            break
        if enough(claim):
            found.append(claim)
            highest = rank
    return found


_by_common = itemgetter(0)


def pinned(won: Mapping[str, Won], pins: Mapping[str, Scalar]) -> dict[str, Won]:
    """The winners with those a person pinned in their place; what won before is the first that lost.

    No Record gave a pinned value: its number is 0. None pins that there is no value.
    """
    found = dict(won)
    for name, value in pins.items():
        before = found.pop(name, None)
        beaten = [] if before is None else [Lost(before.value, before.record, "pinned"), *before.losing]
        losing = [Lost(lost.value, lost.record, "pinned") for lost in beaten if lost.value != value]
        if value is not None:
            found[name] = Won(value, 0, losing, "pinned")
    return found


def _win(claims: Sequence[Claim], how: Survivorship, name: str, group: tuple[str, ...]) -> dict[str, Won]:
    order = how.order(name, group)
    said = []
    for claim in claims:
        values = _values(claim, group)
        if values.count(None) < len(group):
            said.append((claim, values))
    if len({values for _, values in said}) <= 1:
        return _agreed(said, group, order)
    often = Counter([values for _, values in said])
    ranked = [_Said(claim, values, _rank(claim, often[values], order)) for claim, values in said]
    ranked.sort(key=_by_rank, reverse=True)
    best = ranked[0]
    if name in how.dates and (finer := _finest(best, ranked)) is not best:
        losing = _less_fine(finer, best, ranked, order.names)
        return {group[0]: Won(finer.values[0], finer.claim.record, losing, losing[0].rule)}
    found = {}
    for place, (each, value) in enumerate(zip(group, best.values, strict=True)):
        if value is not None:
            losing = _losing(best, place, ranked, order.names)
            found[each] = Won(value, best.claim.record, losing, losing[0].rule if losing else "only")
    return found


def _agreed(
    said: Sequence[tuple[Claim, tuple[Scalar, ...]]], group: tuple[str, ...], order: _Order
) -> dict[str, Won]:
    """What wins where all say the same: the value of the first in rank, which nothing lost to."""
    if not said:
        return {}
    best, values = said[0]
    if len(said) > 1:
        best, values = max(said, key=lambda one: _rank(one[0], len(said), order))
    return {
        each: Won(value, best.record) for each, value in zip(group, values, strict=True) if value is not None
    }


def _rank(claim: Claim, often: int, order: _Order) -> tuple[int, ...]:
    whole = _whole(claim, order.core)
    return (whole, *[rank(claim, often) for rank in order.ranks], claim.tie, claim.record)


def _whole(claim: Claim, core: AbstractSet[str]) -> bool:
    """Whether a claim gives all of some properties; an initial is no first name."""
    return _gives(claim, core) and not ("given" in core and _initial(str(claim.values["given"])))


def _initial(name: str) -> bool:
    """Whether a name is but a letter; in scripts without capitals one sign may be all of it."""
    return len(name) < 3 and len(letter := name.rstrip(".")) == 1 and letter.lower() != letter.upper()


def _gives(claim: Claim, names: Iterable[str]) -> bool:
    """Whether a claim gives all of some properties."""
    given = claim.values
    for each in names:
        value = given.get(each)
        if value is None or value == "":
            return False
    return True


_by_rank = attrgetter("rank")


def _finest(best: _Said, ranked: Iterable[_Said]) -> _Said:
    """The date that wins when the best is only part of it: to know more is not to disagree."""
    for one in ranked:
        if _part_of(best.values[0], one.values[0]):
            best = one
    return best


def _less_fine(finest: _Said, best: _Said, ranked: Iterable[_Said], order: Sequence[str]) -> list[Lost]:
    """What lost to a date that stands for one that ranked before it, and so is no more than part of it."""
    seen: dict[Scalar, Lost] = {}
    for one in ranked:
        [value] = one.values
        if value is not None and value != finest.values[0] and value not in seen:
            rival = finest if _part_of(best.values[0], value) else best
            rule = "whole" if _part_of(value, finest.values[0]) else _decided(rival, one, order)
            seen[value] = Lost(value, one.claim.record, rule)
    return list(seen.values())


def _part_of(date: Scalar, other: Scalar) -> bool:
    return str(other).startswith(f"{date}-")


def _values(claim: Claim, group: tuple[str, ...]) -> tuple[Scalar, ...]:
    """What a claim gives of each property of a group, None where it gives nothing."""
    given = claim.values
    return tuple([None if (value := given.get(each)) == "" else value for each in group])


def _losing(best: _Said, place: int, ranked: Iterable[_Said], order: Sequence[str]) -> list[Lost]:
    seen: dict[Scalar, Lost] = {}
    for one in ranked:
        value = one.values[place]
        if value is not None and value != best.values[place] and value not in seen:
            seen[value] = Lost(value, one.claim.record, _decided(best, one, order))
    return list(seen.values())


def _decided(best: _Said, other: _Said, order: Sequence[str]) -> str:
    """The first rule by which one stands before the other."""
    pairs = zip(order, best.rank, other.rank, strict=True)
    return next((rule for rule, a, b in pairs if a != b), "tie")


# --- rules: what each makes of a claim, the greater wins ----------------------------------------------

_LONG_AGO = -(1 << 62)
_EVER = 1 << 62


def _ranking(rule: Preference, name: str) -> _Rank:
    match rule.by:
        case "verified":
            return lambda claim, _: int(name in claim.verified)
        case "trust" if rule.sources:
            places = {source: -place for place, source in enumerate(rule.sources)}
            return lambda claim, _: places.get(claim.source, -len(places))
        case "trust":
            return lambda claim, _: claim.trust
        case "newest":
            return lambda claim, _: _LONG_AGO if claim.at is None else claim.at
        case "oldest":
            return lambda claim, _: -(_EVER if claim.at is None else claim.at)
        case _:
            return lambda _, often: often
