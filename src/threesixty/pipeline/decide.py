"""People's word: merge, split, undo. Decisions are written by Record, then everything follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from threesixty.errors import DecisionRefused
from threesixty.identity.explain import quoted
from threesixty.identity.lineage import became, touched
from threesixty.pipeline.cut import halves
from threesixty.pipeline.decisions import set_aside
from threesixty.pipeline.feed import Because
from threesixty.pipeline.pin import unpin
from threesixty.pipeline.resolve import Resolution, resolve
from threesixty.pipeline.view import View, people
from threesixty.report import Decided, Effect

Pair = tuple[Literal["same", "different"], int, int]


def merge(view: View, a: int, b: int, *, by: str, why: str, dry_run: bool) -> Decided:
    """Hold the customers of two Records together for ever, or until undone."""
    owner = view.ledger.membership([a, b])
    if owner[a] == owner[b]:
        raise DecisionRefused("these are one customer already", hint="`why` shows what holds them together")
    members = view.ledger.members([owner[a], owner[b]])
    kinds = {row.kind for row in view.ledger.mapped([a, b])}
    if len(kinds) > 1:
        raise DecisionRefused("a person and an organisation never merge")
    # All Records of both are named, or those that fit the whole less well would be left behind. Every pair
    # is of one of either: of two that were one before nobody says anything, so that a split of the two
    # customers leaves nothing of it behind.
    pairs: list[Pair] = [("same", a, theirs) for theirs in members[owner[b]]]
    pairs += [("same", b, mine) for mine in members[owner[a]] if mine != a]
    return _decide(view, pairs, by=by, why=why, dry_run=dry_run)


def split(view: View, customer: int, leaving: Sequence[int], *, by: str, why: str, dry_run: bool) -> Decided:
    """Part some Records from a customer for ever, or until undone: each from each that stays."""
    pairs: list[Pair] = [
        ("different", min(r, s), max(r, s)) for r in leaving for s in parted(view, customer, leaving)
    ]
    return _decide(view, pairs, by=by, why=why, dry_run=dry_run)


def parted(view: View, customer: int, leaving: Sequence[int]) -> list[int]:
    """The Records of a customer that stay when some leave. Raises DecisionRefused."""
    members = view.ledger.members([customer])[customer]
    if strangers := set(leaving) - set(members):
        names = ", ".join(map(str, view.ledger.names(sorted(strangers))))
        raise DecisionRefused(f"not a record of this customer: {names}")
    staying = [number for number in members if number not in set(leaving)]
    if not staying:
        raise DecisionRefused(
            "a split must leave at least one record", hint="name only the records that leave"
        )
    return staying


def same(view: View, a: int, b: int, *, by: str, why: str, dry_run: bool) -> Decided:
    """Hold the customers of two Records together; where they are one already, keep them so."""
    _two(a, b)
    owner = view.ledger.membership([a, b])
    if owner[a] != owner[b]:
        return merge(view, a, b, by=by, why=why, dry_run=dry_run)
    decided = _decide(view, [("same", a, b)], by=by, why=why, dry_run=dry_run)
    return _kept(decided, "They are one customer already, and stay one: no later evidence parts them.")


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
    decided = _decide(view, pairs, by=by, why=why, dry_run=dry_run)
    return _kept(decided, "They are two customers already, and stay two: no later evidence joins them.")


def _kept(decided: Decided, sentence: str) -> Decided:
    """What was decided, told with another sentence where it changed nobody and yet holds from now on."""
    return decided if decided.changes or decided.set_aside else replace(decided, sentence=sentence)


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

    return _carry_out(view, withdraw, dry_run=dry_run, cause="undo")


def _decide(view: View, pairs: Sequence[Pair], *, by: str, why: str, dry_run: bool) -> Decided:
    return _carry_out(view, lambda: view.ledger.decide(pairs, by=by, why=why), dry_run=dry_run)


def _carry_out(view: View, say: Callable[[], int], *, dry_run: bool, cause: str = "decision") -> Decided:
    """Say it, resolve, and tell what changed; a dry run does the same and takes it all back."""
    ledger = view.ledger
    with ledger.rehearsing() if dry_run else ledger.writing():
        before = set_aside(ledger) if cause == "undo" else {}
        action = say()
        resolution = resolve(ledger, view.weights, because=Because(cause, action))
        found = effects(view, resolution)
        now = set_aside(ledger) if before or resolution.set_aside else {}
        if now and cause == "decision":
            before = set_aside(ledger, without=action)
    back = sorted(before.keys() - now.keys() - {action})
    again = "".join(f" Decision {one}, which was set aside, is in force again." for one in back)
    aside = tuple(
        f"decision {one} contradicts a newer one and is set aside" + ("" if whole else " in part")
        for one, whole in sorted(now.items())
        if before.get(one) != whole
    )
    return Decided(action, told(found) + again, found, aside, dry_run)


def effects(view: View, resolution: Resolution) -> tuple[Effect, ...]:
    """One Effect for each customer that is not what it was, told by source keys."""
    ledger = view.ledger
    customers = touched(resolution.moved)
    together = ledger.members(customers)
    answers = ledger.answers([one for one in customers if one not in together])
    names = {person.anchor: person.name for person in people(view, together)}
    ids = dict(zip(customers, ledger.ids(customers), strict=True))

    def keys(records: Iterable[int]) -> tuple[str, ...]:
        return tuple(map(str, ledger.names(sorted(records))))

    return tuple(
        Effect(
            ids[one.customer],
            names.get(one.customer, ""),
            one.what,
            keys(one.before),
            keys(one.after),
            ledger.ids(one.into[:1])[0] if one.into and not one.after else "",
        )
        for one in sorted(became(resolution.moved, together, answers), key=lambda one: one.customer)
    )


def told(changes: Sequence[Effect]) -> str:
    """Effects in a sentence."""
    words = {
        "merged": lambda c: f"{c.customer} is now {c.into}",
        "formed": lambda c: f"{quoted(c.name)} ({c.customer}) stands alone with {', '.join(c.after)}",
        "split": lambda c: f"{quoted(c.name)} ({c.customer}) keeps {', '.join(c.after)}",
        "moved": lambda c: f"{quoted(c.name)} ({c.customer}) keeps {', '.join(c.after)}",
        "grew": lambda c: f"{quoted(c.name)} ({c.customer}) has {len(c.after)} records",
    }
    said = [words[c.what](c) for c in changes if c.what in words]
    return "; ".join(said) + "." if said else "Nothing changes: the records already stood like this."
