"""With whom a customer hangs together, on the view of a terminal: households, what is shared, relations."""

from __future__ import annotations

from datetime import tzinfo

from rich.console import RenderableType
from rich.text import Text

from threesixty.card import Card, Household, Member
from threesixty.cli.terminal.page import grid, section
from threesixty.cli.terminal.text import QUIET, WARN, date, join, say

_HOMES = {"family": "family", "shared": "flat share", "unsure": "one door"}
RELATED = 20
"""Of each sort of connection a card has the first so many."""


def connections(view: Card, zone: tzinfo) -> RenderableType | None:
    if not (view.households or view.sharing or view.relations):
        return None
    table = grid("fit", "24", "fill", "fit")
    for home in view.households:
        for number, member in enumerate(_others(view, home)):
            table.add_row(
                say(_HOMES.get(home.kind, "household") if number == 0 else "", QUIET), say(member.name),
                _lived(home, member, zone), say(member.id, QUIET),
            )  # fmt: skip
    for number, other in enumerate(view.sharing):
        shared = join(say(other.type, QUIET), say(other.value), by=" ")
        table.add_row(
            say("shares" if number == 0 else "", QUIET), say(other.name), shared, say(other.id, QUIET)
        )
    said = ""
    for relation in view.relations:
        how = relation.how.replace("_", " ")
        table.add_row(
            say("" if how == said else how, QUIET), say(relation.name), say(relation.role, QUIET),
            say(relation.id, QUIET),
        )  # fmt: skip
        said = how
    if all_of_them(view):
        table.add_row("", say(f"the first {RELATED} of a sort", QUIET), "", "")
    return section("Connections", table)


def all_of_them(view: Card) -> list[tuple[str, str]]:
    """What to ask for all of those of which a card shows the first only."""
    asked = {
        "sharing": (len(view.sharing), "all who share something"),
        "employees": (_many(view, "employee"), "all who work there"),
        "organisation": (max(_many(view, "part"), _many(view, "part_of")), "all its parts"),
    }
    return [
        (f"threesixty ask {question} --customer {view.id}", what)
        for question, (many, what) in asked.items()
        if many >= RELATED
    ]


def _many(view: Card, how: str) -> int:
    return sum(relation.how == how for relation in view.relations)


def _others(view: Card, home: Household) -> list[Member]:
    return [member for member in home.members if member.id != view.id]


def _lived(home: Household, member: Member, zone: tzinfo) -> Text:
    """What makes somebody a member, and until when both were, where that is over."""
    ends = [at for at in (home.until, member.until) if at is not None]
    over = f"until {date(min(ends), zone)}" if ends else ""
    perhaps = "namesake, perhaps the same person" if member.role == "namesake" else ""
    return join(say(over, WARN), say(perhaps, WARN), say("same " + ", ".join(member.evidence), QUIET))
