"""What both halves of a customer would be if it were split, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from threesixty.card import Card
from threesixty.pipeline import card as cards
from threesixty.pipeline.cut import held
from threesixty.pipeline.decide import parted, split
from threesixty.pipeline.explain import between, in_words
from threesixty.pipeline.view import View
from threesixty.questions.shape import card as shaped
from threesixty.report.parting import Parting


def preview(view: View, customer: int, leaving: Sequence[int]) -> Parting:
    """What splitting Records from a customer would make of it: the cards of all that would be."""
    ledger = view.ledger
    staying = parted(view, customer, leaving)
    members = [*staying, *leaving]
    strongest = between(view, staying, leaving)
    bits = sum(b for (x, y), b in held(view, members).items() if (x in staying) != (y in staying))
    [public] = ledger.ids([customer])
    halves: tuple[Card, ...] = ()  # what follows is taken back at its end
    with ledger.rehearsing():
        split(view, customer, leaving, by="", why="", dry_run=False)
        then = View.of(ledger, view.project, view.weights)
        owners = dict.fromkeys(ledger.membership(members)[number] for number in members)
        halves = tuple(_card(then, owner) for owner in owners)
    names = tuple(map(str, ledger.names(leaving)))
    return Parting(public, names, round(bits, 1), strongest, halves, _held(view, staying, leaving))


def _held(view: View, staying: Sequence[int], leaving: Sequence[int]) -> tuple[str, ...]:
    """What was decided that holds the two together, in words."""
    both = {*staying}, {*leaving}
    said = [
        one for one in view.ledger.decisions(leaving)
        if one.verdict == "same" and all({one.a, one.b} & half for half in both)
    ]  # fmt: skip
    return tuple(dict.fromkeys(map(in_words, sorted(said, key=lambda one: -one.seq))))


def _card(view: View, anchor: int) -> Card:
    card = shaped(cards.rows(view, anchor))
    assert card is not None  # noqa: S101 — the customer is there
    return cards.filled(view, replace(card, origin="ledger"), anchor, "")
