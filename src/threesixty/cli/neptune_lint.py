"""Look: lint."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from threesixty.cli.frame import Frame, project_file, show
from threesixty.cli.terminal import findings as drawn
from threesixty.errors import SourceError, ThreesixtyError
from threesixty.schema import DEFAULT, Schema

_PANEL = "Look"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=_PANEL)(lint)


def lint(
    ctx: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(help="Files of openCypher; - reads what is piped in.")
    ] = None,
    *,
    question: Annotated[
        list[str] | None, typer.Option("--question", help="The text of a question, by its name.")
    ] = None,
) -> None:
    """Hold openCypher against what Amazon Neptune understands, and say what to write instead.

    Labels and properties are those of the project, or without one those that every project starts with.
    A file may be a Question's, with its header. Ends with 1 when there are errors.
    """
    from threesixty.neptune.lint import lint as findings_of  # noqa: PLC0415 - the parser loads only here

    frame: Frame = ctx.obj
    texts = dict([*_of_files(files or []), *_of_questions(question or [])])
    if not texts:
        nothing = ThreesixtyError(
            "there is no text", hint="name files, - for what is piped in, or --question"
        )
        nothing.exit_code = 2
        raise nothing
    schema = _schema(frame)
    found = {name: (text, findings_of(text, schema)) for name, text in texts.items()}
    told = [{"text": name, "findings": some} for name, (_, some) in found.items()]
    show(frame, told, lambda width: drawn.findings(found, width), whole=True)
    if any(finding.level == "error" for _, some in found.values() for finding in some):
        raise typer.Exit(1)


def _of_files(files: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in files:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", "") or "it is not UTF-8"
            raise SourceError(f"{name} cannot be read: {why}", hint="name a text file") from None
        yield ("piped in" if name == "-" else name), text.replace("\r\n", "\n")


def _of_questions(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The texts of questions; those in Python have several, parted by blank lines."""
    from threesixty import questions  # noqa: PLC0415

    for name in names:
        asked = questions.find(name)
        texts = asked.text.split("\n\n") if asked.answer else [asked.text]
        for number, text in enumerate(texts, 1):
            yield f"{asked.name} {number}" if len(texts) > 1 else asked.name, text


def _schema(frame: Frame) -> Schema:
    from threesixty import project  # noqa: PLC0415

    if frame.project == Frame().project and not frame.project.exists():
        return DEFAULT
    return project.load(project_file(frame)).schema
