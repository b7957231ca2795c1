"""docs/reference/errors.md, from the errors themselves."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty import errors
from threesixty.cli.frame import UNEXPECTED
from threesixty.errors import ThreesixtyError

HEAD = """# Errors and exit codes

What Threesixty raises on purpose. (Written by `make docs` from the errors themselves.)

Catch `ThreesixtyError`, or the branch you can do something about. Every error has a `message` that says what
was wrong, and most a `hint` that says what to do next. A bad row is never an error: it is
[a reject](../how-to/rejects.md).

```
"""
CODES = {
    0: "done",
    1: "failed",
    2: "asked wrongly: the project file, a parameter, a source, or a decision that cannot be carried out",
    3: "several customers answer; they are listed",
    4: "nobody answers",
    5: "the ledger or the graph cannot be used",
    UNEXPECTED: "something nobody foresaw; `THREESIXTY_DEBUG=1` shows where",
    130: "stopped with Ctrl-C; run it again to go on",
}


def page(_: str) -> str:
    """The whole page."""
    tree = (errors.__doc__ or "").partition("\n\n")[2].rstrip()
    return "\n".join([HEAD + tree, "```", "", *_codes(), ""])


def _codes() -> Iterator[str]:
    yield "## Exit codes of the command line\n"
    yield "| code | | errors |\n|---|---|---|"
    for code, says in CODES.items():
        raised = ", ".join(
            f"`{error.__name__}`" for error in _all(ThreesixtyError) if error.exit_code == code
        )
        yield f"| {code} | {says} | {raised} |"
    yield "\nWith `--json` an error is an object on stdout: `error`, `message`, `hint`, `matches`."


def _all(error: type[ThreesixtyError]) -> Iterator[type[ThreesixtyError]]:
    yield error
    for below in error.__subclasses__():
        yield from _all(below)
