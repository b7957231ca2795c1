"""Questions as they are listed and explained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.page import grid, section
from threesixty.cli.terminal.text import ACCENT, LOUD, QUIET, clean, flow, join, say

if TYPE_CHECKING:
    from threesixty.questions import Question


def facts(question: Question) -> dict[str, object]:
    """A question as plain data, for programs."""
    names = ("name", "title", "doc", "parameters", "columns", "examples", "text")
    return {name: getattr(question, name) for name in names}


def questions(known: Iterable[Question]) -> RenderableType:
    """All questions: what each answers, and its parameters."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for question in known:
        table.add_row(say(question.name, ACCENT), flow(question.title))
        if question.parameters:
            table.add_row("", _options(question))
    return table


def _options(question: Question) -> Text:
    """Parameters as they are typed; those that need not be given in brackets."""
    shown = (f"--{p.name}" if p.required else f"[--{p.name}]" for p in question.parameters)
    return say(" ".join(shown), QUIET)


def question(asked: Question) -> RenderableType:
    """One question: what it says and what it wants."""
    parts: list[RenderableType] = [flow(asked.title, LOUD)]
    if asked.doc:
        parts.append(flow(asked.doc))
    if asked.parameters:
        table = grid("fit", "fit", "fill")
        for parameter in asked.parameters:
            default = "" if parameter.required else f"default {clean(parameter.default)!r}"
            doc = join(say(parameter.doc), say(default, QUIET))
            table.add_row(say(f"--{parameter.name}", ACCENT), say(parameter.type, QUIET), doc)
        parts.append(section("Parameters", table))
    for example in asked.examples[:1]:
        typed = " ".join(f"--{name} {value}" for name, value in example.items())
        parts.append(section("Example", flow(f"threesixty ask {asked.name} {typed}".rstrip())))
    return Group(*parts, section("openCypher", Text("")))
