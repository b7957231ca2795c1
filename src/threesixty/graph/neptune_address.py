"""The address of a Neptune cluster as the project file writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from threesixty.errors import GraphUnavailable, nearest

EXAMPLE = "neptune://my-cluster.cluster-abc.eu-central-1.neptune.amazonaws.com:8182?region=eu-central-1"
_KNOWN = ("region", "reader", "writers", "tls", "iam", "bulk", "role")
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_BULK = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#]*)?")
_REGION = re.compile(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.neptune\.amazonaws\.com")
MOST_WRITERS = 128
PORT = 8182


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cluster is and how it is spoken to.

    `host` is the cluster (writer) endpoint, `reader` the reader endpoint ('' where there is none);
    `bulk` an s3:// prefix and `role` the ARN of the role with which the cluster's loader reads it.
    """

    host: str
    port: int = PORT
    region: str = ""
    reader: str = ""
    writers: int = 2
    tls: bool = True
    iam: bool = True
    bulk: str = ""
    role: str = ""

    @classmethod
    def parse(cls, url: str) -> Address:
        """The address that `neptune://host:8182?region=…` means. Raises GraphUnavailable."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORT
        except ValueError as error:
            raise _wrong(f"{url!r} is no address: {error}") from None
        if parts.scheme != "neptune" or not parts.hostname:
            raise _wrong(f"{url!r} names no Neptune cluster")
        if parts.username:
            raise _wrong("a Neptune address takes no user or password: AWS credentials sign each request")
        given = _settings(parts)
        return cls(
            host=parts.hostname,
            port=port,
            region=given.get("region") or _region_of(parts.hostname),
            reader=given.get("reader", ""),
            writers=_writers(given.get("writers", "2")),
            tls=_switch("tls", given),
            iam=_switch("iam", given),
            bulk=_matching(_BULK, "bulk", given, "s3://bucket/prefix").rstrip("/"),
            role=_matching(_ROLE, "role", given, "arn:aws:iam::123456789012:role/NeptuneLoad"),
        )

    def endpoint(self, host: str = "") -> str:
        """The URL of the writer, or of another `host` or `host:port` of the cluster."""
        named = host or self.host
        named = f"[{named}]" if named.count(":") > 1 and not named.startswith("[") else named
        with_port = named if re.search(r":\d+$", named) else f"{named}:{self.port}"
        return f"{'https' if self.tls else 'http'}://{with_port}"

    @property
    def loads_in_bulk(self) -> bool:
        """Whether first loads can go through S3 and the cluster's loader."""
        return bool(self.bulk and self.role)


def _settings(parts: SplitResult) -> dict[str, str]:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in given.keys() - set(_KNOWN):
        near = nearest(name, _KNOWN)
        raise _wrong(
            f"a Neptune address has no setting {name!r}",
            f"did you mean {near!r}?" if near else f"it has {', '.join(_KNOWN)}",
        )
    if bool(given.get("bulk")) != bool(given.get("role")):
        raise _wrong(
            "bulk loading needs both `bulk`, where files go, and `role`, with which the cluster reads them"
        )
    return given


def _region_of(host: str) -> str:
    found = _REGION.search(host)
    return found[1] if found else ""


def _writers(given: str) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= MOST_WRITERS:
        raise _wrong(
            f"writers must be a number from 1 to {MOST_WRITERS}, not {given!r}",
            "twice the writer's vCPUs at most",
        )
    return int(given)


def _switch(name: str, given: dict[str, str]) -> bool:
    word = given.get(name, "yes")
    if word not in ("yes", "no"):
        raise _wrong(f"{name} is yes or no, not {word!r}")
    return word == "yes"


def _matching(pattern: re.Pattern[str], name: str, given: dict[str, str], example: str) -> str:
    value = given.get(name, "")
    if value and not pattern.fullmatch(value):
        raise _wrong(f"{name}={value} is not right", f"it looks like {example}")
    return value


def _wrong(message: str, hint: str = "") -> GraphUnavailable:
    return GraphUnavailable(message, hint=hint or f"such as {EXAMPLE}")
