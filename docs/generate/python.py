"""docs/reference/python.md, from the façade's own docstrings and the values it answers with."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

from threesixty import customer360, record, report
from threesixty.pipeline.resolve import Resolution
from threesixty.questions import Question

HEAD = """# Python

`threesixty.open` gives a `Customer360`: the same verbs as on the command line, which answer with frozen
dataclasses. (Written by `make docs` from the docstrings.) [Use it from Python](../how-to/use-from-python.md)
shows how.
"""
_SECTION = re.compile(r"^ +# --- (.+?) -+$")


def page(_: str) -> str:
    """The whole page."""
    source = inspect.getsource(customer360)
    tree = ast.parse(source)
    facade = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    opening = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "open")
    return "\n".join([HEAD, *_verb(opening), *_verbs(facade, source.splitlines()), *_answers()]) + "\n"


def _verbs(facade: ast.ClassDef, lines: list[str]) -> Iterator[str]:
    sections = {at: found[1] for at, line in enumerate(lines, 1) if (found := _SECTION.match(line))}
    for node in facade.body:
        # What is decorated is the floor below: a user needs verbs.
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.decorator_list:
            continue
        for at in [at for at in sections if at < node.lineno]:
            yield f"## {sections.pop(at).capitalize()}\n"
        yield from _verb(node)


def _verb(node: ast.FunctionDef) -> Iterator[str]:
    node.args.args = [one for one in node.args.args if one.arg != "self"]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    yield f"### {node.name}\n\n```\n{node.name}({ast.unparse(node.args)}){returns}\n```\n"
    yield f"{inspect.cleandoc(ast.get_docstring(node) or '')}\n"


def _answers() -> Iterator[str]:
    yield "## What they answer with\n"
    for where in (record, report, Resolution, Question):
        yield from _values(inspect.getsource(where))


def _values(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            fields = [ast.unparse(one) for one in node.body if isinstance(one, ast.AnnAssign)]
            yield f"### {node.name}\n"
            yield f"{inspect.cleandoc(ast.get_docstring(node) or '')}\n"
            yield "```\n" + "\n".join(fields) + "\n```\n"
