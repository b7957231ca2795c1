"""What every command shares: global options, opening a project, printing, errors, exit codes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console, RenderableType
from rich.padding import Padding
from typer.core import TyperGroup

from threesixty.cli.terminal.text import BAD, QUIET, flow
from threesixty.errors import (
    Problem,
    ProjectError,
    QuestionError,
    SeveralMatches,
    SourceError,
    ThreesixtyError,
)

if TYPE_CHECKING:
    from threesixty.customer360 import Customer360

UNEXPECTED = 70
"""Exit code of an error that nobody foresaw (EX_SOFTWARE); 130 is Ctrl-C; the rest are in errors.py."""

_PAGE = 100
"""Reports are easier to read when they are not wider than this; views and tables use the whole screen."""

BY = typer.Option(help="Who decides; you, unless said otherwise.")
WHY = typer.Option(help="Why, for those who come later.")

_FLAGS = ("--json", "--yes", "-y", "--dry-run", "--quiet", "-q")
_VALUES = ("--project", "-p", "--home")


@dataclass(frozen=True, slots=True)
class Frame:
    """The global options of one run."""

    project: Path = Path("threesixty.toml")
    home: Path | None = None
    json: bool = False
    yes: bool = False
    dry_run: bool = False
    quiet: bool = False


class Group(TyperGroup):
    """The top command: takes global options before or after the command, and tells errors in words."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        return super().parse_args(ctx, global_first(args))

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except ThreesixtyError as error:
            tell(error, as_json=isinstance(ctx.obj, Frame) and ctx.obj.json)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as stopped:
            tell_stopped(ctx.invoked_subcommand or "")
            raise typer.Exit(130) from stopped


def global_first(args: Sequence[str]) -> list[str]:
    """Global options moved to the front, so that `load --json` means `--json load`."""
    front: list[str] = []
    rest: list[str] = []
    todo = list(args)
    while todo:
        arg = todo.pop(0)
        if arg == "--":
            return [*front, *rest, arg, *todo]
        if arg in _FLAGS or arg.startswith(("--project=", "--home=")):
            front.append(arg)
        elif arg in _VALUES:
            front += [arg, *todo[:1]]
            del todo[:1]
        else:
            rest.append(arg)
    return front + rest


def run(app: Callable[[], object]) -> NoReturn:
    """Run the command line; an error nobody foresaw is one line, and a trace on demand."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe that cannot show a character gets a '?', never an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except Exception as error:
        if os.environ.get("THREESIXTY_DEBUG"):
            raise
        said = ThreesixtyError(
            f"something went wrong that Threesixty did not foresee: {type(error).__name__}: {error}",
            hint="run it again with THREESIXTY_DEBUG=1 to see where, and please report it",
        )
        tell(said, as_json="--json" in sys.argv)
        sys.exit(UNEXPECTED)
    sys.exit(0)


# --- printing ------------------------------------------------------------------------------------


def console(*, stderr: bool = False) -> Console:
    """The screen; what is printed is never read as markup."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def show(frame: Frame, value: object, draw: Callable[[int], RenderableType], *, whole: bool = False) -> None:
    """Print an answer as JSON, or as `draw` shows it at the width it is given."""
    if frame.json:
        sys.stdout.write(as_json_text(value))
        return
    screen = console()
    width = screen.width if whole else min(screen.width, _PAGE)
    # What is drawn keeps to the width by itself; only a command to copy may be longer.
    screen.print(draw(width), width=width, crop=False)


def note(frame: Frame, text: str) -> None:
    """A remark on stderr, unless quiet."""
    if not frame.quiet:
        console(stderr=True).print(flow(text, QUIET))


def as_json_text(value: object) -> str:
    """Any answer as a line-ended JSON text: dataclasses as objects, tuples as lists."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n"


def plain(value: Any) -> Any:
    """An answer made of dicts, lists and scalars only."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def tell(error: ThreesixtyError, *, as_json: bool) -> None:
    """An error in words on stderr; with --json as an object on stdout too."""
    screen = console(stderr=True)
    first, *more = error.message.splitlines() or [""]
    screen.print(flow(f"error: {first}", BAD))
    for line in more:
        screen.print(Padding(flow(line.lstrip()), (0, 0, 0, len(line) - len(line.lstrip()))))
    if error.hint:
        screen.print(_hint(error.hint))
    matches = error.matches if isinstance(error, SeveralMatches) else ()
    if as_json:
        told = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
        loaded = error.loaded if isinstance(error, SourceError) else None
        sys.stdout.write(as_json_text({**told, "matches": matches, "loaded": loaded}))
    elif matches:
        from threesixty.cli.terminal.reports import matches as table  # noqa: PLC0415

        console().print(table(matches))


def _hint(text: str) -> RenderableType:
    return Padding(flow(f"→ {text}"), (0, 0, 0, 2))


def tell_stopped(command: str) -> None:
    """What is safe after Ctrl-C, and how to go on."""
    screen = console(stderr=True)
    screen.print(
        flow("stopped: what was acknowledged is safe in the ledger, and nothing is half written", BAD)
    )
    again = f"threesixty … {command}".rstrip()
    screen.print(_hint(f"run `{again}` again: it goes on from there"))


# --- projects --------------------------------------------------------------------------------------


def project_file(frame: Frame) -> Path:
    """The project file meant by `-p`: a file, or the folder it lies in."""
    path = frame.project / "threesixty.toml" if frame.project.is_dir() else frame.project
    if not path.is_file():
        hint = "make one from your files with `threesixty init FILES…`, or look around with `threesixty demo`"
        raise ProjectError(str(path), [Problem("there is no such project file", hint)])
    return path


@contextmanager
def opened(frame: Frame) -> Iterator[Customer360]:
    """The project, opened for the length of one command."""
    path = project_file(frame)
    import threesixty  # noqa: PLC0415 - the engines load only when a command needs them

    with threesixty.open(path, home=frame.home) as c360:
        yield c360
        for told in c360.news():
            note(frame, f"! {told}")


def zone(c360: Customer360) -> tzinfo:
    """The time zone in which days are shown."""
    return c360.project.zone


# --- asking ----------------------------------------------------------------------------------------


def in_earnest(frame: Frame, verb: str) -> None:
    """Raise QuestionError where a dry run is asked of a verb that has none."""
    if frame.dry_run:
        raise QuestionError(f"{verb} has no dry run", hint="nothing was done; leave out --dry-run")


def sure(frame: Frame, question: str) -> None:
    """Ask before something that cannot be taken back; without a terminal only --yes will do."""
    if frame.yes:
        return
    if not sys.stdin.isatty():
        refused = ThreesixtyError(f"this needs a yes: {question}", hint="say it with --yes")
        refused.exit_code = 2
        raise refused
    typer.confirm(question, err=True, abort=True)
