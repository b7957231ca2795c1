"""What people and trusted sources decided, told by the Records that they spoke of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from threesixty.identity.cluster import contradicting
from threesixty.ledger import Ledger
from threesixty.pipeline.columns import parties
from threesixty.pipeline.view import View
from threesixty.record import Decision
from threesixty.report.actions import Action


def decisions(view: View, anchor: int | None, limit: int) -> tuple[Action, ...]:
    """The latest decisions, or all about one customer (by anchor), newest first."""
    ledger = view.ledger
    if anchor is None:
        made = ledger.actions(limit)
    else:
        members = ledger.members([anchor])[anchor]
        made = ledger.actions(of=[*members, *ledger.predecessors(members)])
    aside = set_aside(ledger)
    return tuple(
        replace(
            _with_pins(view, one), sides=_sides(ledger, one), waits=not one.withdrawn and _waits(ledger, one),
            aside=aside.get(one.action, False), partly=not aside.get(one.action, True),
        )
        for one in made
    )  # fmt: skip


def _waits(ledger: Ledger, action: Action) -> bool:
    """Whether no pair of Records that an action speaks of is complete now."""
    said = ledger.decisions_of(action.action)
    live = ledger.membership(sorted({end for one in said for end in (one.a, one.b)}))
    return bool(said) and not any(one.a in live and one.b in live for one in said)


def _with_pins(view: View, action: Action) -> Action:
    pins = view.ledger.pins_of(action.action)
    if not pins:
        return action
    [name] = view.ledger.names([pins[0].no])
    kind = view.schema.kinds[name.kind]
    return replace(
        action,
        values={pin.property: pin.value for pin in pins},
        types={pin.property: view.schema.type_of(kind, pin.property) for pin in pins},
    )


def set_aside(ledger: Ledger, *, without: int = 0) -> dict[int, bool]:
    """The actions whose Decisions contradict stronger ones; whether nothing of them is left in force.

    With `without`, as it would be if that action had not been said.
    """
    said, aside = _contradicting(ledger, [one for one in ledger.decided() if one.action != without])
    spoken = Counter(one.action for one in said)
    idle = Counter(one.action for one in said if one.seq in aside)
    return {action: many == spoken[action] for action, many in idle.items()}


def labels(ledger: Ledger) -> list[Decision]:
    """What people said of pairs of live Records and is not set aside; of each pair the newest word."""
    said, aside = _contradicting(ledger, [one for one in ledger.decided() if one.person])
    return list({(one.a, one.b): one for one in said if one.seq not in aside}.values())


def _contradicting(ledger: Ledger, said: Sequence[Decision]) -> tuple[list[Decision], set[int]]:
    """Those of live Records, and the entries of those among them that contradict stronger ones."""
    everyone = parties(ledger.parties(sorted({end for one in said for end in (one.a, one.b)})))
    live = set(everyone.numbers.tolist())
    here = [one for one in said if one.a in live and one.b in live]
    return here, {one.seq for one in contradicting(everyone, here)}


def _sides(ledger: Ledger, action: Action) -> tuple[tuple[str, ...], ...]:
    said = ledger.decisions_of(action.action)
    if not said:
        return (_names(ledger, sorted({pin.no for pin in ledger.pins_of(action.action)})),)
    ends = list(dict.fromkeys(end for one in said for end in (one.a, one.b)))
    if said[0].verdict == "same":
        return (_names(ledger, ends),)
    one = _side(said, ends[0])
    return _names(ledger, [end for end in ends if end in one]), _names(
        ledger, [end for end in ends if end not in one]
    )


def _side(said: Iterable[Decision], first: int) -> set[int]:
    """Who is on the side of a Record: those that are different from all that it is different from."""
    others = {one.b if one.a == first else one.a for one in said if first in (one.a, one.b)}
    return {end for one in said for end in (one.a, one.b)} - others


def _names(ledger: Ledger, numbers: Sequence[int]) -> tuple[str, ...]:
    """What sources call Records; the forgotten have no name."""
    erased = ledger.forgotten_among(numbers)
    named = zip(numbers, ledger.names(numbers), strict=True)
    return tuple("forgotten" if number in erased else str(name) for number, name in named)
