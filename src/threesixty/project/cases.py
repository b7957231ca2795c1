"""Identity tests: who must be one customer and who must not, as a text table beside the project file.

    same      | crm/17 | shop/88                                       | one person, two accounts
    different | given=Ana family=Sá phone=912345678 | given=Rui phone=912345678 | they share a phone

A side is the name of a Record, or whatever else names a customer, or a person in the words a mapping uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from threesixty.errors import Problem, ProjectError, nearest
from threesixty.project.mapping import roles_of
from threesixty.project.table import suggestion
from threesixty.schema import Schema

FILE = "identity-tests.txt"
Verdict = Literal["same", "different"]

_HEAD = """\
# Identity tests: who must be one customer, and who must not. `threesixty test` runs them.
#
# same | different | one | the other | why
#
# A side is a record (crm/17, or whatever else `threesixty customer` answers to), or a person in the words
# that a mapping uses (given, family, birth_date, email, phone, street …), quoted where there are spaces.
"""
_PARTS = re.compile(r'(?:[^|"]|"[^"]*"?)+')
_PAIR = re.compile(r'([^\s="]+)=("[^"]*"|\S*)')
_HINT = "write: same | crm/17 | given=Ana email=ana@example.org | why"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a case: what names a customer, or a person as a row."""

    key: str = ""
    kind: str = "person"
    row: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.key:
            return self.key
        kind = [] if self.kind == "person" else [f"kind={self.kind}"]
        return " ".join([*kind, *(f"{role}={_quoted(text)}" for role, text in self.row.items() if text)])


@dataclass(frozen=True, slots=True)
class Case:
    """Two parties that must be one customer (`same`) or must not (`different`), and why."""

    verdict: Verdict
    a: Party
    b: Party
    why: str = ""
    line: int = 0

    def __str__(self) -> str:
        return " | ".join(filter(None, (f"{self.verdict:9}", str(self.a), str(self.b), self.why)))


def read(path: Path, schema: Schema) -> tuple[Case, ...]:
    """The cases of a file; raises ProjectError with every mistake in it, and its line."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError:
        hint = "`threesixty test --generate` writes hard cases to start from"
        raise ProjectError(str(path), [Problem("there are no identity tests here", hint)]) from None
    except UnicodeDecodeError as error:
        raise ProjectError(
            str(path), [Problem(f"not UTF-8: byte {error.start}", "save it as UTF-8")]
        ) from None
    problems: list[Problem] = []
    cases = [
        case
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith("#")
        for case in _case(line, number, schema, problems)
    ]
    if not cases and not problems:
        # A file that was cut off, or is another one, would pass for ever.
        hint = "add a case, or write hard ones to another file: `threesixty test --generate FILE`"
        problems.append(Problem("there is no case in it, so nothing is held", hint))
    if problems:
        raise ProjectError(str(path), problems)
    return tuple(cases)


def write(path: Path, cases: Iterable[Case]) -> int:
    """Write cases as a file that people go on with; how many. One that is there is left alone."""
    if path.exists():
        hint = "name another file, or move it away"
        raise ProjectError(str(path), [Problem("there are identity tests here already", hint)])
    written = list(cases)
    path.write_text(as_text(written), "utf-8")
    return len(written)


def as_text(cases: Iterable[Case]) -> str:
    """Cases as the lines of a file, a head above them, and space where another sort of case begins."""
    of_sort: dict[str, list[str]] = {}
    for case in cases:
        of_sort.setdefault(case.why, []).append(f"{case}\n")
    return "\n".join([_HEAD, *("".join(lines) for lines in of_sort.values())])


def _case(line: str, number: int, schema: Schema, problems: list[Problem]) -> Iterator[Case]:
    parts = [part.strip() for part in _PARTS.findall(line)]
    if len(parts) not in (3, 4):
        problems.append(Problem(f"a case has three or four parts, not {len(parts)}", _HINT, number, 1))
        return
    verdict = parts[0].casefold()
    if verdict not in ("same", "different"):
        near = nearest(verdict, ("same", "different"))
        hint = f"did you mean {near!r}?" if near else "a case begins with same or different"
        problems.append(Problem(f"there is no verdict {parts[0]!r}", hint, number, 1))
        return
    a, b = (_party(part, line, number, schema, problems) for part in parts[1:3])
    if a and b:
        yield Case(cast("Verdict", verdict), a, b, parts[3] if len(parts) == 4 else "", number)


def _party(text: str, line: str, number: int, schema: Schema, problems: list[Problem]) -> Party | None:
    """What a side says; None, and a problem noted, where it says nothing that is understood."""
    column = line.find(text) + 1

    def wrong(message: str, hint: str) -> None:
        problems.append(Problem(message, hint, number, column))

    if "=" not in text:
        if not text or " " in text:
            wrong(f"{text!r} names nobody", _HINT)
            return None
        return Party(text)
    if rest := _PAIR.sub("", text).split():
        wrong(f"{rest[0]!r} belongs to no column", 'quote what has spaces: city="Vila Nova de Gaia"')
        return None
    row = {role: value.strip('"') for role, value in _PAIR.findall(text)}
    kind = row.pop("kind", "person")
    parties = [name for name, known in schema.kinds.items() if known.sort == "party"]
    if kind not in parties:
        wrong(f"there is no kind of party {kind!r}", suggestion(kind, parties))
        return None
    roles = roles_of([schema.kinds[kind]], schema)
    if strangers := [role for role in row if role not in roles]:
        wrong(f"a {kind} has no {strangers[0]!r}", suggestion(strangers[0], roles))
        return None
    return Party(kind=kind, row=row)


def _quoted(text: str) -> str:
    return f'"{text}"' if not text or re.search(r'[\s|="]', text) else text
