"""Takes out of a text whatever says whose cluster it was: accounts, hosts, keys, ids of requests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from threesixty.graph.neptune_address import Address

ACCOUNT = "111122223333"
"""The account of AWS's own examples."""
NOWHERE = "00000000-0000-0000-0000-000000000000"
KEPT_HEADERS = frozenset({"content-type", "transfer-encoding", "te", "trailer", "accept-encoding"})
"""Headers that say how something was said; all others are left out."""
SHORTEST_SECRET = 16
"""AWS's keys and secrets are longer; a stand-in's may be a word that means something else too."""

# Each takes time in proportion to the text, however long: texts of customers are in there too.
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), put)
    for pattern, put in (
        (r"arn(?::|%3A)aws[^\s\"'\\,;()<>]+", f"arn:aws:iam::{ACCOUNT}:hidden"),
        (r"(?<![\w.-])[\w-][\w.-]*\.amazonaws\.com(?:\.cn)?", "cluster.example"),
        (r"s3://[^/\s\"'\\,;()<>]+", "s3://bucket"),
        (r"(?<!\d)\d{12}(?!\d)", ACCOUNT),  # before the next, which may end in twelve digits
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", NOWHERE),
        (r"\b(?:AKIA|ASIA|AROA|AIDA)(?:[A-Z0-9]{12,}|…\w{4})", "hidden"),
        (r"\b(?:Signature|X-Amz-[\w-]{1,40}|Credential)=[^&,\s\"]+", "hidden"),
        (r"\b(?:vpc|vpce|subnet|sg|eni|rtb|acl|i)-[0-9a-f]{8,17}\b", "hidden"),
        (r"\bip-\d+-\d+-\d+-\d+\b", "hidden"),
        # An engine's version looks like an address too, but begins with a smaller number.
        (r"(?<![\d.])[1-9]\d{1,2}(?:\.\d{1,3}){3}(?![\d.])", "hidden"),
    )
)


class Hide:
    """What to hide about one cluster. Call it with a text."""

    def __init__(self, address: Address, hidden: Iterable[str] = ()) -> None:
        """`hidden` are further texts that must not be seen, such as addresses of machines, or secrets."""
        bucket = address.bulk.removeprefix("s3://")
        named = {
            address.reader: "reader.example",
            address.reader.partition(":")[0]: "reader.example",
            address.host: "cluster.example",
            address.role: f"arn:aws:iam::{ACCOUNT}:role/Hidden",
            bucket: "bucket/prefix",
            bucket.partition("/")[0]: "bucket",
            str(Path.home()): "~",
            **dict.fromkeys(hidden, "hidden"),
        }
        self._named = {
            name: named[name] for name in sorted(named, key=len, reverse=True) if len(name) > len("/abc")
        }

    def __call__(self, text: str) -> str:
        for name, put in self._named.items():
            text = text.replace(name, put)
        for pattern, put in _PATTERNS:
            text = pattern.sub(put, text)
        return text

    def headers(self, headers: Mapping[str, Any]) -> dict[str, str]:
        return {str(name).lower(): self(_text(value)) for name, value in headers.items()
                if str(name).lower() in KEPT_HEADERS}  # fmt: skip


def secrets(session: Any) -> list[str]:
    """The parts of a session's credentials, which nothing should say anyway."""
    found = session.get_credentials()
    if not found:
        return []
    parts = found.get_frozen_credentials()
    known = (parts.access_key, parts.secret_key, parts.token)
    return [part for part in known if part and len(part) >= SHORTEST_SECRET]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
