"""Questions: the only thing that reads the graph. One file in this folder is one question.

`ask(graph.ask, find("sharing"), {"customer": "4xq2mzr7kw3hd5ta"}).rows`
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from time import perf_counter
from types import MappingProxyType
from typing import Protocol

from threesixty.errors import GraphTimeout, NotFound
from threesixty.questions.question import Budget, Column, Parameter, Question, Rows, parameters, parse
from threesixty.record import Scalar
from threesixty.report import Answer

__all__ = ["Budget", "Column", "GraphAsk", "Parameter", "Question", "ask", "catalogue", "find"]

IN_PYTHON = ("connections", "path")
_NUMBERS = frozenset({"number", "integer", "money", "instant"})


class GraphAsk(Protocol):
    """`Graph.ask`: rows of a read-only openCypher text."""

    def __call__(
        self, text: str, parameters: Mapping[str, Scalar], *, seconds: float = ..., scan: bool = ...
    ) -> Rows: ...


@cache
def catalogue() -> Mapping[str, Question]:
    """Every question by name, in the order of their names."""
    written = [
        _from_cypher(file.name.removesuffix(".cypher"), file.read_text("utf-8"))
        for file in files(__name__).iterdir()
        if file.name.endswith(".cypher")
    ]
    found = [*written, *map(_from_python, IN_PYTHON)]
    return MappingProxyType({question.name: question for question in sorted(found, key=lambda q: q.name)})


def _from_cypher(name: str, content: str) -> Question:
    lines = content.splitlines()
    header = [line.removeprefix("//").strip() for line in lines if line.startswith("//")]
    return parse(name, header, "\n".join(line for line in lines if not line.startswith("//")))


def _from_python(name: str) -> Question:
    module = import_module(f"{__name__}.{name}")
    header = [line.strip() for line in (module.__doc__ or "").strip().splitlines()]
    return parse(name, header, "\n\n".join(module.TEXTS), module.answer)


def find(name: str) -> Question:
    """The question of that name; raises NotFound with the nearest one."""
    known = catalogue()
    wanted = name.strip().replace("-", "_").casefold()
    if wanted not in known:
        raise NotFound("question", name, known, hint="threesixty ask --list names them all")
    return known[wanted]


def ask(graph_ask: GraphAsk, question: Question, given: Mapping[str, Scalar]) -> Answer:
    """The answer of a graph to a question, within its budget.

    Parameters may come as text; those not given take their defaults. Raises QuestionError,
    GraphTimeout, GraphRefused.
    """
    values = parameters(question, given)
    start = perf_counter()
    rows, note = _rows(graph_ask, question, values)
    return Answer(
        question.name,
        tuple(column.name for column in question.columns),
        tuple(_row(question, row) for row in rows[: question.budget.rows]),
        truncated=len(rows) > question.budget.rows,
        note=note,
        milliseconds=(perf_counter() - start) * 1000,
    )


def _rows(graph_ask: GraphAsk, question: Question, values: Mapping[str, Scalar]) -> tuple[Rows, str]:
    budget = question.budget
    if question.answer is None:
        return graph_ask(question.text, values, seconds=budget.seconds, scan=budget.scan), ""
    end = perf_counter() + budget.seconds

    def within(text: str, parameters: Mapping[str, Scalar]) -> Rows:
        left = end - perf_counter()
        if left <= 0:
            raise GraphTimeout(f"{question.name} took longer than {budget.seconds:g} s",
                               hint="ask for less, or of a less connected customer")  # fmt: skip
        return graph_ask(text, parameters, seconds=left, scan=budget.scan)

    return question.answer(within, **values)


def _row(question: Question, row: Mapping[str, Scalar]) -> tuple[Scalar, ...]:
    return tuple(_cell(row[column.name], column.type) for column in question.columns)


def _cell(value: Scalar, type_: str) -> Scalar:
    """Engines differ in 3 or 3.0; an answer does not depend on the engine."""
    if value is None or type_ not in _NUMBERS:
        return value
    return float(value) if type_ == "number" else int(value)
