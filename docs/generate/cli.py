"""docs/reference/cli.md, from the commands' own help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from threesixty.cli.commands import app

HEAD = """# The command line

`threesixty`, or `c360` for short. (Written by `make docs` from the commands' own help.)
"""


def page(_: str) -> str:
    """The whole page."""
    top = typer.main.get_command(app)
    return "\n".join([HEAD, *_command(top, "threesixty"), *_below(top, "threesixty")]).rstrip() + "\n"


def _below(group: Any, name: str) -> Iterator[str]:
    for word, command in group.commands.items():
        yield from _command(command, f"{name} {word}")
        if hasattr(command, "commands"):
            yield from _below(command, f"{name} {word}")


def _command(command: Any, name: str) -> Iterator[str]:
    context = command.make_context(name, [], resilient_parsing=True)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"## {name}" if name == "threesixty" else f"### {name}"
    yield f"\n```\n{name} {usage}\n```\n"
    yield f"{(command.help or '').strip()}\n"
    rows = [
        _row(parameter, context) for parameter in command.params if not getattr(parameter, "hidden", False)
    ]
    if rows:
        yield "| | |\n|---|---|"
        yield from rows
        yield ""
    if command.epilog:
        yield f"{command.epilog}\n"


def _row(parameter: Any, context: Any) -> str:
    says = (getattr(parameter, "help", "") or "").replace("|", "\\|")
    if parameter.param_type_name == "argument":
        return f"| `{parameter.get_usage_pieces(context)[0]}` | {says} |"
    value = "" if getattr(parameter, "is_flag", False) else " …"
    default = _default(parameter)
    return f"| `{', '.join(parameter.opts)}{value}` | {says}{default} |"


def _default(parameter: Any) -> str:
    value = parameter.default
    return (
        f" Default: `{value}`."
        if isinstance(value, int | str | Path) and value not in (False, True, "")
        else ""
    )
