"""From a name to an answer: DNS, TCP, TLS, HTTP, and what the other side's clock says."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import partial

from threesixty.neptune.doctor.finding import (
    Finding,
    FirstAnswer,
    Visit,
    failed,
    ok,
    skipped,
    timed,
    warning,
)

PUBLIC_ENDPOINTS = "https://docs.aws.amazon.com/neptune/latest/userguide/neptune-public-endpoints.html"
SKEW_SECONDS = 300
"""AWS refuses a signature that is older or newer than this."""
_NAMES = (
    "compare it with `aws neptune describe-db-clusters --query 'DBClusters[].Endpoint'`; endpoints are known "
    "only while their cluster exists, and no name is known without a network"
)
_INSIDE = (
    "that is an address inside the cluster's network, which nothing outside of it reaches: run this on a "
    "machine in the VPC, go through a VPN or a tunnel, or give the cluster a public endpoint "
    f"({PUBLIC_ENDPOINTS})"
)
_OUTSIDE = "does the cluster's security group let this machine in on that port?"
_STARTED = (
    "is the port right (Neptune listens on 8182), and is the cluster started (`aws neptune "
    "start-db-cluster`)? A stand-in is started by `threesixty neptune-emulator`"
)
_STRANGER = (
    "it is signed by somebody this machine does not trust: a proxy in between? AWS_CA_BUNDLE=file.pem names "
    "whom to trust"
)
_CERTIFICATES = {
    10: "it has expired: is this machine's clock right?",
    18: "it is signed by itself, so it is not Amazon's: give the address of the cluster itself, or trust it "
    "with AWS_CA_BUNDLE=file.pem",
    19: _STRANGER,
    20: _STRANGER,
    62: "it is for another name: through a tunnel, give the cluster's own name to 127.0.0.1 in /etc/hosts, "
    "and use that name in the address",
}


def resolve(host: str, port: int) -> tuple[Finding, list[str]]:
    """The hop DNS, and the addresses a name leads to."""
    try:
        found, took = timed(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        return failed("DNS", f"{host} leads nowhere: {_said(error)}", _NAMES), []
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    private = " (private)" if inside(addresses) else ""
    if addresses == [host]:
        return ok("DNS", f"{host} is an address, and no name{private}"), addresses
    return ok("DNS", f"{host} is {', '.join(addresses[:4])}{private}", "", took), addresses


def inside(addresses: list[str]) -> bool:
    """Whether addresses belong to a private network, this machine itself aside."""
    known = [ipaddress.ip_address(one.partition("%")[0]) for one in addresses]
    return bool(known) and all(one.is_private and not one.is_loopback for one in known)


def connect(host: str, port: int, seconds: float, addresses: list[str]) -> Finding:
    """The hop TCP."""
    try:
        opened, took = timed(lambda: socket.create_connection((host, port), seconds))
    except OSError as error:
        return no_connection(host, port, addresses, error)
    opened.close()
    return ok("TCP", f"port {port} is open", "", took)


def no_connection(host: str, port: int, addresses: list[str], error: OSError) -> Finding:
    """Why there is no connection, as far as the addresses and the error can tell."""
    if isinstance(error, ConnectionRefusedError):
        return failed("TCP", f"nothing listens on port {port} of {host}", _STARTED)
    what = f"{host}:{port} does not answer: {_said(error)}"
    return failed("TCP", what, _INSIDE if inside(addresses) else _OUTSIDE)


def encrypt(host: str, port: int, seconds: float) -> Finding:
    """The hop TLS: the certificate has to be for this name, and signed by somebody known."""
    try:
        (version, until), took = timed(partial(_handshake, host, port, seconds))
    except ssl.SSLCertVerificationError as error:
        hint = _CERTIFICATES.get(error.verify_code, "is this really the cluster?")
        return failed("TLS", f"the certificate is refused: {error.verify_message}", hint)
    except (ssl.SSLError, OSError) as error:
        hint = "the other side does not speak TLS. A cluster always does; for the emulator add tls=no"
        return failed("TLS", f"no encrypted connection: {_said(error)}", hint)
    return ok("TLS", f"{version}, certificate valid until {until}", "", took)


def context() -> ssl.SSLContext:
    """Who is trusted: the same as boto3 trusts."""
    import os  # noqa: PLC0415

    from botocore.httpsession import get_cert_path  # noqa: PLC0415 - an extra

    bundle = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
    return ssl.create_default_context(cafile=bundle or get_cert_path(verify=True))


def _handshake(host: str, port: int, seconds: float) -> tuple[str, str]:
    with (
        socket.create_connection((host, port), seconds) as plain,
        context().wrap_socket(plain, server_hostname=host) as encrypted,
    ):
        certificate = encrypted.getpeercert() or {}
        return str(encrypted.version()), str(certificate.get("notAfter", "an unknown day"))


# --- HTTP ----------------------------------------------------------------------------------------------


def first_answer(visit: Visit) -> Iterator[Finding]:
    """The hop HTTP: an unsigned GET /status shows whether this is Neptune, and whether it wants signing."""
    address = visit.address
    try:
        answer, took = timed(partial(get, visit, "/status"))
    except (OSError, http.client.HTTPException) as error:
        yield _no_answer(error, tls=address.tls, seconds=visit.seconds)
        return
    visit.first = answer
    if not {"dbEngineVersion", "code"} & answer.told.keys():
        server = answer.headers.get("server", "an unknown server")
        yield failed(
            "HTTP",
            f"{server} answers with status {answer.status}, and is no Neptune",
            "does the address lead to a proxy, or to another program on that port?",
        )
        return
    yield ok("HTTP", f"Neptune answers with status {answer.status}", "", took)
    yield from _authentication(visit, answer)


def _authentication(visit: Visit, answer: FirstAnswer) -> Iterator[Finding]:
    """Whether IAM authentication is on, and what the address says about it."""
    is_on = answer.status in (401, 403)
    if is_on and not visit.address.iam:
        yield failed(
            "IAM",
            "the cluster wants signed requests, and the address says iam=no",
            "take iam=no out of the address",
        )
    elif not is_on and answer.status == 200 and visit.address.iam:
        yield warning(
            "IAM",
            "the cluster answers requests without a signature: IAM authentication is off",
            "whoever reaches it reads everything: `aws neptune modify-db-cluster "
            "--enable-iam-database-authentication`. Until then the address may say iam=no",
        )
    elif is_on:
        yield ok("IAM", "unsigned requests are refused")
    elif not visit.address.iam:
        yield ok("IAM", "requests need no signature, and get none")


def get(visit: Visit, path: str) -> FirstAnswer:
    """What comes back to a plain, unsigned GET. Raises OSError, HTTPException."""
    host, port, seconds = visit.address.host, visit.address.port, visit.seconds
    connection = (
        http.client.HTTPSConnection(host, port, timeout=seconds, context=context())
        if visit.address.tls
        else http.client.HTTPConnection(host, port, timeout=seconds)
    )
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return FirstAnswer(answer.status, headers, answer.read(1 << 20))
    finally:
        connection.close()


def _no_answer(error: Exception, *, tls: bool, seconds: float) -> Finding:
    if isinstance(error, TimeoutError):
        return failed(
            "HTTP",
            f"it took the request, and did not answer within {seconds:g} s",
            "it is overloaded or starting: look at its CPUUtilization and MainRequestQueuePendingRequests",
        )
    if not tls and isinstance(error, http.client.BadStatusLine | ConnectionError):
        return failed(
            "HTTP",
            f"the answer is no HTTP: {_said(error)}",
            "does the other side speak TLS? Then take tls=no out of the address",
        )
    return failed("HTTP", f"the answer is no HTTP: {_said(error)}",
                   "does the address lead to a proxy, or to another program on that port?")  # fmt: skip


def clock(visit: Visit) -> Iterator[Finding]:
    """The hop clock: a signature carries the time, and is refused when it is minutes off."""
    said = visit.first.headers.get("date", "") if visit.first else ""
    try:
        theirs = parsedate_to_datetime(said).timestamp()
    except ValueError:
        yield skipped("clock", "the answer does not say what time it is there")
        return
    behind = round(theirs - time.time())
    if abs(behind) < SKEW_SECONDS / 5:
        yield ok("clock", f"this machine's clock is within {max(1, abs(behind))} s of theirs")
        return
    way = "behind" if behind > 0 else "ahead of"
    yield Finding(
        "clock", "failed" if abs(behind) >= SKEW_SECONDS and visit.address.iam else "warning",
        f"this machine's clock is {abs(behind)} s {way} theirs; a signature may be {SKEW_SECONDS} s off",
        "set the clock: `timedatectl set-ntp true`, or start the time service of the container's host",
    )  # fmt: skip


def _said(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__
