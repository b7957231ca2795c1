"""A Question's file: what its header declares is what its text takes and gives."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty.neptune.lint.functions import GUIDE
from threesixty.neptune.lint.refused import columns
from threesixty.neptune.lint.rule import ANSWERS, Found, Rule
from threesixty.neptune.lint.text import Text, trees
from threesixty.questions import Question
from threesixty.questions.question import parse

PARAMETERS = f"{GUIDE}opencypher-parameterized-queries.html"
_WORDS = ("param ", "column ", "example", "budget ")


def _header(text: Text) -> list[str]:
    """The lines of a Question's header without comment marks; none where the text has no such header."""
    lines: list[str] = []
    for line in text.text.splitlines():
        if not line.startswith("//"):
            break
        lines.append(line.removeprefix("//").strip())
    return lines if any(line.startswith(_WORDS) for line in lines) else []


def _declared(text: Text) -> Question | None:
    try:
        return parse("", header, "") if (header := _header(text)) else None
    except (LookupError, ValueError):
        return None


def _unreadable(text: Text) -> Iterator[Found]:
    if _header(text) and _declared(text) is None:
        yield text.each("statement")[0]


def _undeclared_parameters(text: Text) -> Iterator[Found]:
    if question := _declared(text):
        known = {parameter.name for parameter in question.parameters}
        for node in text.each("parameter"):
            if _name(text.source(node)) not in known:
                yield node, text.source(node)


def _unused_parameters(text: Text) -> Iterator[Found]:
    if question := _declared(text):
        used = {_name(text.source(node)) for node in text.each("parameter")}
        for parameter in question.parameters:
            if parameter.name not in used:
                yield text.each("statement")[0], parameter.name


def _name(parameter: str) -> str:
    return parameter.removeprefix("$").strip("`")


def _other_columns(text: Text) -> Iterator[Found]:
    if question := _declared(text):
        declared = [column.name for column in question.columns]
        parts = [one for node in text.each("statement") for query in trees(node) for one in trees(query)]
        for part in (one for one in parts if one.data == "part"):
            given = columns(part, text)
            if given and sorted(given) != sorted(declared):
                yield trees(part)[-1], f"{', '.join(given)}, not {', '.join(declared) or 'any'}"


_TITLE = "// How many?\n// budget rows=1 seconds=2 scan=no\n"
_MANY = "// column many integer  how many\n"
RULES = (
    Rule(
        "question-header", "unknown", "the header cannot be read",
        "`param NAME TYPE`, two spaces, what it is; `column` alike; `budget rows=… seconds=… scan=yes|no`",
        "// How many?\n// column many\nMATCH (c:Customer) RETURN count(c) AS many",
        PARAMETERS, _unreadable,
    ),
    Rule(
        "undeclared-parameter", "unknown", "the header declares no parameter {}",
        "a line `// param NAME TYPE`, two spaces, and what it is",
        f"{_TITLE}{_MANY}MATCH (c:Customer) WHERE c.city = $city RETURN count(c) AS many",
        PARAMETERS, _undeclared_parameters,
    ),
    Rule(
        "unused-parameter", "unknown", "the text does not use its parameter {}", "$NAME, or a shorter header",
        f"{_TITLE}// param city text  where\n{_MANY}MATCH (c:Customer) RETURN count(c) AS many",
        PARAMETERS, _unused_parameters,
    ),
    Rule(
        "other-columns", "unknown", "the header declares other columns: the text gives {}",
        "a line `// column NAME TYPE`, two spaces, and what it is, for each column",
        f"{_TITLE}{_MANY}MATCH (c:Customer) RETURN count(c) AS customers",
        ANSWERS, _other_columns,
    ),
)  # fmt: skip
