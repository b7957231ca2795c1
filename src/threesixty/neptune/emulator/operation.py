"""One operation of the data plane: how it is called, and what is handed to the code that carries it out.

Every part of the emulator offers `routes(…) -> list[Operation]`; `door.py` serves them on both ports,
after it has checked the signature, asked the faults, and written the request down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from threesixty.neptune.emulator.refusal import Refusal

WRITER, READER = "writer", "reader"


@dataclass(frozen=True, slots=True)
class Call:
    """One request: what it gave, whichever way it was encoded, to an instance in that role."""

    method: str = "GET"
    given: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the query string, of a form, or of a JSON object; parts of the path; later ones win."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    role: str = WRITER
    id: str = ""
    """The id of the request: that of its query, too."""

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A field as text; raises a Refusal where it is missing and there is nothing to put instead."""
        value = self.given.get(name, otherwise)
        if value is None:
            raise Refusal("MissingParameterException", f"Missing required parameter: {name}")
        return value if isinstance(value, str) else str(value)

    def flag(self, name: str) -> bool:
        return str(self.given.get(name, "false")).casefold() == "true"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is more than a JSON object with status 200."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """What is served under a path: the carrier runs in a thread, gives a JSON object or a Reply,
    and raises Refusal."""

    name: str
    """As boto3 calls it, such as `execute_open_cypher_query`: faults and records go by it."""
    methods: tuple[str, ...]
    path: str
    """As starlette writes it: `/loader/{loadId}`."""
    carry_out: Callable[[Call], Mapping[str, Any] | Reply]
