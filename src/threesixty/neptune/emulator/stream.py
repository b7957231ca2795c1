"""Neptune Streams: every change of the graph in the order of the commits, for whoever asks.

https://docs.aws.amazon.com/neptune/latest/userguide/streams.html

The log is a file, one line a transaction, so that numbers go on where they stopped when the emulator starts
again. `on` and `days` are the cluster parameters `neptune_streams` and `neptune_streams_expiry_days`. Where
AWS does not say what happens: a value that the loader adds to a property of set cardinality, beyond the
first, makes no record, because openCypher does not see it.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from threesixty.neptune.emulator.changes import Change, Element
from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.operation import Call, Operation, Reply
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.settings import Settings

MOST_RECORDS, MOST_BYTES = 100_000, 10 << 20
DAY = 86_400_000
EventId = tuple[int, int]
"""The number of a transaction, and of an operation in it; both count from 1."""
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Commit:
    """Where a transaction is in the log."""

    number: int
    moment: int
    place: int
    records: int


class Stream:
    """The change log of one cluster; `note` listens to the commits of an engine."""

    def __init__(
        self,
        path: Path,
        *,
        on: bool = True,
        days: int = 7,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Switched off, it forgets what it has: a log that has a gap would tell less than the truth."""
        self._path = path
        self._on = on
        self._lifetime = days * DAY
        self._now = now
        self._lock = Lock()
        self._commits: list[_Commit] = []
        self._last: EventId = (0, 0)
        if on:
            self._read_log()
        else:
            path.unlink(missing_ok=True)

    def note(self, moment: int, changes: Sequence[Change]) -> None:
        """Appends a transaction."""
        if not self._on:
            return
        records = [record for change in _ordered(changes) for record in _records(change)]
        if not records:
            return
        with self._lock, self._path.open("ab") as log:
            number = self._last[0] + 1
            self._commits.append(_Commit(number, moment, log.tell(), len(records)))
            self._last = (number, len(records))
            log.write(json.dumps([number, moment, records], separators=(",", ":")).encode() + b"\n")

    def read(self, iterator: str, start: EventId, limit: int) -> Record:
        """Records from a place on, in the shape of the answer; raises Refusal."""
        if not self._on:
            raise Refusal(
                "UnsupportedOperationException", "Neptune Streams is not enabled: neptune_streams is 0"
            )
        with self._lock:
            self._expire()
            first = self._first(iterator, start)
            records = list(self._from(first, 1 if iterator == "LATEST" else limit))
        last = records[-1]
        return {
            "lastEventId": last["eventId"],
            "lastTrxTimestamp": last["commitTimestamp"],
            "format": "PG_JSON",
            "records": records,
            "totalRecords": len(records),
        }

    def _first(self, iterator: str, start: EventId) -> EventId:
        """The first event to read; raises Refusal where there is none."""
        if not self._commits:
            if (0, 0) < start <= self._last:
                raise Refusal("ExpiredStreamException", _EXPIRED)
            raise Refusal("StreamRecordsNotFoundException", "The stream has no records")
        oldest, newest = (self._commits[0].number, 1), self._last
        if iterator == "TRIM_HORIZON":
            return oldest
        if iterator == "LATEST":
            return newest
        first = (start[0], start[1] + 1) if iterator == "AFTER_SEQUENCE_NUMBER" else start
        if first > newest:
            commit, operation = newest
            raise Refusal(
                "StreamRecordsNotFoundException",
                "Requested startEventId is from the future. "
                f"Last valid eventId is [commitNum = {commit}, opNum = {operation}]",
            )
        if first < oldest and oldest > (1, 1):
            raise Refusal("ExpiredStreamException", _EXPIRED)
        return first

    def _from(self, first: EventId, limit: int) -> Iterator[Record]:
        """At most so many records, and no more after those that make the answer larger than 10 MB."""
        size = 0
        for commit in self._commits[max(0, first[0] - self._commits[0].number) :]:
            for operation, record in enumerate(self._operations(commit), 1):
                if (commit.number, operation) < first:
                    continue
                event = {"commitNum": commit.number, "opNum": operation}
                last = {"isLastOp": True} if operation == commit.records else {}
                yield {"commitTimestamp": commit.moment, "eventId": event, **record, **last}
                limit -= 1
                size += len(json.dumps(record))
                if limit == 0 or size >= MOST_BYTES:
                    return

    def _operations(self, commit: _Commit) -> list[Record]:
        with self._path.open("rb") as log:
            log.seek(commit.place)
            records: list[Record] = json.loads(log.readline())[2]
        return records

    def _expire(self) -> None:
        horizon = self._now() - self._lifetime
        kept = next((place for place, one in enumerate(self._commits) if one.moment >= horizon), None)
        self._commits = [] if kept is None else self._commits[kept:]

    def _read_log(self) -> None:
        """Finds again what an earlier emulator wrote; a line that broke off is taken away."""
        if not self._path.exists():
            return
        with self._path.open("r+b") as log:
            place = 0
            while (line := log.readline()).endswith(b"\n"):
                number, moment, records = json.loads(line)
                self._commits.append(_Commit(number, moment, place, len(records)))
                self._last = (number, len(records))
                place = log.tell()
            log.truncate(place)


