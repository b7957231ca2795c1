"""Takes out of a text whatever says whose cluster it was: accounts, hosts, keys, ids of requests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from threesixty.graph.neptune_address import Address

_ARN = re.compile(r"arn:aws[\w-]*:[\w-]*:[\w-]*:\d{12}:[\w+=,.@/:-]+")
_HOST = re.compile(r"[\w.-]+\.(?:neptune|s3)[\w.-]*\.amazonaws\.com(?:\.cn)?", re.IGNORECASE)
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_KEY = re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b")
_SIGNATURE = re.compile(r"(?i)\b(?:Signature|X-Amz-[\w-]+|Credential)=[^&,\s\"]+")
NOWHERE = "00000000-0000-0000-0000-000000000000"
KEPT_HEADERS = frozenset({"content-type", "transfer-encoding", "te", "trailer", "accept-encoding"})
"""Headers that say how something was said; all others are left out."""


class Hide:
    """What to hide about one cluster. Call it with a text."""

    def __init__(self, address: Address, hidden: Iterable[str] = ()) -> None:
        """`hidden` are further texts that must not be seen, such as addresses of machines."""
        self.hidden = list(hidden)
        named = {
            address.host: "cluster.example",
            address.reader: "reader.example",
            address.role: "arn:aws:iam::000000000000:role/Hidden",
            address.bulk.removeprefix("s3://"): "bucket/prefix",
            address.bulk.removeprefix("s3://").partition("/")[0]: "bucket",
            **dict.fromkeys(self.hidden, "hidden"),
        }
        self._named = {name: put for name, put in named.items() if len(name) > 3}

    def __call__(self, text: str) -> str:
        for name in sorted(self._named, key=len, reverse=True):
            text = text.replace(name, self._named[name])
        text = _ARN.sub("arn:aws:iam::000000000000:hidden", text)
        text = _HOST.sub("cluster.example", text)
        text = _UUID.sub(NOWHERE, text)
        text = _KEY.sub("hidden", text)
        return _SIGNATURE.sub("hidden", text)

    def headers(self, headers: Mapping[str, Any]) -> dict[str, str]:
        return {str(name).lower(): self(_text(value)) for name, value in headers.items()
                if str(name).lower() in KEPT_HEADERS}  # fmt: skip


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
