"""The command line: the verbs of the façade, their answers as text or JSON."""

from __future__ import annotations


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from threesixty.cli import commands, frame  # noqa: PLC0415 - completion and help must start fast

    frame.run(commands.app)
