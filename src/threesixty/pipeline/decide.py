"""People's word: merge, split, undo. Decisions are written by Record, then everything follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from threesixty.errors import DecisionRefused
from threesixty.pipeline.explain import halves
from threesixty.pipeline.pin import unpin
from threesixty.pipeline.resolve import Resolution, resolve
from threesixty.pipeline.view import View, people
from threesixty.report import Change, Decided

Pair = tuple[Literal["same", "different"], int, int]
What = Literal["formed", "grew", "merged", "split", "moved", "ended"]


def merge(view: View, a: int, b: int, *, by: str, why: str, dry_run: bool) -> Decided:
    """Hold two customers (by anchor) together for ever, or until undone."""
    if a == b:
        raise DecisionRefused("these are one customer already", hint="`why` shows what holds them together")
    members = view.ledger.members([a, b])
    kinds = {row.kind for row in view.ledger.mapped([members[a][0], members[b][0]])}
    if len(kinds) > 1:
        raise DecisionRefused("a person and an organisation never merge")
    # All Records of both are named, or those that fit the whole less well would be left behind.
    pairs: list[Pair] = [("same", a, record) for record in (*members[a], *members[b]) if record != a]
    return _decide(view, pairs, by=by, why=why, dry_run=dry_run)


def split(view: View, customer: int, leaving: Sequence[int], *, by: str, why: str, dry_run: bool) -> Decided:
    """Part some Records from a customer for ever, or until undone: each from each that stays."""
    members = view.ledger.members([customer])[customer]
    if strangers := set(leaving) - set(members):
        names = ", ".join(map(str, view.ledger.names(sorted(strangers))))
        raise DecisionRefused(f"not a record of this customer: {names}")
    staying = [number for number in members if number not in set(leaving)]
    if not staying:
        raise DecisionRefused(
            "a split must leave at least one record", hint="name only the records that leave"
        )
    pairs: list[Pair] = [("different", min(r, s), max(r, s)) for r in leaving for s in staying]
    return _decide(view, pairs, by=by, why=why, dry_run=dry_run)


def same(view: View, a: int, b: int, *, by: str, why: str, dry_run: bool) -> Decided:
    """Hold the customers of two Records together; where they are one already, keep them so."""
    _two(a, b)
    owner = view.ledger.membership([a, b])
    if owner[a] != owner[b]:
        return merge(view, owner[a], owner[b], by=by, why=why, dry_run=dry_run)
    return _decide(view, [("same", a, b)], by=by, why=why, dry_run=dry_run)


def different(view: View, a: int, b: int, *, by: str, why: str, dry_run: bool) -> Decided:
    """Keep the customers of two Records apart; where they are one, part it where it holds least."""
    _two(a, b)
    owner = view.ledger.membership([a, b])
    if owner[a] == owner[b]:
        mine, theirs = halves(view, a, b)
    else:
        members = view.ledger.members([owner[a], owner[b]])
        mine, theirs = set(members[owner[a]]), set(members[owner[b]])
    pairs: list[Pair] = [("different", min(r, s), max(r, s)) for r in sorted(mine) for s in sorted(theirs)]
    return _decide(view, pairs, by=by, why=why, dry_run=dry_run)


def _two(a: int, b: int) -> None:
    if a == b:
        raise DecisionRefused("both names are those of one record")


def undo(view: View, action: int | None, *, by: str, dry_run: bool) -> Decided:
    """Withdraw one merge, split or pin, the last one when none is named."""
    chosen = view.ledger.last_action() if action is None else action
    if chosen is None:
        raise DecisionRefused("there is nothing to undo: no merge, split or pin stands")
    if view.ledger.pins_of(chosen):
        return unpin(view, chosen, by=by, dry_run=dry_run)

    def withdraw() -> int:
        view.ledger.withdraw(chosen, by=by)
        return chosen

    return _carry_out(view, withdraw, dry_run=dry_run)


def _decide(view: View, pairs: Sequence[Pair], *, by: str, why: str, dry_run: bool) -> Decided:
    return _carry_out(view, lambda: view.ledger.decide(pairs, by=by, why=why), dry_run=dry_run)


def _carry_out(view: View, say: Callable[[], int], *, dry_run: bool) -> Decided:
    """Say it, resolve, and tell what changed; a dry run does the same and takes it all back."""
    ledger = view.ledger
    with ledger.rehearsing() if dry_run else ledger.writing():
        names = _Names(view)
        action = say()
        resolution = resolve(ledger, view.weights)
        changes = names.changes(resolution)
    aside = tuple(
        f"decision {number} contradicts a newer one and is set aside" for number in resolution.set_aside
    )
    return Decided(action, _sentence(changes), changes, aside, dry_run)


class _Names:
    """Customers by name before and after a change."""

    def __init__(self, view: View) -> None:
        self.view = view

    def changes(self, resolution: Resolution) -> tuple[Change, ...]:
        """One Change for each customer that is not what it was, told by source keys."""
        moved = resolution.moved
        anchors = {a for pair in moved.values() for a in pair if a is not None}
        after = self.view.ledger.members(sorted(anchors))
        before = _before(after, moved)
        people_now = {p.anchor: p.name for p in people(self.view, [a for a in anchors if a in after])}
        ids = dict(zip(ordered := sorted(anchors), self.view.ledger.ids(ordered), strict=True))
        return tuple(
            Change(
                ids[anchor],
                people_now.get(anchor, ""),
                what := _what(anchor, before, after),
                self._keys(before.get(anchor, ())),
                self._keys(after.get(anchor, ())),
                ids[_successor(anchor, before, after)] if what == "merged" else "",
            )
            for anchor in ordered
        )

    def _keys(self, records: Iterable[int]) -> tuple[str, ...]:
        return tuple(map(str, self.view.ledger.names(sorted(records))))


def _before(
    after: Mapping[int, Sequence[int]], moved: Mapping[int, tuple[int | None, int | None]]
) -> dict[int, list[int]]:
    before: dict[int, list[int]] = defaultdict(list)
    for anchor, records in after.items():
        before[anchor].extend(r for r in records if r not in moved)
    for record, (old, _) in moved.items():
        if old is not None:
            before[old].append(record)
    return {anchor: records for anchor, records in before.items() if records}


def _what(anchor: int, before: Mapping[int, Sequence[int]], after: Mapping[int, Sequence[int]]) -> What:
    if anchor not in before:
        return "formed"
    if anchor not in after:
        return "merged" if any(set(before[anchor]) & set(now) for now in after.values()) else "ended"
    return "grew" if set(before[anchor]) <= set(after[anchor]) else "split"


def _successor(anchor: int, before: Mapping[int, Sequence[int]], after: Mapping[int, Sequence[int]]) -> int:
    return next(now for now, records in after.items() if set(before[anchor]) & set(records))


def _sentence(changes: Sequence[Change]) -> str:
    words = {
        "merged": lambda c: f"{c.customer} is now {c.into}",
        "formed": lambda c: f"{c.name} ({c.customer}) stands alone with {', '.join(c.after)}",
        "split": lambda c: f"{c.name} ({c.customer}) keeps {', '.join(c.after)}",
        "grew": lambda c: f"{c.name} ({c.customer}) has {len(c.after)} records",
    }
    told = [words[c.what](c) for c in changes if c.what in words]
    return "; ".join(told) + "." if told else "Nothing changes: the records already stood like this."
