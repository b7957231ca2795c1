"""The bulk loader: load jobs started, queued, asked for and cancelled over HTTP.

https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference.html

One job runs at a time; others wait in a queue when they say so. Each batch of rows is one transaction, so
what a failed load wrote before it failed stays, as with Neptune. Where AWS does not say what happens:
a resumed job keeps its id; a value that is there already is a duplicate even where its cardinality is
single; of a property of set cardinality openCypher sees the first value only; a value of the wrong type
is left out and the rest of its row is loaded; `parallelism` is checked and changes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.loading import job as jobs
from threesixty.neptune.emulator.loading.job import Job
from threesixty.neptune.emulator.loading.merge import Further
from threesixty.neptune.emulator.loading.request import Request, read_request
from threesixty.neptune.emulator.loading.source import Buckets, FolderBuckets, S3Buckets, objects
from threesixty.neptune.emulator.loading.write import Writer
from threesixty.neptune.emulator.operation import READER, Call, Operation
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.settings import Settings

JOBS_KEPT, QUEUE = 1_024, 64


class Loader:
    """The jobs of one cluster, the newest 1,024 of them, and the thread that runs them."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._buckets: Buckets = S3Buckets(settings.region)
        if settings.s3:
            self._buckets = FolderBuckets(Path(settings.s3))
        self._jobs: dict[str, tuple[Job, Request]] = {}
        self._queue: deque[str] = deque()
        self._further: Further = {}
        self._running: Thread | None = None
        self._changing = Lock()

    def start(self, request: Request) -> str:
        """Starts a job, takes one up again, or puts it into the queue; its id. Raises Refusal."""
        files = objects(self._buckets, request.source)
        with self._changing:
            self._admit(request)
            job = self._again(request)
            if job:
                job.resume(files)
            else:
                job = Job(request.source, request.reading, files, in_order=request.in_order)
            self._keep(job, request)
            if request.mode == "RESUME" and job.run.number == 1:
                job.run.status = jobs.INVALID  # there is nothing to resume
                return job.id
            job.run.status = jobs.IN_QUEUE
            self._queue.append(job.id)
            if self._running is None:
                self._running = Thread(target=self._work, name="neptune-loader", daemon=True)
                self._running.start()
        return job.id

    def _admit(self, request: Request) -> None:
        limit = ""
        if any(job.active for job, _ in self._jobs.values()) and not request.queues:
            limit = "Max concurrent load limit breached. Limit is 1"
        elif len(self._queue) >= QUEUE:
            limit = f"Max load task queue size limit breached. Limit is {QUEUE}"
        if limit:
            raise Refusal(
                "BadRequestException", f"Failed to start new load for the source {request.source}. {limit}"
            )

    def _again(self, request: Request) -> Job | None:
        """The newest job of the same source, where the mode wants it taken up again."""
        if request.mode == "NEW":
            return None
        same = [
            job
            for job, earlier in self._jobs.values()
            if earlier.source == request.source and earlier.reading.format == request.reading.format
        ]
        ran = [job for job in same if not job.active and job.run.status != jobs.INVALID]
        return ran[-1] if ran else None

    def _keep(self, job: Job, request: Request) -> None:
        self._jobs.pop(job.id, None)
        self._jobs[job.id] = (job, request)
        while len(self._jobs) > JOBS_KEPT:
            del self._jobs[next(one for one, (old, _) in self._jobs.items() if not old.active)]

    # --- running -----------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._changing:
                if not self._queue:
                    self._running = None
                    return
                job, request = self._jobs[self._queue.popleft()]
                if not job.active:
                    continue
                if not self._satisfied(request):
                    job.run.status = jobs.UNSATISFIED
                    continue
                job.run.status = jobs.IN_PROGRESS
            writer = Writer(self._engine, self._further, request.policy)
            job.load(self._buckets, writer, stops=request.policy.stops)

    def _satisfied(self, request: Request) -> bool:
        before = [self._jobs.get(one) for one in request.dependencies]
        return all(one and one[0].run.status == jobs.COMPLETED for one in before)

    # --- telling -----------------------------------------------------------------------------------

    def job(self, id_: str) -> Job:
        """Raises Refusal."""
        found = self._jobs.get(id_)
        if not found:
            raise Refusal("BulkLoadIdNotFoundException", f"The load with id = {id_} does not exist")
        return found[0]

    def cancel(self, id_: str) -> None:
        """Raises Refusal where the job does not run or wait."""
        with self._changing:
            found = self._jobs.get(id_)
            if not found or not found[0].active:
                message = f"The load with id = {id_} does not exist or not active"
                raise Refusal("BulkLoadIdNotFoundException", message)
            found[0].cancel()

    def ids(self, limit: int, *, queued: bool) -> list[str]:
        """The newest first."""
        newest = reversed(list(self._jobs.values()))
        shown = [job.id for job, _ in newest if queued or job.run.status != jobs.IN_QUEUE]
        return shown[:limit]


# --- over HTTP -------------------------------------------------------------------------------------


def routes(engine: Engine, settings: Settings) -> list[Operation]:
    """What is served at `/loader`. A job's id may be part of the path or a parameter."""
    loader = Loader(engine, settings)

    def start(call: Call) -> dict[str, Any]:
        if call.role == READER:
            message = "Start new load operation not permitted on a read replica instance"
            raise Refusal("MethodNotAllowedException", message)
        return _answer({"loadId": loader.start(read_request(call, settings))})

    def show(call: Call) -> dict[str, Any]:
        if "loadId" not in call.given:
            queued = str(call.given.get("includeQueuedLoads", "true")).casefold() != "false"
            return _answer({"loadIds": loader.ids(_number(call, "limit", 100, most=100), queued=queued)})
        job = loader.job(call.text("loadId"))
        payload = job.status()
        if call.flag("details") and (failed := job.failed_feeds()):
            payload["failedFeeds"] = failed
        if call.flag("errors"):
            payload["errors"] = job.error_page(_number(call, "page", 1), _number(call, "errorsPerPage", 10))
        return _answer(payload)

    def cancel(call: Call) -> dict[str, Any]:
        if call.role == READER:
            message = "Load cancellation is not permitted on a read replica instance"
            raise Refusal("MethodNotAllowedException", message)
        loader.cancel(call.text("loadId"))
        return {"status": "200 OK"}

    return [
        Operation("start_loader_job", ("POST",), "/loader", start),
        Operation("list_loader_jobs", ("GET",), "/loader", show),
        Operation("get_loader_job_status", ("GET",), "/loader/{loadId}", show),
        Operation("cancel_loader_job", ("DELETE",), "/loader", cancel),
        Operation("cancel_loader_job", ("DELETE",), "/loader/{loadId}", cancel),
    ]


def _number(call: Call, name: str, otherwise: int, *, most: int = 1 << 31) -> int:
    text = call.text(name, str(otherwise))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Refusal("InvalidParameterException", f"{name} is a number from 1 to {most}, not {text}")
    return int(text)


def _answer(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": "200 OK", "payload": payload}
