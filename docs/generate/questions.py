"""docs/reference/questions.md, from the questions' own headers."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty import questions
from threesixty.questions import Column, Parameter, Question

HEAD = """# Questions

What can be asked of the graph. (Written by `make docs` from the questions themselves.)

On the command line: `threesixty ask NAME --parameter value`. In Python: `c360.ask("NAME", parameter=value)`.
A parameter of the type `customer` takes whatever names a customer: an id, `email:ada@example.org`, `crm/17`.
`threesixty ask NAME --query` shows the openCypher, to be pasted elsewhere. Every answer keeps to the
question's budget, and says when the budget cut it short.
"""


def page(_: str) -> str:
    """The whole page."""
    return "\n".join(
        [HEAD, *(line for question in questions.catalogue().values() for line in _question(question))]
    )


def _question(question: Question) -> Iterator[str]:
    yield f"## {question.name}\n"
    yield f"**{question.title}**\n"
    if question.doc:
        yield f"{question.doc}\n"
    if question.parameters:
        yield "| parameter | type | | |\n|---|---|---|---|"
        yield from map(_parameter, question.parameters)
        yield ""
    yield "| column | type | |\n|---|---|---|"
    yield from map(_column, question.columns)
    budget = question.budget
    reads = "; reads much of the graph" if budget.scan else ""
    yield f"\nAt most {budget.rows:,} rows, {budget.seconds:g} s{reads}.\n"


def _parameter(parameter: Parameter) -> str:
    default = (
        "needed" if parameter.required else f"`{parameter.default}`" if parameter.default != "" else "none"
    )
    return f"| `{parameter.name}` | {parameter.type} | {parameter.doc} | {default} |"


def _column(column: Column) -> str:
    return f"| `{column.name}` | {column.type} | {column.doc} |"