_EXPIRED = "All of the requested records exceed the maximum age allowed and have expired"


# --- changes as records ----------------------------------------------------------------------------


def _ordered(changes: Sequence[Change]) -> list[Change]:
    """Edges go before their nodes do; nodes come before their edges do.

    https://docs.aws.amazon.com/neptune/latest/userguide/streams-using-api-call.html
    """

    def turn(change: Change) -> int:
        gone = change.after is None
        return (0 if change.edge else 1) if gone else (3 if change.edge else 2)

    return sorted(changes, key=turn)


def _records(change: Change) -> Iterator[Record]:
    """What one element's change is made of: properties go before labels, and come after them."""
    before, after = change.before, change.after
    if before and after and change.edge and _ends(before) != _ends(after):
        yield from _records(Change(change.id, change.edge, before, None))
        before = None
    old, new = (element.properties if element else {} for element in (before, after))
    kind = "ep" if change.edge else "vp"
    if after is None:
        yield from (_record(change, kind, key, value, "REMOVE") for key, value in old.items())
    yield from _labels(change, before, after)
    if after is None:
        return
    for key in dict.fromkeys((*old, *new)):
        there, now = old.get(key), new.get(key)
        if there is now is None or (type(there) is type(now) and there == now):
            continue
        if there is not None:
            yield _record(change, kind, key, there, "REMOVE")
        if now is not None:
            yield _record(change, kind, key, now, "ADD")


def _labels(change: Change, before: Element | None, after: Element | None) -> Iterator[Record]:
    old, new = (element.labels if element else () for element in (before, after))
    for op, labels, element in (
        ("REMOVE", [one for one in old if one not in new], before),
        ("ADD", [one for one in new if one not in old], after),
    ):
        for label in labels:
            record = _record(change, "e" if change.edge else "vl", "label", label, op)
            if change.edge and element:
                record["data"] |= {"from": element.start, "to": element.end}
            yield record


def _ends(element: Element) -> tuple[str, str]:
    return element.start, element.end


def _record(change: Change, kind: str, key: str, value: Any, op: str) -> Record:
    typed = {"value": value, "dataType": _TYPES.get(type(value), "String")}
    return {"data": {"id": change.id, "type": kind, "key": key, "value": typed}, "op": op}


# AWS's examples show String only; the others are the loader's words for them.
_TYPES = {bool: "Bool", int: "Long", float: "Double", str: "String"}


# --- over HTTP -------------------------------------------------------------------------------------


def routes(engine: Engine, settings: Settings) -> list[Operation]:
    """What is served at `/propertygraph/stream` and `/pg/stream`."""
    stream = Stream(settings.folder / "stream.jsonl", on=settings.streams, days=settings.stream_days)
    if settings.streams:
        engine.on_commit(stream.note)

    def show(call: Call) -> Mapping[str, Any] | Reply:
        iterator = call.text("iteratorType", "AT_SEQUENCE_NUMBER")
        if iterator not in _ITERATORS:
            raise Refusal("InvalidParameterException", f"iteratorType is one of {', '.join(_ITERATORS)}")
        sought = iterator.endswith("_SEQUENCE_NUMBER")
        if sought and "commitNum" not in call.given:
            raise Refusal("InvalidParameterException", f"commitNum is required for {iterator}")
        start = (_number(call, "commitNum", 0), _number(call, "opNum", 1)) if sought else (0, 0)
        answer = stream.read(iterator, start, _number(call, "limit", 10, 1, MOST_RECORDS))
        if "gzip" not in call.headers.get("accept-encoding", ""):
            return answer
        body = gzip.compress(json.dumps(answer).encode(), 1)
        return Reply(body, headers={"content-encoding": "gzip"})

    return [
        Operation("get_propertygraph_stream", ("GET",), path, show)
        for path in ("/propertygraph/stream", "/pg/stream")
    ]


_ITERATORS = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST")


def _number(call: Call, name: str, otherwise: int, least: int = 0, most: int = (1 << 63) - 1) -> int:
    text = call.text(name, str(otherwise))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Refusal("InvalidParameterException", f"{name} is a number from {least} to {most}, not {text}")
    return int(text)
