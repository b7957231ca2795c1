"""One job of a cluster's bulk loader: started, followed, taken up again, and what stopped it in words.

https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-load.html
https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-status.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from threesixty.errors import GraphError, GraphRefused
from threesixty.graph.neptune_requests import Cluster

Mode = Literal["NEW", "RESUME"]
RUNNING = frozenset({"LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"})
COMPLETED = "LOAD_COMPLETED"
# AWS says of these that the load may well succeed when it is taken up again.
PASSING = frozenset({"LOAD_COMMITTED_W_WRITE_CONFLICTS", "LOAD_DATA_DEADLOCK", "LOAD_S3_READ_ERROR"})
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds between looks at a running job
ERRORS_TOLD = 5
_GUIDE = "https://docs.aws.amazon.com/neptune/latest/userguide/"

STATUSES: Mapping[str, str] = {
    "LOAD_COMMITTED_W_WRITE_CONFLICTS": "write conflicts were left over",
    "LOAD_CANCELLED_BY_USER": "somebody stopped it",
    "LOAD_CANCELLED_DUE_TO_ERRORS": "it stopped at an error",
    "LOAD_UNEXPECTED_ERROR": "Neptune met an error it did not expect",
    "LOAD_FAILED": "it failed",
    "LOAD_S3_READ_ERROR": "S3 could not be read for a while",
    "LOAD_S3_ACCESS_DENIED_ERROR": "the role may not read the files in S3",
    "LOAD_DATA_DEADLOCK": "its threads waited for each other",
    "LOAD_DATA_FAILED_DUE_TO_FEED_MODIFIED_OR_DELETED": "a file in S3 was changed or taken away meanwhile",
    "LOAD_FAILED_BECAUSE_DEPENDENCY_NOT_SATISFIED": "the job before it failed",
    "LOAD_FAILED_INVALID_REQUEST": "the request was not valid: a bucket that is not there, or a wrong format",
}
"""https://docs.aws.amazon.com/neptune/latest/userguide/loader-message.html"""

ERRORS: Mapping[str, tuple[str, str]] = {
    "PARSING_ERROR": (
        "cannot be read",
        "`threesixty export graph --format neptune-csv` writes and checks the files",
    ),
    "S3_ACCESS_DENIED_ERROR": ("may not be read", "allow the role s3:GetObject and s3:ListBucket there"),
    "FROM_OR_TO_VERTEX_ARE_MISSING": (
        "an end of this edge is not in the graph",
        "run the same command again",
    ),
    "ID_ASSIGNED_TO_MULTIPLE_EDGES": (
        "the id belongs to another edge already",
        "give Threesixty a cluster of its own, or take the other edges away",
    ),
    "SINGLE_CARDINALITY_VIOLATION": (
        "there is another value already",
        "give Threesixty a cluster of its own, or take the other nodes away",
    ),
    "FILE_MODIFICATION_OR_DELETION_ERROR": (
        "the file was changed or taken away meanwhile",
        "keep others out of the prefix, and run the same command again",
    ),
    "OUT_OF_MEMORY_ERROR": ("Neptune ran out of memory", "load with a larger instance, or more NCUs"),
    "INTERNAL_ERROR": ("Neptune failed inside", "run the same command again: it goes on from there"),
}
"""Codes of the error log, in words and with what to do next."""

_HINTS: Mapping[str, str] = {
    "credential for iam_role_arn": "attach the role of `role=` to the cluster",
    "bucket not found": "mend `bulk=` in the address: there is no such bucket",
    "not reachable": "mend `bulk=` in the address, or let the role list the bucket",
    "unable to connect to s3": "the cluster's VPC needs an endpoint for S3, in the region of the bucket",
    "not in provided region": "the bucket has to be in the region of the cluster",
    "unable to perform s3 list": "allow the role s3:ListBucket",
    "read replica": "the address takes the cluster endpoint; `reader=` takes the reader endpoint",
    "queue size limit": "64 loads wait already: run the same command later",
}
"""What to do when a job cannot even be started, by Neptune's words.

https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-load-errors.html
"""


@dataclass(frozen=True, slots=True)
class Request:
    """What to load: a folder in S3, its region, and the role that may read it."""

    source: str
    region: str
    role: str


