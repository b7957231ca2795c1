"""What a Question is, and how the header of its file is read.

    // Who else uses the same identifiers?                        the question in plain words
    // More about it, as many lines as it takes.
    // param customer customer  the customer's id                 name, type, `= default`, doc
    // column name text  the other customer                       name, type, doc
    // example customer=customer:4xq2mzr7kw3hd5ta
    // budget rows=200 seconds=2 scan=no

The text follows. A question in Python has the same header as its docstring, without the slashes.
Two spaces part a name and its type from its doc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from threesixty.errors import QuestionError, nearest
from threesixty.record import Scalar

_ISO_DATE = re.compile(r"(\d{4}|-\d{4,6})(?:-(\d\d)(?:-(\d\d))?)?")

Rows = list[dict[str, Scalar]]
Ask = Callable[[str, Mapping[str, Scalar]], Rows]
"""Asks one text within what is left of a Question's time."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a Question wants to know first. Without a default it must be given."""

    name: str
    type: str
    doc: str
    default: Scalar = None

    @property
    def required(self) -> bool:
        return self.default is None


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in one column of the answer."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a Question may take: rows of its answer, seconds, and whether it reads much of the graph."""

    rows: int = 200
    seconds: float = 2.0
    scan: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A named openCypher text with its documentation; `answer` is there where Cypher alone cannot say it."""

    name: str
    title: str
    doc: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    examples: tuple[Mapping[str, str], ...]
    budget: Budget
    text: str
    answer: Callable[..., tuple[Rows, str]] | None = None


def parse(
    name: str, header: Sequence[str], text: str, answer: Callable[..., tuple[Rows, str]] | None = None
) -> Question:
    """The Question that a header describes; `header` is lines without comment marks, the title first."""
    lines: dict[str, list[str]] = {"param": [], "column": [], "example": [], "budget": []}
    prose: list[str] = []
    for line in header[1:]:
        word, _, rest = line.partition(" ")
        lines.get(word, prose).append(rest if word in lines else line)
    return Question(
        name,
        header[0],
        "\n".join(prose).strip(),
        tuple(_parameter(line) for line in lines["param"]),
        tuple(Column(*_name_type_doc(line)) for line in lines["column"]),
        tuple(_settings(line) for line in lines["example"]),
        _budget(lines["budget"]),
        text.strip(),
        answer,
    )


def _name_type_doc(line: str) -> tuple[str, str, str]:
    head, _, doc = line.partition("  ")
    name, type_ = head.split()
    return name, type_, doc.strip()


def _parameter(line: str) -> Parameter:
    head, _, doc = line.partition("  ")
    declared, given, default = head.partition(" = ")
    name, type_, _ = _name_type_doc(declared)
    return Parameter(name, type_, doc.strip(), read(default.strip("'"), type_) if given else None)


def _settings(line: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in line.split())


def _budget(lines: Sequence[str]) -> Budget:
    given = _settings(" ".join(lines))
    return Budget(int(given["rows"]), float(given["seconds"]), given["scan"] == "yes")


# --- parameters -------------------------------------------------------------------------------------


def parameters(question: Question, given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Every parameter of a question with its value, read and checked; raises QuestionError."""
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in given.keys() - known.keys():
        raise QuestionError(f"{question.name} has no parameter {name!r}", hint=_offer(name, known))
    return {name: _value(question, parameter, given.get(name)) for name, parameter in known.items()}


def _offer(wrong: str, known: Mapping[str, Parameter]) -> str:
    near = nearest(wrong, known)
    return f"did you mean {near!r}?" if near else f"it has {', '.join(known) or 'none'}"


def _value(question: Question, parameter: Parameter, given: Scalar) -> Scalar:
    if given is None and parameter.required:
        raise QuestionError(f"{question.name} needs {parameter.name!r}: {parameter.doc}",
                            hint=f"threesixty ask {question.name} --{parameter.name} …")  # fmt: skip
    if given is None:
        return parameter.default
    try:
        return read(given, parameter.type)
    except (ValueError, OverflowError):
        raise QuestionError(
            f"{question.name}: {parameter.name!r} cannot be {given!r}", hint=f"give {WANTED[parameter.type]}"
        ) from None


def read(given: Scalar, type_: str) -> Scalar:
    """A parameter's value from what a person typed or a program passed; raises ValueError."""
    return READERS[type_](given)


def _customer(given: Scalar) -> str:
    bare = _text(given).strip().removeprefix("customer:")
    if not bare:
        raise ValueError
    return f"customer:{bare}"


def _text(given: Scalar) -> str:
    if not isinstance(given, str):
        raise ValueError  # noqa: TRY004 - one error for whatever cannot be read
    return given


def _integer(given: Scalar) -> int:
    if isinstance(given, bool) or not re.fullmatch(r"-?\d{1,18}", str(given).strip()):
        raise ValueError
    return int(given)  # type: ignore[arg-type]


def _number(given: Scalar) -> float:
    if isinstance(given, bool) or given is None:
        raise ValueError
    number = float(given)
    if number - number != 0:  # neither infinite nor not a number
        raise ValueError
    return number


def _date(given: Scalar) -> str:
    """A date, or a part of one: '1931', '1931-05'; '-0043' is 44 BC."""
    found = _ISO_DATE.fullmatch(str(given).strip())
    if not found:
        raise ValueError
    year, month, day = found.groups()
    # The calendar repeats itself every 400 years, and Python's begins with the year 1.
    date(2000 + int(year) % 400, int(month or 1), int(day or 1))
    return found[0]


def _instant(given: Scalar) -> int:
    try:
        return _integer(given)
    except ValueError:
        moment = datetime.fromisoformat(str(given).strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)


READERS: Mapping[str, Callable[[Scalar], Scalar]] = {
    "customer": _customer, "text": _text, "integer": _integer, "number": _number, "date": _date,
    "instant": _instant,
}  # fmt: skip
WANTED = {
    "customer": "a customer's id", "text": "text", "integer": "a whole number of at most 18 digits",
    "number": "a number", "date": "a date such as 2024-05-03, 2024-05 or 2024",
    "instant": "a moment such as 2024-05-03T17:00:00Z",
}  # fmt: skip
