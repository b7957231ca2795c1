"""What went wrong on a Neptune cluster, told apart: what may be tried again, how, and what to say.

The codes and what AWS says of them: https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from threesixty.errors import (
    GraphBusy,
    GraphDenied,
    GraphError,
    GraphRefused,
    GraphTimeout,
    GraphUnavailable,
)
from threesixty.graph.retry import Wait

Sort = Literal[
    "conflict", "throttled", "memory", "time", "passing", "interrupted", "unreachable", "read-only", "denied",
    "refused",
]  # fmt: skip

CODES: dict[str, Sort] = {
    "ConcurrentModificationException": "conflict",
    "ThrottlingException": "throttled",
    "TooManyRequestsException": "throttled",
    "QueryLimitExceededException": "throttled",
    "MemoryLimitExceededException": "memory",
    "TimeLimitExceededException": "time",
    # Somebody stopped it, so it is not for us to start it again.
    "CancelledByUserException": "time",
    "CancelledByMaintenanceException": "passing",
    "ServerShutdownException": "passing",
    "InternalFailureException": "passing",
    "FailureByQueryException": "passing",
    "ClientTimeoutException": "passing",
    "ReadOnlyViolationException": "read-only",
    "AccessDeniedException": "denied",
    # What AWS itself answers before a request reaches the engine.
    "MissingAuthenticationTokenException": "denied",
    "MissingAuthenticationToken": "denied",
    "InvalidSignatureException": "denied",
    "SignatureDoesNotMatch": "denied",
    "ExpiredTokenException": "denied",
    "UnrecognizedClientException": "denied",
    "IncompleteSignatureException": "denied",
}
"""Codes with a sort; any other is 'refused' below status 500, and 'passing' from there on."""

WAITS: dict[Sort, Wait] = {
    # Many writers on one hot node take turns; each turn is milliseconds.
    "conflict": Wait(tries=16, first=0.02, longest=1.0),
    "throttled": Wait(tries=10, first=0.25, longest=8.0),
    # Once more, since others may have used the memory; a batch of rows is halved instead.
    "memory": Wait(tries=2, first=1.0, longest=1.0),
    "passing": Wait(tries=8, first=0.1, longest=2.0),
    "interrupted": Wait(tries=8, first=0.05, longest=1.0),
    # A failover takes some ten seconds, and the endpoint's name follows within a few more.
    "unreachable": Wait(tries=10, first=0.2, longest=8.0),
    "read-only": Wait(tries=10, first=0.2, longest=8.0),
}
"""What is tried again, by sort. The rest is not: what is too much is made smaller, or given up."""


@dataclass(eq=False)
class Trouble(Exception):
    """One failed request, before anybody decided what to do about it."""

    sort: Sort
    code: str
    detail: str

    def as_error(self) -> GraphError:
        """The same as an error of ours, with what to do next."""
        said = f"{self.code}: {self.detail}" if self.detail else self.code
        match self.sort:
            case "time":
                return GraphTimeout(
                    f"Neptune stopped the request: {said}", hint="ask for less, or give it more time"
                )
            case "conflict" | "throttled" | "memory":
                return GraphBusy(f"Neptune has too much to do: {said}", hint=_LESS[self.sort])
            case "denied":
                return GraphDenied(
                    f"Neptune refuses access: {said}",
                    hint="`threesixty neptune doctor` names the hop and the IAM action that is missing",
                )
            case "refused":
                return GraphRefused(f"Neptune did not understand the request: {said}", hint=_LINT)
            case "read-only":
                return GraphUnavailable(
                    f"the writer's address leads to a reader: {said}",
                    hint="the address takes the cluster endpoint; `reader=` takes the reader endpoint",
                )
            case _:
                return GraphUnavailable(
                    f"Neptune cannot be reached or did not finish its answer: {said}",
                    hint="`threesixty neptune doctor` names the hop that fails",
                )


_LINT = "`threesixty lint` checks a query against what Neptune documents"
_LESS = {
    "conflict": "fewer writers at once: `writers=` in the address",
    "throttled": "fewer writers at once, or a larger writer",
    "memory": "a larger instance, or more NCUs",
}


def interrupted(body: str) -> Trouble:
    """A status of 200 whose answer broke off: what failed in the middle is written at its end.

    https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
    """
    end = body[-4_000:]
    code = re.search(r'"code"\s*:\s*"(\w+)"', end)
    detail = re.search(r'"detailedMessage"\s*:\s*"((?:[^"\\]|\\.)*)"', end)
    named = code[1] if code else ""
    return Trouble(
        "time" if CODES.get(named) == "time" else "interrupted",
        named or "an answer that broke off",
        detail[1][:300] if detail else "",
    )


def trouble(error: Any) -> Trouble:
    """What an error of boto3 means; whatever is not known is raised again as it came."""
    from botocore import exceptions  # noqa: PLC0415 - an extra

    if isinstance(error, exceptions.ClientError):
        return _answered(error.response)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return Trouble("denied", "no AWS credentials", "set AWS_PROFILE, or the usual environment variables")
    if isinstance(error, exceptions.CredentialRetrievalError | exceptions.TokenRetrievalError):
        return Trouble("denied", "AWS credentials could not be read", _line(error))
    if isinstance(error, exceptions.SSLError):
        return Trouble("refused", "TLS", _line(error))
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return Trouble("unreachable", type(error).__name__, _line(error))
    if isinstance(error, exceptions.ResponseParserError):
        return Trouble("interrupted", "an answer that cannot be read", "")
    raise error


def _answered(response: Any) -> Trouble:
    """Neptune's own envelope: its words are in `detailedMessage`, which boto3 leaves out of its message."""
    told = response.get("Error", {})
    code = str(response.get("code") or told.get("Code") or "unknown")
    detail = str(response.get("detailedMessage") or told.get("Message") or "")
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    sort: Sort = CODES.get(code, "denied" if status == 403 else "refused" if status < 500 else "passing")
    return Trouble(sort, code, detail.strip()[:300])


def _line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:300]