def start(cluster: Cluster, request: Request, mode: Mode, parallelism: str, after: Sequence[str] = ()) -> str:
    """Put a job into the queue, behind others that have to be done first; its id. Raises GraphError."""
    try:
        answer = cluster.call(
            "start_loader_job",
            source=request.source,
            format="csv",
            s3BucketRegion=request.region,
            iamRoleArn=request.role,
            mode=mode,
            failOnError=True,
            parallelism=parallelism,
            parserConfiguration={"allowEmptyStrings": "true"},
            updateSingleCardinalityProperties=True,
            userProvidedEdgeIds=True,
            queueRequest=True,
            dependencies=list(after),
        )
    except GraphRefused as error:
        said = error.message.lower()
        hint = next((hint for words, hint in _HINTS.items() if words in said), error.hint)
        raise GraphRefused(error.message, hint=hint) from error
    return str(answer["payload"]["loadId"])


@dataclass(frozen=True, slots=True)
class Job:
    """How a job stands: its status, and how many values it has read."""

    status: str
    records: int
    feeds: frozenset[str]

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def may_pass(self) -> bool:
        """Whether all that stopped it is of a sort that AWS says may be gone at the next try."""
        return bool(self.feeds) and self.feeds <= PASSING


FORGOTTEN = Job("LOAD_FORGOTTEN", 0, frozenset({"the cluster knows nothing of it any more"}))


def look(cluster: Cluster, load_id: str) -> Job | None:
    """How a job stands; None when the cluster does not know it (any more). Raises GraphError."""
    try:
        answer = cluster.call("get_loader_job_status", loadId=load_id, details=True)
    except GraphRefused as error:
        if "BulkLoadIdNotFound" in error.message:
            return None
        raise
    payload = answer["payload"]
    overall = payload["overallStatus"]
    status = str(overall["status"])
    feeds = {str(feed.get("status")) for feed in payload.get("failedFeeds", [])} or {status}
    return Job(status, int(overall.get("totalRecords", 0)), frozenset(feeds))


def follow(
    cluster: Cluster, load_id: str, told: Callable[[int], None], sleep: Callable[[float], None]
) -> Job | None:
    """Wait until a job has ended, telling how many values it has read; None when the cluster forgot it."""
    wait = FIRST_WAIT
    while job := look(cluster, load_id):
        told(job.records)
        if not job.is_running:
            break
        sleep(wait)
        wait = min(LONGEST_WAIT, wait * 1.5)
    return job


def cancel(cluster: Cluster, load_id: str) -> None:
    """Stop a job, if it still runs; whoever does this is on the way out, so that nothing is raised."""
    with suppress(GraphError):
        cluster.call("cancel_loader_job", loadId=load_id)


def failure(cluster: Cluster, load_id: str, job: Job) -> GraphError:
    """What stopped a job, in words: the first errors of its log, with file and record."""
    logs = [] if job is FORGOTTEN else _log(cluster, load_id)
    reasons = sorted(STATUSES.get(feed, feed) for feed in job.feeds - {"LOAD_FAILED"}) or ["it failed"]
    lines = "".join(f"\n  {_told(entry)}" for entry in logs)
    codes = [str(entry.get("errorCode")) for entry in logs]
    hint = next(
        (ERRORS[code][1] for code in codes if code in ERRORS),
        f"the words of AWS: {_GUIDE}loader-message.html",
    )
    return GraphError(f"the bulk load {load_id} did not end well: {', '.join(reasons)}{lines}", hint=hint)


def _log(cluster: Cluster, load_id: str) -> list[Mapping[str, Any]]:
    """The first errors that a job met."""
    answer = cluster.call(
        "get_loader_job_status", loadId=load_id, details=True, errors=True, page=1, errorsPerPage=ERRORS_TOLD
    )
    return list(answer["payload"].get("errors", {}).get("errorLogs", [])[:ERRORS_TOLD])


def _told(entry: Mapping[str, Any]) -> str:
    """One error of the log; Neptune's own words only where ours are wanting: they may quote a cell."""
    code, file = str(entry.get("errorCode")), str(entry.get("fileName", "")).rpartition("/")[2]
    words = ERRORS[code][0] if code in ERRORS else f"{code}: {str(entry.get('errorMessage', ''))[:200]}"
    number = int(entry.get("recordNum", 0) or 0)
    place = f"{file}, record {number}" if number else file
    return f"{place}: {words}" if place else words
