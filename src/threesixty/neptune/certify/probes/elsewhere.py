"""What needs more than the HTTP port: Bolt, the bulk loader, other permissions."""

from __future__ import annotations

import json
import time
from dataclasses import replace

from threesixty.graph.neptune_loader import COMPLETED, RUNNING
from threesixty.neptune.certify.probes.asking import ID, LABEL, NotAsked, Seen, probe, required, told
from threesixty.neptune.certify.raw import bolt_token
from threesixty.neptune.doctor.access import KEYS
from threesixty.neptune.doctor.finding import Visit

LOAD_SECONDS = 180.0


@probe("what id(n) and the driver's own id are over Bolt")
def ids_over_bolt(visit: Visit) -> Seen:
    required(visit.ask(f"MERGE (n:{LABEL} {{`~id`: $id}})", id=ID + "1"))
    try:
        import neo4j  # noqa: PLC0415 - an extra
    except ImportError:
        raise NotAsked("needs the neo4j driver: pip install 'threesixty[bolt]'") from None
    scheme = "bolt+s" if visit.address.tls else "bolt"
    url = f"{scheme}://{visit.address.host}:{visit.address.port}"
    login = bolt_token(visit) if visit.address.iam else None
    try:
        with (
            neo4j.GraphDatabase.driver(url, auth=login, connection_timeout=visit.seconds) as driver,
            driver.session() as session,
        ):
            row = session.run(f"MATCH (n:{LABEL}) RETURN n AS n, id(n) AS id").single(strict=True)
    except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError) as error:
        raise NotAsked(f"Bolt does not answer: {str(error).partition(chr(10))[0][:200]}") from error
    return Seen(f"id(n) is {row['id']!r}, the driver's element_id {row['n'].element_id!r}")


@probe("setting a value over an old one, without the right to delete")
def setting_without_deleting(visit: Visit) -> Seen:
    text = f"MERGE (n:{LABEL} {{`~id`: $id}}) SET n.name = $name"
    required(visit.ask(text, id=ID + "1", name="old"))
    made = _without_deleting(visit).ask(text, id=ID + "1", name="new")
    return Seen(f"{'it is refused' if made.trouble else 'it is allowed'}: {told(made)}")


def _without_deleting(visit: Visit) -> Visit:
    """The same cluster, asked with credentials that may read and write, and not delete."""
    key = visit.session.get_credentials() if visit.address.iam else None
    if not key or not key.access_key.startswith(KEYS):
        raise NotAsked("no key of AWS signs here, so there are no permissions to take away")
    import boto3  # noqa: PLC0415 - an extra
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    actions = [f"neptune-db:{name}" for name in ("GetEngineStatus", "ReadDataViaQuery", "WriteDataViaQuery")]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    try:
        given = visit.session.client("sts").get_federation_token(
            Name="threesixty-certify", Policy=json.dumps(policy)
        )["Credentials"]
    except (BotoCoreError, ClientError) as error:
        raise NotAsked(f"it needs an IAM user's key with sts:GetFederationToken: {error}") from error
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], visit.session.region_name
    )
    return Visit(visit.url, seconds=visit.seconds, address=replace(visit.address), session=session)


@probe("an empty column in a file of the bulk loader", "an empty text with allowEmptyStrings, else nothing",
       "load-api-reference-load.html")  # fmt: skip
def empty_columns_in_bulk(visit: Visit) -> Seen:
    said, agrees = [], True
    for allowed, expected in ((True, ""), (False, None)):
        row = _loaded(visit, allow_empty=allowed)
        said.append(f"allowEmptyStrings {allowed}: quoted {row['quoted']!r}, bare {row['bare']!r}")
        agrees = agrees and row["quoted"] == expected
    return Seen("; ".join(said), agrees)


def _loaded(visit: Visit, *, allow_empty: bool) -> dict[str, object]:
    """One node from a file with a quoted and a bare empty column."""
    if not visit.address.loads_in_bulk:
        raise NotAsked("the address names no bulk= and role=")
    bucket, _, prefix = visit.address.bulk.removeprefix("s3://").partition("/")
    one, key = f"{ID}bulk:{allow_empty}", f"{prefix}/threesixty-probe-{allow_empty}.csv".lstrip("/")
    client = visit.session.client("s3")
    body = f'~id,~label,quoted:String(single),bare:String(single),name:String(single)\n{one},{LABEL},"",,x\n'
    client.put_object(Bucket=bucket, Key=key, Body=body)
    try:
        _load(visit, f"s3://{bucket}/{key}", allow_empty=allow_empty)
    finally:
        client.delete_object(Bucket=bucket, Key=key)
    text = f"MATCH (n:{LABEL} {{`~id`: $id}}) RETURN n.quoted AS quoted, n.bare AS bare"
    return required(visit.ask(text, id=one)).rows[0]


def _load(visit: Visit, source: str, *, allow_empty: bool) -> None:
    started = visit.attempt(
        "start_loader_job", source=source, format="csv", s3BucketRegion=visit.session.region_name,
        iamRoleArn=visit.address.role, mode="NEW", failOnError=True, parallelism="LOW", queueRequest=True,
        parserConfiguration={"allowEmptyStrings": "true" if allow_empty else "false"},
    )  # fmt: skip
    load, end = required(started).answer["payload"]["loadId"], time.monotonic() + LOAD_SECONDS
    status = ""
    while time.monotonic() < end:
        looked = required(visit.attempt("get_loader_job_status", loadId=load))
        status = str(looked.answer["payload"]["overallStatus"]["status"])
        if status not in RUNNING:
            break
        time.sleep(0.5)
    if status != COMPLETED:
        raise NotAsked(f"the load ended as {status or 'nothing'}")
