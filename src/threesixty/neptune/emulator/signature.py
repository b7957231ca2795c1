"""Signature Version 4: a request's signature is computed again from what arrived, by botocore's own code.

https://docs.aws.amazon.com/neptune/latest/userguide/iam-auth-connecting.html; what is said to whoever
signed wrongly: https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.settings import Settings

SERVICE = "neptune-db"
SKEW = timedelta(minutes=5)
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,\s]+)/(?P<day>\d{8})/(?P<region>[^/,]*)/(?P<service>[^/,]*)"
    r"/aws4_request,\s*SignedHeaders=(?P<signed>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]+)"
)


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came over the wire; header names in lower case."""

    method: str
    target: str
    """Path and query as they were sent, still quoted."""
    headers: Mapping[str, str]
    body: bytes


def check(received: Received, settings: Settings, now: datetime | None = None) -> None:
    """Raises a Refusal unless the request was signed with the emulator's key, for it, and just now."""
    said = received.headers.get("authorization")
    if not said:
        raise _denied("Missing Authentication Token")
    match = _AUTHORIZATION.fullmatch(said.strip())
    if not match:
        raise _denied("Authorization header is not one of Signature Version 4")
    signed = match["signed"].split(";")
    _check_scope(match, received, settings, signed)
    _check_time(received.headers.get("x-amz-date", ""), match["day"], now or datetime.now(UTC))
    _check_body(received)
    if not hmac.compare_digest(_signature(received, settings, match["region"], signed), match["signature"]):
        raise _denied(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method."
        )


def _check_scope(match: re.Match[str], received: Received, settings: Settings, signed: list[str]) -> None:
    if match["service"] != SERVICE:
        raise _denied(f"Credential should be scoped to correct service: '{SERVICE}'.")
    if match["region"] != settings.region:
        raise _denied(f"Credential should be scoped to a valid region, not '{match['region']}'.")
    if match["key"] != settings.access_key:
        raise _denied("The security token included in the request is invalid.")
    token = received.headers.get("x-amz-security-token", "")
    if settings.session_token and token != settings.session_token:
        raise _denied("The security token included in the request is invalid.")
    if "host" not in signed:
        raise _denied("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    if missing := next((name for name in signed if name not in received.headers), ""):
        raise _denied(f"'{missing}' is named as a SignedHeader, but it does not exist in the HTTP request")


def _check_time(date: str, day: str, now: datetime) -> None:
    try:
        at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _denied(f"Date must be in ISO-8601 'basic format'. Got '{date}'.") from None
    first, last = now - SKEW, now + SKEW
    if at < first:
        raise _denied(f"Signature expired: {date} is now earlier than {_said(first)} ({_said(now)} - 5 min.)")
    if at > last:
        raise _denied(
            f"Signature not yet current: {date} is still later than {_said(last)} ({_said(now)} + 5 min.)"
        )
    if day != date[:8]:
        raise _denied(
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: {day}"
        )


def _said(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _check_body(received: Received) -> None:
    claimed = received.headers.get("x-amz-content-sha256", "")
    if claimed and claimed not in ("UNSIGNED-PAYLOAD", hashlib.sha256(received.body).hexdigest()):
        raise _denied("The provided 'x-amz-content-sha256' header does not match what was computed.")


def _signature(received: Received, settings: Settings, region: str, signed: list[str]) -> str:
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - an extra
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.credentials import Credentials  # noqa: PLC0415

    request = AWSRequest(
        method=received.method,
        url=f"http://{received.headers['host']}{received.target}",
        headers={name: received.headers[name] for name in signed},
        data=received.body,
    )
    request.context["timestamp"] = received.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(settings.access_key, settings.secret_key), SERVICE, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(text, request))


def _denied(message: str) -> Refusal:
    return Refusal("AccessDeniedException", message)
