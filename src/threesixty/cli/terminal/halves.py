"""Both halves of a customer, beside each other, before it is split."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.card import Card
from threesixty.cli.terminal.page import grid, section
from threesixty.cli.terminal.text import (
    ACCENT,
    LOUD,
    QUIET,
    bits,
    date,
    flow,
    listed,
    money,
    say,
    scalar,
    words,
)
from threesixty.report.parting import Parting

_NAMED = 12
"""So many Records of a half are named."""


def parting(told: Parting, zone: tzinfo = UTC) -> RenderableType:
    """What would leave, what holds the halves together, and the halves, line by line."""
    leaving = listed(told.leaving, _NAMED, " ")
    table = grid("fit", *["wrap"] * len(told.halves))
    for name, cells, style in _lines(told.halves, zone):
        if any(cells):
            table.add_row(say(name, QUIET), *(_cell(cell, style) for cell in cells))
    return Group(
        flow(f"{leaving} would leave {told.halves[0].name}.", LOUD),
        flow(_held(told)),
        section("Both halves" if len(told.halves) == 2 else "What would be", table),
        Text(""),
        flow("Nothing is written yet.", QUIET),
    )


def _held(told: Parting) -> str:
    best, said = told.strongest, f"{told.bits:,.1f} bits hold the two together."
    fields = ", ".join(evidence.verdict for evidence in best.evidence if evidence.bits > 0)
    if fields:
        said += f" The strongest of it: {best.a.record} and {best.b.record} ({bits(best.bits)}: {fields})."
    return said + "".join(f" Besides, {held}." for held in told.held)


def _cell(text: str, style: str) -> Text:
    cell = Text("\n").join(say(line, style) for line in text.split("\n"))
    cell.no_wrap, cell.overflow = False, "fold"
    return cell


def _lines(cards: Sequence[Card], zone: tzinfo) -> Iterator[tuple[str, list[str], str]]:
    def each(told: Callable[[Card], str]) -> list[str]:
        return [told(card) for card in cards]

    yield "name", each(lambda card: card.name), LOUD
    yield "id", each(lambda card: card.id), ACCENT
    yield "records", each(_records), ""
    yield "purchases", each(_purchases), ""
    yield "last purchase", each(lambda card: date(card.figures.last_purchase, zone)), ""
    yield "tickets", each(_tickets), ""
    yield "consents", each(_consents), ""
    for name in dict.fromkeys(golden.property for card in cards for golden in card.golden):
        values = each(lambda card, name=name: _value(card, name, zone))  # type: ignore[misc]
        yield words(name), values, LOUD if len(set(values)) > 1 else QUIET


def _records(card: Card) -> str:
    names, more = [f"{r.source}/{r.key}" for r in card.records], len(card.records) - _NAMED
    return "\n".join([*names[:_NAMED], *([f"and {more:,} more"] if more > 0 else [])])


def _purchases(card: Card) -> str:
    figures = card.figures
    return f"{figures.purchases:,}, {money(figures.value, figures.currency)}"


def _tickets(card: Card) -> str:
    figures = card.figures
    return f"{figures.tickets:,}, {figures.open_tickets:,} open" if figures.tickets else "0"


def _consents(card: Card) -> str:
    return "\n".join(
        " ".join(filter(None, (consent.status, consent.purpose, consent.channel, consent.brand)))
        for consent in card.consents
    )


def _value(card: Card, name: str, zone: tzinfo) -> str:
    return next((scalar(one.value, one.type, zone) for one in card.golden if one.property == name), "")
