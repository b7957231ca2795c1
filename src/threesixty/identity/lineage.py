"""What became of customers: a membership before and one after, told customer by customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

What = Literal["formed", "grew", "split", "moved", "shrank", "merged", "renamed", "ended"]
_ORDER: tuple[What, ...] = ("formed", "grew", "split", "moved", "shrank", "merged", "renamed", "ended")

Moved = Mapping[int, tuple[int | None, int | None]]
"""For every Record whose Customer is another one: the Customer before and after (None: there is none)."""


@dataclass(frozen=True, slots=True)
class Became:
    """What one Customer became. All are numbers; a Customer's is that of the Record which gives it its id.

    `what`: `formed` it is new (or back); `grew` Records came; `split` some left and are a Customer of their
    own; `moved` some left for another that stood; `shrank` some are gone; `merged` others have its Records;
    `renamed` the one that has them all is new; `ended` nothing is left. `into` has its Records now, first the
    one that answers for it. `came`: Records and whose they were; `gone`: those that are nobody's now.
    """

    customer: int
    what: What
    before: tuple[int, ...]
    after: tuple[int, ...]
    into: tuple[int, ...] = ()
    came: tuple[tuple[int, int | None], ...] = ()
    gone: tuple[int, ...] = ()


def moved(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, tuple[int | None, int | None]]:
    """The Records whose Customer is another one."""
    records = before.keys() | after.keys()
    return {r: (before.get(r), after.get(r)) for r in records if before.get(r) != after.get(r)}


def touched(changed: Moved) -> list[int]:
    """Every Customer that lost or gained a Record."""
    return sorted({customer for pair in changed.values() for customer in pair if customer is not None})


def became(changed: Moved, together: Mapping[int, Sequence[int]], answers: Mapping[int, int]) -> list[Became]:
    """What every touched Customer became, winners before losers, then by number.

    `together`: the Records after, of all touched Customers that have any; `answers`: the Customer that
    answers for each that is none any more.
    """
    before = _before(changed, together)
    told = [
        _became(one, tuple(before.get(one, ())), tuple(together.get(one, ())), changed, before, answers)
        for one in touched(changed)
    ]
    return sorted(told, key=lambda one: (_ORDER.index(one.what), one.customer))


def _before(changed: Moved, together: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    before: dict[int, list[int]] = defaultdict(list)
    for customer, records in together.items():
        before[customer].extend(r for r in records if r not in changed)
    for record, (old, _) in changed.items():
        if old is not None:
            before[old].append(record)
    return {customer: sorted(records) for customer, records in before.items() if records}


def _became(
    customer: int, was: tuple[int, ...], now: tuple[int, ...], changed: Moved,
    before: Mapping[int, Sequence[int]], answers: Mapping[int, int],
) -> Became:  # fmt: skip
    lost = [changed[r][1] for r in was if r in changed]
    into = tuple(sorted({to for to in lost if to is not None}))
    what = _what(was, now, lost, into, new=[to for to in into if to not in before])
    if what == "merged" and len(into) == 1 and _alone(customer, into[0], changed, before):
        what = "renamed"
    if not now and customer in answers:
        into = (answers[customer], *(to for to in into if to != answers[customer]))
    came = tuple((r, changed[r][0]) for r in now if r in changed)
    gone = tuple(r for r in was if r in changed and changed[r][1] is None)
    return Became(customer, what, was, now, into, came, gone)


def _what(
    was: Iterable[int],
    now: Iterable[int],
    lost: Sequence[int | None],
    into: Sequence[int],
    new: Sequence[int],
) -> What:
    if not was:
        return "formed"
    if not now:
        return "merged" if into else "ended"
    if not lost:
        return "grew"
    return "split" if new else "moved" if into else "shrank"


def _alone(customer: int, heir: int, changed: Moved, before: Mapping[int, Sequence[int]]) -> bool:
    """Whether all Records of a new Customer were of this one, or of nobody."""
    if heir in before:
        return False
    return all(old in (customer, None) for old, new in changed.values() if new == heir)
