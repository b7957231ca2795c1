"""What if: a threshold, a rule, a weight or rows that are not there; told, never written."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli.frame import Frame, opened, show
from threesixty.cli.progress import bars
from threesixty.cli.terminal import supposed
from threesixty.errors import QuestionError, SourceError


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel="Trust")(what_if)


def what_if(
    ctx: typer.Context,
    *,
    threshold: Annotated[
        float | None, typer.Option(help="Suppose that records are joined from this probability.")
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="Suppose a rule: bridge_bits=12, generic_names=3 …")
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option(help="Suppose what a verdict is worth in bits: email.same=7 …")
    ] = None,
    row: Annotated[
        list[str] | None,
        typer.Option(help="Suppose a row: a JSON object, or the name of a .csv or .json file of rows."),
    ] = None,
    source: Annotated[str, typer.Option(help="With --row: the source that would deliver it.")] = "",
    limit: Annotated[int, typer.Option(help="So many of each sort by name; 0 is all.", min=0)] = 20,
) -> None:
    """Say which customers would merge, split or keep their id if something were otherwise; write nothing.

    For example: threesixty what-if --threshold .99, threesixty what-if --source crm --row '{"id": "9"}'
    """
    frame: Frame = ctx.obj
    rules = _numbers(rule or []) | ({} if threshold is None else {"threshold": threshold})
    bits = _numbers(weight or [])
    if row and (rules or bits):
        raise typer.BadParameter("--row goes with none of the others", ctx)
    if bool(row) != bool(source):
        raise typer.BadParameter("--row and --source go together", ctx)
    with opened(frame) as c360:
        if row:
            told = c360.what_if_rows(source, [each for text in row for each in _rows(text)])
            show(frame, told, lambda _: supposed.rows(told), whole=True)
            return
        with bars(frame) as progress:
            found = c360.what_if(rules=rules, bits=bits, limit=limit or None, progress=progress)
        show(frame, found, lambda _: supposed.rules(found), whole=True)


def _numbers(given: Sequence[str]) -> dict[str, float]:
    """`name=number` as numbers by name. Raises QuestionError."""
    found = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise QuestionError(f"{text!r} is no name=number", hint="such as bridge_bits=12") from None
    return found


def _rows(text: str) -> list[Mapping[str, str]]:
    """A JSON object or list, or the rows of a file. Raises SourceError."""
    if text.lstrip()[:1] in {"{", "["}:
        return _objects(text, "the row")
    try:
        said = Path(text).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SourceError(
            f"{text!r} is neither a JSON object nor a file that can be read",
            hint="""such as '{"id": "9", "email": "ana@example.org"}'""",
        ) from None
    if Path(text).suffix == ".json":
        return _objects(said, text)
    return [{k: v for k, v in row.items() if k is not None} for row in csv.DictReader(StringIO(said))]


def _objects(text: str, where: str) -> list[Mapping[str, str]]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where} is no JSON: {error}", hint='such as {"id": "9"}') from None
    rows = read if isinstance(read, list) else [read]
    if not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"{where} is no JSON object", hint='such as {"id": "9"}')
    return rows
