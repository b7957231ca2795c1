"""Faults on demand: whatever can go wrong between a client and a cluster, for requests that match.

    emulator.faults.add("refuse", code="ThrottlingException", times=3)
    emulator.faults.add("drop_after", operation="execute_open_cypher_query", writes=True)
    emulator.faults.add("cut", probability=0.05, seed=7, times=None)

Over HTTP: `POST /emulator/faults` with one such object (`{"does": "refuse", …}`) or with several
(`{"faults": […]}`), `GET` to see what is left and what happened, `DELETE` to have none. Neptune knows no
such path, and no signature is asked for it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from threading import Event, Lock
from typing import Any

from threesixty.neptune.emulator.operation import Call, Operation
from threesixty.neptune.emulator.refusal import STATUS, Refusal
from threesixty.neptune.emulator.translate import translate

PATH = "/emulator/faults"

SORTS = {
    "refuse": "an error code, and nothing is done",
    "refuse_after": "an error code, though everything was done",
    "cut": "everything is done; status 200, but the body breaks off, with an error appended",
    "drop": "the connection is closed, and nothing is done",
    "drop_after": "everything is done, and then the connection is closed without an answer",
    "slow": "the answer takes `seconds` longer",
    "failover": "the reader becomes the writer, every connection is closed, names follow after `seconds`",
}
MESSAGES = {
    "ThrottlingException": "Rate exceeded",
    "TooManyRequestsException": "Too many requests",
    "QueryLimitExceededException": "Number of active queries exceeds what the server can process",
    "MemoryLimitExceededException": "Operation terminated (out of memory)",
    "TimeLimitExceededException": "Operation terminated (deadline exceeded)",
    "ConcurrentModificationException": (
        "Failed to execute due to a conflicting concurrent operation, please retry"
    ),
    "CancelledByUserException": "Operation terminated (cancelled by user)",
    "CancelledByMaintenanceException": "Operation terminated (cancelled by maintenance)",
    "ServerShutdownException": "The server is shutting down",
    "InternalFailureException": "Internal failure",
    "ReadOnlyViolationException": "openCypher update attempted on read-replica",
    "AccessDeniedException": "User is not authorized to perform this action",
}


@dataclass
class Fault:
    """One fault, which requests it is for, and how often it happens to them."""

    does: str
    code: str = "InternalFailureException"
    """Of `refuse`, `refuse_after` and `cut`."""
    message: str = ""
    seconds: float = 1.0
    operation: str = ""
    """By boto3's name of it; '' is any."""
    text: str = ""
    """What the statement has to contain."""
    role: str = ""
    """Of the instance that is asked: writer or reader."""
    writes: bool | None = None
    """Only statements that write, or only others."""
    times: int | None = 1
    """To how many requests it happens; None is to all."""
    probability: float = 1.0
    """That it happens to a request that matches; the dice are thrown in the order of the requests."""
    seed: int = 0
    met: int = 0
    """How often it happened."""
    dice: random.Random = field(default_factory=random.Random, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.does not in SORTS:
            raise Refusal("InvalidParameterException", f"A fault does one of {', '.join(SORTS)}")
        if self.code not in STATUS:
            raise Refusal("InvalidParameterException", f"{self.code} is no error of Neptune's")
        for name in ("seconds", "times", "probability", "seed"):
            if not isinstance(getattr(self, name), (int, float, type(None))):
                raise Refusal("InvalidParameterException", f"{name} has to be a number")
        self.dice = random.Random(self.seed)  # noqa: S311 - it has to be repeatable

    def refusal(self) -> Refusal:
        return Refusal(self.code, self.message or MESSAGES.get(self.code, "Injected by the emulator"))

    def matches(self, operation: Operation, call: Call) -> bool:
        statement = str(call.given.get("query", ""))
        return (
            self.operation in ("", operation.name)
            and self.role in ("", call.role)
            and self.text in statement
            and (self.writes is None or self.writes == _writes(statement))
        )


class Faults:
    """The faults of an emulator: the first that matches a request and wants to happen, happens."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []
        self.over = Event()
        """Set where nobody is to be kept waiting any longer."""
        self.happened: Counter[str] = Counter()
        """How often each sort happened, refusals by their code."""

    def add(self, does: str, **facts: Any) -> Fault:
        """Adds a fault: a word of SORTS, and the fields of `Fault`; raises Refusal."""
        try:
            fault = Fault(does, **facts)
        except TypeError as error:
            raise Refusal("InvalidParameterException", str(error)) from None
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self.happened.clear()

    def next(self, operation: Operation, call: Call) -> Fault | None:
        """The fault that happens to a request; none happens to the switch itself."""
        if operation.path == PATH:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.times is not None and fault.met >= fault.times:
                    continue
                if fault.matches(operation, call) and fault.dice.random() < fault.probability:
                    fault.met += 1
                    named = fault.code if fault.does.startswith("refuse") else fault.does
                    self.happened[named] += 1
                    return fault
        return None

    def operations(self) -> list[Operation]:
        """The switch over HTTP."""

        def add(call: Call) -> Mapping[str, Any]:
            given = call.given.get("faults", [call.given])
            for one in given if isinstance(given, list) else [given]:
                if not isinstance(one, Mapping):
                    raise Refusal("InvalidParameterException", "A fault is a JSON object")
                facts = {key: value for key, value in one.items() if key != "does"}
                self.add(str(one.get("does", "")), **facts)
            return show(call)

        def show(_call: Call) -> Mapping[str, Any]:
            with self._lock:
                shown = [_shown(fault) for fault in self._faults]
                return {"faults": shown, "happened": dict(self.happened)}

        def clear(call: Call) -> Mapping[str, Any]:
            self.clear()
            return show(call)

        return [
            Operation("add_faults", ("POST",), PATH, add),
            Operation("get_faults", ("GET",), PATH, show),
            Operation("delete_faults", ("DELETE",), PATH, clear),
        ]


def _shown(fault: Fault) -> dict[str, Any]:
    return {one.name: getattr(fault, one.name) for one in fields(fault) if one.name != "dice"}


def _writes(statement: str) -> bool:
    try:
        return translate(statement).writes
    except Refusal:
        return False
