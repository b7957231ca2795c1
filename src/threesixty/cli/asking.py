"""Look: customer, find, why, why-not, ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType

from threesixty.card import TimelineEntry
from threesixty.cli.frame import Frame, console, opened, show, zone
from threesixty.cli.terminal import answers, card, catalogue, reports
from threesixty.cli.terminal.history import history as drawn_history
from threesixty.cli.terminal.text import flow
from threesixty.cli.terminal.why import why as drawn_why
from threesixty.cli.terminal.why import why_customer
from threesixty.cli.terminal.why import why_value as drawn_why_value
from threesixty.errors import QuestionError
from threesixty.report import Answer, Why, WhyCustomer

if TYPE_CHECKING:
    from threesixty.customer360 import Customer360

_PANEL = "Look"
_KEY = "A customer's id, an identifier (email:ada@example.org) or a source's key (crm/17)."
_CURRENCY = "Amounts in this currency (EUR), each by the rate of its day."
_TWO = "A record (crm/17) or a customer, named like in `customer`."


def register(app: typer.Typer) -> None:
    for verb in (customer, find, why, why_not, why_value):
        app.command(rich_help_panel=_PANEL)(verb)
    free = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(rich_help_panel=_PANEL, context_settings=free)(ask)


def customer(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help=_KEY)],
    *,
    older: Annotated[bool, typer.Option("--older", help="The whole timeline, to its beginning.")] = False,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Fold the view from the ledger, not the graph.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="Every version of every record, and what changed.")
    ] = False,
    as_of: Annotated[
        str,
        typer.Option(help="As the ledger stood then: 2026-01-31, 2026-01-31T12:00 (UTC), or an entry."),
    ] = "",
    currency: Annotated[str, typer.Option(help=_CURRENCY)] = "",
) -> None:
    """The 360° view of one customer, now or as of then, or how its records came to be."""
    frame: Frame = ctx.obj
    if as_of and (history or older or currency):
        raise typer.BadParameter("--as-of goes with neither --history, --older nor --currency", ctx)
    with opened(frame) as c360:
        days = zone(c360)
        if history:
            told = c360.history(key)
            show(frame, told, lambda _: drawn_history(told, days), whole=True)
            return
        view = c360.customer(key, from_ledger=ledger, as_of=as_of, currency=currency)
        if not older:
            show(frame, view, lambda width: card.card(view, width, days, steps=not as_of), whole=True)
        elif frame.json:
            entries = [entry for page in _pages(c360, view.id, view.timeline, currency) for entry in page]
            show(frame, replace(view, timeline=tuple(entries)), lambda _: "")
        else:
            _print_timeline(_pages(c360, view.id, view.timeline, currency), days)


def _pages(
    c360: Customer360, key: str, first: Sequence[TimelineEntry], currency: str
) -> Iterator[Sequence[TimelineEntry]]:
    """The timeline from its newest entry to its oldest, one page at a time."""
    page = first
    while page:
        yield page
        page = c360.timeline(key, page[-1], currency=currency)


def _print_timeline(pages: Iterator[Sequence[TimelineEntry]], days: tzinfo) -> None:
    screen, empty = console(), True
    for page in pages:
        screen.print(card.entries(page, days))
        empty = False
    if empty:
        screen.print(flow("Nothing has happened yet."))


def find(
    ctx: typer.Context,
    text: Annotated[list[str], typer.Argument(help="Words of a name, a place, an email, a phone number.")],
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 20,
) -> None:
    """Look customers up by words."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        customers = c360.find(" ".join(text), limit=limit)
        show(frame, customers, lambda _: reports.found(customers), whole=True)


def why(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help=_TWO)],
    b: Annotated[str | None, typer.Argument(help="Another one; without it, the whole customer.")] = None,
) -> None:
    """Why two records are one customer, or how one customer hangs together."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        _show_why(frame, c360.why(a, b))


def why_not(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help=_TWO)],
    b: Annotated[str, typer.Argument(help="The other one.")],
) -> None:
    """Why two customers are not one: their best evidence, and what stood in the way."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        _show_why(frame, c360.why_not(a, b))


def why_value(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help=_KEY)],
    name: Annotated[
        str, typer.Argument(metavar="[PROPERTY]", help="A property (email) or group (name, address).")
    ] = "",
) -> None:
    """Why a value of the golden record won, by which rule and against which others."""
    frame: Frame = ctx.obj
    with opened(frame) as c360:
        answer = c360.why_value(key, name)
        days = zone(c360)
        show(frame, answer, lambda _: drawn_why_value(answer, days), whole=True)


def _show_why(frame: Frame, answer: Why | WhyCustomer) -> None:
    if isinstance(answer, WhyCustomer):
        show(frame, answer, lambda _: why_customer(answer), whole=True)
    else:
        show(frame, answer, lambda width: drawn_why(answer, width), whole=True)


def ask(
    ctx: typer.Context,
    question: Annotated[str | None, typer.Argument(help="A question's name.")] = None,
    *,
    listed: Annotated[bool, typer.Option("--list", help="All questions with their parameters.")] = False,
    query: Annotated[
        bool, typer.Option("--query", help="Show the question's doc and openCypher text.")
    ] = False,
    currency: Annotated[str, typer.Option(help=_CURRENCY)] = "",
) -> None:
    """Ask the graph a question; every other option is one of the question's parameters.

    For example: threesixty ask hubs, threesixty ask sharing --customer crm/17
    """
    from threesixty import questions  # noqa: PLC0415

    frame: Frame = ctx.obj
    given = parameters(ctx.args)
    if listed or question is None:
        known = tuple(questions.catalogue().values())
        show(frame, [catalogue.facts(q) for q in known], lambda _: catalogue.questions(known), whole=True)
        return
    asked = questions.find(question)
    if query:
        show(frame, catalogue.facts(asked), lambda _: catalogue.question(asked), whole=True)
        if not frame.json:
            # Ready to be pasted elsewhere: its own lines, whatever the width of the screen.
            console().print(asked.text.strip(), soft_wrap=True)
        return
    types = {column.name: column.type for column in asked.columns}
    with opened(frame) as c360:
        answer = c360.ask(asked.name, currency=currency, **given)
        days = zone(c360)
        show(frame, answer, lambda width: _drawn(answer, types, days, width), whole=True)


def _drawn(answer: Answer, types: Mapping[str, str], days: tzinfo, width: int) -> RenderableType:
    """An answer as a table; the 360° view, whose parts leave most columns of a row empty, as a view."""
    from threesixty.questions import shape  # noqa: PLC0415

    whole = shape.card(answer.dicts()) if answer.question == "customer_360" else None
    return card.card(whole, width, days) if whole else answers.answer(answer, types, days, width)


def parameters(args: Sequence[str]) -> dict[str, str]:
    """`--name value` and `--name=value` as a question's parameters. Raises QuestionError."""
    given: dict[str, str] = {}
    todo = list(args)
    while todo:
        name, equals, value = todo.pop(0).partition("=")
        if not name.startswith("--") or not (equals or todo):
            raise QuestionError(f"{name!r} is no parameter", hint="parameters are given as --name value")
        given[name[2:].replace("-", "_")] = value if equals else todo.pop(0)
    return given
