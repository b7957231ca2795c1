"""Who we are to AWS, whether our signature is right, and what we may do."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from threesixty.errors import GraphUnavailable
from threesixty.graph.neptune_errors import Trouble
from threesixty.neptune.doctor.finding import LABEL, Attempt, Finding, Visit, failed, ok, skipped, warning

SOURCES = {
    "env": "environment variables",
    "shared-credentials-file": "the file ~/.aws/credentials",
    "config-file": "the file ~/.aws/config",
    "assume-role": "an assumed role",
    "assume-role-with-web-identity": "a web identity's role",
    "sso": "IAM Identity Center",
    "login": "`aws login`",
    "custom-process": "a credential process",
    "container-role": "the container's role",
    "iam-role": "the instance's role",
}
"""What botocore calls where credentials come from, in words."""
KEYS = ("AKIA", "ASIA")
"""How the keys of AWS begin; those of a stand-in are nothing to ask AWS about."""
_SET = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; on AWS, give the machine a role"
_RENEW = "renew them: `aws sso login`, or whatever gave them to you"

# What AWS says when it refuses a signature, in the order in which to look; there is no list of it.
_REFUSALS = (
    (r"token.*expired|ExpiredToken", "the session token has expired", _RENEW),
    (r"[Ss]ignature (has )?expired|not yet current|RequestExpired|RequestTimeTooSkewed",
     "the signature is too old or too new", "set this machine's clock: `timedatectl set-ntp true`"),
    (r"valid region|[Cc]redential.*region", "the signature is for another region",
     "`region=` in the address has to be the cluster's: it stands in the cluster's own name"),
    (r"correct service|[Cc]redential.*service", "the signature is for another service than neptune-db",
     "does something between here and the cluster sign requests anew?"),
    (r"token.*invalid|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|access key id",
     "the access key is not known", "is AWS_PROFILE the right one, and is the key still active?"),
    (r"signature we calculated|InvalidSignature|SignatureDoesNotMatch|[Ss]ignature",
     "the signature is not right",
     "the secret does not belong to the access key; or a proxy changes requests (their host, their path)"),
    (r"[Mm]issing.*[Tt]oken", "the request carried no signature", "take iam=no out of the address"),
)  # fmt: skip


def about_session(visit: Visit) -> Iterator[Finding]:
    """boto3, the profile and the region: what every request needs before it is sent."""
    try:
        visit.session = _session(visit.address.region)
    except GraphUnavailable as error:
        yield failed("AWS", error.message, error.hint)
        return
    if not visit.session.region_name:
        yield failed(
            "AWS",
            "nothing says which region the cluster is in",
            "add ?region=eu-central-1 to the address, or set AWS_REGION",
        )
        return
    in_name = re.search(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.neptune\.amazonaws\.com", visit.address.host)
    if in_name and in_name[1] != visit.session.region_name:
        yield warning(
            "AWS",
            f"requests are signed for {visit.session.region_name}, and the name says {in_name[1]}",
            f"region={in_name[1]} in the address",
        )
        return
    yield ok("AWS", f"region {visit.session.region_name}")


def _session(region: str) -> Any:
    try:
        import boto3  # noqa: PLC0415 - an extra
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    except ImportError:
        raise GraphUnavailable("Amazon Neptune needs boto3", hint="pip install 'threesixty[aws]'") from None
    try:
        # boto3 itself reads AWS_DEFAULT_REGION only; other tools of AWS read AWS_REGION.
        return boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
    except BotoCoreError as error:
        raise GraphUnavailable(str(error), hint="AWS_PROFILE names a profile of ~/.aws/config") from error


# --- credentials ---------------------------------------------------------------------------------------


def credentials(visit: Visit) -> Iterator[Finding]:
    """Which credentials are found, where they come from, whose they are, and whether they still hold."""
    if not visit.address.iam:
        yield skipped("credentials", "requests are not signed: the address says iam=no")
        return
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - an extra

    try:
        found = visit.session.get_credentials()
        frozen = found.get_frozen_credentials() if found else None
    except BotoCoreError as error:
        yield failed("credentials", f"they could not be read: {error}", _RENEW)
        return
    if not frozen or not frozen.access_key:
        yield failed("credentials", "there are none", _SET)
        return
    source = SOURCES.get(found.method, found.method)
    key = f"{frozen.access_key[:4]}…{frozen.access_key[-4:]}"
    if frozen.access_key.startswith("ASIA") and not frozen.token:
        yield failed(
            "credentials",
            f"the key {key} is a temporary one, and has no session token",
            "set AWS_SESSION_TOKEN too: it came together with the key",
        )
        return
    yield _whose(visit, f"key {key} from {source}", is_of_aws=frozen.access_key.startswith(KEYS))


def _whose(visit: Visit, what: str, *, is_of_aws: bool) -> Finding:
    """Asks AWS whose the key is, where AWS can be reached; a machine in a VPC often cannot."""
    if not is_of_aws:
        return ok("credentials", what)
    from botocore.config import Config  # noqa: PLC0415 - an extra
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    patience = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
    try:
        who = visit.session.client("sts", config=patience).get_caller_identity()
    except ClientError as error:
        told = error.response.get("Error", {})
        said, hint = refusal(Trouble("denied", str(told.get("Code")), str(told.get("Message"))))
        return failed("credentials", f"{what}: {said}", hint)
    except BotoCoreError:
        return ok("credentials", f"{what} (STS is out of reach from here, so whose is not known)")
    return ok("credentials", f"{what}: {who['Arn']}")


# --- the signature ---------------------------------------------------------------------------------------


def signature(visit: Visit) -> Iterator[Finding]:
    """The first signed request: the status of the writer."""
    made = visit.attempt("get_engine_status")
    visit.status = made.answer
    hop = "signature" if visit.address.iam else "status"
    if not made.trouble:
        yield ok(hop, "the cluster accepts our requests", "", made.milliseconds)
    elif made.trouble.sort == "denied" and forbidden(made.trouble):
        yield ok(hop, "the cluster knows who we are", "", made.milliseconds)
    elif made.trouble.sort == "denied":
        what, hint = refusal(made.trouble)
        yield failed(hop, f"{what} ({_told(made.trouble)})", hint)
    else:
        yield trouble_at(hop, made.trouble)


def forbidden(met: Trouble) -> bool:
    """Whether AWS knows who asks, and does not let them: not a matter of the signature."""
    return bool(re.search(r"not authorized|explicit deny|no identity-based policy", met.detail))


def refusal(met: Trouble) -> tuple[str, str]:
    """Why a signature was refused, and what to do, by what AWS said."""
    said = f"{met.code} {met.detail}"
    for pattern, what, hint in _REFUSALS:
        if re.search(pattern, said):
            return what, hint
    return (
        "access is refused",
        "do the credentials belong to this account, and does their policy allow neptune-db?",
    )


def trouble_at(hop: str, met: Trouble) -> Finding:
    """A finding for whatever went wrong with a request, by its sort."""
    said = _told(met)
    match met.sort:
        case "throttled" | "conflict" | "memory" | "passing":
            return warning(
                hop,
                f"the cluster has too much to do just now ({said})",
                "examine it again; if it stays so, it needs a larger instance or more NCUs",
            )
        case "time" | "interrupted" | "unreachable":
            return failed(
                hop,
                f"no whole answer came ({said})",
                "examine it again; if it stays so, look at the cluster's events and its CPU",
            )
        case "read-only":
            return failed(
                hop,
                f"the writer's address leads to a reader ({said})",
                "the address takes the cluster endpoint; reader= takes the reader endpoint",
            )
        case "denied":
            return failed(hop, f"access is refused ({said})", refusal(met)[1])
        case _:
            return failed(hop, f"the request is refused ({said})", "")


def _told(met: Trouble) -> str:
    return f"{met.code}: {met.detail}" if met.detail else met.code


# --- what we may do --------------------------------------------------------------------------------------

NOTHING = f"MATCH (n:{LABEL} {{`~id`: $id}}) RETURN count(n) AS found"
PUT = f"MERGE (n:{LABEL} {{`~id`: $id}}) SET n.name = $name RETURN n.name AS name"
TAKE = f"MATCH (n:{LABEL} {{`~id`: $id}}) DETACH DELETE n"


@dataclass(frozen=True, slots=True)
class Action:
    """An IAM action of neptune-db, a request that needs it and changes nothing, and what it is good for.

    `needed` says that Threesixty cannot do without; `expected` are refusals that show we may ask.
    """

    name: str
    operation: str
    good_for: str
    given: dict[str, Any] = field(default_factory=dict)
    needed: bool = False
    expected: tuple[str, ...] = ()


def _query(text: str) -> dict[str, Any]:
    return {"openCypherQuery": text, "parameters": '{"id": "threesixty:doctor:nobody"}'}


NOBODY = str(uuid4())
_NO_SUCH_LOAD = ("BulkLoadIdNotFoundException", "InvalidParameterException", "BadRequestException")
READING = (
    Action("GetEngineStatus", "get_engine_status", "telling writer and reader apart, and knowing the engine"),
    Action("ReadDataViaQuery", "execute_open_cypher_query", "every question", _query(NOTHING), needed=True),
    Action("GetQueryStatus", "list_open_cypher_queries", "finding a question that runs too long"),
    Action("CancelQuery", "cancel_open_cypher_query", "stopping a question that runs too long",
           {"queryId": NOBODY, "silent": True},
           expected=("InvalidParameterException", "InvalidArgumentException", "BadRequestException")),
    Action("GetGraphSummary", "get_propertygraph_summary", "counting what a cluster holds, cheaply",
           expected=("StatisticsNotAvailableException",)),
    Action("GetStatisticsStatus", "get_propertygraph_statistics", "knowing whether queries are well planned",
           expected=("StatisticsNotAvailableException",)),
    Action("GetStreamRecords", "get_propertygraph_stream", "reading the cluster's own feed of changes",
           {"limit": 1, "iteratorType": "TRIM_HORIZON"},
           expected=("UnsupportedOperationException", "StreamRecordsNotFoundException")),
    Action("ListLoaderJobs", "list_loader_jobs", "bulk loads"),
    Action("GetLoaderJobStatus", "get_loader_job_status", "following a bulk load", {"loadId": NOBODY},
           expected=_NO_SUCH_LOAD),
    Action("CancelLoaderJob", "cancel_loader_job", "stopping a bulk load", {"loadId": NOBODY},
           expected=_NO_SUCH_LOAD),
)  # fmt: skip


def actions(visit: Visit) -> Iterator[Finding]:
    """Every IAM action, by a request that needs it; what writes only when told to."""
    for action in READING:
        yield judged(action, visit.attempt(action.operation, **action.given))
    if not visit.write:
        yield skipped(
            "WriteDataViaQuery, DeleteDataViaQuery",
            "nothing is written without --write",
            "--write puts one node of its own, changes it, and takes it away",
        )
        return
    yield from _write(visit)


def judged(action: Action, made: Attempt) -> Finding:
    """What an attempt says about an action."""
    met = made.trouble
    if not met or met.code in action.expected:
        off = " (not switched on)" if met and met.code == "UnsupportedOperationException" else ""
        return ok(action.name, f"allowed: {action.good_for}{off}", "", made.milliseconds)
    if met.sort != "denied":
        found = trouble_at(action.name, met)
        return found if action.needed else replace(found, state="warning")
    return Finding(
        action.name,
        "failed" if action.needed else "warning",
        f"not allowed: {action.good_for} ({_told(met)})",
        f"add neptune-db:{action.name} to the policy of whoever signs",
    )


WRITING = Action("WriteDataViaQuery", "execute_open_cypher_query", "loading and drawing", needed=True)
DELETING = Action("DeleteDataViaQuery", "execute_open_cypher_query", "taking away what is gone", needed=True)


def _write(visit: Visit) -> Iterator[Finding]:
    """Takes before it puts: without the right to take, it would leave something behind."""
    taken = visit.ask(TAKE, id=visit.id)
    yield judged(DELETING, taken)
    if taken.trouble:
        return
    put = visit.ask(PUT, id=visit.id, name="put")
    yield judged(WRITING, put)
    if put.trouble:
        return
    yield _changed(visit)
    if left := visit.ask(TAKE, id=visit.id).trouble:
        yield failed(
            "taking away",
            f"the node {visit.id} of label {LABEL} stays ({_told(left)})",
            f"MATCH (n:{LABEL}) DETACH DELETE n",
        )


def _changed(visit: Visit) -> Finding:
    """A value set over another one. AWS does not say whether that needs the right to delete."""
    changed = visit.ask(PUT, id=visit.id, name="changed")
    if changed.trouble:
        return judged(WRITING, changed)
    seen = visit.ask(NOTHING, id=visit.id)
    if not seen.rows or seen.rows[0].get("found") != 1:
        return failed(
            "reading back", "what was written is not there when read back", "is the address the writer's?"
        )
    return ok("reading back", "a node was put, changed and read back", "", changed.milliseconds)
