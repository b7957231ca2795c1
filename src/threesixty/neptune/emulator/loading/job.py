"""One load job: its files one after the other, what is counted, what goes wrong, and what it answers.

https://docs.aws.amazon.com/neptune/latest/userguide/loader-message.html
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from uuid import uuid4

from threesixty.neptune.emulator.loading.file import LoadFile, Reading
from threesixty.neptune.emulator.loading.header import BadHeader
from threesixty.neptune.emulator.loading.merge import Counts, LoadError, Merged
from threesixty.neptune.emulator.loading.source import Buckets, Changed, Denied, Object, Unreadable
from threesixty.neptune.emulator.loading.write import BATCH, Conflicts, Writer
from threesixty.neptune.emulator.refusal import Refusal

ERRORS_KEPT = 10_000
NOT_STARTED, IN_QUEUE, IN_PROGRESS = "LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"
COMPLETED, FAILED, CONFLICTS = "LOAD_COMPLETED", "LOAD_FAILED", "LOAD_COMMITTED_W_WRITE_CONFLICTS"
CANCELLED, STOPPED = "LOAD_CANCELLED_BY_USER", "LOAD_CANCELLED_DUE_TO_ERRORS"
CHANGED = "LOAD_DATA_FAILED_DUE_TO_FEED_MODIFIED_OR_DELETED"
DENIED, UNREADABLE = "LOAD_S3_ACCESS_DENIED_ERROR", "LOAD_S3_READ_ERROR"
UNEXPECTED = "LOAD_UNEXPECTED_ERROR"
UNSATISFIED, INVALID = "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED", "LOAD_FAILED_INVALID_REQUEST"
ACTIVE = frozenset({NOT_STARTED, IN_QUEUE, IN_PROGRESS})


@dataclass
class Run:
    """What is told of a job, and of each of its files, which AWS calls feeds."""

    uri: str
    status: str = NOT_STARTED
    number: int = 1
    started: float = 0.0
    seconds: float = 0.0
    counts: Counts = field(default_factory=Counts)

    def as_dict(self) -> dict[str, Any]:
        return {
            "fullUri": self.uri,
            "runNumber": self.number,
            "retryNumber": 0,
            "status": self.status,
            "totalTimeSpent": round(self.seconds),
            "startTime": int(self.started),
            **self.counts.as_dict(),
        }


@dataclass
class Feed:
    """A file of a job."""

    file: Object
    run: Run


class Job:
    """A load from one source. It runs in one thread and may be asked and cancelled from others."""

    def __init__(
        self, source: str, reading: Reading, files: Sequence[Object], *, in_order: bool = False
    ) -> None:
        """`in_order` is edgeOnlyLoad: the files are not sorted into vertices first and edges last."""
        self.id = str(uuid4())
        self.reading = reading
        self.run = Run(source)
        self.feeds = [Feed(file, Run(file.uri)) for file in files]
        self.errors: deque[tuple[str, LoadError]] = deque(maxlen=ERRORS_KEPT)
        self._in_order = in_order
        self._cancelled = False

    @property
    def active(self) -> bool:
        return self.run.status in ACTIVE

    def cancel(self) -> None:
        self._cancelled = True
        if self.run.status != IN_PROGRESS:
            self.run.status = CANCELLED

    def resume(self, files: Sequence[Object]) -> None:
        """Takes the job up again: files that were loaded stay as they are, all others are loaded anew."""
        loaded = {feed.file.key: feed for feed in self.feeds if feed.run.status == COMPLETED}
        self._cancelled = False
        self.run.number += 1
        self.run.status = NOT_STARTED
        self.errors.clear()
        self.feeds = [
            loaded.get(file.key) or Feed(file, Run(file.uri, number=self.run.number)) for file in files
        ]

    # --- running -----------------------------------------------------------------------------------

    def load(self, buckets: Buckets, writer: Writer, *, stops: bool) -> None:
        """Loads what is not loaded yet; `stops` is failOnError."""
        self.run.status, self.run.started = IN_PROGRESS, time.time()
        waiting = [feed for feed in self.feeds if feed.run.status != COMPLETED]
        for feed in waiting if self._in_order else self._nodes_first(waiting, buckets):
            if self._cancelled:
                feed.run.status = CANCELLED
            elif feed.run.status == NOT_STARTED:
                self._load(feed, buckets, writer)
            if stops and feed.run.status not in {COMPLETED, CANCELLED}:
                break
        for feed in waiting:
            if feed.run.status == NOT_STARTED:
                feed.run.status = STOPPED
        self.run.seconds = time.time() - self.run.started
        self.run.status = self._outcome()

    def _nodes_first(self, feeds: Sequence[Feed], buckets: Buckets) -> list[Feed]:
        """Files of vertices, then files of edges: each is opened once to see what it holds."""
        edges = {}
        for feed in feeds:
            with self._failures(feed), self._opened(feed, buckets) as file:
                edges[feed.file.key] = file.header.edges
        return sorted(feeds, key=lambda feed: edges.get(feed.file.key, False))

    def _load(self, feed: Feed, buckets: Buckets, writer: Writer) -> None:
        feed.run.status, feed.run.started = IN_PROGRESS, time.time()
        with self._failures(feed), self._opened(feed, buckets) as file:
            rows = file.rows()
            while feed.run.status == IN_PROGRESS and (batch := list(islice(rows, BATCH))):
                self._note(feed, writer.write(batch))
                if self._cancelled and feed.run.status == IN_PROGRESS:
                    feed.run.status = CANCELLED
            if feed.run.status == IN_PROGRESS:
                feed.run.status = FAILED if _any_errors(feed.run.counts) else COMPLETED
        feed.run.seconds = time.time() - feed.run.started

    def _note(self, feed: Feed, merged: Merged) -> None:
        feed.run.counts.add(merged.counts)
        for error in merged.errors:
            self.errors.append((feed.run.uri, error))
        if merged.stopped:
            feed.run.status = FAILED

    @contextmanager
    def _opened(self, feed: Feed, buckets: Buckets) -> Iterator[LoadFile]:
        with closing(buckets.open(feed.file)) as found, closing(LoadFile(found, self.reading)) as file:
            yield file

    @contextmanager
    def _failures(self, feed: Feed) -> Iterator[None]:
        """What keeps a file from being loaded, as its status and its line in the error log."""
        try:
            yield
        except BadHeader as error:
            feed.run.counts.parsingErrors += 1
            self._fail(feed, FAILED, "PARSING_ERROR", str(error))
        except Changed:
            message = "The file was changed or deleted after the load had started"
            self._fail(feed, CHANGED, "FILE_MODIFICATION_OR_DELETION_ERROR", message)
        except Denied:
            self._fail(feed, DENIED, "S3_ACCESS_DENIED_ERROR", "Access to the file was denied")
        except Unreadable as error:
            self._fail(feed, UNREADABLE, "INTERNAL_ERROR", f"Amazon S3 cannot be read: {error}")
        except Conflicts:
            self._fail(feed, CONFLICTS, "INTERNAL_ERROR", "Other writers were always faster")
        except Refusal as refusal:
            memory = refusal.code == "MemoryLimitExceededException"
            code = "OUT_OF_MEMORY_ERROR" if memory else "INTERNAL_ERROR"
            self._fail(feed, FAILED if memory else UNEXPECTED, code, refusal.message)

    def _fail(self, feed: Feed, status: str, code: str, message: str) -> None:
        feed.run.status = status
        self.errors.append((feed.run.uri, LoadError(code, message)))

    def _outcome(self) -> str:
        """The status of the whole: S3's failures make it a failed load, too."""
        statuses = {feed.run.status for feed in self.feeds}
        if self._cancelled and CANCELLED in statuses:
            return CANCELLED
        for whole in (COMPLETED, CONFLICTS, UNEXPECTED):
            if statuses <= {COMPLETED, whole}:
                return whole
        return FAILED

    # --- telling -----------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """What `GET /loader/{id}` answers with, without details."""
        counts, now = Counts(), self.run.seconds
        for feed in self.feeds:
            counts.add(feed.run.counts)
        if self.run.status == IN_PROGRESS:
            now = time.time() - self.run.started
        statuses = Counter(feed.run.status for feed in self.feeds)
        return {
            "feedCount": [{status: count} for status, count in sorted(statuses.items())],
            "overallStatus": replace(self.run, counts=counts, seconds=now).as_dict(),
        }

    def failed_feeds(self) -> list[dict[str, Any]]:
        fine = {*ACTIVE, COMPLETED}
        return [feed.run.as_dict() for feed in self.feeds if feed.run.status not in fine]

    def error_page(self, page: int, size: int) -> dict[str, Any]:
        """The error log from page 1 on; places count from 1, and both are 0 where there is nothing."""
        start = (page - 1) * size
        found = list(islice(list(self.errors), start, start + size))
        return {
            "startIndex": start + 1 if found else 0,
            "endIndex": start + len(found) if found else 0,
            "loadId": self.id,
            "errorLogs": [
                {
                    "errorCode": error.code,
                    "errorMessage": error.message,
                    "fileName": uri,
                    "recordNum": error.number,
                }
                for uri, error in found
            ],
        }


def _any_errors(counts: Counts) -> bool:
    return bool(counts.parsingErrors or counts.datatypeMismatchErrors or counts.insertErrors)
