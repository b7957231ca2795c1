"""The errors of ArcadeDB and its driver, told as Neptune would tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from threesixty.neptune.emulator.refusal import Refusal

CANCELLED = "Operation terminated (cancelled by user)"
REPEATED = "The statement makes two things with the same ~id"
_CONFLICT = "Failed to execute due to a conflicting concurrent operation, please retry"
_SAID = {
    "Neo.TransientError.Transaction.DeadlockDetected": ("ConcurrentModificationException", _CONFLICT),
    "Neo.ClientError.Schema.ConstraintValidationFailed": ("DuplicateDataException", REPEATED),
    "Neo.ClientError.Transaction.Terminated": ("CancelledByUserException", CANCELLED),
    "Neo.ClientError.Transaction.TransactionTimedOut": (
        "TimeLimitExceededException",
        "Operation terminated (deadline exceeded)",
    ),
    "Neo.ClientError.Statement.SyntaxError": ("MalformedQueryException", ""),
    "Neo.ClientError.Statement.SemanticError": ("MalformedQueryException", ""),
    "Neo.ClientError.Statement.ParameterMissing": ("MissingParameterException", ""),
    "Neo.ClientError.Statement.ArithmeticError": ("InvalidNumericDataException", ""),
    "Neo.ClientError.Statement.TypeError": ("BadRequestException", ""),
    "Neo.ClientError.Statement.ArgumentError": ("BadRequestException", ""),
}
"""What ArcadeDB's server says -> what Neptune says; without a text of Neptune's own, ArcadeDB's."""
_REPEATED = re.compile(r"Error executing Cypher (command|query).*", re.DOTALL)
_LACKS = re.compile(r"Unknown (?:procedure/function: |function ')([\w.]+)")
_TAKEN = re.compile(r"Duplicated key \[(.*)\] found on index")


@contextmanager
def told() -> Iterator[None]:
    """Raises a Refusal for whatever goes wrong beneath."""
    import neo4j  # noqa: PLC0415 - an extra

    try:
        yield
    except neo4j.exceptions.Neo4jError as error:
        raise _refusal(error.code or "", (error.message or "").strip()) from error
    except neo4j.exceptions.DriverError as error:
        raise Refusal("InternalFailureException", f"The engine beneath does not answer: {error}") from error


def _refusal(code: str, message: str) -> Refusal:
    if message.startswith("DeleteConnectedNode"):
        return Refusal(
            "ConstraintViolationException",
            "Cannot delete a node that still has relationships: delete them first, or use DETACH DELETE",
        )
    if taken := _TAKEN.match(message):
        return Refusal("DuplicateDataException", f"There is already something with the ~id {taken[1]}")
    if lacks := _LACKS.search(message):
        return Refusal("UnsupportedOperationException", f"The emulator has no {lacks[1]}")
    if message.startswith("TypeError"):
        return Refusal("BadRequestException", _first_line(message))
    named, said = _SAID.get(code, ("InternalFailureException", ""))
    return Refusal(named, said or _first_line(message))


def _first_line(message: str) -> str:
    """Without the statement: it is not the one that was sent."""
    return _REPEATED.sub("The statement cannot be carried out", message).partition("\n")[0][:500]
