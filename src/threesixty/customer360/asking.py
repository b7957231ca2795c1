"""Look: the 360° view, questions, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from threesixty import questions
from threesixty.card import Card, TimelineEntry
from threesixty.customer360.opened import Opened
from threesixty.errors import GraphError
from threesixty.graph.cypher import with_things
from threesixty.history import History
from threesixty.pipeline import card as cards
from threesixty.pipeline import explain, lookup, why_value
from threesixty.pipeline import history as past
from threesixty.pipeline.currencies import answer as answer_in
from threesixty.pipeline.currencies import conversion
from threesixty.pipeline.currencies import entries as entries_in
from threesixty.pipeline.draw import draw
from threesixty.pipeline.view import View
from threesixty.questions import Question
from threesixty.questions.shape import card as shaped
from threesixty.questions.shape import older
from threesixty.questions.shape import timeline as entries
from threesixty.record import Scalar
from threesixty.report import (
    Answer,
    Found,
    Why,
    WhyCustomer,
    WhyValue,
)


class Asking(Opened):
    """The view, the questions, and who is who."""

    def customer(self, key: str, *, from_ledger: bool = False, as_of: str = "", currency: str = "") -> Card:
        """The 360° view of the one customer a key means: an id, old or new, an identifier, a source key.

        Asked of the graph; folded from the ledger when the graph is away. `as_of` a date, an instant (UTC
        where it names no zone) or an entry's number, it is folded from what had been received by then.
        In another `currency` it is folded from the ledger, each amount by the rate of its day.
        Raises NotFound, SeveralMatches, Forgotten, with `as_of` LedgerHeld, with `currency` RatesError.
        """
        if as_of:
            return past.as_of(View.of(self.writable, self.project, self.weights), key, as_of)
        view = self.view
        anchor = lookup.customer(view, key)
        if currency:
            view, from_ledger = replace(view, conversion=conversion(self.project, currency)), True
        card = None if from_ledger else self._card_from_graph(view, anchor)
        away = self._graph_away if card is None and not from_ledger else ""
        if card is None:
            card = shaped(cards.rows(view, anchor))
            assert card is not None  # noqa: S101 — the customer is there
            shown = entries_in(card.timeline, view.conversion) if view.conversion else card.timeline
            card = replace(card, origin="ledger", timeline=shown)
        return cards.filled(view, card, anchor, away)

    def _card_from_graph(self, view: View, anchor: int) -> Card | None:
        [public] = view.ledger.ids([anchor])
        try:
            draw(view, self.graph())
            answer = questions.ask(self.graph().ask, self._asked("customer_360"), {"customer": public})
        except GraphError as error:
            self._graph_away = error.message
            return None
        return shaped(answer.dicts()) if answer.rows else None

    def history(self, key: str) -> History:
        """Every version of every Record of the customer a key means. Raises like `customer`."""
        return past.history(self.view, key)

    def timeline(
        self, key: str, before: TimelineEntry | None = None, *, currency: str = ""
    ) -> tuple[TimelineEntry, ...]:
        """The next entries of a customer's timeline that are older than one already seen."""
        view = self.view
        [public] = view.ledger.ids([lookup.customer(view, key)])
        asked = {"customer": public} if before is None else {"customer": public, **older(before)}
        return entries(self.ask("timeline", currency=currency, **asked).dicts())

    def find(self, text: str, *, limit: int = 20) -> tuple[Found, ...]:
        """Customers whose names, places or identifiers hold the words of a text."""
        return lookup.find(self.view, text, limit)

    def ask(self, question: str, *, currency: str = "", **parameters: Scalar) -> Answer:
        """The rows of a Question, its amounts in another `currency` where one is given.

        Raises NotFound, QuestionError, RatesError, and GraphError where the graph is away.
        """
        asked = self._asked(question)
        graph, view = self.graph(), self.view
        as_of = view.ledger.reached("resolved_seq")
        draw(view, graph)
        given = {name: self._node(value, asked, name) for name, value in parameters.items()}
        found = replace(questions.ask(graph.ask, asked, given), as_of=as_of)
        return answer_in(found, asked, conversion(self.project, currency)) if currency else found

    def _asked(self, name: str) -> Question:
        """A Question as this project asks it: its things of its own happened to customers too."""
        found = questions.find(name)
        return replace(found, text=with_things(found.text, self.project.schema.happened))

    def _node(self, value: Scalar, question: Question, name: str) -> Scalar:
        """A customer may be named in a question by whatever names it elsewhere."""
        kinds = {parameter.name: parameter.type for parameter in question.parameters}
        if kinds.get(name) != "customer" or not isinstance(value, str):
            return value
        return self.view.ledger.ids([lookup.customer(self.view, value)])[0]

    def questions(self) -> Mapping[str, Question]:
        """Every Question by name."""
        return {name: self._asked(name) for name in questions.catalogue()}

    def why(self, a: str, b: str | None = None) -> Why | WhyCustomer:
        """Why two Records or customers are one (or are not), or how one customer hangs together."""
        view = self.view
        if b is None:
            return explain.whole(view, lookup.customer(view, a))
        return explain.between(view, lookup.records(view, a), lookup.records(view, b))

    def why_value(self, key: str, name: str = "") -> WhyValue:
        """Which rule chose a customer's golden value, against which others; all of them without a name."""
        view = self.view
        return why_value.why_value(view, lookup.customer(view, key), name)

    def why_not(self, a: str, b: str) -> Why:
        """Why two customers are two: their best evidence, and what stood in the way."""
        told = self.why(a, b)
        assert isinstance(told, Why)  # noqa: S101 — with two keys it always is
        return told
