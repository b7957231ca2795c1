"""A customer taken apart, before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from threesixty.card import Card
from threesixty.report import Why


@dataclass(frozen=True, slots=True)
class Parting:
    """What a split would make of a customer. Nothing is written.

    `leaving`: the Records that would leave, as `split` takes them. `bits` is all evidence between the two
    halves, `strongest` the best of it, `held` who said that they are the same. `halves`: the cards of all
    customers that would be, those that stay first; more than two where those that leave do not hold together
    by themselves.
    """

    customer: str
    leaving: tuple[str, ...]
    bits: float
    strongest: Why
    halves: tuple[Card, ...]
    held: tuple[str, ...] = ()
