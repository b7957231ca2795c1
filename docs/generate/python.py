"""docs/reference/python.md, from the façade's own docstrings and the values it answers with."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from threesixty import card, customer360, feed, history, record, report
from threesixty.customer360 import asking, deciding, following, keeping, loading, opened, trusting
from threesixty.pipeline.resolve import Resolution
from threesixty.questions import Question
from threesixty.report import actions, doubts, health, how, lineage, tested, whatif

HEAD = """# Python

`threesixty.open` gives a `Customer360`: the same verbs as on the command line, which answer with frozen
dataclasses. (Written by `make docs` from the docstrings.) [Use it from Python](../how-to/use-from-python.md)
shows how.
"""
_ROOMS = (loading, asking, deciding, trusting, following, keeping, opened)


def page(_: str) -> str:
    """The whole page."""
    tree = ast.parse(inspect.getsource(customer360))
    opening = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "open")
    verbs = (line for room in _ROOMS for line in _verbs(ast.parse(inspect.getsource(room))))
    return "\n".join([HEAD, *_verb(opening), *verbs, *_answers()]) + "\n"


def _verbs(room: ast.Module) -> Iterator[str]:
    [part] = (node for node in room.body if isinstance(node, ast.ClassDef))
    yield f"## {(ast.get_docstring(part) or '').rstrip('.')}\n"
    for node in part.body:
        # What is decorated is the floor below: a user needs verbs.
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not node.decorator_list:
            yield from _verb(node)


def _verb(node: ast.FunctionDef) -> Iterator[str]:
    node.args.args = [one for one in node.args.args if one.arg != "self"]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    yield f"### {node.name}\n\n```\n{node.name}({ast.unparse(node.args)}){returns}\n```\n"
    yield f"{inspect.cleandoc(ast.get_docstring(node) or '')}\n"


def _answers() -> Iterator[str]:
    yield "## What they answer with\n"
    for where in (
        record,
        card,
        feed,
        history,
        report,
        actions,
        how,
        lineage,
        whatif,
        tested,
        doubts,
        health,
        Resolution,
        Question,
    ):
        yield from _values(inspect.getsource(where))


def _values(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            fields = [ast.unparse(one) for one in node.body if isinstance(one, ast.AnnAssign)]
            yield f"### {node.name}\n"
            yield f"{inspect.cleandoc(ast.get_docstring(node) or '')}\n"
            yield "```\n" + "\n".join(fields) + "\n```\n"
