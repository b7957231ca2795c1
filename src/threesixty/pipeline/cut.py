"""Where a customer is best taken apart, by the Matches that hold it and what people decided."""

from __future__ import annotations

from collections.abc import Sequence

from threesixty.errors import DecisionRefused
from threesixty.identity.cut import cheapest
from threesixty.pipeline.view import View

_TRIED = 300
"""More Records than this, which only what was said holds together, take minutes to be taken apart."""


def proposed(view: View, customer: int) -> list[int]:
    """The Records of a customer (by anchor) that leave it at the cheapest cut. Raises DecisionRefused."""
    members = view.ledger.members([customer])[customer]
    if len(members) == 1:
        raise DecisionRefused("this customer is one record: there is nothing to split")
    bits = held(view, members)
    found = cheapest(members, bits, _together(view, members))
    if found is None and len(members) <= _TRIED:
        # A source may be wrong about everything that it holds together, and a person is asked about it.
        found = cheapest(members, bits, _together(view, members, people=True))
    if found is None:
        raise DecisionRefused(
            "people or sources said that all these records are the same",
            hint="`decisions KEY` and `why KEY RECORD` tell who said so; `split KEY RECORD…` says otherwise",
        )
    return sorted(found[0])


def halves(view: View, a: int, b: int) -> tuple[set[int], set[int]]:
    """The two parts into which a customer falls at the cheapest cut between two of its Records."""
    owner = view.ledger.membership([a])[a]
    members = view.ledger.members([owner])[owner]
    ordered = [a, *(one for one in members if one != a)]
    bits = held(view, members)
    # That the two were said to be the same is no reason against who says now that they are not.
    found = cheapest(ordered, bits, _together(view, members), leaves=b) or cheapest(ordered, bits, leaves=b)
    leaving = found[0] if found else {b}
    return set(members) - leaving, leaving


def held(view: View, members: Sequence[int]) -> dict[tuple[int, int], float]:
    """The bits of every Match among some Records; what speaks against adds nothing."""
    inside = set(members)
    return {
        (row.a, row.b): max(row.bits, 0.0)
        for row in view.ledger.matches_of(members)
        if {row.a, row.b} <= inside
    }


def _together(view: View, members: Sequence[int], *, people: bool = False) -> list[tuple[int, int]]:
    """Pairs that were said to be the same, by anybody or by people only."""
    said = [one for one in view.ledger.decisions(members) if one.verdict == "same"]
    return [(one.a, one.b) for one in said if one.person or not people]
