"""What the embedded engine says when something goes wrong, in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threesixty.errors import GraphError, GraphRefused, GraphTimeout


@contextmanager
def explained(seconds: float = 0.0) -> Iterator[None]:
    """The engine's errors as ours."""
    try:
        yield
    except RuntimeError as error:
        said = first_line(error)
        if "Interrupted" in said:
            raise GraphTimeout(
                f"the question was stopped after {seconds:g} s", hint="ask for less, or give it more time"
            ) from error
        if "Buffer manager" in said:
            raise GraphError(
                "the question needs more memory than the graph has", hint="ask for less at a time"
            ) from error
        raise GraphRefused(f"the graph did not understand the question: {said}") from error


def first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:300]
