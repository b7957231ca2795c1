"""The command line: the verbs of the façade, their answers as text or JSON."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from threesixty.cli import commands, frame  # noqa: PLC0415 - Ctrl-C is no stack trace, however early

        frame.run(commands.app)
    except KeyboardInterrupt:
        sys.exit(130)
