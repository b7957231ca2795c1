"""Whether first loads can go through S3: the bucket, its region, and, when told to write, one node loaded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from threesixty.graph.neptune_loader import COMPLETED, RUNNING
from threesixty.neptune.doctor.access import NOTHING, TAKE, Action, judged, trouble_at
from threesixty.neptune.doctor.finding import LABEL, Finding, Visit, failed, ok, skipped, warning

LOAD_SECONDS = 120.0
LOOK_SECONDS = 0.5
ROLES = "https://docs.aws.amazon.com/neptune/latest/userguide/bulk-load-tutorial-IAM.html"
STARTING = Action("StartLoaderJob", "start_loader_job", "filling a graph in bulk", needed=True)

_BUCKET = {
    "NoSuchBucket": ("there is no such bucket", "is its name right, and is it in this account?"),
    "404": ("there is no such bucket", "is its name right, and is it in this account?"),
    "AccessDenied": (
        "we may not look into the bucket",
        "allow s3:ListBucket, s3:PutObject and s3:DeleteObject",
    ),
    "403": ("we may not look into the bucket", "allow s3:ListBucket, s3:PutObject and s3:DeleteObject"),
}


def bulk(visit: Visit) -> Iterator[Finding]:
    """The hops of a bulk load."""
    if not visit.address.loads_in_bulk:
        yield skipped("bulk", "the address names no bulk= and role=: first loads go row by row")
        return
    name, _, prefix = visit.address.bulk.removeprefix("s3://").partition("/")
    client = visit.session.client("s3")
    looked = _bucket(visit, client, name)
    yield looked
    if looked.state == "failed":
        return
    if not visit.write:
        yield skipped(
            "StartLoaderJob",
            "whether the cluster can read the bucket shows only in a load",
            "--write loads one node of its own, and takes it away",
        )
        return
    yield from _load(visit, client, name, f"{prefix}/threesixty-doctor.csv".lstrip("/"))


def _bucket(visit: Visit, client: Any, name: str) -> Finding:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an extra

    try:
        answer = client.head_bucket(Bucket=name)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        what, hint = _BUCKET.get(
            code, (f"the bucket does not answer: {code}", "is it in the cluster's region?")
        )
        return failed("bucket", f"s3://{name}: {what}", hint)
    except BotoCoreError as error:
        return failed(
            "bucket",
            f"S3 is out of reach: {error}",
            "in a VPC, S3 needs a gateway endpoint, for us and for the cluster's loader",
        )
    there = answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", "")
    if there and there != visit.session.region_name:
        return failed(
            "bucket",
            f"s3://{name} is in {there}, and not in {visit.session.region_name}",
            "the loader reads buckets of its own region only",
        )
    return ok("bucket", f"s3://{name} can be reached")


def _load(visit: Visit, client: Any, bucket: str, key: str) -> Iterator[Finding]:
    """Loads one node of our own, and takes it and its file away."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an extra

    one = f"{visit.id}:loaded"
    try:
        client.put_object(
            Bucket=bucket, Key=key, Body=f"~id,~label,name:String(single)\n{one},{LABEL},loaded\n"
        )
    except (BotoCoreError, ClientError) as error:
        yield failed("bucket", f"no file can be put there: {error}", "allow s3:PutObject on the prefix")
        return
    try:
        yield from _followed(visit, f"s3://{bucket}/{key}", one)
    finally:
        visit.ask(TAKE, id=one)
        client.delete_object(Bucket=bucket, Key=key)


def _followed(visit: Visit, source: str, one: str) -> Iterator[Finding]:
    started = visit.attempt(
        "start_loader_job",
        source=source,
        format="csv",
        s3BucketRegion=visit.session.region_name,
        iamRoleArn=visit.address.role,
        mode="NEW",
        failOnError=True,
        parallelism="LOW",
        queueRequest=True,
    )
    yield judged(STARTING, started)
    if started.trouble:
        return
    end, begun = time.monotonic() + LOAD_SECONDS, time.monotonic()
    load = started.answer["payload"]["loadId"]
    while time.monotonic() < end:
        looked = visit.attempt("get_loader_job_status", loadId=load, errors=True)
        if looked.trouble:
            yield trouble_at("bulk load", looked.trouble)
            return
        status = str(looked.answer["payload"]["overallStatus"]["status"])
        if status not in RUNNING:
            yield _ended(visit, status, looked.answer["payload"], one, (time.monotonic() - begun) * 1000)
            return
        time.sleep(LOOK_SECONDS)
    yield warning("bulk load", f"the load {load} did not end within {LOAD_SECONDS:g} s",
                  "other loads may be before it: `aws neptunedata list-loader-jobs`")  # fmt: skip


def _ended(visit: Visit, status: str, payload: dict[str, Any], one: str, took: float) -> Finding:
    if status == COMPLETED:
        seen = visit.ask(NOTHING, id=one)
        if seen.rows and seen.rows[0].get("found") == 1:
            return ok("bulk load", "one node was loaded from the bucket", "", took)
        return failed("bulk load", "the load ended well, and its node is not there", "")
    logs = payload.get("errors", {}).get("errorLogs", [])
    said = "; ".join(str(log.get("errorMessage", "")) for log in logs[:2])
    return failed(
        "bulk load",
        f"{status}{f': {said}' if said else ''}",
        f"the role has to be attached to the cluster and to read the bucket, and S3 needs an "
        f"endpoint in the VPC: {ROLES}",
    )
