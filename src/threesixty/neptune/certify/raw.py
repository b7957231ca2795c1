"""A signed request without boto3's reading of the answer: what came back, byte by byte."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from threesixty.neptune.doctor.finding import Visit

SERVICE = "neptune-db"


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Status, headers by lower-case name, and the whole body, or as much of it as came."""

    status: int
    headers: dict[str, str]
    body: bytes


def signed(visit: Visit, method: str, path: str, body: str = "", **headers: str) -> Any:
    """A request of botocore, signed where the address wants it."""
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - an extra
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415

    url = visit.address.endpoint() + path
    request = AWSRequest(method, url, data=body.encode(), headers=headers)
    if visit.address.iam:
        credentials = visit.session.get_credentials().get_frozen_credentials()
        SigV4Auth(credentials, SERVICE, visit.session.region_name).add_auth(request)
    return request


def send(visit: Visit, text: str) -> RawAnswer:
    """The answer to one openCypher text, with trailers asked for."""
    from botocore.httpsession import URLLib3Session  # noqa: PLC0415 - an extra

    body = json.dumps({"query": text})
    request = signed(
        visit, "POST", "/opencypher", body, **{"Content-Type": "application/json", "TE": "trailers"}
    )
    session = URLLib3Session(timeout=(visit.seconds, 60.0))
    try:
        answer = session.send(request.prepare())
        return RawAnswer(
            answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content
        )
    finally:
        session.close()


def bolt_token(visit: Visit) -> tuple[str, str]:
    """User and password for Bolt: the password is a signed GET of /opencypher, good for five minutes.

    https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-bolt.html
    """
    host = f"{visit.address.host}:{visit.address.port}"
    request = signed(visit, "GET", "/opencypher", Host=host)
    token = {name: value for name, value in request.headers.items() if name in _IN_TOKEN}
    return "username", json.dumps({**token, "Host": host, "HttpMethod": "GET"})


_IN_TOKEN = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token")
